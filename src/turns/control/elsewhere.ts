import { randomUUID } from "node:crypto";
import { z } from "zod";
import type { Bus } from "../../seam/bus.ts";
import type { Log } from "../../seam/log.ts";
import type { MessageKey } from "../../seam/turn.ts";
import type { LiveTurn } from "../../seam/watch/control.ts";
import { key, storedPlace } from "../../store/stored.ts";

/** The turns in hand in the other processes on the store, as they tell of them. */
export interface Elsewhere {
  turns(): readonly LiveTurn[];
  find(message: MessageKey): LiveTurn | undefined;
  /** Resolves when that is so of those turns. */
  until(isSo: () => boolean): Promise<void>;
  /** Tells the others how one of this process goes along; without it: that it is over. */
  tell(message: MessageKey, turn?: LiveTurn): void;
  /** The others forget what this process has. Never rejects. */
  close(): Promise<void>;
}

const liveTurn = z.object({
  message: key,
  adapter: z.string(),
  user: z.object({ id: z.string(), name: z.string() }),
  place: storedPlace.exactOptional(),
  pictures: z.number(),
  acceptedAt: z.number(),
  phase: z.enum(["waiting", "drawing", "showing"]),
  since: z.number(),
  ahead: z.number().exactOptional(),
});

const from = z.string();

const words = z.discriminatedUnion("kind", [
  z.object({ kind: z.literal("turn"), from, turn: liveTurn }),
  z.object({ kind: z.literal("over"), from, message: key }),
  /** All that a process has, whatever it has told before. */
  z.object({ kind: z.literal("all"), from, turns: z.array(liveTurn).readonly() }),
  /** Who has just come asks for that. */
  z.object({ kind: z.literal("who"), from }),
]);

type Word = z.output<typeof words>;

const topic = "board";

/** Ms between two times that each tells all it has: what somebody has missed is right again by then. */
const usualBeatMs = 15_000;

/** Of one that has told nothing for so many of these, nothing is believed any more. */
const mostSilent = 3;

/** `own`: what this process has. `onChange` hears of every change of the others'. `now` is Unix time, ms. */
export function createElsewhere(of: {
  readonly bus: Bus;
  readonly own: () => readonly LiveTurn[];
  readonly onChange: () => void;
  readonly log: Log;
  readonly now: () => number;
  readonly beatMs?: number;
}): Elsewhere {
  const { bus, own, onChange, log, now, beatMs = usualBeatMs } = of;
  const me = randomUUID();
  const entries = new Map<MessageKey, { readonly from: string; readonly turn: LiveTurn }>();
  /** When each process has told something last. */
  const heardAt = new Map<string, number>();
  const awaited = new Set<{ readonly isSo: () => boolean; readonly resolve: () => void }>();

  const say = (word: Word) =>
    bus.tell(topic, word).catch((error: unknown) => log.debug({ error }, "board.untold")); // the next beat tells it

  const tellAll = () => say({ kind: "all", from: me, turns: own() });

  function forgetOf(process: string, but: ReadonlySet<string> = new Set()): void {
    for (const [message, entry] of entries) {
      if (entry.from === process && !but.has(message)) entries.delete(message);
    }
  }

  function hear(word: Word): void {
    if (word.from === me) return;
    heardAt.set(word.from, now());
    switch (word.kind) {
      case "turn":
        entries.set(word.turn.message, word);
        break;
      case "over":
        if (entries.get(word.message)?.from === word.from) entries.delete(word.message);
        break;
      case "all":
        forgetOf(word.from, new Set(word.turns.map(({ message }) => message)));
        for (const turn of word.turns) entries.set(turn.message, { from: word.from, turn });
        break;
      case "who":
        void tellAll();
        return;
    }
    changed();
  }

  function changed(): void {
    for (const one of awaited) {
      if (!one.isSo()) continue;
      awaited.delete(one);
      one.resolve();
    }
    onChange();
  }

  function beat(): void {
    for (const [process, at] of heardAt) {
      if (now() - at < mostSilent * beatMs) continue;
      heardAt.delete(process);
      forgetOf(process);
      changed();
    }
    void tellAll();
  }

  const stops = [
    bus.hear(topic, (body) => hear(words.parse(body))),
    bus.onMissed(() => {
      void say({ kind: "who", from: me });
      void tellAll();
    }),
  ];
  const beating = setInterval(beat, beatMs).unref();
  void say({ kind: "who", from: me });

  return {
    turns: () => [...entries.values()].map(({ turn }) => turn),
    find: (message) => entries.get(message)?.turn,
    until(isSo) {
      const { promise, resolve } = Promise.withResolvers<void>();
      if (isSo()) resolve();
      else awaited.add({ isSo, resolve });
      return promise;
    },
    tell(message, turn) {
      void say(turn ? { kind: "turn", from: me, turn } : { kind: "over", from: me, message });
    },
    async close() {
      clearInterval(beating);
      for (const stop of stops) stop();
      await say({ kind: "all", from: me, turns: [] });
    },
  };
}
