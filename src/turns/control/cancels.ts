import { z } from "zod";
import type { Ledger } from "../../fleet/ledger.ts";
import type { Bus } from "../../seam/bus.ts";
import type { Log } from "../../seam/log.ts";
import { withTimeout } from "../../seam/timeout.ts";
import type { MessageKey, User } from "../../seam/turn.ts";
import type { OpenTurn } from "../../store/open-turn.ts";
import type { Store } from "../../store/store.ts";
import type { Elsewhere } from "./elsewhere.ts";

/** The turns of this process, as `Runs` has them. */
export interface InHand {
  find(message: MessageKey): { readonly user: User; cancel(): void } | undefined;
  cancelEarly(message: MessageKey, by: User): void;
  stop(userId: string): Promise<{ readonly cancelled: number; release(): void }>;
}

/** Cancels turns, whichever process on the store sees them through. */
export interface Cancels {
  /**
   * Who asked for the turn of that message, which another process sees through, or whoever takes it over from one that
   * is gone; undefined: there is none, or it is drawn. Rejects with BotError `storage`.
   */
  ownerOf(message: MessageKey): Promise<Pick<User, "id"> | undefined>;
  /** Cancels that turn for good: whoever takes it over does not go on with it. Rejects with BotError `storage`. */
  cancel(message: MessageKey): Promise<void>;
  /** Whoever is about to begin it in another process is told, too. `by`: as of `Runs.cancelEarly`. Never rejects. */
  tellEarly(message: MessageKey, by: User): Promise<void>;
  /** Whether that was cancelled for good, by whichever process. Rejects with BotError `storage`. */
  isCancelled(turn: OpenTurn): Promise<boolean>;
  /** As of `Runs`, of all processes. */
  stop: InHand["stop"];
}

const cancelled = z.object({ at: z.number() });

/** How long it is known that a turn was cancelled, in ms: as long as a platform that is down is waited for. */
const rememberedMs = 24 * 3600 * 1000;

/** How long a person's turns are cancelled here for another process that says nothing more, in ms. */
const mostStopMs = 600_000;

/** How long the turns of one who is forgotten may take to be over elsewhere, in ms. */
const patienceMs = 10_000;

const words = z.discriminatedUnion("kind", [
  /** `by`: who pressed it before anybody knew of the turn; absent: they may. */
  z.object({
    kind: z.literal("turn"),
    message: z.templateLiteral([z.string(), ":", z.string()]),
    by: z.object({ id: z.string(), moderator: z.boolean() }).exactOptional(),
  }),
  z.object({ kind: z.literal("stop"), user: z.string(), isOver: z.boolean() }),
]);

type Word = z.output<typeof words>;

const topic = "cancel";

/** Whoever is asked by another process may: that has looked. */
const anybody: User = { id: "", name: "", moderator: true };

export function createCancels(of: {
  readonly bus: Bus;
  readonly store: Store;
  readonly ledger: Pick<Ledger, "open">;
  readonly runs: InHand;
  readonly elsewhere: Elsewhere;
  readonly log: Log;
  readonly now: () => number;
}): Cancels {
  const { bus, store, ledger, runs, elsewhere, log, now } = of;
  const table = store.table("cancelled", cancelled);
  /** How to let people go on whose turns another process has had cancelled here. */
  const stopped = new Map<string, { readonly release: () => void; readonly timer: NodeJS.Timeout }>();

  const say = (word: Word) =>
    bus.tell(topic, word).catch((error: unknown) => log.warn({ error }, "cancel.untold"));

  function cancelHere(message: MessageKey, by: User): void {
    const found = runs.find(message);
    if (!found) runs.cancelEarly(message, by);
    else if (by.moderator || by.id === found.user.id) found.cancel();
  }

  function stopHere(user: string): void {
    if (stopped.has(user)) return;
    const stopping = runs.stop(user);
    const release = () => void stopping.then((one) => one.release());
    const timer = setTimeout(() => goOnHere(user), mostStopMs).unref();
    stopped.set(user, { release, timer });
  }

  function goOnHere(user: string): void {
    const one = stopped.get(user);
    stopped.delete(user);
    clearTimeout(one?.timer);
    one?.release();
  }

  bus.hear(topic, (body) => {
    const word = words.parse(body);
    if (word.kind === "turn") cancelHere(word.message, word.by ? { ...word.by, name: "" } : anybody);
    else if (word.isOver) goOnHere(word.user);
    else stopHere(word.user);
  });

  return {
    async ownerOf(message) {
      const there = elsewhere.find(message);
      if (there) return there.phase === "showing" ? undefined : there.user;
      const entry = (await ledger.open()).find(({ turn }) => turn?.message === message);
      return entry?.turn && !entry.turn.last ? entry.turn.user : undefined;
    },
    async cancel(message) {
      await table.set(message, { at: now() }, rememberedMs);
      await say({ kind: "turn", message });
    },
    async tellEarly(message, { id, moderator = false }) {
      await say({ kind: "turn", message, by: { id, moderator } });
    },
    isCancelled: async ({ message }) => (await table.get(message)) !== undefined,
    async stop(user) {
      const atWork = () =>
        elsewhere.turns().filter((turn) => turn.user.id === user && turn.phase !== "showing");
      const there = atWork();
      await say({ kind: "stop", user, isOver: false });
      const [here] = await Promise.all([
        runs.stop(user),
        withTimeout(
          elsewhere.until(() => atWork().length === 0),
          patienceMs,
        ),
      ]);
      return {
        cancelled: here.cancelled + there.length,
        release() {
          here.release();
          void say({ kind: "stop", user, isOver: true });
        },
      };
    },
  };
}
