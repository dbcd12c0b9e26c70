import { html, nothing, type TemplateResult } from "lit-html";
import { repeat } from "lit-html/directives/repeat.js";
import type { WireNow, WireTurn } from "../../admin/messages.ts";
import { sayElapsed } from "../shell/clock.ts";
import type { Actions, State } from "./state.ts";
import { at, counted, placeOf } from "./words.ts";

/** What goes on: the turns in hand, the line, and whether new ones are taken. */
export function nowSection({ now, prompts }: State, actions: Actions): TemplateResult {
  if (!now) return html`<p class="quiet" role="status">Looking…</p>`;
  const { counts, turns } = now;
  const all = counts.drawing + counts.waiting + counts.showing;
  return html`
    <dl class="tiles">
      ${tile("Being drawn", counts.drawing)} ${tile("In line", counts.waiting)}
      ${tile("Being shown", counts.showing)}
      <div class="tile">
        <dt>OpenAI</dt>
        <dd class=${now.lastAnswer?.code ? "bad" : ""}>${answered(now)}</dd>
      </div>
    </dl>
    ${taking(now, all, actions)}
    <h2>Turns in hand</h2>
    ${
      turns.length === 0
        ? html`<p class="empty">
            Nothing is being drawn. What people ask for shows up here by itself, with a button to cancel it.
          </p>`
        : html`<ul class="turns">
            ${repeat(
              turns,
              ({ message }) => message,
              (turn) => row(turn, prompts.get(turn.message), actions),
            )}
          </ul>`
    }
    ${
      all > turns.length
        ? html`<p class="quiet">${counted(all - turns.length, "more turn")} in line after these.</p>`
        : nothing
    }
  `;
}

function tile(label: string, number: number): TemplateResult {
  return html`<div class="tile"><dt>${label}</dt><dd class="number">${number.toLocaleString("en")}</dd></div>`;
}

function answered({ lastAnswer }: WireNow): string {
  if (!lastAnswer) return "Not asked yet";
  return lastAnswer.code ? `Failing: ${lastAnswer.code}` : `Answered ${at(lastAnswer.at)}`;
}

function taking({ isDraining }: WireNow, all: number, actions: Actions): TemplateResult {
  if (!isDraining) {
    return html`<section class="card row">
      <p>
        New turns are taken. Before you stop or update the bot, have it take nothing new: people are told to come
        back in some minutes, and what is in hand is finished.
      </p>
      <button type="button" class="button" @click=${actions.drain}>Take nothing new</button>
    </section>`;
  }
  return html`<section class="card row lantern" role="status">
    <p>
      <strong>Nothing new is taken.</strong>
      ${
        all === 0
          ? "Everything is finished: the bot can be stopped now."
          : `${counted(all, "turn")} still to be finished.`
      }
      A restart ends this.
    </p>
    <button type="button" class="button primary" @click=${actions.take}>Take turns again</button>
  </section>`;
}

const phases = { waiting: "In line", drawing: "Drawing", showing: "Showing" } as const;

function row(turn: WireTurn, prompt: string | undefined, actions: Actions): TemplateResult {
  const { message, user, phase, since, ahead, pictures } = turn;
  const isOpen = prompt !== undefined;
  return html`<li class="turn">
    <div class="turn-head">
      <span class="phase" data-phase=${phase}>${phases[phase]}</span>
      <strong class="who">${user.name}</strong>
      <span class="quiet where">${placeOf(turn)}</span>
    </div>
    <p class="quiet">
      ${ahead === undefined ? nothing : html`${ahead === 1 ? "Next" : `${counted(ahead - 1, "turn")} before it`} · `}
      ${pictures > 1 ? html`${pictures} pictures · ` : nothing}for
      <span data-since=${since} .textContent=${sayElapsed(since)}></span>
    </p>
    ${isOpen ? html`<blockquote class="prompt">${prompt}</blockquote>` : nothing}
    <div class="turn-buttons">
      <button
        type="button"
        class="link"
        aria-expanded=${isOpen}
        @click=${() => (isOpen ? actions.shut(message) : actions.open(message))}
      >
        ${isOpen ? "Hide the words" : "Show the words"}
      </button>
      ${
        phase === "showing"
          ? nothing
          : html`<button
              type="button"
              class="button small"
              aria-label=${`Cancel the turn of ${user.name}`}
              @click=${() => actions.cancel(message, user.name)}
            >
              Cancel
            </button>`
      }
    </div>
  </li>`;
}
