import { type LimitName, limitSpecs } from "../budget.ts";
import type { SettingWish } from "../turn.ts";

/** As people call them. */
const wholes = /^(?:server|workspace|community|all|together)$/i;
const eachs = /^(?:everyone|everybody|each|each person)$/i;

/**
 * Words about money: `usage`, `budget`, and who may spend how much: `budget server $5 a day`, `budget channel 20 pictures a
 * day and $30 a month`, `budget everyone $0.50/day`, `budget person <id> …`, `budget role <key> …`, `budget server off`.
 * Undefined for everything else.
 */
export function parseBudgetWish(text: string): SettingWish | undefined {
  if (/^usage$/i.test(text)) return { name: "usage" };
  if (/^budgets?$/i.test(text)) return { name: "budgets" };
  const told =
    /^budget\s+(server|workspace|community|channel|everyone|everybody|each|person\s+\S+|role\s+\S+)\s*:?\s+(.+)$/is.exec(
      text,
    );
  if (!told) return undefined;
  const [, whose = "", amounts = ""] = told;
  const of = toWhose(whose);
  if (/^(?:off|none|reset|remove)$/i.test(amounts.trim())) return { name: "removeBudget", of };
  const limits = parseLimits(amounts);
  return limits && { name: "setBudget", of, limits };
}

function toWhose(words: string): Extract<SettingWish, { readonly name: "removeBudget" }>["of"] {
  const [kind = "", id = ""] = words.split(/\s+/);
  if (/^person$/i.test(kind)) return { kind: "person", id, name: id };
  if (/^role$/i.test(kind)) return { kind: "role", role: id as `${string}:${string}`, name: id };
  if (wholes.test(words)) return { kind: "community" };
  return eachs.test(words) ? { kind: "everyone" } : { kind: "channel" };
}

const amount =
  /(?:\$\s*(\d+(?:[.,]\d+)?)|(\d+(?:[.,]\d+)?)\s*(dollars?|usd|\$|pictures?|images?))\s*(?:a|an|per|each|\/)\s*(day|month)/giy;

/** “$5 a day and 100 pictures a month”; undefined for what is not all of that form. */
function parseLimits(words: string): Readonly<Partial<Record<LimitName, string>>> | undefined {
  const limits: Partial<Record<LimitName, string>> = {};
  let at = 0;
  const text = words.trim();
  while (at < text.length) {
    amount.lastIndex = at;
    const found = amount.exec(text);
    if (!found) return undefined;
    const [whole, usd, count = "", unit = "$", period = ""] = found;
    const isPictures = usd === undefined && /^(?:picture|image)/i.test(unit);
    const spec = limitSpecs.find(
      (one) => one.unit === (isPictures ? "pictures" : "usd") && one.period === period.toLowerCase(),
    );
    if (spec) limits[spec.name] = (usd ?? count).replace(",", ".");
    at += whole.length;
    at += /^(?:\s*(?:,|and|\+)\s*|\s+|$)/i.exec(text.slice(at))?.[0].length ?? text.length + 1;
    if (at > text.length) return undefined;
  }
  return at > 0 ? limits : undefined;
}
