import { html, nothing, type TemplateResult } from "lit-html";
import { live } from "lit-html/directives/live.js";
import { ref } from "lit-html/directives/ref.js";
import { icon } from "../look/icons.ts";
import { thumbnail } from "../look/small.ts";
import { heldValue } from "../options/groups.ts";
import { optionControls } from "../options/panel.ts";
import { toTree } from "../panels/tree.ts";
import type { Draft } from "../state/drafts.ts";
import { answerOf, chosenOf, draftOf, messagesOf, type State, threadOf } from "../state/store.ts";
import type { Studio } from "../studio/studio.ts";
import { inWords, setOptions } from "../text/format.ts";
import { attachments } from "./attachments.ts";
import { resending } from "./resending.ts";

/** Where a person says what to draw: words, pictures, a mask, options. */
export function composer(state: State, studio: Studio): TemplateResult {
  const draft = draftOf(state);
  const set = Object.keys(draft.options).length;
  const empty = !draft.text.trim() && draft.pictures.length === 0;
  const sending = state.sendings.has(state.open);
  return html`
    <form
      class="composer ${sending ? "sending" : ""}"
      aria-label="Ask for a picture"
      @submit=${(event: Event) => {
        event.preventDefault();
        void studio.send();
      }}
    >
      <div class="composer-card">
        ${from(state, draft, studio)} ${attachments(draft, studio)}
        <textarea
          id="prompt"
          rows="1"
          aria-label="Prompt"
          placeholder=${placeholder(state, draft)}
          enterkeyhint="send"
          autocomplete="off"
          ?readonly=${sending}
          .value=${live(draft.text)}
          ${ref((element) => grow(element, draft.text, placeholder(state, draft)))}
          @input=${(event: Event) => studio.write((event.target as HTMLTextAreaElement).value)}
          @keydown=${(event: KeyboardEvent) => onKey(event, studio)}
        ></textarea>
        ${chips(state, draft, studio)} ${resending(state, studio)}
        <div class="composer-row">
          <label class="tool attach" data-tip="Attach pictures">
            <input
              type="file"
              accept="image/*"
              multiple
              aria-label="Attach pictures"
              @change=${(event: Event) => pick(event, studio)}
            />
            ${icon("attach")}
          </label>
          <button
            type="button"
            class="options-button"
            aria-label="Options"
            aria-expanded=${state.panel.options}
            aria-controls="options"
            @click=${() => studio.panel("options", !state.panel.options)}
          >
            ${icon("sliders")}<span>Options</span>${set ? html`<span class="count">${set}</span>` : nothing}
          </button>
          ${state.panel.options ? optionControls(state, draft, studio) : nothing}
          <span class="spring"></span>
          ${price(state, empty)}
          <button
            type="submit"
            class="draw"
            aria-disabled=${empty || sending}
            aria-describedby=${state.estimate ? "estimate" : nothing}
          >
            <span>Draw</span>${sending ? html`<span class="spinner"></span>` : icon("send")}
          </button>
        </div>
      </div>
    </form>
  `;
}

/** What it would cost, beside the button that spends it. */
function price({ estimate, about }: State, empty: boolean): TemplateResult | typeof nothing {
  if (!estimate || empty) return nothing;
  if (!about?.painter.standIn) return html`<span class="estimate" id="estimate">${estimate}</span>`;
  return html`<span class="estimate" id="estimate" title="Nothing is paid: the stand-in draws. This is OpenAI's price."
    >would cost ${estimate}</span
  >`;
}

/** What becomes of the picture outside the painted area. */
function outside(state: State, draft: Draft): string {
  const value = draft.options.outside ?? heldValue("outside", draft, state.styles, state.defaults)?.value;
  return value === "redraw" ? "the rest may change a little" : "the rest stays exactly as it is";
}

/** Which picture the words are about, and the mask on it. */
function from(state: State, draft: Draft, studio: Studio): TemplateResult | typeof nothing {
  const target = answerOf(state, draft.target?.answer);
  const messages = messagesOf(state);
  const head = threadOf(state)?.head;
  const going = chosenOf(state);
  const picture = going?.view.images[going.view.picked ?? 0];
  const { mask } = draft;
  if (!draft.target && !mask && !picture) return nothing;
  const form = target?.view.actions.find(({ name }) => name === draft.target?.action)?.form;
  const number = toTree(messages, head).nodes.find(({ id }) => id === going?.id)?.number;
  return html`
    <div class="from">
      ${
        draft.target
          ? html`<span class="chip target">
            ${picture ? html`<img src=${thumbnail(picture.src)} alt="" />` : icon("reply")}
            <span>${form ? `${form.title} · version ${number}` : `Goes on from version ${number}`}</span>
            <button type="button" class="chip-close" aria-label="Do not edit this picture" @click=${() => studio.clearTarget()}>
              ${icon("close")}
            </button>
          </span>`
          : picture && going
            ? html`<button type="button" class="chip quiet" @click=${() => studio.walk(going.id)}>
              <img src=${thumbnail(picture.src)} alt="" /><span>Goes on from version ${number}</span>
            </button>`
            : nothing
      }
      ${
        mask
          ? html`<span class="chip mask">
            <button type="button" class="chip-main" aria-label="Change the painted area" @click=${() => void studio.repaint()}>
              <img src=${mask.preview} alt="" /><span>Only the painted area<small>${outside(state, draft)}</small></span>
            </button>
            <button type="button" class="chip-close" aria-label="Remove the mask" @click=${() => studio.removeMask()}>
              ${icon("close")}
            </button>
          </span>`
          : nothing
      }
    </div>
  `;
}

function chips(state: State, draft: Draft, studio: Studio): TemplateResult | typeof nothing {
  const specs = state.about?.options ?? [];
  const set = setOptions(specs, draft.options);
  const defaults = inWords(specs, { ...state.defaults.channel, ...state.defaults.mine });
  if (set.length === 0 && !defaults) return nothing;
  return html`<div class="option-chips" role="group" aria-label="Options that are set">
    ${set.map(
      ({ name, label, value }) => html`<span class="chip small">
        <span>${label}: ${value}</span>
        <button type="button" class="chip-close" aria-label="Unset ${label}" @click=${() => studio.setOption(name, undefined)}>
          ${icon("close")}
        </button>
      </span>`,
    )}
    ${
      set.length > 0
        ? html`<button type="button" class="link" @click=${() => studio.resetOptions()}>Reset options</button>`
        : nothing
    }
    ${
      defaults
        ? html`<button type="button" class="chip small held" @click=${() => studio.panel("options", true)}>
            Defaults: ${defaults}
          </button>`
        : nothing
    }
  </div>`;
}

function placeholder(state: State, draft: Draft): string {
  const target = answerOf(state, draft.target?.answer);
  const form = target?.view.actions.find(({ name }) => name === draft.target?.action)?.form;
  if (form) return form.prompt;
  if (target) return "What should change in this picture?";
  if (draft.pictures.length > 1) return "Say what to make of 1, 2, …";
  if (draft.pictures.length === 1) return "Say what to make of this picture";
  return threadOf(state)?.head ? "What should change, or come next?" : "Describe a picture";
}

function onKey(event: KeyboardEvent, studio: Studio): void {
  walkPrompts(event, studio);
  if (event.key !== "Enter" || event.shiftKey || event.isComposing) return;
  event.preventDefault();
  void studio.send();
}

/** In the first line upwards, in the last one downwards: between them the caret moves as it always does. */
function walkPrompts(event: KeyboardEvent, studio: Studio): void {
  const isUp = event.key === "ArrowUp";
  if (!isUp && event.key !== "ArrowDown") return;
  if (event.shiftKey || event.ctrlKey || event.metaKey || event.altKey || event.isComposing) return;
  const field = event.target as HTMLTextAreaElement;
  if (field.readOnly) return;
  const beside = isUp ? field.value.slice(0, field.selectionStart) : field.value.slice(field.selectionEnd);
  if (!beside.includes("\n") && studio.recall(isUp ? "before" : "after")) event.preventDefault();
}

function pick(event: Event, studio: Studio): void {
  const input = event.target as HTMLInputElement;
  studio.attach(input.files ?? []);
  input.value = ""; // so that the same file can be picked again
  studio.focusComposer(false);
}

/** As high as its text, up to what the style sheet allows. */
function grow(element: Element | undefined, text: string, hint: string): void {
  const shown = text || hint;
  if (!(element instanceof HTMLTextAreaElement) || element.dataset.grown === shown) return;
  element.dataset.grown = shown;
  queueMicrotask(() => {
    element.style.height = "auto";
    element.style.height = `${element.scrollHeight}px`;
  });
}
