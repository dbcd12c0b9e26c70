import { ownerOf, type SpendingBook } from "../../money/spending/spending.ts";
import type { Accounts } from "../../seam/core.ts";
import type { AccountBook } from "../../store/accounts.ts";
import type { Store } from "../../store/store.ts";

/** Accounts that say what was spent: what is kept in them is of before there was a record of that. */
export function createSpentAccounts(accounts: AccountBook, spending: SpendingBook, store: Store): Accounts {
  return {
    setDefaults: accounts.setDefaults,
    async of(owner) {
      const before = await accounts.of(owner);
      const owners = [ownerOf.person(owner), ownerOf.channel(owner)]; // it is one of the two
      const sums = await Promise.all(owners.map((one) => spending.sumOf(store, "ever", one)));
      const since = [before.since, ...sums.map((sum) => sum.since)].filter((one) => one !== undefined);
      return {
        ...before,
        pictures: sums.reduce((all, { pictures }) => all + pictures, before.pictures),
        usd: sums.reduce((all, { usd }) => all + usd, before.usd),
        ...(since.length > 0 && { since: Math.min(...since) }),
      };
    },
  };
}
