import { describe } from "node:test";
import { createLeases } from "../../../src/fleet/embedded/leases.ts";
import { createLog } from "../../../src/seam/log.ts";
import { openStore, type Store } from "../../../src/store/store.ts";
import { leasesContract, onStore, sharedLeasesContract } from "./contract.ts";

describe("of one process alone", () => {
  const leases = createLeases(createLog("silent"), 50);
  leasesContract(() => ({ join: async () => ({ leases, kill() {} }) }));
});

describe("on one store", () => {
  let store: Promise<Store> | undefined;
  const open = () => {
    store ??= openStore("memory:");
    return store;
  };
  const ground = onStore(open, 800);
  leasesContract(() => ground);
  sharedLeasesContract(() => ground);
});
