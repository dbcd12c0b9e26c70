import { html, nothing, type TemplateResult } from "lit-html";
import type { WireFailure } from "../../admin/messages.ts";
import type { Actions, State } from "./state.ts";
import { at, placeOf } from "./words.ts";

/** What came to nothing lately, and what people were told. */
export function failuresSection({ failures, gravesOnly }: State, actions: Actions): TemplateResult {
  if (!failures) return html`<p class="quiet" role="status">Looking…</p>`;
  const graves = failures.filter(({ isGrave }) => isGrave);
  const shown = gravesOnly ? graves : failures;
  return html`
    <div class="choice" role="group" aria-label="Which failures">
      ${choice("All", failures.length, !gravesOnly, () => actions.showGraves(false))}
      ${choice("To be mended", graves.length, gravesOnly, () => actions.showGraves(true))}
    </div>
    ${
      shown.length === 0
        ? html`<p class="empty">
            ${
              failures.length === 0
                ? "Nothing has failed in the last 30 days."
                : "Nothing here is yours to mend: the rest is people’s own, such as a prompt that was refused."
            }
          </p>`
        : html`<ul class="failures">
            ${shown.map(row)}
          </ul>`
    }
    <p class="quiet">
      The last hundred of each kind are kept, for 30 days, without what was asked for. The log has them all.
    </p>
  `;
}

function choice(label: string, number: number, isOn: boolean, choose: () => void): TemplateResult {
  return html`<button type="button" class="pill" aria-pressed=${isOn} @click=${choose}>
    ${label} <span class="quiet">${number}</span>
  </button>`;
}

const outcomes = { refused: "Not taken", failed: "Not drawn", lost: "Drawn, and shown nowhere" } as const;

function row(failure: WireFailure): TemplateResult {
  const { outcome, code, isGrave, told, cause, user, requestId, responseIds = [] } = failure;
  const ids = [...(requestId ? [requestId] : []), ...responseIds];
  return html`<li class="failure">
    <div class="turn-head">
      <code class="phase" data-phase=${isGrave ? "grave" : "everyday"}>${code}</code>
      <strong class="who">${user.name}</strong>
      <span class="quiet where">${placeOf(failure)}</span>
      <time class="quiet" datetime=${new Date(failure.at).toISOString()}>${at(failure.at)}</time>
    </div>
    <p>${told === undefined ? outcomes[outcome] : html`<q>${told}</q>`}</p>
    ${cause ? html`<p class="quiet cause">${cause}</p>` : nothing}
    ${
      ids.length > 0
        ? html`<p class="quiet">OpenAI’s names: ${ids.map((id) => html`<code>${id}</code> `)}</p>`
        : nothing
    }
  </li>`;
}
