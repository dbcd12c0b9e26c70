import { html, nothing, type TemplateResult } from "lit-html";
import type { WireAction, WireAnswer, WireAsk } from "../../wire/messages.ts";
import { icon } from "../look/icons.ts";
import { answerOf, chosenOf, draftOf, isPending, messagesOf, type State, threadOf } from "../state/store.ts";
import type { Studio } from "../studio/studio.ts";
import { prose } from "../text/prose.ts";
import { reference } from "./ask.ts";
import { details, summary } from "./details.ts";
import { picture } from "./picture.ts";
import { tools, toolsOfOne } from "./tools.ts";

/** What came of a question: the picture as it develops, the words, the buttons. */
export function answer(
  message: WireAnswer,
  asked: WireAsk | undefined,
  state: State,
  studio: Studio,
): TemplateResult {
  const { view } = message;
  const pending = isPending(message);
  const head = threadOf(state)?.head === message.id;
  const aimed = draftOf(state).target !== undefined && chosenOf(state)?.id === message.id;
  const classes = ["answer", view.phase, head ? "head" : "", aimed ? "aimed" : ""];
  return html`
    <section
      id="answer-${message.id}"
      class=${classes.filter(Boolean).join(" ")}
      data-answer=${message.id}
      tabindex="-1"
      aria-label="Answer ${numberOf(message, state)}"
      aria-busy=${pending}
    >
      ${frames(message, asked, state, studio)}
      ${pending ? progress(message, studio) : nothing}
      ${view.phase === "cancelled" && view.status ? html`<p class="over">${view.status} ${bringBack(message, studio)}</p>` : nothing}
      ${view.text ? html`<div class="prose ${view.phase}">${failedSign(view.phase)}<div>${prose(view.text)}</div></div>` : nothing}
      ${view.aside ? aside(message) : nothing}
      ${
        view.notes.length > 0
          ? html`<ul class="notes">
            ${view.notes.map((note) => html`<li>${note}</li>`)}
          </ul>`
          : nothing
      }
      ${view.phase === "done" && view.details ? summary(view.details, state) : nothing}
      ${pending ? nothing : buttons(message, asked, state, studio)}
      ${state.unfolded.has(message.id) && view.details ? details(view.details, message.id, state) : nothing}
    </section>
  `;
}

/** Its place among the answers of its thread, from 1. */
function numberOf({ id }: WireAnswer, state: State): number {
  const answers = messagesOf(state).filter(({ kind }) => kind === "answer");
  return answers.findIndex((each) => each.id === id) + 1;
}

function frames(
  message: WireAnswer,
  asked: WireAsk | undefined,
  state: State,
  studio: Studio,
): TemplateResult | typeof nothing {
  const { view } = message;
  const pending = isPending(message);
  if (view.aside || (!pending && view.images.length === 0)) return nothing;
  const like = toRatio(asked?.options.size) ?? answerOf(state, view.parent)?.view.images[0];
  const wanted = pending ? Math.max(1, view.images.length, asked?.options.count ?? 1) : view.images.length;
  const places = Array.from({ length: wanted }, (_, at) => at);
  if (places.length === 1)
    return html`<div class="pictures">${picture(view.images[0], pending, like, studio)}</div>`;
  return html`<div class="pictures several">
    ${places.map(
      (at) => html`
        <div class="one-of">
          ${picture(view.images[at], pending, like, studio)}
          ${pending ? nothing : html`<span class="number">${at + 1}</span>`}
          ${view.phase === "done" ? toolsOfOne(message, at, state, studio) : nothing}
        </div>
      `,
    )}
  </div>`;
}

/** The pictures of an answer about the studio, such as a style's: to be looked at, and no versions of anything. */
function aside({ view: { images } }: WireAnswer): TemplateResult {
  return html`<div class="ask-pictures">
    ${images.map((each, at) => reference(each, images.length > 1 ? at + 1 : 0))}
  </div>`;
}

function progress(message: WireAnswer, studio: Studio): TemplateResult {
  const { view, createdAt } = message;
  const cancel = view.actions.filter(({ form }) => !form);
  return html`
    <div class="progress">
      <span class="pulse" aria-hidden="true"></span>
      <span class="progress-text">${view.status ?? (view.phase === "queued" ? "Waiting in line" : "Drawing")}</span>
      <span class="seconds" data-since=${createdAt} aria-hidden="true"></span>
      ${cancel.map((each) => button(each, message, studio))}
    </div>
  `;
}

function buttons(
  message: WireAnswer,
  asked: WireAsk | undefined,
  state: State,
  studio: Studio,
): TemplateResult | typeof nothing {
  const { images, details: made, phase, aside } = message.view;
  // It stands among the tools, where each of several pictures has its own.
  const actions = message.view.actions.filter(
    ({ name }) => name !== "reference" && (name !== "forward" || threadOf(state)?.undone),
  );
  if (phase === "failed" && actions.length === 0 && asked) return again(asked, studio);
  if (actions.length === 0 && (images.length === 0 || aside)) return nothing;
  const picks = actions.filter(({ name }) => name.startsWith("pick"));
  return html`
    <div class="under">
      <div class="actions" role="group" aria-label="Actions">
        ${
          picks.length > 0
            ? html`<span class="picks">
              <span class="actions-label">Go on from</span>
              ${picks.map((each, at) => button(each, message, studio, at === (message.view.picked ?? 0)))}
            </span>`
            : nothing
        }
        ${actions.filter((each) => !picks.includes(each)).map((each) => button(each, message, studio))}
      </div>
      ${phase === "done" && (images.length > 0 || made) ? tools(message, state, studio) : nothing}
    </div>
  `;
}

/** For as long as a deleted picture is kept. */
function bringBack(message: WireAnswer, studio: Studio): TemplateResult | typeof nothing {
  if ((message.view.gone ?? 0) < Date.now()) return nothing;
  return html`<button type="button" class="link" @click=${() => void studio.pressNow(message, restore)}>
    ${restore.label}
  </button>`;
}

/** No view names it, since only a platform that keeps what was deleted has it. */
const restore = {
  ...{ name: "restore", label: "Bring back", hint: "Bring the deleted picture back" },
  style: "plain",
} as const satisfies WireAction;

/** For what could not even be tried, such as a file that is no picture: its words need not be written again. */
function again(asked: WireAsk, studio: Studio): TemplateResult {
  return html`<div class="actions" role="group" aria-label="Actions">
    <button type="button" class="action" data-tip="Bring it back into the composer" @click=${() => void studio.retry(asked)}>
      Change and try again
    </button>
  </div>`;
}

/** `chosen`: whether it is the one in force, for a button that is one of several to choose from. */
function button(action: WireAction, message: WireAnswer, studio: Studio, chosen?: boolean): TemplateResult {
  return html`<button
    type="button"
    class="action ${action.style}"
    aria-pressed=${chosen ?? nothing}
    data-tip=${action.hint}
    @click=${() => void studio.press(message, action)}
  >
    ${action.label}
  </button>`;
}

function failedSign(phase: string): TemplateResult | typeof nothing {
  return phase === "failed" ? icon("alert") : nothing;
}

function toRatio(size: string | undefined): { width: number; height: number } | undefined {
  const [width, height] = (size ?? "").split("x").map(Number);
  return width && height ? { width, height } : undefined;
}
