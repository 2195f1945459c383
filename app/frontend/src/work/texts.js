// What is typed on the page of an exercise or a notebook, by the name of its file or cell.
import { put } from "./editor.js";

export const textsOf = (form) => ({
  read: () =>
    Object.fromEntries([...form.querySelectorAll("textarea[data-file]")].map((area) => [area.dataset.file, area.value])),
  write: (files) => putAll(form, files),
  holds: (target) => target.matches("textarea[data-file]"),
});

// Texts by name into the form; for names it does not have yet (cells of one's own) it is asked to make them.
export function putAll(form, files) {
  for (const [name, text] of Object.entries(files)) {
    const area = form.querySelector(`textarea[data-file="${CSS.escape(name)}"]`);
    if (area) put(area, text);
    else form.dispatchEvent(new CustomEvent("text-missing", { detail: { name, text } }));
  }
}
