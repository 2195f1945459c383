// The page of a notebook: an editor in each answer cell, cells of one's own, a dropped .ipynb, drafts, results.
import { keepDrafts } from "./work/drafts.js";
import { edit, put } from "./work/editor.js";
import { keysOf, watchResults } from "./work/results.js";
import { textsOf } from "./work/texts.js";

const form = document.getElementById("work");
const keys = keysOf(form);
const start = (area) => edit(area, { nonce: form.dataset.nonce, keys });
for (const area of form.querySelectorAll("textarea[data-file]")) start(area);
for (const cell of form.querySelectorAll(".cell[data-cell]")) offerCell(cell);
form.addEventListener("text-missing", ({ detail }) => addCell(detail.name, detail.text));
form.addEventListener("htmx:configRequest", numberOwnCells);
watchResults(form);
keepDrafts(form, textsOf(form));
takeNotebook();

// Outputs of one's own cells come back by number; empty cells are passed over, as the graders do.
function numberOwnCells() {
  let number = 0;
  for (const cell of form.querySelectorAll(".cell--own")) {
    const filled = cell.querySelector("textarea").value.trim() !== "";
    if (filled) number += 1;
    const out = cell.querySelector(".cell__out");
    out.id = filled ? `out-added-${number}` : "";
    if (!filled) out.replaceChildren();
  }
}

function offerCell(cell) {
  const button = document.createElement("button");
  button.type = "button";
  button.className = "cell__add button button--quiet button--small";
  button.textContent = `+ ${form.dataset.saidAdd}`;
  button.addEventListener("click", () => {
    const behind = authorsCell(cell);
    let number = 1;
    while (form.querySelector(`textarea[data-file="${CSS.escape(`+${behind}:${number}`)}"]`)) number += 1;
    addCell(`+${behind}:${number}`, "", cell)?.focus();
  });
  cell.append(button);
}

// Of a cell of one's own the author's cell it follows; of the author's, itself.
function authorsCell(cell) {
  const name = cell.dataset.cell;
  return name.startsWith("+") ? name.slice(1, name.lastIndexOf(":")) : name;
}

function addCell(name, text, after) {
  const behind = name.slice(1, name.lastIndexOf(":"));
  const cells = [...form.querySelectorAll(".cell[data-cell]")].filter((one) => authorsCell(one) === behind);
  const before = after ?? cells.at(-1);
  if (!before) return null;
  const number = form.querySelectorAll("textarea[data-file]").length;
  const cell = document.createElement("div");
  cell.className = "cell cell--answer cell--own";
  cell.dataset.cell = name;
  const label = Object.assign(document.createElement("p"), { className: "cell__label", textContent: form.dataset.saidOwn });
  const named = Object.assign(document.createElement("input"), { type: "hidden", name: `name-${number}`, value: name });
  const area = Object.assign(document.createElement("textarea"), {
    id: `text-${number}`,
    name: `text-${number}`,
    className: "file__text",
  });
  area.dataset.file = name;
  area.dataset.language = "python";
  area.setAttribute("aria-label", form.dataset.saidOwn);
  const out = Object.assign(document.createElement("div"), { className: "cell__out" });
  cell.append(label, named, area, out);
  before.after(cell);
  const view = start(area);
  put(area, text);
  offerCell(cell);
  return view;
}

function takeNotebook() {
  const drop = document.getElementById("upload");
  const input = drop.querySelector("input[type=file]");
  for (const zone of [drop, form]) {
    zone.addEventListener("dragover", (event) => {
      if (!event.dataTransfer.types.includes("Files")) return;
      event.preventDefault();
      zone.classList.add("is-over");
    });
    zone.addEventListener("dragleave", () => zone.classList.remove("is-over"));
    zone.addEventListener("drop", (event) => {
      zone.classList.remove("is-over");
      if (!event.dataTransfer.files.length) return;
      event.preventDefault();
      input.files = event.dataTransfer.files;
      drop.requestSubmit();
    });
  }
}
