import { createLanes } from "../../../src/fleet/embedded/lanes.ts";
import { createLedger } from "../../../src/fleet/embedded/ledger.ts";
import { openStore } from "../../../src/store/store.ts";
import { lanesContract } from "../lanes-contract.ts";

lanesContract(async (t, { atOnce = 4, limits, perMinute } = {}) => {
  const store = await openStore("memory:");
  t.after(() => store.close());
  const lanes = createLanes(atOnce, limits, { perMinute });
  return { lanes, ledger: await createLedger(store), kill: lanes.close, close: lanes.close };
});
