import { randomUUID } from "node:crypto";
import pg from "pg";
import { withLimit } from "../../seam/timeout.ts";
import type { Channel, ChannelEvents, ChannelPatience } from "./channel.ts";
import { createParts } from "./parts.ts";

const name = "drawbridge_bus";

/** What NOTIFY carries at most is 8000 bytes, without the end. */
const mostBytes = 7900;

/** All that is told at once in one statement: their order is kept, and that of transactions is that of their ends. */
const notifyAll = `SELECT pg_notify('${name}', part) FROM UNNEST($1::text[]) part`;

/** What is told is not kept: nothing has to be on disk for it. */
const lightly = "-c synchronous_commit=off";

/** Ms until a server that was not there is asked again. */
const againMs = 500;

interface Told {
  readonly parts: readonly string[];
  readonly done: PromiseWithResolvers<void>;
}

/**
 * By PostgreSQL's NOTIFY, which keeps nothing, and keeps to the database. One connection hears and speaks. Rejects when
 * the server is not reached in time.
 */
export async function openPostgresChannel(
  url: string,
  { connectMs }: ChannelPatience,
  { onText, onBack }: ChannelEvents,
): Promise<Channel> {
  const parts = createParts(randomUUID(), mostBytes);
  let client: pg.Client | undefined;
  let isClosed = false;
  let waiting: Told[] = [];
  let isSending = false;

  /** One that is lost ends for good: the next is another. */
  async function connect(): Promise<void> {
    const made = new pg.Client({
      ...{ connectionString: url, connectionTimeoutMillis: connectMs, keepAlive: true, options: lightly },
    });
    made.on("error", () => lose(made));
    made.on("end", () => lose(made));
    made.on("notification", ({ payload = "" }) => {
      const text = parts.together(payload);
      if (text !== undefined) onText(text);
    });
    try {
      await made.connect();
      await withLimit(connectMs, () => made.query(`LISTEN ${name}`));
      if (isClosed) throw new Error("it is closed");
      client = made;
    } catch (error) {
      void made.end().catch(() => {});
      throw error;
    }
  }

  function lose(lost: pg.Client | undefined): void {
    if (!lost || lost !== client) return;
    client = undefined;
    void lost.end().catch(() => {});
    void comeBack();
  }

  async function comeBack(): Promise<void> {
    if (isClosed) return;
    try {
      await connect();
      onBack();
    } catch {
      setTimeout(() => void comeBack(), againMs).unref();
    }
  }

  /** What comes while one statement is on its way goes with the next. */
  async function sendAll(): Promise<void> {
    if (isSending) return;
    isSending = true;
    while (waiting.length > 0) {
      const sent = waiting;
      waiting = [];
      try {
        await ask(notifyAll, [sent.flatMap((told) => told.parts)]);
        for (const { done } of sent) done.resolve();
      } catch (error) {
        for (const { done } of sent) done.reject(error);
      }
    }
    isSending = false;
  }

  async function ask(statement: string, values: readonly unknown[] = []): Promise<void> {
    if (!client) throw new Error("there is no connection");
    await client.query(statement, [...values]);
  }

  await connect();
  return {
    send(text) {
      const done = Promise.withResolvers<void>();
      waiting.push({ parts: parts.apart(text), done });
      void sendAll();
      return done.promise;
    },
    probe: () => ask("SELECT 1"),
    reconnect: () => lose(client),
    async close() {
      isClosed = true;
      const last = client;
      client = undefined;
      await last?.end();
    },
  };
}
