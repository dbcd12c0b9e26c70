import { html, nothing, type TemplateResult } from "lit-html";
import { icon, mark } from "../look/icons.ts";
import type { Easel } from "../mask/easel.ts";

/** Where a person is on the page. */
export type AreaState =
  | { readonly phase: "loading" }
  | {
      readonly phase: "painting" | "sending";
      readonly easel: Easel;
      readonly text: string;
      /** What stands in the way, in words. */
      readonly problem?: string;
    }
  | { readonly phase: "sent"; readonly text: string; readonly preview: string }
  /** There is no picture to paint on. `again`: there may be, another time. */
  | { readonly phase: "failed"; readonly message: string; readonly again: boolean };

export interface AreaActs {
  type(text: string): void;
  send(): void;
}

/** Letters of the words; the server takes no more either. */
const textLimit = 4000;

export function areaView(state: AreaState, acts: AreaActs): TemplateResult {
  switch (state.phase) {
    case "loading":
      return html`<main class="area-end" aria-busy="true">
        ${mark()}
        <p role="status">Fetching the picture…</p>
      </main>`;
    case "painting":
    case "sending":
      return painting(state, acts);
    case "sent":
      return sent(state);
    case "failed":
      return failed(state);
  }
}

function painting(state: AreaState & { phase: "painting" | "sending" }, acts: AreaActs): TemplateResult {
  const { easel, text, problem } = state;
  const sending = state.phase === "sending";
  return html`
    <main class="area painter">
      <header class="area-top">
        ${mark()}
        <h1>Edit area</h1>
        <p>Paint over what should change</p>
      </header>
      <div class="area-easel" ?inert=${sending}>${easel.surface()} ${easel.tools()}</div>
      <form
        class="area-ask"
        @submit=${(event: Event) => {
          event.preventDefault();
          acts.send();
        }}
      >
        <p class="area-problem" role="alert">${problem ? html`${icon("alert")}<span>${problem}</span>` : nothing}</p>
        <div class="area-card">
          <textarea
            id="words"
            rows="1"
            maxlength=${textLimit}
            aria-label="What should change here?"
            placeholder="What should change here?"
            enterkeyhint="enter"
            autocomplete="off"
            .value=${text}
            ?readonly=${sending}
            @input=${(event: Event) => acts.type((event.target as HTMLTextAreaElement).value)}
            @keydown=${(event: KeyboardEvent) => {
              if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) acts.send();
            }}
          ></textarea>
          <button
            type="submit"
            class="button primary area-send"
            ?disabled=${sending}
            @mousedown=${keepFocus}
          >
            ${sending ? "Sending…" : "Send"}
          </button>
        </div>
      </form>
    </main>
  `;
}

/** Or the keyboard goes down, and the button goes from under the finger. */
function keepFocus(event: Event): void {
  event.preventDefault();
}

function sent({ text, preview }: AreaState & { phase: "sent" }): TemplateResult {
  return html`<main class="area-end">
    <img class="area-preview" src=${preview} alt="The picture with what you painted" />
    <h1 tabindex="-1">On its way</h1>
    <p class="area-words">“${text}”</p>
    <p>Go back to the chat: the new picture will be there in a moment. You can close this page.</p>
  </main>`;
}

function failed({ message, again }: AreaState & { phase: "failed" }): TemplateResult {
  return html`<main class="area-end">
    ${mark()}
    <h1 tabindex="-1">${again ? "That did not work" : "This page has closed"}</h1>
    <p>${message}</p>
    ${
      again
        ? html`<button type="button" class="button primary" @click=${() => location.reload()}>Try again</button>`
        : nothing
    }
  </main>`;
}
