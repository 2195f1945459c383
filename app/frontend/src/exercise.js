// The page of an exercise: editors, files as tabs, dropped files, drafts, results.
import { keepDrafts } from "./work/drafts.js";
import { edit } from "./work/editor.js";
import { keysOf, watchResults } from "./work/results.js";
import { putAll, textsOf } from "./work/texts.js";

const form = document.getElementById("work");
const files = [...form.querySelectorAll(".file")];
const keys = keysOf(form);
for (const file of files) edit(file.querySelector("textarea"), { nonce: form.dataset.nonce, keys });
if (files.length > 1) makeTabs(files);
watchResults(form);
keepDrafts(form, textsOf(form));
takeFiles();

function makeTabs(files) {
  const bar = document.createElement("div");
  bar.className = "file-tabs";
  bar.setAttribute("role", "tablist");
  const tabs = files.map((file, number) => {
    const label = file.querySelector("label");
    const tab = document.createElement("button");
    tab.type = "button";
    tab.id = `tab-${number}`;
    tab.setAttribute("role", "tab");
    tab.textContent = label.textContent;
    label.classList.add("visually-hidden");
    file.setAttribute("role", "tabpanel");
    file.setAttribute("aria-labelledby", tab.id);
    tab.addEventListener("click", () => show(number));
    return tab;
  });
  const show = (chosen) => {
    files.forEach((file, number) => (file.hidden = number !== chosen));
    tabs.forEach((tab, number) => {
      tab.setAttribute("aria-selected", number === chosen);
      tab.tabIndex = number === chosen ? 0 : -1;
    });
  };
  bar.addEventListener("keydown", (event) => {
    const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
    if (!step) return;
    const next = (tabs.indexOf(event.target) + step + tabs.length) % tabs.length;
    show(next);
    tabs[next].focus();
  });
  bar.append(...tabs);
  files[0].before(bar);
  show(0);
}

// Source files are read here and put into the editor; what is not text goes to the site, which says why it cannot be taken.
function takeFiles() {
  const drop = document.getElementById("upload");
  const input = drop.querySelector("input[type=file]");
  const areas = [...form.querySelectorAll("textarea[data-file]")];
  const take = async (chosen) => {
    const found = {};
    for (const file of chosen) {
      const area = areas.find((one) => one.dataset.file === file.name) ?? (areas.length === 1 ? areas[0] : null);
      const same = area && file.name.split(".").pop() === area.dataset.file.split(".").pop();
      if (!same || file.size > 256 * 1024) return false;
      found[area.dataset.file] = (await file.text()).replace(/\r\n?/g, "\n");
      if (found[area.dataset.file].includes("\0")) return false;
    }
    putAll(form, found);
    form.scrollIntoView({ block: "nearest" });
    return true;
  };
  for (const zone of [drop, form]) {
    zone.addEventListener("dragover", (event) => {
      if (!event.dataTransfer.types.includes("Files")) return;
      event.preventDefault();
      zone.classList.add("is-over");
    });
    zone.addEventListener("dragleave", () => zone.classList.remove("is-over"));
    zone.addEventListener("drop", async (event) => {
      zone.classList.remove("is-over");
      if (!event.dataTransfer.files.length) return;
      event.preventDefault();
      input.files = event.dataTransfer.files;
      if (await take([...input.files])) input.value = "";
      else drop.requestSubmit();
    });
  }
  input.addEventListener("change", async () => {
    if (await take([...input.files])) input.value = "";
  });
}
