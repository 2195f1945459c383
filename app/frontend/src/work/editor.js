// A textarea becomes a code editor. The textarea stays in the form: it is the value, and what is left without JavaScript.
import { autocompletion, closeBrackets, closeBracketsKeymap, completionKeymap } from "@codemirror/autocomplete";
import { defaultKeymap, history, historyKeymap, indentWithTab } from "@codemirror/commands";
import { python } from "@codemirror/lang-python";
import { bracketMatching, indentOnInput, indentUnit, syntaxHighlighting } from "@codemirror/language";
import { highlightSelectionMatches, searchKeymap } from "@codemirror/search";
import { EditorState, Prec } from "@codemirror/state";
import {
  drawSelection,
  EditorView,
  highlightActiveLine,
  highlightActiveLineGutter,
  keymap,
  lineNumbers,
} from "@codemirror/view";
import { classHighlighter } from "@lezer/highlight";

const views = new WeakMap();

// Typing over a selection is done here, not by the browser, which would give new lines a style attribute our policy refuses.
const typeOver = EditorView.domEventHandlers({
  beforeinput(event, view) {
    const { from, to, empty } = view.state.selection.main;
    if (event.inputType !== "insertText" || event.data === null || empty || view.composing) return false;
    event.preventDefault();
    const insert = () => view.state.update(view.state.replaceSelection(event.data), { userEvent: "input.type" });
    const handlers = view.state.facet(EditorView.inputHandler);
    if (!handlers.some((handle) => handle(view, from, to, event.data, insert))) view.dispatch(insert());
    return true;
  },
});

// Makes an editor of `textarea`. `keys` are bindings that outrank the editor's own; `nonce` is for its one <style>.
export function edit(textarea, { nonce, keys = [] } = {}) {
  const label = document.querySelector(`label[for="${textarea.id}"]`);
  const attributes = {
    "aria-label": textarea.getAttribute("aria-label") ?? label?.textContent ?? "",
    "aria-describedby": textarea.getAttribute("aria-describedby") ?? "",
    tabindex: "0", // focusable as it is, but said so for tools that look
  };
  const view = new EditorView({
    state: EditorState.create({
      doc: textarea.value,
      extensions: [
        EditorView.cspNonce.of(nonce ?? ""),
        Prec.highest(keymap.of(keys)),
        typeOver,
        lineNumbers(),
        highlightActiveLineGutter(),
        history(),
        drawSelection(),
        indentUnit.of("    "),
        indentOnInput(),
        bracketMatching(),
        closeBrackets(),
        autocompletion(),
        highlightActiveLine(),
        highlightSelectionMatches(),
        syntaxHighlighting(classHighlighter),
        keymap.of([
          ...closeBracketsKeymap,
          ...defaultKeymap,
          ...searchKeymap,
          ...historyKeymap,
          ...completionKeymap,
          indentWithTab,
        ]),
        textarea.dataset.language === "python" ? python() : [],
        EditorView.contentAttributes.of(attributes),
        EditorView.updateListener.of((update) => {
          if (!update.docChanged) return;
          textarea.value = update.state.doc.toString();
          textarea.dispatchEvent(new Event("input", { bubbles: true }));
        }),
      ],
    }),
  });
  textarea.hidden = true;
  textarea.after(view.dom);
  label?.addEventListener("click", () => view.focus());
  views.set(textarea, view);
  return view;
}

// Puts `text` into the textarea and its editor.
export function put(textarea, text) {
  const view = views.get(textarea);
  if (!view) {
    textarea.value = text;
    textarea.dispatchEvent(new Event("input", { bubbles: true }));
  } else if (view.state.doc.toString() !== text) {
    view.dispatch({ changes: { from: 0, to: view.state.doc.length, insert: text } });
  }
}

export const viewOf = (textarea) => views.get(textarea);
