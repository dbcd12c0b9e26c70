import { z } from "zod";
import { createBounded } from "../../seam/bounded.ts";
import type { Bus } from "../../seam/bus.ts";
import type { Log } from "../../seam/log.ts";
import { withTimeout } from "../../seam/timeout.ts";
import type { EventKey } from "../../seam/turn.ts";
import { key } from "../../store/stored.ts";

/**
 * What the fleet has taken on and is not over, as every process knows it by heart. A server that loses its last writes
 * forgets what was acknowledged a moment before, and whoever acknowledged it may be gone by then.
 */
export interface Recent {
  /** Tells all processes that this one has taken it on, with what it takes to go on with it. */
  taken(event: EventKey, body: unknown): void;
  over(event: EventKey): void;
  /** What it is about to offer is offered first. Never rejects. */
  close(): Promise<void>;
}

const words = z.discriminatedUnion("kind", [
  z.object({ kind: z.literal("taken"), event: key, body: z.unknown() }),
  z.object({ kind: z.literal("over"), events: z.array(key).readonly() }),
]);

type Word = z.output<typeof words>;

const topic = "taken";

/** Events that are known at once, and ends that are told again. */
const most = 1000;

/** For how many ms one is known: less than it is remembered in the store that it is over. */
const keptMs = 3_600_000;

/** Ms until a server that was not there is offered them again. */
const againMs = 1000;

/**
 * `offer` is called with each that is not known to be over when the server was away, some moments after: it is to be taken
 * up in `lifeMs`, and where it is somebody's, to stay so. `lifeMs`: how long a process may be silent before others take
 * over what it has.
 */
export function createRecent(
  bus: Bus,
  of: {
    readonly offer: (event: EventKey, body: unknown) => Promise<void>;
    readonly lifeMs: number;
    readonly log: Log;
  },
): Recent {
  const { offer, lifeMs, log } = of;
  /** The oldest first. */
  const known = createBounded<EventKey, { readonly body: unknown; readonly at: number }>(most);
  /** What this process has ended: that may have been told while nobody heard it. */
  const ended = createBounded<EventKey, true>(most);
  let telling: NodeJS.Timeout | undefined;
  let offering: NodeJS.Timeout | undefined;

  // Nothing waits for that: who does not hear it only knows less.
  const tell = (word: Word) =>
    void bus.tell(topic, word).catch((error: unknown) => log.debug({ error }, "fleet.untold"));

  function tellEnded(): void {
    if (ended.size > 0) tell({ kind: "over", events: [...ended.keys()] });
  }

  function hear(word: Word): void {
    if (word.kind === "over") {
      for (const event of word.events) known.delete(event);
      return;
    }
    const now = performance.now();
    for (const [event, { at }] of known) {
      if (now - at < keptMs) break;
      known.delete(event);
    }
    known.set(word.event, { body: word.body, at: now });
    ended.delete(word.event);
  }

  async function offerAll(): Promise<void> {
    for (const [event, one] of [...known]) {
      // Meanwhile it may be over, or have been taken on anew.
      if (known.get(event) === one) await offer(event, one.body);
    }
  }

  function offerIn(ms: number): void {
    offering = setTimeout(() => {
      const begun = offering;
      offerAll().then(
        () => {
          if (offering === begun) offering = undefined;
        },
        (error: unknown) => {
          log.debug({ error }, "fleet.unoffered");
          if (offering === begun) offerIn(againMs);
        },
      );
    }, ms).unref();
  }

  const stops = [
    bus.hear(topic, (body) => hear(words.parse(body))),
    bus.onMissed(() => {
      clearTimeout(telling);
      clearTimeout(offering);
      tellEnded();
      // The others hear again sooner or later than this process.
      telling = setTimeout(tellEnded, lifeMs / 4).unref();
      offerIn(lifeMs / 2);
    }),
  ];

  return {
    taken: (event, body) => tell({ kind: "taken", event, body }),
    over(event) {
      ended.set(event, true);
      tell({ kind: "over", events: [event] });
    },
    async close() {
      for (const stop of stops) stop();
      clearTimeout(telling);
      clearTimeout(offering);
      const isLeft = offering !== undefined;
      offering = undefined;
      if (isLeft)
        await withTimeout(
          offerAll().catch(() => {}),
          lifeMs / 4,
        );
    },
  };
}
