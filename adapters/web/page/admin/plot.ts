import { html, type TemplateResult } from "lit-html";
import { styled } from "../look/style-properties.ts";
import { type Bar, roundUp } from "./days.ts";
import { day, dollars } from "./words.ts";

/** A bar a day. For those who see none of it, `label` says what it shows; a table should stand below it. */
export function plot(bars: readonly Bar[], label: string): TemplateResult {
  const most = roundUp(Math.max(0, ...bars.map(({ usd }) => usd)));
  const middle = bars[Math.floor(bars.length / 2)];
  return html`<figure class="plot" role="img" aria-label=${label}>
    <div class="plot-scale" aria-hidden="true"><span>${dollars(most)}</span><span>${dollars(most / 2)}</span></div>
    <div class="plot-bars" aria-hidden="true" data-many=${bars.length > 60}>
      ${bars.map(
        ({ day: date, usd }) =>
          html`<div class="plot-day" title=${`${day(date)}: ${dollars(usd)}`}>
            <div class="plot-bar" ${styled({ height: `${(usd / most) * 100}%` })}></div>
          </div>`,
      )}
    </div>
    <div class="plot-days" aria-hidden="true">
      ${[bars[0], middle, bars.at(-1)].map((bar) => html`<span>${bar ? day(bar.day) : ""}</span>`)}
    </div>
  </figure>`;
}
