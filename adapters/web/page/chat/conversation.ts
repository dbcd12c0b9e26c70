import { html, type TemplateResult } from "lit-html";
import { guard } from "lit-html/directives/guard.js";
import { repeat } from "lit-html/directives/repeat.js";
import {
  answerOf,
  chosenOf,
  draftOf,
  type Exchange,
  messagesOf,
  picturesOf,
  type State,
  threadOf,
  toExchanges,
} from "../state/store.ts";
import type { Studio } from "../studio/studio.ts";
import { answer } from "./answer.ts";
import { ask } from "./ask.ts";
import { welcome } from "./welcome.ts";

/** What was asked in the open thread, and the pictures that came of it. */
export function conversation(state: State, studio: Studio): TemplateResult {
  const exchanges = toExchanges(messagesOf(state));
  const loading = state.loading.has(state.open) || state.link === "connecting";
  const known = threadOf(state) !== undefined;
  return html`
    <main id="conversation" class="conversation" tabindex="-1">
      <div class="column" role="log" aria-label="Conversation" aria-live="off">
        ${
          exchanges.length > 0
            ? repeat(
                exchanges,
                ({ id }) => id,
                (exchange) => guard(reads(exchange, state), () => view(exchange, state, studio)),
              )
            : loading && (known || !state.about)
              ? html`<p class="unseen">Loading…</p>`
              : welcome(state, studio)
        }
      </div>
    </main>
  `;
}

function view(exchange: Exchange, state: State, studio: Studio): TemplateResult {
  return html`
    <article class="exchange">
      <h2 class="unseen">${exchange.ask?.text.slice(0, 100) || "A picture"}</h2>
      ${exchange.ask ? ask(exchange.ask, state, studio) : ""}
      ${repeat(
        exchange.answers,
        ({ id }) => id,
        (each) => answer(each, exchange.ask, state, studio),
      )}
    </article>
  `;
}

/** All that the view of an exchange reads: as long as none of it changes, it is not drawn again. */
function reads(exchange: Exchange, state: State): unknown[] {
  const head = threadOf(state)?.head;
  const target = draftOf(state).target && chosenOf(state)?.id;
  const isAlone = picturesOf(state).length < 2;
  return [
    exchange.ask,
    state.about,
    isAlone,
    answerOf(state, exchange.ask?.replyTo),
    ...exchange.answers.flatMap((each) => [
      each,
      each.id === head,
      threadOf(state)?.undone,
      each.id === target,
      state.unfolded.has(each.id),
      ...each.view.images.map(({ src }) => state.favourites.has(src)),
      answerOf(state, each.view.parent),
    ]),
  ];
}
