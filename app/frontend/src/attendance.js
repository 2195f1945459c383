// The trainer's list. Each mark is sent as it is made; while the network is away, or the session has ended, marks stay in
// this browser under the account's id and are sent when that is over. The moment of a mark travels with it, so that one
// that arrives twice or late changes nothing that was said after it.

const AGAIN = 5000;
const form = document.getElementById("attendance");
const said = form.dataset;
const line = document.getElementById("attendance-said");
const place = `bilik-marks:${said.account}:${said.meeting}`;
let timer = null;
let sending = false;

const kept = () => JSON.parse(localStorage.getItem(place) ?? "{}"); // {seat: {seat, present, at}}
const keep = (marks) =>
  Object.keys(marks).length ? localStorage.setItem(place, JSON.stringify(marks)) : localStorage.removeItem(place);

function say(text, kind = "") {
  line.className = `draft-said ${kind && `draft-said--${kind}`}`;
  line.textContent = text;
}

function later(wait) {
  clearTimeout(timer);
  timer = setTimeout(send, wait);
}

async function send() {
  const marks = Object.values(kept());
  if (sending || !marks.length) return;
  sending = true;
  try {
    const answer = await fetch(said.marks, {
      method: "POST",
      headers: {
        "Content-Type": "application/json",
        Accept: "application/json",
        "X-CSRFToken": document.querySelector('meta[name="csrf-token"]').content,
      },
      body: JSON.stringify({ marks }),
      redirect: "error",
    });
    if (!answer.ok) {
      say(answer.status >= 500 ? said.saidAway : said.saidEnded, "warn");
      if (answer.status >= 500) later(AGAIN);
      return;
    }
    const { refused } = await answer.json();
    const left = kept(); // what was marked anew meanwhile stays
    for (const mark of marks) if (left[mark.seat]?.at === mark.at) delete left[mark.seat];
    keep(left);
    if (refused.length) say(refused.join(" "), "bad");
    else say(said.saidSaved, "good");
    if (Object.keys(left).length) later(0);
  } catch {
    say(said.saidAway, "warn");
    later(AGAIN);
  } finally {
    sending = false;
  }
}

form.addEventListener("change", ({ target }) => {
  if (target.type !== "radio") return;
  const seat = Number(target.name.replace("seat-", ""));
  keep({ ...kept(), [seat]: { seat, present: target.value === "present", at: new Date().toISOString() } });
  later(0);
});
form.addEventListener("submit", (event) => {
  event.preventDefault(); // everything is on its way already, or there
  if (Object.keys(kept()).length) later(0);
  else say(said.saidSaved, "good");
});
window.addEventListener("online", () => later(0));
window.addEventListener("focus", () => later(0));

for (const { seat, present } of Object.values(kept())) {
  const chosen = document.getElementById(`seat-${seat}-${present ? "present" : "absent"}`);
  if (chosen) chosen.checked = true;
}
later(0);
