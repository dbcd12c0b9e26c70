import { z } from "zod";
import type { Keep, Shared } from "../../../../src/seam/core.ts";
import type { Log } from "../../../../src/seam/log.ts";
import { toLogged } from "../../wire/trouble.ts";

/**
 * What the app is to Slack: an agent (`agent_view`, as all new ones are), or what was made before. Nobody is asked: the
 * events that come tell. Source: docs.slack.dev, ai/migrating-to-agent-messaging.
 */
export interface AppKind {
  /** Each message to it alone is a thread of its own. False as long as nothing has told that. */
  readonly isAgent: boolean;
  tell(isAgent: boolean): void;
}

const topic = "agent";

/** Ms until what could not be written down is tried again. */
const againMs = 5000;

/**
 * As the process before knew it, of that bot, and from then on as any of those on the bus is told it. Rejects with
 * BotError `storage`. `closing`: aborts when it is no longer used.
 */
export async function readAppKind(
  keep: Keep,
  botId: string,
  of: { readonly log: Log; readonly bus?: Shared["bus"] | undefined; readonly closing: AbortSignal },
): Promise<AppKind> {
  const { log, bus, closing } = of;
  const place = `agent:${botId}`;
  const read = async () => (await keep.get(place)) === true;
  let isAgent = false;
  /** What this process itself was told last, unless another was told something since: the store may not have it. */
  let told: boolean | undefined;
  let writing: Promise<void> = Promise.resolve();
  let again: NodeJS.Timeout | undefined;

  function set(now: boolean): void {
    if (now === isAgent) return;
    isAgent = now;
    log.info({ agent: now }, "slack.app.kind");
  }

  const stops = bus && [
    bus.hear(topic, (body) => {
      const heard = z.boolean().parse(body);
      if (heard !== told) told = undefined;
      set(heard);
    }),
    // A server that has lost what it was told last knows less than this process.
    bus.onMissed(() => {
      if (told !== undefined) return write(told);
      read()
        .then((found) => found && set(true))
        .catch(() => {});
    }),
  ];
  closing.addEventListener("abort", () => {
    for (const stop of stops ?? []) stop();
    clearTimeout(again);
  });

  /** The store is told, and the others. */
  function write(now: boolean): void {
    clearTimeout(again);
    bus?.tell(topic, now).catch(() => {}); // who misses it looks for itself
    writing = writing
      .then(() => (now ? keep.set(place, true) : keep.delete(place)))
      .catch((error: unknown) => {
        log.warn({ error: toLogged(error) }, "slack.app.unwritten");
        if (closing.aborted) return;
        again = setTimeout(() => told !== undefined && write(told), againMs).unref();
      });
  }

  isAgent = await read();
  return {
    get isAgent() {
      return isAgent;
    },
    tell(now) {
      if (now === isAgent) return;
      told = now;
      set(now);
      write(now);
    },
  };
}
