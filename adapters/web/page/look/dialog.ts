import { html, render, type TemplateResult } from "lit-html";

/** A dialog that is open. */
export interface Dialog<T> {
  readonly element: HTMLDialogElement;
  /** Draws it again, after what its view reads has changed. */
  draw(): void;
  close(result?: T): void;
  /** Aborts when it closes: hand it to every listener. */
  readonly signal: AbortSignal;
}

/** Opens a modal dialog, and resolves when it is closed: with a result, or with undefined on Esc. */
export function openDialog<T>(
  label: string,
  className: string,
  view: (dialog: Dialog<T>) => TemplateResult,
  opened?: (dialog: Dialog<T>) => void,
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
  element.addEventListener("close", () => {
    life.abort();
    element.remove();
    resolve(result);
  });
  // Keys belong to the dialog while it is open.
  element.addEventListener("keydown", (event) => event.stopPropagation());
  document.body.append(element);
  dialog.draw();
  element.showModal();
  opened?.(dialog);
  return promise;
}

/** Asks before something that cannot be taken back. */
export async function confirmed(title: string, text: string, yes: string): Promise<boolean> {
  const answer = await openDialog<boolean>(
    title,
    "sheet",
    (dialog) => html`
      <form method="dialog" @submit=${(event: Event) => submitted(event, () => dialog.close(true))}>
        <h2>${title}</h2>
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
