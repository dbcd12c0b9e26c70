import { createLanes } from "../../src/fleet/embedded/lanes.ts";
import { createLedger } from "../../src/fleet/embedded/ledger.ts";
import type { Fleet } from "../../src/fleet/fleet.ts";
import type { LineLimits } from "../../src/fleet/lanes.ts";
import { publishedPrices } from "../../src/money/prices.ts";
import type { RequestDefaults } from "../../src/openai/engine.ts";
import { createIdentity } from "../../src/openai/identity.ts";
import { createPainter, type Painter } from "../../src/openai/painter.ts";
import { createLinks, type Links } from "../../src/pictures/links.ts";
import type { Spool } from "../../src/pictures/spool.ts";
import type { Adapter } from "../../src/seam/adapter.ts";
import { createLog } from "../../src/seam/log.ts";
import { models } from "../../src/seam/models.ts";
import type { Access } from "../../src/seam/trust/access.ts";
import type { Meter } from "../../src/seam/watch/meter.ts";
import type { Standin } from "../../src/standin/index.ts";
import { createAccounts } from "../../src/store/accounts.ts";
import { createHistory } from "../../src/store/history.ts";
import type { Store } from "../../src/store/store.ts";
import { type BotParts, createBot } from "../../src/turns/bot.ts";
import { today as rigDay } from "./day.ts";
import { createMemorySpool } from "./spool.ts";

/** The real core as main.ts puts it together, over a stand-in, with one adapter started on it. */
export async function createCore(parts: {
  readonly adapter: Adapter;
  readonly standin: Standin;
  readonly store: Store;
  readonly concurrency?: number;
  /** How many turns may wait. */
  readonly queue?: LineLimits;
  /** Silence after which a stream counts as broken, in ms. */
  readonly idleMs?: number;
  readonly defaults?: Partial<RequestDefaults>;
  readonly budget?: BotParts["budget"];
  readonly publicUrl?: string;
  readonly access?: Access;
  readonly links?: Links;
  readonly spool?: Spool;
  /** It is one of several. */
  readonly fleet?: Fleet;
  readonly missedMs?: number;
  /** The clock between tries of what fails. */
  readonly wait?: (ms: number, signal: AbortSignal) => Promise<unknown>;
  /** Unix time in ms, by which models have ended or not. */
  readonly today?: () => number;
  /** Unix time, ms. */
  readonly now?: () => number;
  readonly meter?: Meter;
  /** It is no OpenAI: what its models take is not known. */
  readonly isStrange?: boolean;
  /** What stands between the core and its painter. */
  readonly between?: (painter: Painter) => Painter;
}) {
  const { adapter, standin, store, concurrency = 4, idleMs = 15_000, between = (painter) => painter } = parts;
  const lines: string[] = [];
  const log = createLog("debug", { write: (line) => void lines.push(line) });
  const history = createHistory(store);
  // Time is not what these tests are about: a machine that is busy is no store that is slow.
  const ledger = parts.fleet?.ledger ?? (await createLedger(store, { takeMs: 60_000 }));
  const bot = await createBot({
    store,
    painter: between(
      createPainter({
        apiKey: "sk-test-0123456789",
        baseUrl: standin.url,
        standIn: !parts.isStrange,
        log,
        backoffMs: 5,
        idleMs,
      }),
    ),
    history,
    ledger,
    lanes: parts.fleet?.lanes ?? createLanes(concurrency, parts.queue),
    ...(parts.fleet && { bus: parts.fleet.bus }),
    accounts: createAccounts(store),
    identity: await createIdentity(store),
    links: parts.links ?? createLinks(),
    prices: publishedPrices,
    defaults: {
      model: "gpt-6-luna",
      imageModels: Object.keys(models),
      background: true,
      store: true,
      ...parts.defaults,
    },
    ...(parts.access && { access: { [adapter.name]: parts.access } }),
    ...(parts.budget && { budget: parts.budget }),
    ...(parts.publicUrl && { publicUrl: parts.publicUrl }),
    spool: parts.spool ?? spoolOf(store),
    missedMs: parts.missedMs ?? 600_000,
    today: parts.today ?? rigDay,
    ...(parts.now && { now: parts.now }),
    ...(parts.wait && { wait: parts.wait }),
    ...(parts.meter && { meter: parts.meter }),
    log,
  });
  const core = bot.attach(adapter);
  await adapter.start(core);
  return {
    bot,
    /** What the adapter was started with. */
    core,
    history,
    ledger,
    /** The log so far, as JSON lines. */
    lines,
  };
}

const spools = new WeakMap<Store, Spool>();

/** The spool of all the cores on one store, in memory. */
function spoolOf(store: Store): Spool {
  const spool = spools.get(store) ?? createMemorySpool();
  spools.set(store, spool);
  return spool;
}

/** The requests that asked a stand-in for a response, oldest first. */
export function askedOf(standin: Standin): readonly Readonly<Record<string, unknown>>[] {
  return standin.requests.flatMap(({ method, path, body }) =>
    method === "POST" && path === "/v1/responses" && body && typeof body === "object" ? [{ ...body }] : [],
  );
}
