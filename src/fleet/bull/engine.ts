import { createClient } from "@keyv/redis";
import {
  createPostgresBackend,
  createRedisBackend,
  type IQueueBackend,
  type Job,
  type Queue,
  type QueueEvents,
  type Worker,
  withBackend,
} from "bullmq";
import { BotError } from "../../seam/errors.ts";
import { type Log, redact } from "../../seam/log.ts";
import { withLimit } from "../../seam/timeout.ts";

/** A queue's job, whatever server it is on. */
export type AnyJob<Data> = Job<Data, unknown, string>;

/** The queues on one server, made by BullMQ. */
export interface Engine {
  /** Rejects in its calls as the server does. */
  queue<Data>(name: string): Queue<Data, unknown, string, Data, unknown, string, IQueueBackend>;
  /** `work` begins when `run` is called; its jobs' locks are for `lockMs`, and the caller renews them. */
  worker<Data>(
    name: string,
    work: (job: AnyJob<Data>, token: string) => Promise<void>,
    of: { readonly lockMs: number; readonly atOnce: number },
  ): Worker<Data, void, string, IQueueBackend>;
  /** Hears what happens in a queue, in whatever process, from now on. */
  events(name: string): QueueEvents<unknown, IQueueBackend>;
  close(): Promise<void>;
}

/** All names of ours begin so, on a server that others may use, too. */
const prefix = "drawbridge";

/** A job is never given up because it changed hands so often. */
const mostStalled = Number.MAX_SAFE_INTEGER;

/** Ms until a worker asks a server again that was not there. */
const retryMs = 1000;

/** Opens the queues on the server that a URL names: Redis, or PostgreSQL. Rejects with BotError `storage`. */
export async function openEngine(
  kind: "redis" | "postgres",
  url: string,
  { log, connectMs = 5000 }: { readonly log: Log; readonly connectMs?: number },
): Promise<Engine> {
  try {
    return kind === "redis" ? await openRedis(url, log, connectMs) : await openPostgres(url, log, connectMs);
  } catch (cause) {
    const message = `The queues on ${redact(url)} cannot be opened. Is the server up, and of a version that is served?`;
    throw new BotError("storage", message, { cause });
  }
}

async function openRedis(url: string, log: Log, connectMs: number): Promise<Engine> {
  const client = createClient({
    url,
    socket: {
      connectTimeout: connectMs,
      reconnectStrategy: (retries) => Math.min(100 * 2 ** retries, 2000),
    },
  });
  client.on("error", (error) => log.debug({ error }, "fleet.connection"));
  try {
    await withLimit(connectMs, () => client.connect());
  } catch (error) {
    if (client.isOpen) client.destroy();
    throw error;
  }
  const made = toEngine(withBackend(createRedisBackend), { connection: client, prefix }, log);
  return {
    ...made,
    async close() {
      await made.close();
      if (client.isOpen) client.destroy();
    },
  };
}

async function openPostgres(url: string, log: Log, connectMs: number): Promise<Engine> {
  const connection = {
    connectionString: url,
    schema: `${prefix}_queues`,
    max: 2,
    connectionTimeoutMillis: connectMs,
    keepAlive: true,
  };
  const classes = withBackend(createPostgresBackend);
  // The tables are made by whoever is there first; the others wait for that.
  const first = new classes.Queue("tables", { connection: { ...connection, migrate: true } });
  first.on("error", (error) => log.debug({ error }, "fleet.connection"));
  try {
    await withLimit(connectMs * 2, () => first.waitUntilReady());
  } finally {
    await first.close().catch(() => {});
  }
  return toEngine(classes, { connection }, log);
}

interface Shared<Connection> {
  readonly connection: Connection;
  readonly prefix?: string;
}

function toEngine<Backend extends IQueueBackend, Connection>(
  classes: ReturnType<typeof withBackend<Backend, Connection>>,
  shared: Shared<Connection>,
  log: Log,
): Engine {
  const open: { close(): Promise<void> }[] = [];

  function keep<
    Thing extends { close(): Promise<void>; on(event: "error", hear: (error: Error) => void): unknown },
  >(thing: Thing): Thing {
    thing.on("error", (error) => log.debug({ error }, "fleet.error"));
    open.push(thing);
    return thing;
  }

  return {
    queue: <Data>(name: string) =>
      keep(new classes.Queue<Data, unknown, string>(name, shared)) as unknown as ReturnType<
        Engine["queue"]
      > as never,
    worker: <Data>(
      name: string,
      work: (job: AnyJob<Data>, token: string) => Promise<void>,
      { lockMs, atOnce }: { readonly lockMs: number; readonly atOnce: number },
    ) =>
      keep(
        new classes.Worker<Data, void, string>(
          name,
          (job, token = "") => work(job as unknown as AnyJob<Data>, token),
          {
            ...shared,
            ...{ autorun: false, concurrency: atOnce, skipLockRenewal: true },
            ...{ lockDuration: lockMs, stalledInterval: lockMs / 2, maxStalledCount: mostStalled },
            runRetryDelay: retryMs,
          },
        ),
      ) as never,
    events: (name: string) => keep(new classes.QueueEvents(name, shared)) as never,
    async close() {
      // What was opened last rests on what was opened first.
      for (const thing of open.reverse()) await withLimit(retryMs, () => thing.close()).catch(() => {});
    },
  };
}
