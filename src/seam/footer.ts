import { optionSpecs } from "./options.ts";
import type { Details } from "./view.ts";

/** What was applied, what was asked for in its stead, time and cost: one line of plain text. */
export function toFooter({ options, elapsedMs, cost, painter }: Details): string {
  const parts = options.flatMap(({ name, requested, applied }) => {
    const spec = optionSpecs.find((one) => one.name === name);
    const label = (spec?.label ?? name).toLowerCase();
    if (applied === undefined) return requested === undefined ? [] : [`asked for ${label} ${requested}`];
    const differs = requested !== undefined && requested !== applied && requested !== "auto";
    const said = spec?.kind === "number" ? `${label} ${applied}` : applied; // a number alone says nothing
    return [differs ? `${said} (asked for ${requested})` : said];
  });
  const price = cost ? [`about $${cost.usd.toFixed(cost.usd < 0.1 ? 3 : 2)}`] : [];
  return [...parts, `${Math.max(1, Math.round(elapsedMs / 1000))} s`, ...price, painter].join(" · ");
}
