import { createBus } from "../../../src/fleet/embedded/bus.ts";
import { logInto } from "../../rig/log-into.ts";
import { busContract } from "../bus-contract.ts";

busContract(async () => {
  const { log, logged } = logInto();
  return { bus: createBus(log), logged };
});
