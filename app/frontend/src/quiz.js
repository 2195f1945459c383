// The page of a quiz: lists to order get buttons that move a line, and what is ticked and typed is kept.
import { forgetArrived, keepDrafts } from "./work/drafts.js";

const form = document.getElementById("quiz");
const lists = [...form.querySelectorAll("[data-order]")];

if ("handedIn" in form.dataset) forgetArrived(form);
else {
  for (const list of lists) offerMoves(list);
  const kept = keepDrafts(form, { read, write, holds: (one) => one.name?.startsWith("q-") || lists.includes(one) });
  form.addEventListener("submit", () => kept.leave());
}

// {field: its values, a line each}; what is not ticked or is empty is left out.
function read() {
  const kept = {};
  for (const { name, type, value, checked } of fields()) {
    if (!value || (["radio", "checkbox"].includes(type) && !checked)) continue;
    kept[name] = name in kept ? `${kept[name]}\n${value}` : value;
  }
  return Object.fromEntries(Object.entries(kept).sort());
}

function write(kept) {
  for (const field of fields()) {
    const said = kept[field.name] ?? "";
    if (["radio", "checkbox"].includes(field.type)) field.checked = said.split("\n").includes(field.value);
    else field.value = said;
  }
  for (const list of lists) {
    const place = (row) => Number(row.querySelector("select").value) || list.children.length + 1;
    list.append(...[...list.children].sort((one, other) => place(one) - place(other)));
  }
}

function fields() {
  return [...form.elements].filter((field) => field.name.startsWith("q-"));
}

// The numbers beside the lines, which work without JavaScript, follow.
function offerMoves(list) {
  for (const row of list.children) {
    row.append(mover(row, -1, "↑", list.dataset.up), mover(row, 1, "↓", list.dataset.down));
  }
  const renumber = () => {
    for (const [place, select] of list.querySelectorAll("select").entries()) select.value = String(place + 1);
  };
  // a number chosen by hand moves the line there
  list.addEventListener("change", (event) => {
    const row = event.target.closest("li");
    const wanted = Number(event.target.value) - 1;
    if (!(wanted >= 0)) return;
    row.remove();
    list.insertBefore(row, list.children[wanted] ?? null);
    renumber();
    event.target.focus();
  });

  function mover(row, step, sign, label) {
    const button = Object.assign(document.createElement("button"), {
      type: "button",
      className: "order__move",
      textContent: sign,
    });
    button.setAttribute("aria-label", `${label}: ${row.querySelector("label").textContent.trim()}`);
    button.addEventListener("click", () => {
      const other = step < 0 ? row.previousElementSibling : row.nextElementSibling;
      if (other) (step < 0 ? other.before(row) : other.after(row));
      renumber();
      list.dispatchEvent(new Event("input", { bubbles: true }));
      button.focus();
    });
    return button;
  }
}
