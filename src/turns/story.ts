import { type BotError, severity, toLogFields } from "../seam/errors.ts";
import type { Log } from "../seam/log.ts";
import type { Reply, View } from "../seam/view.ts";
import type { Meter, TurnMeasures } from "../seam/watch/meter.ts";
import type { Generation } from "../store/history.ts";
import type { OpenTurn } from "../store/open-turn.ts";
import type { Desk } from "./control/control.ts";
import type { Failing } from "./control/failures.ts";

/** What happened to one turn, told in the end: a line in the log, and the numbers. */
export interface Story {
  /** Shows the same, and notices when a sketch is seen. */
  watch(show: Reply["show"]): Reply["show"];
  /** It stands in line, with so many before it. */
  placed(ahead: number): void;
  /** It is its time. */
  entered(): void;
  drawn(generation: Generation): void;
  /** `turn`: as it is known by then. */
  failed(error: BotError, wasCancelled: boolean, turn: OpenTurn): void;
  /** Its last view is seen. */
  shown(): void;
  /** It can be shown nowhere. */
  lost(error: BotError): void;
  tell(turn: OpenTurn): void;
}

/** `now` is Unix time, ms. What the process before has seen of a turn is not known, and so not measured. */
export function createStory(
  turn: OpenTurn,
  of: {
    readonly desk: Pick<Desk, "board" | "failures">;
    readonly log: Log;
    readonly meter: Meter;
    readonly now: () => number;
    readonly isResumed: boolean;
  },
): Story {
  const { desk, log, meter, now, isResumed } = of;
  const entry = desk.board.begin(turn);
  const startedAt = now();
  let waitMs: number | undefined;
  let sketchMs: number | undefined;
  let drawnMs: number | undefined;
  let shownMs: number | undefined;
  let generation: Generation | undefined;
  let failure: BotError | undefined;
  let outcome: TurnMeasures["outcome"] = "left";
  let ending: TurnMeasures["outcome"] = "done";
  const sinceTaken = () => Math.max(0, now() - turn.acceptedAt);

  function saw({ phase, images }: View): void {
    if (phase === "working" && images.length > 0 && !isResumed) sketchMs ??= sinceTaken();
  }

  function measure(): TurnMeasures {
    const { details, pictures = [] } = generation ?? {};
    const model = details?.options.find(({ name }) => name === "model")?.applied;
    return {
      ...{ adapter: turn.adapter, outcome, pictures: pictures.length },
      ...(failure && { code: failure.code }),
      ...(model !== undefined && { model }),
      ...(waitMs !== undefined && { waitMs }),
      ...(sketchMs !== undefined && { sketchMs }),
      ...(drawnMs !== undefined && { drawnMs }),
      ...(shownMs !== undefined && { shownMs }),
      ...(details?.tokens && { tokens: details.tokens }),
      ...(details?.cost && { usd: details.cost.usd }),
    };
  }

  return {
    watch: (show) => async (view) => {
      const key = await show(view);
      saw(view);
      return key;
    },
    placed: entry.placed,
    entered() {
      entry.entered();
      waitMs = now() - startedAt;
    },
    drawn(made) {
      entry.drawn();
      generation = made;
      drawnMs = sinceTaken();
    },
    failed(error, wasCancelled, known) {
      entry.failed(error.code);
      if (!wasCancelled) desk.failures.add(toFailing("failed", error, known));
      failure = error;
      ending = wasCancelled ? "cancelled" : "failed";
    },
    shown() {
      shownMs = sinceTaken();
      outcome = ending;
    },
    lost(error) {
      desk.failures.add(toFailing("lost", error, turn));
      outcome = ending === "done" ? "lost" : ending;
    },
    tell({ event, user, responseIds = [] }) {
      entry.over();
      const { adapter: _, code: __, ...measures } = measure();
      const ids = responseIds.filter((id) => id !== null);
      const fields = {
        ...{ ...(event !== undefined && { event }), user: user.id },
        ...(failure && toLogFields(failure)),
        ...measures,
        ...(ids.length > 0 && { responseIds: ids }),
        ...(isResumed && { isResumed }),
      };
      log[failure ? severity(failure) : "info"](fields, `turn.${outcome}`);
      meter.turn(measure());
    },
  };
}

function toFailing(outcome: Failing["outcome"], error: BotError, turn: OpenTurn): Failing {
  const { adapter, user, place, message, responseIds = [] } = turn;
  const ids = responseIds.filter((id) => id !== null);
  return { outcome, error, adapter, user, message, responseIds: ids, ...(place && { place }) };
}
