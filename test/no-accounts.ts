import type { Accounts } from "../src/adapter.ts";

/** Accounts of people who have set nothing and drawn nothing, for adapters that are tested without a core. */
export const noAccounts: Accounts = {
  of: async () => ({ defaults: {}, pictures: 0, usd: 0 }),
  setDefaults: async () => {},
};
