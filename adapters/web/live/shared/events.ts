import { z } from "zod";
import type { Shared } from "../../../../src/seam/core.ts";
import type { Log } from "../../../../src/seam/log.ts";
import { createQueue } from "../../../../src/seam/queue.ts";
import { isOver } from "../../../../src/seam/view.ts";
import type { WireEvent, WireMessage } from "../../wire/messages.ts";
import type { Chat } from "../chat.ts";
import type { Events } from "../events.ts";

/** What one process tells the others: names, and what goes by. What it is about each of them reads for itself. */
const news = z.discriminatedUnion("type", [
  z.object({ type: z.literal("message"), id: z.string() }),
  z.object({ type: z.literal("thread"), id: z.string() }),
  z.object({ type: z.literal("passing"), event: z.custom<WireEvent>((event) => typeof event === "object") }),
  z.object({ type: z.literal("renew") }),
]);

type News = z.output<typeof news>;

const told = z.object({ from: z.string(), news });

/** What happens, told to every open page of every process. */
export interface SharedEvents extends Events {
  /** Hears the others no more. */
  close(): void;
}

/**
 * `own` tells the pages that are open at this process, `name`. `toShown` is a stored message as pages are shown it.
 */
export function createSharedEvents(parts: {
  readonly own: Events;
  readonly name: string;
  readonly bus: Shared["bus"];
  readonly chat: Pick<Chat, "fresh" | "message" | "thread">;
  readonly toShown: (message: WireMessage) => Promise<WireMessage>;
  readonly log: Log;
}): SharedEvents {
  const { own, name, bus, chat, toShown, log } = parts;
  const inOrder = createQueue();

  function tell(what: News): void {
    bus
      .tell("news", { from: name, news: what } satisfies z.input<typeof told>)
      .catch((error: unknown) => log.warn({ error }, "news.untold"));
  }

  async function hear(what: News): Promise<void> {
    if (what.type === "renew") return own.renew();
    if (!own.isHeard) return;
    if (what.type === "passing") return own.emit(what.event);
    await chat.fresh();
    if (what.type === "thread") {
      const thread = chat.thread(what.id);
      if (thread) own.emit({ type: "thread", thread });
      return;
    }
    const message = chat.message(what.id);
    if (!message) return;
    const shown = await toShown(message);
    const now = chat.message(what.id);
    // It was finished while its sketches were read: that comes next.
    const isLate = now?.kind === "answer" && shown.kind === "answer" && isOver(now.view.phase);
    if (!isLate || isOver(shown.view.phase)) own.emit({ type: "message", message: shown });
  }

  const stops = [
    bus.hear("news", (body) => {
      const { from, news: what } = told.parse(body);
      if (from === name) return;
      inOrder("", () => hear(what)).catch((error: unknown) => {
        // A page that misses something loads all of it anew.
        log.warn({ error }, "news.missed");
        own.renew();
      });
    }),
    bus.onMissed(own.renew),
  ];

  return {
    get isHeard() {
      return own.isHeard;
    },
    open: own.open,
    emit(event) {
      own.emit(event);
      if (event.type === "message") tell({ type: "message", id: event.message.id });
      else if (event.type === "thread") tell({ type: "thread", id: event.thread.id });
      else tell({ type: "passing", event });
    },
    renew() {
      own.renew();
      tell({ type: "renew" });
    },
    close() {
      for (const stop of stops) stop();
      own.close();
    },
  };
}
