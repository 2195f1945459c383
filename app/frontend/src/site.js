// On every page. The pages work without it; this makes them quicker and kinder.
import htmx from "htmx.org";

Object.assign(htmx.config, {
  allowEval: false,
  selfRequestsOnly: true,
  includeIndicatorStyles: false,
  scrollBehavior: "auto",
  attributesToSettle: ["class"], // a copied style attribute is refused by our policy
});

const csrf = () => document.querySelector('meta[name="csrf-token"]')?.content ?? "";
document.addEventListener("htmx:configRequest", (event) => {
  if (event.detail.verb !== "get") event.detail.headers["X-CSRFToken"] = csrf();
});
// Signing in (in another tab, after the session ended) makes a new token: forms of this page take it when one comes back.
let tokenIsOld = document.querySelector("[data-held]") !== null;
document.addEventListener("htmx:responseError", (event) => (tokenIsOld ||= event.detail.xhr.status === 401));
window.addEventListener("focus", async () => {
  if (!tokenIsOld) return;
  const page = new DOMParser().parseFromString(await (await fetch("/help")).text(), "text/html");
  const token = page.querySelector('meta[name="csrf-token"]').content;
  document.querySelector('meta[name="csrf-token"]').content = token;
  for (const field of document.querySelectorAll('input[name="csrf_token"]')) field.value = token;
});
// A refusal is a page fragment with its reason: show it as well as successes.
document.addEventListener("htmx:beforeSwap", (event) => {
  if ([401, 403, 404, 409, 413, 422, 429].includes(event.detail.xhr.status)) event.detail.shouldSwap = true;
});

// The error summary takes the focus, so that a screen reader begins there; its links go to the fields.
const summary = document.querySelector(".error-summary");
if (summary) summary.focus();

// On a phone rows of links are wider than the screen: the one for this page is seen.
for (const here of document.querySelectorAll(":is(.site-nav, .tabs) [aria-current]")) {
  const row = here.closest(".site-nav, .tabs");
  row.scrollLeft = here.offsetLeft - (row.clientWidth - here.offsetWidth) / 2;
}

// Menus close on Escape, on a click elsewhere and when the focus leaves them.
const MENUS = "details:is(.menu, .work-menu)[open]";
document.addEventListener("keydown", (event) => {
  if (event.key !== "Escape") return;
  const menu = event.target.closest?.(MENUS);
  if (menu) {
    menu.open = false;
    menu.querySelector("summary").focus();
  }
});
for (const left of ["click", "focusin"]) {
  document.addEventListener(left, (event) => {
    for (const menu of document.querySelectorAll(MENUS)) {
      if (!menu.contains(event.target)) menu.open = false;
    }
  });
}

// A form is sent once: a second press while the first is under way does nothing. What answers with a file leaves the
// page where it is, and may be asked for again: <form data-download>.
document.addEventListener("submit", (event) => {
  const form = event.target;
  if (event.defaultPrevented || form.method !== "post" || form.hasAttribute("hx-post")) return;
  if (form.hasAttribute("data-download")) return;
  if (form.dataset.sent) {
    event.preventDefault();
    return;
  }
  form.dataset.sent = "yes";
});
window.addEventListener("pageshow", () => {
  for (const form of document.querySelectorAll("form[data-sent]")) delete form.dataset.sent;
});

// <button data-copy="#id"> copies the text of that element.
document.addEventListener("click", async (event) => {
  const button = event.target.closest("[data-copy]");
  if (!button) return;
  const source = document.querySelector(button.dataset.copy);
  await navigator.clipboard.writeText(source.value ?? source.textContent.trim());
  const said = button.textContent;
  button.textContent = button.dataset.copied ?? said;
  setTimeout(() => (button.textContent = said), 2000);
});

// <button data-print> prints the page.
document.addEventListener("click", (event) => {
  if (event.target.closest("[data-print]")) window.print();
});

// <dialog id="keys"> lists a page's shortcuts: `?` opens it where nothing is being typed.
document.addEventListener("keydown", (event) => {
  const typing = event.target.closest("input, textarea, select, [contenteditable]");
  const keys = document.querySelector("dialog#keys");
  if (event.key === "?" && !typing && keys && !keys.open) keys.showModal();
});

// <select data-submit-on-change> needs no press of the button beside it.
document.addEventListener("change", (event) => {
  if (event.target.matches("[data-submit-on-change]")) event.target.form.requestSubmit();
});

// <input type="checkbox" data-tick-all="user"> ticks every box of that name; it is shown once this runs.
for (const all of document.querySelectorAll("[data-tick-all]")) {
  all.closest("[hidden]")?.removeAttribute("hidden");
  all.addEventListener("change", () => {
    for (const box of document.querySelectorAll(`input[type=checkbox][name="${all.dataset.tickAll}"]`)) {
      box.checked = all.checked;
    }
  });
}

// Signing out takes with it what was typed and had not reached the site, and the lists that are kept for rooms without a
// network: the next person may sit here. Lists go, too, where somebody finds the session ended.
const forgetLists = async () => {
  for (const name of (await window.caches?.keys()) ?? []) await caches.delete(name);
};
document.addEventListener("submit", (event) => {
  if (!/\/sign-out(-everywhere)?$/.test(new URL(event.target.action, location).pathname)) return;
  for (const name of Object.keys(localStorage)) if (/^bilik-(draft|marks):/.test(name)) localStorage.removeItem(name);
  forgetLists();
});
if (!document.querySelector('.menu form[action$="/sign-out"]')) forgetLists();
