import type { Bus } from "../seam/bus.ts";
import type { Leases } from "../seam/leases.ts";
import type { Log } from "../seam/log.ts";
import type { EventKey } from "../seam/turn.ts";
import type { Store } from "../store/store.ts";
import { createBus } from "./embedded/bus.ts";
import { createLanes } from "./embedded/lanes.ts";
import { createLeases } from "./embedded/leases.ts";
import { createLedger } from "./embedded/ledger.ts";
import type { Lanes, LineLimits } from "./lanes.ts";
import { createSharedLeases } from "./leases/leases.ts";
import type { Ledger } from "./ledger.ts";

/** What the processes on one store have in common. */
export interface Fleet {
  readonly ledger: Ledger;
  readonly lanes: Lanes;
  readonly bus: Bus;
  readonly leases: Leases;
  /** Lets go of all that is not over. Never rejects. */
  close(): Promise<void>;
}

export interface FleetParts {
  readonly store: Store;
  /** Turns that are drawn at once in this process. */
  readonly atOnce: number;
  /** The same over all of several. */
  readonly atOnceOverAll?: number | undefined;
  readonly perMinute?: number | undefined;
  readonly limits?: LineLimits;
  /** Aborts when the process is told to stop: what others can have is given away at once. */
  readonly stopping?: AbortSignal;
  readonly log: Log;
  readonly onUnreadable?: (event: EventKey, error: unknown) => void;
  /** Ms in which an event has to be noted. */
  readonly takeMs?: number;
}

/** Of one process that is alone. Rejects with BotError `storage`. */
export async function openAlone(parts: FleetParts): Promise<Fleet> {
  const { store, atOnce, limits, perMinute, log } = parts;
  const bus = createBus(log);
  return {
    bus,
    ledger: await createLedger(store, parts),
    lanes: createLanes(atOnce, limits, { perMinute }),
    leases: createLeases(log),
    close: bus.close,
  };
}

/**
 * Of several, on the server that a URL names; what that takes is loaded only then. Rejects with BotError `storage`.
 * `lifeMs`: how long one may be silent before others take over what it has. `wasAway`: the server was, a moment ago.
 */
export async function openSeveral(
  kind: "redis" | "postgres",
  url: string,
  parts: FleetParts & { readonly lifeMs?: number; readonly wasAway?: boolean },
): Promise<Fleet> {
  const [{ openBus }, { openEngine }, { createFleetLedger }, { createFleetLanes }] = await Promise.all([
    import("./bull/bus.ts"),
    import("./bull/engine.ts"),
    import("./bull/ledger.ts"),
    import("./bull/lanes.ts"),
  ]);
  const { store, stopping, log, wasAway = false } = parts;
  const opened = new AsyncDisposableStack();
  try {
    const engine = await openEngine(kind, url, { log, wasAway });
    opened.defer(() => engine.close());
    const bus = await openBus(kind, url, { log });
    opened.defer(() => bus.close());
    const ledger = await createFleetLedger(store, engine, { ...parts, ...(kind === "redis" && { bus }) });
    opened.defer(() => ledger.close());
    const lanes = await createFleetLanes({ ...parts, bus, engine, ledger });
    opened.defer(() => lanes.close());
    const leases = createSharedLeases(store, { log, ...(stopping && { leave: stopping }) });
    return { ledger, lanes, bus, leases, close: () => opened.disposeAsync() };
  } catch (error) {
    await opened.disposeAsync().catch(() => {});
    throw error;
  }
}
