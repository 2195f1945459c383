// What is typed is saved two seconds after typing stops. While the site cannot be reached, or the session has ended, it
// stays in this browser under the account's id, and is sent when that is over. site.js removes it at sign-out.
import { put } from "./editor.js";

const PAUSE = 2000;
const AGAIN = 8000;
export const PREFIX = "bilik-draft:";

export function keepDrafts(form) {
  const said = form.dataset;
  const place = `${PREFIX}${said.account}:${said.key}`;
  const line = document.getElementById("draft-said");
  const revision = () => document.getElementById("draft-revision");
  let timer = null;
  let sending = false;
  let changed = false;
  let clashed = false;
  let leaving = false;

  const texts = () =>
    Object.fromEntries([...form.querySelectorAll("textarea[data-file]")].map((area) => [area.dataset.file, area.value]));

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
      localStorage.setItem(place, JSON.stringify({ files: texts(), revision: Number(revision().value), sent }));
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
    sending = true;
    changed = false;
    say(said.saidSaving);
    try {
      const answer = await fetch(said.draft, {
        method: "POST",
        headers: {
          "Content-Type": "application/json",
          Accept: "application/json",
          "X-CSRFToken": document.querySelector('meta[name="csrf-token"]').content,
        },
        body: JSON.stringify({ files: texts(), revision: Number(revision().value) }),
        redirect: "error",
        keepalive: document.visibilityState === "hidden",
      });
      if (answer.ok) saved(await answer.json());
      else if ([400, 401, 403].includes(answer.status)) ended();
      else if (answer.status >= 500) away();
      else say((await answer.json().catch(() => ({}))).refused ?? said.saidRefused, "bad");
    } catch {
      away();
    } finally {
      sending = false;
      if (changed && !clashed) later(PAUSE);
    }
  }

  function saved(answer) {
    if (answer.clash !== null) return clash(answer);
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

  // Both are on the site already: the other one as the draft, this one as a copy in the history.
  function clash(answer) {
    clashed = true;
    forget();
    const go = (act) => () => {
      clashed = false;
      revision().value = answer.revision;
      act();
      later(0);
    };
    say(
      `${said.saidClash} `,
      "warn",
      button(said.saidMine, go(() => {})),
      " ",
      button(said.saidOther, go(() => putAll(form, answer.files ?? {}))),
    );
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
    if (!event.target.matches("textarea[data-file]")) return;
    changed = true;
    if (clashed) keep();
    else later(PAUSE);
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

  const left = localStorage.getItem(place);
  if (left !== null) {
    const { files, revision: of, sent } = JSON.parse(left);
    const arrived = sent && Number(revision().value) > of; // and something newer, an older version restored, may stand here
    if (arrived || JSON.stringify(files) === JSON.stringify(texts())) forget();
    else {
      revision().value = of;
      putAll(form, files);
      say(said.saidRestored, "warn");
      later(0);
    }
  }
  return { save, texts };
}

// Texts by name into the form; for names it does not have yet (cells of one's own) it is asked to make them.
export function putAll(form, files) {
  for (const [name, text] of Object.entries(files)) {
    const area = form.querySelector(`textarea[data-file="${CSS.escape(name)}"]`);
    if (area) put(area, text);
    else form.dispatchEvent(new CustomEvent("text-missing", { detail: { name, text } }));
  }
}
