import { html, nothing, type TemplateResult } from "lit-html";
import type { LimitName, LimitSpec, Limits } from "../../../../src/seam/budget.ts";
import type { WireBudget } from "../../admin/messages.ts";
import { openDialog } from "../look/dialog.ts";
import type { Actions } from "./state.ts";
import { dollars } from "./words.ts";

/** Every limit there is, in the order in which they are read. */
const specs: Readonly<Record<LimitName, { readonly label: string; readonly unit: LimitSpec["unit"] }>> = {
  usdDay: { label: "Dollars a day", unit: "usd" },
  usdMonth: { label: "Dollars a month", unit: "usd" },
  picturesDay: { label: "Pictures a day", unit: "pictures" },
  picturesMonth: { label: "Pictures a month", unit: "pictures" },
};

const names = Object.keys(specs) as readonly LimitName[]; // it has those and no others

/** What the whole bot may spend, and how much of it is spent. */
export function budgetPart(budget: WireBudget, actions: Actions): TemplateResult {
  return html`
    <h2>The whole bot’s budget</h2>
    <dl class="facts">
      ${names.map((name) => row(name, budget))}
    </dl>
    <p class="row budget-end">
      <span class="quiet">
        Who asks when it is used up reads when it comes back. What is set here makes the environment’s tighter, never wider;
        the budgets of a server are set in its chat.
      </span>
      <button type="button" class="button small" @click=${actions.changeBudget}>Change</button>
    </p>
  `;
}

function row(name: LimitName, { own, kept, used }: WireBudget): TemplateResult {
  const { label, unit } = specs[name];
  const say = (amount: number) => (unit === "usd" ? dollars(amount) : amount.toLocaleString("en"));
  const limits = [own[name], kept[name]].filter((limit) => limit !== undefined);
  const most = limits.length > 0 ? Math.min(...limits) : undefined;
  const from = most !== undefined && most === own[name] ? "by the environment" : "set here";
  return html`<div>
    <dt>${label}</dt>
    <dd>
      ${
        most === undefined
          ? html`<span class="quiet">no limit, ${say(used[name])} so far</span>`
          : html`${say(used[name])} of ${say(most)} <span class="quiet">${from}</span>
              <meter min="0" max=${Math.max(most, 0.000001)} .value=${Math.min(used[name], most)} aria-label=${label}></meter>`
      }
    </dd>
  </div>`;
}

/** Asks for the limits that are set here. Undefined: they stay as they are. */
export function askBudget({ own, kept }: WireBudget): Promise<Limits | undefined> {
  return openDialog<Limits>(
    "The whole bot’s budget",
    "sheet",
    (dialog) => html`
      <form
        method="dialog"
        @submit=${(event: SubmitEvent) => {
          event.preventDefault();
          dialog.close(read(new FormData(event.target as HTMLFormElement)));
        }}
      >
        <h2>The whole bot’s budget</h2>
        <p>What is left empty is not limited here.</p>
        <div class="rule-fields">
          ${names.map(
            (name) => html`<label class="field"
              >${specs[name].label}${own[name] === undefined ? nothing : `, at most ${own[name]} by the environment`}
              <input name=${name} type="number" min="0" step=${specs[name].unit === "usd" ? "any" : "1"} .value=${String(kept[name] ?? "")} />
            </label>`,
          )}
        </div>
        <div class="sheet-buttons">
          <button type="button" class="button" @click=${() => dialog.close()}>Leave as it is</button>
          <button type="submit" class="button primary">Save</button>
        </div>
      </form>
    `,
  );
}

function read(form: FormData): Limits {
  return Object.fromEntries(
    names.flatMap((name) => {
      const typed = String(form.get(name) ?? "");
      return typed === "" ? [] : [[name, Number(typed)]];
    }),
  );
}
