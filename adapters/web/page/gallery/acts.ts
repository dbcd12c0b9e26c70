import { html, nothing, type TemplateResult } from "lit-html";
import type { WirePlaced } from "../../wire/messages.ts";
import { openDialog } from "../look/dialog.ts";
import { type IconName, icon } from "../look/icons.ts";

/** Something that can be done with a picture. */
export interface Act {
  readonly icon: IconName;
  readonly label: string;
  /** It goes elsewhere: what is open over the thread is to close. */
  readonly leaves?: boolean;
  act(): unknown;
}

/** The acts as a list of buttons; `done` hears of the one that was pressed. */
function menu(acts: readonly Act[], done: (act: Act) => void): TemplateResult {
  return html`<div class="menu" role="group" aria-label="What to do with it">
    ${acts.map(
      (act) => html`<button type="button" class="menu-item" @click=${() => done(act)}>
        ${icon(act.icon)}<span>${act.label}</span>
      </button>`,
    )}
  </div>`;
}

/** Offers what can be done with one picture, and does what was chosen. */
export async function chooseAct(title: string, acts: readonly Act[]): Promise<void> {
  const chosen = await openDialog<Act>(
    title,
    "sheet",
    (dialog) => html`
      <h2>${title}</h2>
      ${menu(acts, (act) => dialog.close(act))}
      <div class="sheet-buttons">
        <button type="button" class="button" @click=${() => dialog.close()}>Close</button>
      </div>
    `,
    ({ element }) => element.querySelector<HTMLElement>(".menu-item")?.focus(),
  );
  await chosen?.act();
}

/** One picture of the gallery, large, with what it was asked for and what can be done with it. True: it goes elsewhere. */
export async function showPlaced(
  { picture, prompt, title }: WirePlaced,
  date: string,
  acts: () => readonly Act[],
): Promise<boolean> {
  const chosen = await openDialog<Act>(
    "Picture",
    "sheet placed",
    (dialog) => html`
      <div class="placed-inside">
        <div class="placed-picture">
          <img src=${picture.src} alt=${picture.alt} width=${picture.width} height=${picture.height} />
        </div>
        <div class="placed-side">
          <h2>${title}</h2>
          ${prompt && prompt !== title ? html`<p class="placed-words">${prompt}</p>` : nothing}
          <p class="placed-when">${date}</p>
          ${menu(acts(), async (act) => {
            if (act.leaves) return dialog.close(act);
            await act.act();
            dialog.draw();
          })}
        </div>
        <button type="button" class="tool placed-close" aria-label="Close picture" autofocus @click=${() => dialog.close()}>
          ${icon("close")}
        </button>
      </div>
    `,
  );
  await chosen?.act();
  return chosen !== undefined;
}
