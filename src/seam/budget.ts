/** What a budget can limit. Dollars are US dollars, estimated by the price table. */
export const limitSpecs = [
  { name: "usdDay", unit: "usd", period: "day" },
  { name: "usdMonth", unit: "usd", period: "month" },
  { name: "picturesDay", unit: "pictures", period: "day" },
  { name: "picturesMonth", unit: "pictures", period: "month" },
] as const;

export type LimitSpec = (typeof limitSpecs)[number];

export type LimitName = LimitSpec["name"];

/** A budget: nothing, or the most that is spent, of each; 0: nothing at all. */
export type Limits = Readonly<Partial<Record<LimitName, number>>>;

/**
 * Whose budget it is. `community` and `channel`: all who are there, together. `everyone`: each person of the community;
 * `person`: that one, instead of it. `role`: all who have it, together. A community's budgets hold there alone.
 */
export type BudgetOf =
  | { readonly kind: "community" }
  | { readonly kind: "channel" }
  | { readonly kind: "everyone" }
  | { readonly kind: "person"; readonly id: string; readonly name: string }
  | { readonly kind: "role"; readonly role: `${string}:${string}`; readonly name: string };
