import { html, nothing, type TemplateResult } from "lit-html";
import type { WireAsk, WirePicture } from "../../wire/messages.ts";
import { type IconName, icon } from "../look/icons.ts";
import { thumbnail } from "../look/small.ts";
import { answerOf, type State } from "../state/store.ts";
import type { Studio } from "../studio/studio.ts";
import { setOptions } from "../text/format.ts";

/** What a person asked: the words, the pictures that went with them, what it answers. */
export function ask(message: WireAsk, state: State, studio: Studio): TemplateResult {
  const parent = answerOf(state, message.replyTo);
  const chips = setOptions(state.about?.options ?? [], message.options);
  const references = message.pictures.filter(({ role }) => role !== "mask");
  const mask = message.pictures.find(({ role }) => role === "mask");
  return html`
    <div class="ask" role="group" aria-label="You asked">
      ${
        parent?.view.images[0]
          ? html`<button
            type="button"
            class="ask-parent"
            aria-label="Go to the picture this answers"
            @click=${() => studio.walk(parent.id)}
          >
            ${icon("reply")}<img src=${thumbnail(parent.view.images[0].src)} alt="" loading="lazy" decoding="async" />
          </button>`
          : nothing
      }
      <div class="bubble">
        ${
          references.length > 0 || mask
            ? html`<div class="ask-pictures">
              ${references.map((picture, at) => reference(picture, references.length > 1 ? at + 1 : 0))}
              ${mask ? html`<span class="ask-mask">${icon("brush")} Painted area</span>` : nothing}
            </div>`
            : nothing
        }
        ${message.action ? html`<p class="ask-action">${icon(actionIcon(message))} ${label(message, state)}</p>` : nothing}
        ${message.text ? words(message.text) : nothing}
        ${
          chips.length > 0
            ? html`<p class="ask-options">
              ${chips.map((chip) => html`<span title=${chip.label}>${chip.label}: ${chip.value}</span>`)}
            </p>`
            : nothing
        }
      </div>
    </div>
  `;
}

/** What was said; of a long text the first lines, until somebody wants to see all of it. */
function words(text: string): TemplateResult {
  if (text.length < 420 && text.split("\n").length < 9) return html`<p class="ask-text">${text}</p>`;
  return html`<p class="ask-text folded">${text}</p>
    <button type="button" class="link ask-fold" aria-expanded="false" @click=${unfold}>Show all</button>`;
}

function unfold({ currentTarget: button }: Event): void {
  if (!(button instanceof HTMLElement)) return;
  const isFolded = button.previousElementSibling?.classList.toggle("folded") ?? false;
  button.ariaExpanded = String(!isFolded);
  button.textContent = isFolded ? "Show all" : "Show less";
}

/** A small picture that opens by itself; with its number, if it is one of several. */
export function reference(picture: WirePicture, number: number): TemplateResult {
  return html`<a class="ask-picture" href=${picture.src} target="_blank" rel="noopener">
    <img src=${thumbnail(picture.src)} alt=${picture.alt} loading="lazy" decoding="async" />
    ${number ? html`<span class="number">${number}</span>` : nothing}
  </a>`;
}

function actionIcon({ action }: WireAsk): IconName {
  if (action === "area") return "brush";
  if (action === "reference") return "reference";
  if (action === "vary") return "spark";
  return action === "redo" ? "cycle" : "pencil";
}

/** The pressed button's own words, from the table as the server sends it with the views. */
function label({ action, replyTo }: WireAsk, state: State): string {
  const found = answerOf(state, replyTo)?.view.actions.find(({ name }) => name === action);
  // The page has its painter instead of that button.
  if (action === "area") return "Edit area";
  const name = action ?? "";
  return (found?.label ?? name.charAt(0).toUpperCase() + name.slice(1)).replace(/…$/, "");
}
