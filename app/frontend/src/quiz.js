// Lists to order get buttons that move a line; the numbers beside them, which work without JavaScript, follow.
for (const list of document.querySelectorAll("[data-order]")) {
  const selects = () => [...list.querySelectorAll("select")];
  if (selects().some((select) => select.disabled)) continue;
  for (const row of list.children) {
    row.append(mover(row, -1, "↑", list.dataset.up), mover(row, 1, "↓", list.dataset.down));
  }
  const renumber = () => selects().forEach((select, place) => (select.value = String(place + 1)));
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
      button.focus();
    });
    return button;
  }
}
