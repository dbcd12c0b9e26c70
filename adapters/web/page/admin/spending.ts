import { html, nothing, type TemplateResult } from "lit-html";
import type { SpendingRow } from "../../../../src/seam/watch/spending.ts";
import type { WireSpending } from "../../admin/messages.ts";
import { styled } from "../look/style-properties.ts";
import { budgetPart } from "./budget.ts";
import { fillDays } from "./days.ts";
import { plot } from "./plot.ts";
import type { Actions, State } from "./state.ts";
import { counted, day, dollars, last } from "./words.ts";

const spans = [
  { days: 7, label: "7 days" },
  { days: 30, label: "30 days" },
  { days: 90, label: "90 days" },
  { days: 365, label: "A year" },
] as const;

const ways = [
  { by: "person", label: "Person", none: "Nobody in particular" },
  { by: "channel", label: "Channel", none: "In no channel" },
  { by: "community", label: "Server", none: "In no server: direct messages, the playground" },
  { by: "model", label: "Model", none: "Of no model that is known" },
] as const;

/** What was spent, when, and by whom. */
export function spendingSection({ spending, spendingOf, budget }: State, actions: Actions): TemplateResult {
  const { days, by } = spendingOf;
  return html`
    <div class="choice" role="group" aria-label="Since when">
      ${spans.map((one) => pill(one.label, one.days === days, () => actions.showSpending({ days: one.days })))}
      <a class="button small csv" href=${`/admin/api/spending.csv?days=${days}`} download>As CSV</a>
    </div>
    ${spending ? sums(spending, by, actions) : html`<p class="quiet" role="status">Looking…</p>`}
    ${budget ? budgetPart(budget, actions) : nothing}
  `;
}

function sums(spending: WireSpending, by: WireSpending["by"], actions: Actions): TemplateResult {
  const { from, to, days } = spending;
  const total = totalOf(days);
  if (total.answers === 0) {
    return html`<p class="empty">
      Nothing was spent from ${day(from)} to ${day(to)}. What people have drawn is counted here as soon as it is shown.
    </p>`;
  }
  const bars = fillDays(
    from,
    to,
    days.map(({ of, usd }) => ({ day: of, usd })),
  );
  const dearest = bars.reduce((one, other) => (other.usd > one.usd ? other : one));
  const label = `Dollars a day from ${day(from)} to ${day(to)}: ${dollars(total.usd)} in all, most on ${day(dearest.day)}, ${dollars(dearest.usd)}.`;
  return html`
    <dl class="tiles">
      ${tile("Spent", dollars(total.usd))} ${tile("Pictures", total.pictures.toLocaleString("en"))}
      ${tile("Answers", total.answers.toLocaleString("en"))}
      ${tile("A picture", total.pictures > 0 ? dollars(total.usd / total.pictures) : "–")}
    </dl>
    ${
      total.unpriced > 0
        ? html`<p class="card lantern">
            ${counted(total.unpriced, "answer")} came from a model without a price, whose dollars are not in these
            sums. PRICES_FILE names a file with your own prices.
          </p>`
        : nothing
    }
    ${
      spending.isStandIn
        ? html`<p class="card lantern">
            The stand-in draws, and nobody pays for that: its part of these sums is what OpenAI would have asked for. In
            the CSV its engine is “stand-in”.
          </p>`
        : nothing
    }
    ${plot(bars, label)}
    <details class="by-day">
      <summary>Day by day, as a table</summary>
      ${table("Day", [...days].reverse(), total, (row) => day(row.of), false)}
    </details>
    <h2 id="by">Who and what</h2>
    <div class="choice" role="group" aria-labelledby="by">
      ${ways.map((way) => pill(way.label, way.by === by, () => actions.showSpending({ by: way.by })))}
    </div>
    ${byWay(spending, total)}
    <p class="quiet">
      As the answers say it: by the prices that held when they were drawn. The invoice decides; the CSV has every payment
      with its tokens, to be held beside it.
    </p>
  `;
}

/** The sums of one way, and what belongs to none of them: together all that was spent. */
function byWay({ by, rows }: WireSpending, total: Total): TemplateResult {
  const way = ways.find((one) => one.by === by) ?? ways[0];
  const known = totalOf(rows);
  const rest = { usd: total.usd - known.usd, pictures: total.pictures - known.pictures };
  // Several models may take part in one answer, of which one draws: a model's pictures are not counted.
  const isModel = by === "model";
  const isWhole = rest.usd < 0.00005 && (isModel || rest.pictures <= 0);
  const shown = isWhole ? rows : [...rows, { ...total, ...rest, of: "", name: way.none }];
  return table(way.label, shown, total, nameOf, isModel);
}

function nameOf({ of, name }: Row): TemplateResult {
  const shown = name ?? last(of);
  return html`${shown}${name && of ? html` <span class="quiet">${last(of)}</span>` : nothing}`;
}

/** What is shown of a sum; its tokens are in the CSV. */
type Row = Omit<SpendingRow, "tokens">;
type Total = Omit<Row, "of" | "name">;

function totalOf(rows: readonly Row[]): Total {
  const sum = (pick: (row: Row) => number) => rows.reduce((all, row) => all + pick(row), 0);
  return {
    usd: sum(({ usd }) => usd),
    pictures: sum(({ pictures }) => pictures),
    answers: sum(({ answers }) => answers),
    unpriced: sum(({ unpriced }) => unpriced),
  };
}

function table(
  head: string,
  rows: readonly Row[],
  total: Total,
  name: (row: Row) => string | TemplateResult,
  isModel: boolean,
): TemplateResult {
  const share = (usd: number) => (total.usd > 0 ? usd / total.usd : 0);
  return html`<table class="sums">
    <thead>
      <tr><th scope="col">${head}</th>${isModel ? nothing : html`<th scope="col">Pictures</th>`}<th scope="col">Dollars</th></tr>
    </thead>
    <tbody>
      ${rows.map(
        (row) => html`<tr>
          <th scope="row">
            ${name(row)}<span class="share" ${styled({ width: `${share(row.usd) * 100}%` })}></span>
          </th>
          ${isModel ? nothing : html`<td>${row.pictures.toLocaleString("en")}</td>`}
          <td>${dollars(row.usd)}</td>
        </tr>`,
      )}
    </tbody>
    <tfoot>
      <tr>
        <th scope="row">In all</th>
        ${isModel ? nothing : html`<td>${total.pictures.toLocaleString("en")}</td>`}
        <td>${dollars(total.usd)}</td>
      </tr>
    </tfoot>
  </table>`;
}

function tile(label: string, value: string): TemplateResult {
  return html`<div class="tile"><dt>${label}</dt><dd class="number">${value}</dd></div>`;
}

function pill(label: string, isOn: boolean, choose: () => void): TemplateResult {
  return html`<button type="button" class="pill" aria-pressed=${isOn} @click=${choose}>${label}</button>`;
}
