import { html, nothing, render, type TemplateResult } from "lit-html";
import type { WirePicture } from "../../wire/messages.ts";
import { openLayer } from "./layers.ts";
import { thumbnail } from "./small.ts";

/** A dialog that is open. */
export interface Dialog<T> {
  readonly element: HTMLDialogElement;
  /** Draws it again, after what its view reads has changed. */
  draw(): void;
  close(result?: T): void;
  /** Aborts when it closes: hand it to every listener. */
  readonly signal: AbortSignal;
}

/**
 * Opens a modal dialog, and resolves when it is closed: with a result, or with undefined on Esc and on *Back*. Both ask
 * `mayClose` first, which may ask the person in turn.
 */
export function openDialog<T>(
  label: string,
  className: string,
  view: (dialog: Dialog<T>) => TemplateResult,
  opened?: (dialog: Dialog<T>) => void,
  mayClose: () => boolean = () => true,
): Promise<T | undefined> {
  const { promise, resolve } = Promise.withResolvers<T | undefined>();
  const element = document.createElement("dialog");
  const life = new AbortController();
  let result: T | undefined;
  element.className = className;
  element.ariaLabel = label;

  const dialog: Dialog<T> = {
    element,
    signal: life.signal,
    draw: () => render(view(dialog), element),
    close(value) {
      result = value;
      element.close();
    },
  };
  const leave = openLayer(() => {
    if (!mayClose()) return false;
    element.close();
    return true;
  });
  element.addEventListener("cancel", (event) => {
    if (!mayClose()) event.preventDefault();
  });
  element.addEventListener("close", () => {
    leave();
    life.abort();
    element.remove();
    resolve(result);
  });
  // Keys belong to the dialog while it is open.
  element.addEventListener("keydown", (event) => {
    event.stopPropagation();
    if (event.key !== "Escape" || event.isComposing) return;
    // A browser lets nobody hold up Esc twice in a row, unless it never hears of it.
    event.preventDefault();
    if (mayClose()) element.close();
  });
  document.body.append(element);
  dialog.draw();
  element.showModal();
  opened?.(dialog);
  return promise;
}

/** Asks before something that cannot be taken back; `about`: the picture that it is done to. */
export async function confirmed(
  title: string,
  text: string,
  yes: string,
  about?: WirePicture,
): Promise<boolean> {
  const answer = await openDialog<boolean>(
    title,
    "sheet",
    (dialog) => html`
      <form method="dialog" @submit=${(event: Event) => submitted(event, () => dialog.close(true))}>
        <h2>${title}</h2>
        ${about ? html`<img class="sheet-picture" src=${thumbnail(about.src)} alt=${about.alt} />` : nothing}
        <p>${text}</p>
        <div class="sheet-buttons">
          <button type="button" class="button" autofocus @click=${() => dialog.close(false)}>Keep</button>
          <button type="submit" class="button danger">${yes}</button>
        </div>
      </form>
    `,
  );
  return answer === true;
}

/** Asks for one line of text. */
export function askLine(title: string, label: string, value: string): Promise<string | undefined> {
  return openDialog<string>(
    title,
    "sheet",
    (dialog) => html`
      <form
        method="dialog"
        @submit=${(event: SubmitEvent) =>
          submitted(event, () => {
            const { line } = Object.fromEntries(new FormData(event.target as HTMLFormElement));
            dialog.close(String(line ?? "").trim() || undefined);
          })}
      >
        <h2>${title}</h2>
        <label class="field"
          >${label}<input name="line" .value=${value} maxlength="120" autocomplete="off" autofocus required
        /></label>
        <div class="sheet-buttons">
          <button type="button" class="button" @click=${() => dialog.close()}>Leave as it is</button>
          <button type="submit" class="button primary">Save</button>
        </div>
      </form>
    `,
    ({ element }) => element.querySelector("input")?.select(),
  );
}

function submitted(event: Event, then: () => void): void {
  event.preventDefault();
  then();
}
