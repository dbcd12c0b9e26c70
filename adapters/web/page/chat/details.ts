import { html, nothing, type TemplateResult } from "lit-html";
import type { Details } from "../../../../src/seam/view.ts";
import type { State } from "../state/store.ts";
import { count, duration, money, optionValue } from "../text/format.ts";

/** The same in one quiet line: "Wide · Medium · 12 s · ≈ $0.053". */
export function summary({ options, elapsedMs, cost, painter }: Details, { about }: State): TemplateResult {
  const shown = options
    .filter(({ name }) => name === "size" || name === "quality")
    .map(({ name, requested, applied }) => {
      const spec = about?.options.find((each) => each.name === name);
      return optionValue(spec, applied ?? requested ?? "");
    });
  const done = shown.length > 0 ? "drawn it" : "answered";
  const price = cost && (about?.painter.standIn ? `${money(cost)} if OpenAI had ${done}` : money(cost));
  const parts = [...shown, duration(elapsedMs), price].filter((part) => part !== undefined);
  return html`<p class="made" title="Drawn by ${painter}">${parts.join(" · ")}</p>`;
}

/** What a picture was made of: its words, its options asked for and applied, its time and cost. */
export function details(made: Details, id: string, { about }: State): TemplateResult {
  const { prompt, revisedPrompt, options, elapsedMs, tokens, cost, painter } = made;
  const spec = (name: string) => about?.options.find((each) => each.name === name);
  return html`
    <div class="details" id="details-${id}">
      ${
        revisedPrompt && revisedPrompt !== prompt
          ? html`<h3>Drawn from</h3>
            <blockquote>${revisedPrompt}</blockquote>`
          : nothing
      }
      ${
        prompt
          ? html`<h3>You asked</h3>
            <blockquote>${prompt}</blockquote>`
          : nothing
      }
      ${
        options.length > 0
          ? html`<table>
            <thead>
              <tr>
                <th scope="col">Option</th>
                <th scope="col">Requested</th>
                <th scope="col">Applied</th>
              </tr>
            </thead>
            <tbody>
              ${options.map(({ name, requested, applied }) => {
                const differs =
                  requested !== undefined &&
                  applied !== undefined &&
                  requested !== "auto" &&
                  requested !== applied;
                const show = (value: string | undefined) =>
                  value === undefined ? html`<span class="none">—</span>` : optionValue(spec(name), value);
                return html`<tr class=${differs ? "differs" : ""}>
                  <th scope="row">${spec(name)?.label ?? name}</th>
                  <td>${show(requested)}</td>
                  <td>${show(applied)}${differs ? html` <span class="mark-differs">changed</span>` : nothing}</td>
                </tr>`;
              })}
            </tbody>
          </table>`
          : nothing
      }
      <dl class="facts">
        <div><dt>Time</dt><dd>${duration(elapsedMs)}</dd></div>
        ${
          tokens
            ? html`<div>
              <dt>Tokens</dt>
              <dd>${count(tokens.input)} in, ${count(tokens.output)} out</dd>
            </div>`
            : nothing
        }
        ${
          cost
            ? html`<div>
              <dt>Cost, estimated</dt>
              <dd>${money(cost)}<small>prices of ${cost.pricesOf}</small></dd>
            </div>`
            : nothing
        }
        <div><dt>Drawn by</dt><dd>${painter}</dd></div>
      </dl>
    </div>
  `;
}
