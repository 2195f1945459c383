// What is typed is saved two seconds after typing stops. While the site cannot be reached, or the session has ended, it
// stays in this browser under the account's id, and is sent when that is over. site.js removes it at sign-out.
// `work` is what the page keeps: {read() → {name: text}, write({name: text}), holds(element that changed)}.

const PAUSE = 2000;
const AGAIN = 8000;
const SOON = 300;
const placeOf = ({ account, key }) => `bilik-draft:${account}:${key}`;

// What lies in this browser, or null. `arrived`: it was on its way to the site, and the site has something newer.
function leftOf(form) {
  const left = JSON.parse(localStorage.getItem(placeOf(form.dataset)));
  return left && { ...left, arrived: left.sent && Number(document.getElementById("draft-revision").value) > left.revision };
}

export function forgetArrived(form) {
  if (leftOf(form)?.arrived) localStorage.removeItem(placeOf(form.dataset));
}

export function keepDrafts(form, work) {
  const said = form.dataset;
  const place = placeOf(said);
  const line = document.getElementById("draft-said");
  const revision = () => document.getElementById("draft-revision");
  let timer = null;
  let sending = null; // the save that is on its way
  let changed = false;
  let clashed = false;
  let leaving = false;

  function say(text, kind = "", ...more) {
    line.className = `draft-said ${kind && `draft-said--${kind}`}`;
    line.replaceChildren(text, ...more);
  }

  function button(text, act) {
    const made = document.createElement("button");
    made.type = "button";
    made.className = "link-button";
    made.textContent = text;
    made.addEventListener("click", act);
    return made;
  }

  // `sent`: it is on its way to the site as well, from a page that will not hear the answer.
  function keep(sent = false) {
    if (leaving) return;
    try {
      localStorage.setItem(place, JSON.stringify({ files: work.read(), revision: Number(revision().value), sent }));
    } catch {
      // no room, or storage is off: the text is still on the page
    }
  }

  const forget = () => localStorage.removeItem(place);

  function later(wait) {
    clearTimeout(timer);
    timer = setTimeout(save, wait);
  }

  async function save() {
    if (sending || clashed) return;
    // A form on its way saves, too, and tells the page the revision; this one would seem to come from another tab.
    if (form.classList.contains("htmx-request")) return later(SOON);
    changed = false;
    say(said.saidSaving);
    sending = send().then((answer) => answer && saved(answer));
    await sending;
    sending = null;
    if (changed && !clashed) later(PAUSE);
  }

  // The site's answer, or null after saying what became of it. `instead`: put this in the place of a newer one.
  async function send(instead = false) {
    try {
      const answer = await fetch(said.draft, {
        method: "POST",
        headers: {
          "Content-Type": "application/json",
          Accept: "application/json",
          "X-CSRFToken": document.querySelector('meta[name="csrf-token"]').content,
        },
        body: JSON.stringify({ files: work.read(), revision: Number(revision().value), instead }),
        redirect: "error",
        keepalive: document.visibilityState === "hidden",
      });
      if (answer.ok) return await answer.json();
      if ([400, 401, 403].includes(answer.status)) ended();
      else if (answer.status >= 500) away();
      else say((await answer.json().catch(() => ({}))).refused ?? said.saidRefused, "bad");
    } catch {
      away();
    }
    return null;
  }

  function saved(answer) {
    if (answer.clash !== null) return clash();
    revision().value = answer.revision;
    forget();
    say(`${said.saidSaved} ${answer.saved}`, "good");
  }

  function away() {
    keep();
    say(said.saidAway, "warn");
    later(AGAIN);
  }

  function ended() {
    keep();
    const link = document.createElement("a");
    link.href = said.signIn;
    link.target = "_blank";
    link.textContent = said.saidSignIn;
    say(`${said.saidEnded} `, "warn", link);
  }

  // Both are on the site already: the other one as the draft, this one as a copy in the history. Whichever is chosen,
  // what is left is sent once more first, so that the last letters typed are kept with it.
  function clash() {
    clashed = true;
    forget();
    const choose = (instead) => async () => {
      const answer = await send(instead);
      if (!answer) return;
      clashed = false;
      if (answer.files) work.write(answer.files);
      saved({ ...answer, clash: null });
    };
    say(`${said.saidClash} `, "warn", button(said.saidMine, choose(true)), " ", button(said.saidOther, choose(false)));
    line.scrollIntoView({ block: "nearest" });
  }

  // Back from signing in on another tab: the page fetches the new session's token, if it is the same person's.
  async function renew() {
    if (document.visibilityState !== "visible" || localStorage.getItem(place) === null || sending) return;
    try {
      const answer = await fetch(location.href, { headers: { Accept: "text/html" } });
      const page = new DOMParser().parseFromString(await answer.text(), "text/html");
      if (page.getElementById(form.id)?.dataset.account !== said.account) return;
      const token = page.querySelector('meta[name="csrf-token"]').content;
      document.querySelector('meta[name="csrf-token"]').content = token;
      for (const field of document.querySelectorAll('input[name="csrf_token"]')) field.value = token;
      later(0);
    } catch {
      // still away
    }
  }

  form.addEventListener("input", (event) => {
    if (!work.holds(event.target)) return;
    changed = true;
    if (clashed) keep();
    else later(PAUSE);
  });
  // What is handed in names the revision it was typed on: a save on its way is waited for, a clash is chosen in first.
  form.addEventListener("htmx:confirm", (event) => {
    if (event.target !== form || !sending) return;
    event.preventDefault();
    sending.finally(() => event.detail.issueRequest(true));
  });
  form.addEventListener("draft-clash", () => {
    if (!clashed) save();
  });
  window.addEventListener("online", () => later(0));
  window.addEventListener("focus", renew);
  document.addEventListener("visibilitychange", () => {
    if (document.visibilityState === "visible") renew();
    else if (changed) {
      keep(true); // the tab may never come back
      save();
    }
  });
  // Who signs out takes the text along: it is sent first, and nothing of it is put into this browser any more.
  document.addEventListener("submit", async (event) => {
    if (!/\/sign-out$/.test(event.target.action)) return;
    leaving = true;
    if (!changed) return;
    event.preventDefault();
    await Promise.race([save(), new Promise((done) => setTimeout(done, 3000))]);
    event.target.submit();
  });

  const left = leftOf(form);
  if (left) {
    if (left.arrived || JSON.stringify(left.files) === JSON.stringify(work.read())) forget();
    else {
      revision().value = left.revision;
      work.write(left.files);
      say(said.saidRestored, "warn");
      later(0);
    }
  }
  return {
    // The page is left by handing in: it is kept until the site has it, and not saved beside that.
    leave() {
      clearTimeout(timer);
      changed = false;
      keep(true);
      leaving = true;
    },
  };
}
