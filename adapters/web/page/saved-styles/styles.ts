import { html, nothing, type TemplateResult } from "lit-html";
import type { WireStyle } from "../../wire/messages.ts";
import { type Dialog, openDialog } from "../look/dialog.ts";
import { icon } from "../look/icons.ts";
import { type createStore, draftOf } from "../state/store.ts";
import { setOptions } from "../text/format.ts";

/** Shows every style with what it is made of. Resolves with the name of the one that was picked. */
export function openStyles(
  store: ReturnType<typeof createStore>,
  remove: (style: WireStyle) => Promise<void>,
): Promise<string | undefined> {
  return openDialog<string>("Styles", "sheet styles", (dialog) => {
    const { styles } = store.state;
    return html`
      <h2>Styles</h2>
      ${
        styles.length > 0
          ? html`<ul class="style-list">
              ${styles.map((style) => card(style, store, dialog, remove))}
            </ul>`
          : html`<p>
              There are none yet. Put the words, options and pictures of one into the composer, then choose
              <em>Save as style…</em> under Options.
            </p>`
      }
      <div class="sheet-buttons">
        <button type="button" class="button" autofocus @click=${() => dialog.close()}>Close</button>
      </div>
    `;
  });
}

function card(
  style: WireStyle,
  store: ReturnType<typeof createStore>,
  dialog: Dialog<string>,
  remove: (style: WireStyle) => Promise<void>,
): TemplateResult {
  const { name, scope, instruction, options, pictures } = style;
  const chips = setOptions(store.state.about?.options ?? [], options);
  const used = draftOf(store.state).options.style === name;
  return html`<li class="style-card">
    <div class="style-top">
      <h3>${name}${scope === "shared" ? html`<small>shared</small>` : nothing}</h3>
      <button type="button" class="button small primary" ?disabled=${used} @click=${() => dialog.close(name)}>
        ${used ? "In use" : "Use"}<span class="unseen"> ${name}</span>
      </button>
      <button
        type="button"
        class="tool"
        aria-label="Remove ${name}"
        @click=${() => void remove(style).then(() => dialog.draw())}
      >
        ${icon("trash")}
      </button>
    </div>
    ${instruction ? html`<p class="style-words">${instruction}</p>` : nothing}
    ${
      chips.length > 0
        ? html`<p class="style-options">${chips.map(({ label, value }) => html`<span>${label}: ${value}</span>`)}</p>`
        : nothing
    }
    ${
      pictures.length > 0
        ? html`<div class="style-pictures">
            ${pictures.map((src, at) => html`<img src=${src} alt="Picture ${at + 1} of ${name}" />`)}
          </div>`
        : nothing
    }
  </li>`;
}
