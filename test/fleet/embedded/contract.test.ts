import { createLedger } from "../../../src/fleet/embedded/ledger.ts";
import { openStore } from "../../../src/store/store.ts";
import { ledgerContract } from "../contract.ts";

ledgerContract(() => ({
  async join() {
    const store = await openStore("memory:");
    return { ledger: await createLedger(store), kill: store.close };
  },
}));
