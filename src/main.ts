import { existsSync, mkdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { isStandIn, toBanner } from "./banner.ts";
import { type Config, ConfigError, parseConfig } from "./config.ts";
import { PricesError, parsePrices } from "./money/price-file.ts";
import { type Prices, publishedPrices } from "./money/prices.ts";
import { createIdentity } from "./openai/identity.ts";
import { createPainter, type Painter } from "./openai/painter.ts";
import { createLinks } from "./pictures/links.ts";
import { createSpool, type Spool } from "./pictures/spool.ts";
import type { Adapter } from "./seam/adapter.ts";
import { BotError } from "./seam/errors.ts";
import { createLog, type Log, redact } from "./seam/log.ts";
import { createAccounts } from "./store/accounts.ts";
import { createHistory } from "./store/history.ts";
import { openStore } from "./store/store.ts";
import { createBot } from "./turns/bot.ts";
import { createLanes } from "./turns/lanes.ts";
import { createLedger } from "./turns/life/ledger.ts";

/** How long turns in flight may go on after SIGTERM, in ms: less than the ten seconds a container is given. */
const graceMs = 6000;

const version = readVersion();

try {
  loadEnvFile();
  await main(parseConfig(process.env));
} catch (error) {
  process.stderr.write(`${explain(error)}\n`);
  process.exit(1);
}

async function main(config: Config): Promise<void> {
  const log = createLog(config.logLevel);
  process.on("unhandledRejection", (error) => log.error({ error }, "unhandled"));
  makeDataDir(config.dataDir);

  const { painter, close: closePainter } = await openPainter(config, log);
  const store = await openStore(config.storeUrl);
  const ledger = await createLedger(store, (event, error) => log.error({ event, error }, "turn.unreadable"));
  const bot = await createBot({
    store,
    painter,
    history: createHistory(store),
    ledger,
    lanes: createLanes(config.concurrency, config.queue),
    accounts: createAccounts(store),
    identity: await createIdentity(store),
    links: createLinks(),
    prices: config.pricesFile ? readPrices(config.pricesFile) : publishedPrices,
    defaults: config.openai,
    ...(config.publicUrl && { publicUrl: config.publicUrl }),
    spool: await openSpool(join(config.dataDir, "spool")),
    missedMs: config.missedMs,
    log,
  });

  const loaded = await loadAdapters(config, painter, log);
  const adapters = loaded.map(({ adapter }) => adapter);
  for (const adapter of adapters) await adapter.start(bot.attach(adapter));
  const where = Object.fromEntries(loaded.map(({ adapter, where }) => [adapter.name, where()]));
  process.stdout.write(`${toBanner(config, { version, store: redact(config.storeUrl), adapters: where })}\n`);
  await bot.resume();

  let stoppingSince: number | undefined;
  const stop = async (signal: string) => {
    if (stoppingSince !== undefined) {
      // Ctrl-C reaches us from the terminal and from npm, at once. Later it is a person who means it.
      if (Date.now() - stoppingSince > 500) process.exit(1);
      return;
    }
    stoppingSince = Date.now();
    log.info({ signal }, "stopping");
    await bot.drain(graceMs);
    await Promise.allSettled(adapters.map((adapter) => adapter.stop()));
    await store.close();
    await closePainter();
    process.exit(0);
  };
  for (const signal of ["SIGINT", "SIGTERM"] as const) process.on(signal, () => void stop(signal));
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

/** Throws BotError `storage` when it cannot be had. */
async function openSpool(folder: string): Promise<Spool> {
  return createSpool(folder).catch((cause: unknown) => {
    const message = `Finished pictures cannot be kept in ${folder}. Is the disk full, or the folder another user's?`;
    throw new BotError("storage", message, { cause });
  });
}

/** Throws ConfigError or PricesError. */
function readPrices(file: string): Prices {
  let json: string;
  try {
    json = readFileSync(file, "utf8");
  } catch {
    throw new ConfigError(`PRICES_FILE: ${file} cannot be read. Is it there?`);
  }
  return parsePrices(json);
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

/** An adapter, and where people find it once it has started. */
interface Loaded {
  readonly adapter: Adapter;
  where(): string;
}

/** Those that the environment turns on, each loaded only then. */
async function loadAdapters(config: Config, painter: Painter, log: Log): Promise<readonly Loaded[]> {
  const { playground, http, publicUrl, discord, slack, dataDir } = config;
  const shown = { name: painter.name, standIn: painter.standIn };
  const loaded: Loaded[] = [];
  if (playground || publicUrl) {
    const { createWebAdapter } = await import("../adapters/web/index.ts");
    const adapter = createWebAdapter({
      ...{ ...http, ...playground, playground: playground !== undefined },
      ...(publicUrl && { publicUrl }),
      ...{ dataDir: join(dataDir, "playground"), version, painter: shown, log },
    });
    loaded.push({ adapter, where: () => adapter.url });
  }
  if (discord) {
    const { createDiscordAdapter } = await import("../adapters/discord/index.ts");
    const adapter = createDiscordAdapter({ ...discord, painter: shown, log });
    loaded.push({ adapter, where: () => `invite it with ${adapter.inviteUrl}` });
  }
  if (slack) {
    const { createSlackAdapter } = await import("../adapters/slack/index.ts");
    const adapter = createSlackAdapter({ ...slack, painter: shown, log });
    loaded.push({ adapter, where: () => adapter.where });
  }
  return loaded;
}

/** A `.env` file beside package.json is optional; what is set in the environment wins. */
function loadEnvFile(): void {
  if (existsSync(".env")) process.loadEnvFile(".env");
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
