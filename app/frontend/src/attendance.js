// The trainer's list. Each mark is sent as it is made; while the network is away, or the session has ended, marks stay in
// this browser under the account's id and are sent when that is over. The moment of a mark travels with it, so that one
// that arrives twice or late changes nothing that was said after it. A service worker (offline.js) keeps the page itself:
// a mark that was sent is forgotten here only once the page that is kept shows it.

const AGAIN = 5000;
const form = document.getElementById("attendance");
const said = form.dataset;
const line = document.getElementById("attendance-said");
const place = `bilik-marks:${said.account}:${said.meeting}`;
let timer = null;
let busy = false;

const kept = () => JSON.parse(localStorage.getItem(place) ?? "{}"); // {seat: {seat, present, at, sent}}
const unsent = () => Object.values(kept()).filter((mark) => !mark.sent);
const keep = (marks) =>
  Object.keys(marks).length ? localStorage.setItem(place, JSON.stringify(marks)) : localStorage.removeItem(place);

function change(marks, what) {
  const now = kept(); // what was marked anew meanwhile stays
  for (const mark of marks) if (now[mark.seat]?.at === mark.at) what(now, mark);
  keep(now);
}

function say(text, kind = "") {
  line.className = `draft-said ${kind && `draft-said--${kind}`}`;
  line.textContent = text;
}

function later(wait) {
  clearTimeout(timer);
  timer = setTimeout(work, wait);
}

async function work() {
  if (busy) return later(100);
  busy = true;
  try {
    if (unsent().length) await send();
    else await look();
  } catch {
    say(said.saidAway, "warn");
    later(AGAIN);
  } finally {
    busy = false;
  }
}

/** Sends what is to be sent; asked for a token once more where a new session has begun. Throws without a network. */
async function send(isSecond = false) {
  const marks = unsent();
  const answer = await fetch(said.marks, {
    method: "POST",
    headers: {
      "Content-Type": "application/json",
      Accept: "application/json",
      "X-CSRFToken": document.querySelector('meta[name="csrf-token"]').content,
    },
    body: JSON.stringify({ marks: marks.map(({ seat, present, at }) => ({ seat, present, at })) }),
    redirect: "error",
  });
  if (answer.status >= 500) throw new Error(`${answer.status}`);
  if (answer.ok) {
    const { refused } = await answer.json();
    change(marks, (now, mark) => (now[mark.seat].sent = true));
    await look();
    if (refused.length) say(refused.join(" "), "bad");
    else say(said.saidSaved, "good");
    if (unsent().length) later(0);
  } else if (!isSecond && (await look())) await send(true);
  else say(said.saidEnded, "warn");
}

/** The page as it is now, kept by the service worker on the way: its marks, its token. Throws without a network. */
async function look() {
  const sent = Object.values(kept()).filter((mark) => mark.sent);
  const answer = await fetch(location.pathname, { headers: { Accept: "text/html" } });
  if (answer.status >= 500) throw new Error(`${answer.status}`);
  if (!answer.ok || answer.redirected) {
    say(said.saidEnded, "warn");
    return false;
  }
  const page = new DOMParser().parseFromString(await answer.text(), "text/html");
  document.querySelector('meta[name="csrf-token"]').content = page.querySelector('meta[name="csrf-token"]').content;
  change(sent, (now, mark) => delete now[mark.seat]);
  for (const { id } of page.querySelectorAll("#attendance input:checked")) check(id);
  show();
  if (line.textContent && !unsent().length) say(said.saidSaved, "good");
  return true;
}

function check(id) {
  const chosen = document.getElementById(id);
  if (chosen) chosen.checked = true;
}

function show() {
  for (const { seat, present } of Object.values(kept())) check(`seat-${seat}-${present ? "present" : "absent"}`);
}

form.addEventListener("change", ({ target }) => {
  if (target.type !== "radio") return;
  const seat = Number(target.name.replace("seat-", ""));
  keep({ ...kept(), [seat]: { seat, present: target.value === "present", at: new Date().toISOString() } });
  later(0);
});
form.addEventListener("submit", (event) => {
  event.preventDefault(); // everything is on its way already, or there
  later(0);
});
window.addEventListener("online", () => later(0));
window.addEventListener("focus", () => later(0));

show();
later(0);

// What this page needs is asked for once more through a worker that has just begun, and so kept by it.
navigator.serviceWorker?.addEventListener("controllerchange", () => {
  for (const { name } of performance.getEntriesByType("resource")) {
    if (new URL(name).pathname.startsWith("/static/")) fetch(name).catch(() => {});
  }
  later(0);
});
navigator.serviceWorker?.register(said.worker).catch(() => {}); // no worker: the list works while it stays open
