import htmx from "htmx.org";

// The result comes by polling, check by check. What the reader unfolded stays unfolded, refusals stand above it, and
// Ctrl+Enter, Alt+Enter and Ctrl+Shift+Enter press the buttons. What is handed in is answered into #results, which stays;
// #result within it is another element each time it is asked for, and an answer into one that is gone would be lost.
export function watchResults(form) {
  let open = null;

  document.addEventListener("htmx:beforeSwap", (event) => {
    const { xhr, target } = event.detail;
    if (target.id !== "results" && target.id !== "result") return;
    const folds = [...target.querySelectorAll("details[data-check]")];
    open = new Map(folds.map((fold) => [fold.dataset.check, fold.open]));
    if (xhr.status >= 400) {
      // a refusal, or an ended session: said above the result, which stays
      event.detail.shouldSwap = true;
      event.detail.isError = false;
      event.detail.target = refusals();
      event.detail.swapOverride = "innerHTML";
    } else if (event.detail.requestConfig.elt === form) refusals().replaceChildren(); // not when an older result is asked for
  });
  document.addEventListener("htmx:afterSwap", () => {
    for (const fold of document.querySelectorAll("#result details[data-check]")) {
      if (open?.get(fold.dataset.check)) fold.open = true;
    }
    tellAtButtons();
  });
  tellAtButtons();

  // How it stands, beside the buttons too: below a long notebook the result itself may be far away.
  function tellAtButtons() {
    const place = form.querySelector(".work__state");
    const badge = document.querySelector("#result .badge");
    if (!place || !badge) return;
    place.replaceChildren(badge.cloneNode(true));
    place.hidden = false;
  }

  // The site is away while a result is awaited: ask again.
  document.addEventListener("htmx:sendError", (event) => {
    const asking = event.detail.elt;
    if (asking.id === "result") setTimeout(() => htmx.trigger(asking, "load"), 3000);
    else if (asking === form) refusals().textContent = form.dataset.saidAway;
  });

  function refusals() {
    const known = document.getElementById("refused");
    if (known) return known;
    const made = document.createElement("div");
    made.id = "refused";
    made.setAttribute("aria-live", "assertive");
    document.getElementById("results").before(made);
    return made;
  }

  document.addEventListener("keydown", (event) => {
    if (event.key !== "Enter" || event.defaultPrevented) return;
    const purpose = purposeOf(event);
    if (purpose && press(form, purpose)) event.preventDefault();
  });
}

function purposeOf(event) {
  const control = event.ctrlKey || event.metaKey;
  if (control) return event.shiftKey ? "submit" : "run";
  return event.altKey ? "check" : null;
}

export function press(form, purpose) {
  const button = form.querySelector(`button[data-key="${purpose}"]`);
  if (!button || button.disabled) return false;
  button.click(); // not requestSubmit: htmx sends the button that was clicked
  return true;
}

// The same keys inside an editor, where they outrank its own.
export const keysOf = (form) => [
  { key: "Mod-Shift-Enter", run: () => press(form, "submit") },
  { key: "Mod-Enter", run: () => press(form, "run") },
  { key: "Alt-Enter", run: () => press(form, "check") },
];
