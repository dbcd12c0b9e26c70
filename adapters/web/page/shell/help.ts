import { html } from "lit-html";
import { openDialog } from "../look/dialog.ts";

const shortcuts = [
  [
    "Write",
    [
      ["Draw", "Enter"],
      ["New line", "Shift Enter"],
      ["Go to the prompt", "/"],
      ["Earlier prompts", "↑ ↓"],
      ["Options", "O"],
      ["Styles", "S"],
      ["Let go of a picture", "Esc"],
    ],
  ],
  [
    "Pictures",
    [
      ["Edit", "E"],
      ["Paint mask", "M"],
      ["Edit its prompt", "P"],
      ["Compare", "C"],
      ["Favourite", "F"],
      ["Use as reference", "U"],
      ["Download", "D"],
    ],
  ],
  [
    "Go",
    [
      ["New thread", "N"],
      ["Gallery of all pictures", "G"],
      ["Versions", "V"],
      ["Walk the versions", "← ↑ ↓ →"],
      ["This list", "?"],
    ],
  ],
  [
    "Mask",
    [
      ["Brush, eraser", "B E"],
      ["Smaller, larger", "[ ]"],
      ["Undo, redo", "Ctrl Z · Shift Ctrl Z"],
      ["Zoom, fit", "+ − 0"],
      ["Move the picture", "Space and drag"],
    ],
  ],
] as const;

/** The list of keyboard shortcuts. */
export function openHelp(): Promise<undefined> {
  return openDialog<undefined>(
    "Keyboard shortcuts",
    "sheet help",
    (dialog) => html`
      <h2>Keyboard shortcuts</h2>
      <div class="help-groups">
        ${shortcuts.map(
          ([title, rows]) => html`
            <section>
              <h3>${title}</h3>
              <dl>
                ${rows.map(
                  ([what, keys]) =>
                    html`<div><dt>${what}</dt><dd>${keys.split(" ").map((key) => (/^(·|and)$/.test(key) ? html` ${key} ` : html`<kbd>${key}</kbd>`))}</dd></div>`,
                )}
              </dl>
            </section>
          `,
        )}
      </div>
      <div class="sheet-buttons">
        <button type="button" class="button primary" autofocus @click=${() => dialog.close()}>Close</button>
      </div>
    `,
  );
}
