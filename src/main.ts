import { mkdirSync, readFileSync } from "node:fs";
import { flushCompileCache } from "node:module";
import { join } from "node:path";
import { isStandIn, sayEndings, toBanner } from "./banner.ts";
import { type Config, ConfigError, parseConfig } from "./config.ts";
import { type Fleet, openAlone, openSeveral } from "./fleet/fleet.ts";
import { PricesError, readPrices } from "./money/price-file.ts";
import { publishedPrices } from "./money/prices.ts";
import { createIdentity } from "./openai/identity.ts";
import { createPainter, type Painter } from "./openai/painter.ts";
import { createLinks } from "./pictures/links.ts";
import { createSharedSpool } from "./pictures/shared-spool.ts";
import { createSpool, type Spool } from "./pictures/spool.ts";
import type { Adapter } from "./seam/adapter.ts";
import { BotError } from "./seam/errors.ts";
import type { Leases } from "./seam/leases.ts";
import { createLog, type Log, redact } from "./seam/log.ts";
import type { ChannelKey } from "./seam/turn.ts";
import type { Admin } from "./seam/watch/admin.ts";
import type { Watch } from "./seam/watch/watch.ts";
import { calmCollector, tidyWhenIdle } from "./setup/collector.ts";
import { type LoadedEnvironment, loadEnvironment } from "./setup/env-file.ts";
import { listSettings } from "./setup/in-force.ts";
import { createAccounts } from "./store/accounts.ts";
import { createStartPatience } from "./store/at-start.ts";
import { createHistory } from "./store/history.ts";
import { kindOf } from "./store/kind.ts";
import { lockFile } from "./store/lock/file.ts";
import { openStore, type Store } from "./store/store.ts";
import { createBot } from "./turns/bot.ts";
import { createHealth } from "./watch/health.ts";
import { listenForWatchers } from "./watch/listener.ts";
import type { Load, Metrics } from "./watch/metrics.ts";
import { createStoreCheck, timeStore } from "./watch/store.ts";
import { createWatch, type Readiness } from "./watch/watch.ts";

/** How long all else may take to let go after the grace, in ms: with six seconds of it, less than a container is given. */
const closeMs = 3500;

const version = readVersion();

/** What is open, and is to be closed in the end: what was opened last first. */
const open = new AsyncDisposableStack();
const stopping = new AbortController();

/** What is set and does nothing, a line each. */
let idle: readonly string[] = [];

calmCollector();
try {
  const loaded = loadEnvironment(process.env);
  idle = loaded.idle;
  // Libraries of ours have variables of their own, such as OPENAI_ORG_ID.
  Object.assign(process.env, loaded.env);
  await main(parseConfig(loaded.env), loaded.env);
} catch (error) {
  // Who was told to stop while it started is ended by that.
  if (!stopping.signal.aborted) {
    // What is missing may be what was misspelt.
    const misspelt = error instanceof ConfigError ? idle.map((line) => `  ${line}\n`) : [];
    process.stderr.write(`${explain(error)}\n${misspelt.join("")}`);
    await closeAll(closeMs).catch(() => {});
    process.exit(1);
  }
}

async function main(config: Config, env: LoadedEnvironment["env"]): Promise<void> {
  const { dataDir, storeUrl, stopGraceMs } = config;
  const log = createLog(config.logLevel, await openLogWriter(config));
  const endings = sayEndings(config, Date.now());
  for (const ending of endings) log.warn({ ending }, "model.ending");
  for (const hint of idle) log.warn({ hint }, "setting.idle");
  process.on("unhandledRejection", (error) => log.error({ error }, "unhandled"));
  listenForStop(log, stopGraceMs);
  makeDataDir(dataDir);

  const alone = {
    waitMs: config.takeoverMs,
    signal: stopping.signal,
    onWait: (words: string) => process.stdout.write(`${words}\n`),
    onLost: (error: BotError) => {
      log.error({ error }, "store.lost: another process has it");
      process.exit(1);
    },
  };
  if (!config.isFleet) {
    const setting = "DATA_DIR to another folder";
    const lock = await lockFile(join(dataDir, "lock"), { name: dataDir, setting }, alone);
    open.defer(() => lock.release());
  }
  let fleet: Fleet | undefined;
  // The file of who is alone answers at once, or there is something to be done about it.
  const whenStoreAnswers = createStartPatience({
    waitMs: config.isFleet ? config.storeWaitMs : 0,
    signal: stopping.signal,
    onWait: (cause) => process.stdout.write(`${sayWait(config, cause)}\n`),
  });
  const opened = await whenStoreAnswers(() =>
    openStore(storeUrl, { log, ...(config.isFleet ? { older: alone } : { alone }) }),
  );
  open.defer(() => opened.close());
  const load = (): Load => ({ drawing: fleet?.lanes.inside ?? 0, waiting: fleet?.lanes.waiting ?? 0 });
  const metrics = await openMetrics(config, load);
  const store = metrics ? timeStore(opened, metrics.meter) : opened;
  const { painter, close: closePainter } = await openPainter(config, log);
  open.defer(closePainter);

  fleet = await whenStoreAnswers((wasAway) => openFleet(config, { store, log, wasAway }));
  const parts = {
    store,
    painter,
    history: createHistory(store),
    ledger: fleet.ledger,
    lanes: fleet.lanes,
    leases: fleet.leases,
    ...(config.isFleet && { bus: fleet.bus }),
    accounts: createAccounts(store),
    identity: await whenStoreAnswers(() => createIdentity(store)),
    links: createLinks(),
    prices: config.pricesFile ? readPrices(config.pricesFile) : publishedPrices,
    defaults: config.openai,
    budget: config.budget,
    access: { discord: config.discord?.access, slack: config.slack?.access },
    ...(config.publicUrl && { publicUrl: config.publicUrl }),
    spool: config.isFleet ? createSharedSpool(store) : await openSpool(join(config.dataDir, "spool")),
    missedMs: config.missedMs,
    ...(config.keep.answersMs !== undefined && { keepAnswersMs: config.keep.answersMs }),
    ...(metrics && { meter: metrics.meter }),
    log,
  };
  const bot = await whenStoreAnswers(() => createBot(parts));

  let isRunning = false;
  const isKept = createStoreCheck(opened);
  async function readiness(): Promise<Readiness> {
    const connected = loaded.map(({ adapter, isConnected }) => [adapter.name, isConnected()] as const);
    const isTaking = isRunning && !stopping.signal.aborted && !bot.control.now().isDraining;
    return { running: isTaking, store: await isKept(), ...Object.fromEntries(connected) };
  }
  const watch = createWatch({
    readiness,
    ...(metrics && { metrics }),
    ...(config.metrics?.token && { token: config.metrics.token }),
  });
  const painted = { name: painter.name, standIn: painter.standIn };
  const fixed = { version, store: redact(storeUrl), painter: painted };
  const admin = config.admin && {
    control: bot.control,
    spending: bot.spending,
    budgets: bot.budgets,
    isStandIn: painter.standIn,
    nameOf: (key: string) => nameOf(loaded, key),
    health: createHealth(fixed, readiness),
    settings: () => listSettings(env),
  };
  const { leases } = fleet;
  const loaded = await loadAdapters(config, { leases, painter: painted, watch, admin, log });
  const watcher = config.health && (await listenForWatchers(config.health.host, config.health.port, watch));
  if (watcher) open.defer(() => watcher.close());
  const adapters = loaded.map(({ adapter }) => adapter);
  open.defer(async () => {
    await Promise.allSettled(adapters.map((adapter) => adapter.stop()));
  });
  open.defer(() => bot.drain(stopGraceMs));
  for (const adapter of adapters) {
    const core = bot.attach(adapter);
    await whenStoreAnswers(() => adapter.start(core));
  }
  const where = Object.fromEntries(loaded.map(({ adapter, where }) => [adapter.name, where()]));
  const running = {
    ...(watcher && { health: watcher.url }),
    ...{ version, store: redact(storeUrl), adapters: where, notices: [...endings, ...idle], now: Date.now() },
    ...(opened.setAside !== undefined && { setAside: opened.setAside }),
  };
  isRunning = true;
  process.stdout.write(`${toBanner(config, running)}\n`);
  flushCompileCache(); // also for who is killed
  tidyWhenIdle(() => load().drawing + load().waiting === 0);
  await bot.resume();
}

/** Words for people on a terminal, JSON for whoever collects it. */
async function openLogWriter({ logFormat }: Config): Promise<{ write(line: string): void }> {
  const isPretty = logFormat === undefined ? process.stderr.isTTY : logFormat === "pretty";
  if (!isPretty) return process.stderr;
  const { toPretty } = await import("./watch/pretty.ts");
  const isColoured = process.stderr.isTTY && !process.env.NO_COLOR;
  return { write: (line) => process.stderr.write(toPretty(line, isColoured)) };
}

/** SIGINT and SIGTERM end the process, whatever it is at; a second one at once. */
function listenForStop(log: Log, graceMs: number): void {
  let stoppingSince: number | undefined;
  const stop = async (signal: string) => {
    if (stoppingSince !== undefined) {
      // Ctrl-C reaches us from the terminal and from npm, at once. Later it is a person who means it.
      if (Date.now() - stoppingSince > 500) process.exit(1);
      return;
    }
    stoppingSince = Date.now();
    log.info({ signal }, "stopping");
    stopping.abort();
    await closeAll(graceMs + closeMs).catch((error: unknown) => log.error({ error }, "stop.failed"));
    process.exit(0);
  };
  for (const signal of ["SIGINT", "SIGTERM"] as const) process.on(signal, () => void stop(signal));
}

/** Rejects when something could not be closed, or not in time: the next process is not to wait for it. */
async function closeAll(withinMs: number): Promise<void> {
  const late = Promise.withResolvers<never>();
  setTimeout(() => late.reject(new Error("not everything could be closed in time")), withinMs);
  await Promise.race([open.disposeAsync(), late.promise]);
}

/** Throws BotError `storage` when it cannot be had. */
function makeDataDir(folder: string): void {
  // What people asked and drew is theirs alone, also in a folder that was there before and that others may enter.
  process.umask(0o077);
  try {
    mkdirSync(folder, { recursive: true });
  } catch (cause) {
    throw new BotError(
      "storage",
      `${folder} cannot be made a folder. Set DATA_DIR to one that can be written to.`,
      { cause },
    );
  }
}

/** Of this process alone, or of several. */
async function openFleet(
  config: Config,
  { wasAway, ...given }: { readonly store: Store; readonly log: Log; readonly wasAway: boolean },
): Promise<Fleet> {
  const { storeUrl, concurrency: atOnce, imagesPerMinute: perMinute, queue: limits } = config;
  const onUnreadable = (event: string, error: unknown) =>
    given.log.error({ event, error }, "turn.unreadable");
  const parts = { ...given, atOnce, perMinute, limits, stopping: stopping.signal, onUnreadable };
  const kind = kindOf(storeUrl) === "redis" ? "redis" : "postgres";
  const made = config.isFleet
    ? await openSeveral(kind, storeUrl, { ...parts, wasAway, atOnceOverAll: config.fleetConcurrency })
    : await openAlone(parts);
  open.defer(() => made.close());
  return made;
}

/** Throws BotError `storage` when it cannot be had. */
async function openSpool(folder: string): Promise<Spool> {
  return createSpool(folder).catch((cause: unknown) => {
    const message = `Finished pictures cannot be kept in ${folder}. Is the disk full, or the folder another user's?`;
    throw new BotError("storage", message, { cause });
  });
}

async function openPainter(config: Config, log: Log): Promise<{ painter: Painter; close(): Promise<void> }> {
  const { apiKey = "none", baseUrl } = config.openai;
  if (!isStandIn(config)) {
    const painter = createPainter({ apiKey, standIn: false, log, ...(baseUrl && { baseUrl }) });
    return { painter, close: async () => {} };
  }
  const { createStandin } = await import("./standin/index.ts");
  const dir = join(config.dataDir, "stand-in");
  const standin = await createStandin({ dir, paceMs: config.standinPaceMs }).catch((cause: unknown) => {
    const message = `The stand-in cannot open its files in ${dir}. Move that folder away to begin anew.`;
    throw new BotError("storage", message, { cause });
  });
  log.warn({ url: standin.url }, "painter.standin: pictures are placeholders, drawn offline");
  return {
    painter: createPainter({ apiKey: "stand-in", baseUrl: standin.url, standIn: true, log }),
    close: () => standin.close(),
  };
}

/** What is measured, where that is wanted: it costs nothing else. */
async function openMetrics(config: Config, load: () => Load): Promise<Metrics | undefined> {
  if (!config.metrics) return undefined;
  const { createMetrics } = await import("./watch/metrics.ts");
  return createMetrics(version, load);
}

/** An adapter, where people find it once it has started, and whether what they do comes in. */
interface Loaded {
  readonly adapter: Adapter;
  where(): string;
  isConnected(): boolean;
}

/** Those that the environment turns on, each loaded only then. */
async function loadAdapters(
  config: Config,
  parts: {
    readonly leases: Leases;
    readonly painter: Pick<Painter, "name" | "standIn">;
    readonly watch: Watch;
    readonly admin: Admin | undefined;
    readonly log: Log;
  },
): Promise<readonly Loaded[]> {
  const { playground, http, publicUrl, discord, slack, dataDir } = config;
  const { leases, painter, watch, admin, log } = parts;
  const loaded: Loaded[] = [];
  if (playground || publicUrl || config.admin) {
    const { createWebAdapter } = await import("../adapters/web/index.ts");
    const adapter = createWebAdapter({
      ...{ ...http, ...playground, playground: playground !== undefined },
      ...(config.keep.playgroundMs !== undefined && { keepMs: config.keep.playgroundMs }),
      ...(publicUrl && { publicUrl }),
      ...(admin && config.admin && { admin: { ...config.admin, admin } }),
      ...{ dataDir: join(dataDir, "playground"), version, painter, watch, log },
    });
    loaded.push({ adapter, where: () => adapter.url, isConnected: () => adapter.url !== "" });
  }
  if (discord) {
    const { createDiscordAdapter } = await import("../adapters/discord/index.ts");
    const adapter = createDiscordAdapter({ ...discord, leases, painter, log });
    const where = () => `invite it with ${adapter.inviteUrl}`;
    loaded.push({ adapter, where, isConnected: () => adapter.connected });
  }
  if (slack) {
    const { createSlackAdapter } = await import("../adapters/slack/index.ts");
    const adapter = createSlackAdapter({ ...slack, painter, log });
    loaded.push({ adapter, where: () => adapter.where, isConnected: () => adapter.connected });
  }
  return loaded;
}

/** What people call a channel or a community: each platform knows its own. */
function nameOf(loaded: readonly Loaded[], key: string): string | undefined {
  const named = loaded.map(({ adapter }) => adapter.nameOf?.(key as ChannelKey)); // of what was asked somewhere
  return named.find((name) => name !== undefined);
}

function sayWait({ storeUrl, storeWaitMs }: Config, cause: unknown): string {
  // Several addresses that were tried in vain have no message between them.
  const why = cause instanceof Error ? cause.message || ("code" in cause && cause.code) : cause;
  return `My memory at ${redact(storeUrl)} does not answer (${redact(String(why))}). I wait for it, ${storeWaitMs / 1000} s at most.`;
}

/** What an operator needs to read; a stack only for what is our mistake. */
function explain(error: unknown): string {
  if (error instanceof ConfigError || error instanceof PricesError) return error.message;
  if (error instanceof BotError) {
    const cause = error.cause instanceof Error ? `\n  ${redact(error.cause.message)}` : "";
    return `${error.message}${cause}`;
  }
  return error instanceof Error ? redact(error.stack ?? error.message) : String(error);
}

function readVersion(): string {
  const manifest: unknown = JSON.parse(readFileSync(new URL("../package.json", import.meta.url), "utf8"));
  return String(manifest && typeof manifest === "object" && "version" in manifest ? manifest.version : "");
}
