import { z } from "zod";
import type { Bus } from "../../seam/bus.ts";
import { BotError } from "../../seam/errors.ts";
import { type Log, redact } from "../../seam/log.ts";
import { withLimit, withTimeout } from "../../seam/timeout.ts";
import { StoreAway } from "../../store/store-away.ts";
import { createHearers } from "../hearers.ts";
import { openPostgresChannel } from "./postgres-channel.ts";
import { openRedisChannel } from "./redis-channel.ts";

/** Ms between two looks whether the server still answers: a connection may die without a word. */
const lookMs = 3000;

const told = z.object({ topic: z.string(), body: z.unknown() });

/**
 * The bus of several processes, on the server that a URL names. Rejects with `StoreAway` when it is not reached.
 * After `silentMs` without an answer a connection is given up for another.
 */
export async function openBus(
  kind: "redis" | "postgres",
  url: string,
  {
    log,
    connectMs = 5000,
    silentMs = 10_000,
    lookEveryMs = lookMs,
  }: {
    readonly log: Log;
    readonly connectMs?: number;
    readonly silentMs?: number;
    readonly lookEveryMs?: number;
  },
): Promise<Bus> {
  const { hear, heard, onMissed, missed } = createHearers(log);
  const open = kind === "redis" ? openRedisChannel : openPostgresChannel;
  const patience = { connectMs, silentMs };
  const channel = await open(url, patience, { onText, onBack }).catch((cause: unknown) => {
    throw new StoreAway(`${redact(url)} cannot be listened to. Is the server up?`, { cause });
  });

  function onText(text: string): void {
    try {
      const { topic, body } = told.parse(JSON.parse(text));
      heard(topic, body);
    } catch (error) {
      log.warn({ error }, "bus.unreadable");
    }
  }

  function onBack(): void {
    log.info({}, "bus.back");
    missed();
  }

  let isLooking = true;
  async function look(): Promise<void> {
    // What fails at once is being connected anew already.
    const answered = channel.probe().then(
      () => true,
      () => true,
    );
    const isAlive = await withTimeout(answered, silentMs);
    if (!isLooking) return;
    if (!isAlive) {
      log.warn({}, "bus.silent");
      channel.reconnect();
    }
    timer = setTimeout(() => void look(), lookEveryMs).unref();
  }
  let timer = setTimeout(() => void look(), lookEveryMs).unref();

  return {
    hear,
    onMissed,
    async tell(topic, body) {
      const text = JSON.stringify({ topic, body });
      try {
        await withLimit(silentMs, () => channel.send(text));
      } catch (cause) {
        throw new BotError("storage", "The other processes could not be told.", { cause });
      }
    },
    async close() {
      isLooking = false;
      clearTimeout(timer);
      await withTimeout(channel.close(), connectMs);
    },
  };
}
