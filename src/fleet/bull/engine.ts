import {
  createNodeRedisClient,
  createPostgresBackend,
  createRedisBackend,
  type IQueueBackend,
  type IRedisClient,
  type Job,
  type Queue,
  RedisConnection,
  type Worker,
  withBackend,
} from "bullmq";
import { type Log, redact } from "../../seam/log.ts";
import { pause, withLimit } from "../../seam/timeout.ts";
import { createRedisClient } from "../../store/backends/redis-client.ts";
import { StoreAway } from "../../store/store-away.ts";

/** A queue's job, whatever server it is on. */
export type AnyJob<Data> = Job<Data, unknown, string>;

/** The queues on one server, made by BullMQ. */
export interface Engine {
  /** The server was away a moment before: who has something may not have renewed it since. */
  readonly wasAway: boolean;
  /** When the server started, or up to two seconds before, by this machine's clock: Unix time, ms. 0: that is not known. */
  readonly startedAt: number;
  /** Hears at once when the server goes, and when it is back, as far as it is not the calls that say so. Late comers, too. */
  onAway(hear: () => void): void;
  /** Rejects in its calls as the server does. */
  queue<Data>(name: string): Queue<Data, unknown, string, Data, unknown, string, IQueueBackend>;
  /**
   * `work` begins when `run` is called; its jobs' locks are for `lockMs`, and the caller renews them. While `yields` holds,
   * the workers of other processes are a moment earlier at what is due.
   */
  worker<Data>(
    name: string,
    work: (job: AnyJob<Data>, token: string) => Promise<void>,
    of: { readonly lockMs: number; readonly atOnce: number; readonly yields: () => boolean },
  ): Worker<Data, void, string, IQueueBackend>;
  close(): Promise<void>;
}

type Queues = Omit<Engine, "wasAway">;

/** All names of ours begin so, on a server that others may use, too. */
const prefix = "drawbridge";

/** A job is never given up because it changed hands so often: as much as PostgreSQL's `integer` holds. */
const mostStalled = 2 ** 31 - 1;

/** Ms until a worker asks a server again that was not there. */
const retryMs = 1000;

/** By how many ms others are earlier than a worker that yields. */
const yieldMs = 50;

/** Seconds after which a worker looks by itself, where word of a job has not reached it. */
const drainDelay = 2;

/**
 * Opens the queues on the server that a URL names: Redis, or PostgreSQL. Rejects with `StoreAway`. `wasAway`: as of
 * `Engine`.
 */
export async function openEngine(
  kind: "redis" | "postgres",
  url: string,
  {
    log,
    connectMs = 5000,
    wasAway = false,
  }: { readonly log: Log; readonly connectMs?: number; readonly wasAway?: boolean },
): Promise<Engine> {
  try {
    const open = kind === "redis" ? openRedis : openPostgres;
    return { ...(await open(url, log, connectMs)), wasAway };
  } catch (cause) {
    const message = `The queues on ${redact(url)} cannot be opened. Is the server up, and of a version that is served?`;
    throw new StoreAway(message, { cause });
  }
}

async function openRedis(url: string, log: Log, connectMs: number): Promise<Queues> {
  const { client, end } = createRedisClient(url, { connectMs, queues: true });
  const hearers = new Set<() => void>();
  let wasAway = false;
  const away = () => {
    wasAway = true;
    for (const hear of hearers) hear();
  };
  client.on("error", (error) => {
    log.debug({ error }, "fleet.connection");
    away();
  });
  const classes = withBackend(createRedisBackend);
  let connection: IRedisClient;
  let startedAt = 0;
  try {
    await withLimit(connectMs, () => client.connect());
    client.on("ready", away);
    connection = toHeard(createNodeRedisClient(client));
    const first = new classes.Queue("tables", { connection, prefix });
    await look(first, connectMs, log);
    // What BullMQ takes a server to be that it is not to ask.
    RedisConnection.minimumVersion = first.getBackend().redisVersion;
    const info = await withLimit(connectMs, () => client.info("server"));
    startedAt = toStart(Number(/^uptime_in_seconds:(\d+)/m.exec(info)?.[1]));
  } catch (error) {
    end();
    throw error;
  }
  const made = toEngine(classes, { connection, prefix, skipVersionCheck: true }, log);
  return {
    ...made,
    startedAt,
    onAway(hear) {
      hearers.add(hear);
      if (wasAway) hear(); // before anybody asked
    },
    async close() {
      await made.close();
      end();
    },
  };
}

/**
 * BullMQ's own client, and what it makes of it to wait with, hear of errors from first to last. By itself they do so only
 * while one of its connections is open, and what nobody hears of brings the process down when the server goes.
 */
function toHeard(client: IRedisClient): IRedisClient {
  const duplicate = client.duplicate.bind(client);
  client.duplicate = (...given) => toHeard(duplicate(...given));
  return client.on("error", () => {}); // the engine's own client has said so
}

async function openPostgres(url: string, log: Log, connectMs: number): Promise<Queues> {
  const { LostClient } = await import("../../store/backends/lost-client.ts");
  const connection = {
    connectionString: url,
    schema: `${prefix}_queues`,
    max: 2,
    connectionTimeoutMillis: connectMs,
    keepAlive: true,
    Client: LostClient,
  };
  const { Queue } = withBackend(createPostgresBackend);
  // The tables are made by whoever is there first; the others wait for that.
  await look(new Queue("tables", { connection: { ...connection, migrate: true } }), connectMs * 2, log);
  const made = toEngine(withBackend(createReadyBackend), { connection }, log);
  const client = new LostClient(connection);
  try {
    const { rows } = await withLimit(connectMs, async () => {
      await client.connect();
      return client.query("SELECT extract(epoch FROM now() - pg_postmaster_start_time())::float8 AS up");
    });
    return { ...made, startedAt: toStart(Number(rows[0]?.up)), onAway: () => {} };
  } finally {
    void client.end().catch(() => {});
  }
}

/**
 * `up`: for how many seconds a server has run, of which Redis leaves out what is not whole; NaN where it does not say so.
 * What was made a moment before the server went is not due for as long as who made it may need to renew it.
 */
function toStart(up: number): number {
  return Number.isFinite(up) ? Date.now() - (up + 1) * 1000 : 0;
}

/**
 * Asks once, for all, whether the server fits. By itself each of BullMQ's connections asks that before all else: where the
 * server goes in that moment, the failure is what every later call is answered with, for good.
 */
async function look(
  first: Member & { waitUntilReady(): Promise<unknown> },
  limitMs: number,
  log: Log,
): Promise<void> {
  first.on("error", (error) => log.debug({ error }, "fleet.connection"));
  try {
    await withLimit(limitMs, () => first.waitUntilReady());
  } finally {
    await first.close().catch(() => {});
  }
}

/** One whose tables have been seen to. */
const createReadyBackend: typeof createPostgresBackend = (...given) => {
  const backend = createPostgresBackend(...given);
  backend.connection.waitUntilReady = async () => {};
  return backend;
};

interface Shared<Connection> {
  readonly connection: Connection;
  readonly prefix?: string;
  readonly skipVersionCheck?: boolean;
}

/** A queue, or a worker. */
interface Member {
  close(force?: boolean): Promise<void>;
  on(event: "error", hear: (error: Error) => void): unknown;
}

function toEngine<Backend extends IQueueBackend, Connection>(
  classes: ReturnType<typeof withBackend<Backend, Connection>>,
  shared: Shared<Connection>,
  log: Log,
): Omit<Queues, "onAway" | "startedAt"> {
  const open: (() => Promise<void>)[] = [];

  /** Nothing is waited for in the end: what a worker is at comes due for another. */
  function keep<Thing extends Member>(thing: Thing, before: () => Promise<void> = async () => {}): Thing {
    thing.on("error", (error) => log.debug({ error }, "fleet.error"));
    open.push(() => before().finally(() => thing.close(true)));
    return thing;
  }

  return {
    queue: <Data>(name: string) => keep(new classes.Queue<Data, unknown, string>(name, shared)) as never,
    worker: <Data>(
      name: string,
      work: (job: AnyJob<Data>, token: string) => Promise<void>,
      { lockMs, atOnce, yields }: Parameters<Engine["worker"]>[2],
    ) => {
      const worker = new classes.Worker<Data, void, string>(
        name,
        (job, token = "") => work(job as unknown as AnyJob<Data>, token),
        {
          ...shared,
          ...{ autorun: false, concurrency: atOnce, skipLockRenewal: true },
          ...{ runRetryDelay: retryMs, drainDelay },
          ...{ lockDuration: lockMs, stalledInterval: lockMs / 2, maxStalledCount: mostStalled },
        },
      );
      slow(worker.getBackend(), yields);
      return keep(worker, () => quieten(worker as never)) as never;
    },
    async close() {
      await Promise.all(open.splice(0).map((end) => withLimit(retryMs, end).catch(() => {})));
    },
  };
}

/** By itself a worker that a server refuses, as PostgreSQL does while it starts, asks again without a pause. */
function slow(backend: IQueueBackend, yields: () => boolean): void {
  const ask = backend.moveToActive.bind(backend);
  backend.moveToActive = async (...given) => {
    if (yields()) await pause(yieldMs);
    try {
      return await ask(...given);
    } catch (error) {
      await pause(retryMs);
      throw error;
    }
  };
}

/** What BullMQ itself refuses, where the server answers: its codes are below zero. */
export function isRefusal(error: unknown): error is Error & { readonly code: unknown } {
  return error instanceof Error && "code" in error && Number(error.code) < 0;
}

/** A worker takes no more jobs, and waits for none: closed by force, it would go on waiting. */
export async function quieten(
  worker: Pick<Worker<unknown, void, string, IQueueBackend>, "pause" | "getBackend">,
): Promise<void> {
  await worker.pause(true);
  await worker.getBackend().disconnectBlocking(true);
}
