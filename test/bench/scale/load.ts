import { setTimeout as sleep } from "node:timers/promises";
import type { Moment, Recorder } from "../../faults/history.ts";
import { toMark } from "../../faults/openai.ts";
import type { Wish } from "../../faults/schedule.ts";
import type { Town } from "../../faults/towns/town.ts";
import { peopleCount } from "../../faults/world.ts";

/** One turn, in ms: from what was said to what was seen, and what of that OpenAI took. */
export interface Timed {
  readonly ms: number;
  readonly openaiMs: number;
}

/** What so many turns came to. `ms`: from the first that was said to the last that was seen. */
export interface Load {
  readonly timed: readonly Timed[];
  readonly ms: number;
  /** Who was told at once that nobody takes it, and by whom. */
  readonly turnedAway: readonly string[];
  /** Taken, and not answered by a picture. */
  readonly unanswered: number;
}

const usualWish: Wish = {
  platform: "slack",
  way: "mention",
  person: 0,
  afterMs: 0,
  picture: false,
  twice: false,
  edited: false,
  afterwards: "wait",
};

/** What comes later is not waited for, in ms. */
const patienceMs = 180_000;

/** Asks for pictures, each in a thread of its own, with so many under way at once, until `isEnough`. */
export async function ask(of: {
  readonly town: Town;
  readonly record: Recorder;
  readonly atOnce: number;
  /** The number of the first: marks are not to come twice. */
  readonly from: number;
  readonly isEnough: (asked: number) => boolean;
}): Promise<Load> {
  const { town, record, atOnce, from, isEnough } = of;
  const { timed, turnedAway, asked, open, end } = watch(record);
  const asking: Promise<void>[] = [];
  const began = performance.now();
  for (let index = from; !isEnough(index - from); index += 1) {
    while (open() >= atOnce) await sleep(5);
    const turn = toMark(index);
    asked.add(turn);
    const wish: Wish = {
      ...usualWish,
      person: index % peopleCount,
    };
    asking.push(town.ask({ wish, turn, words: `a fox ${turn}` }));
  }
  await Promise.all(asking);
  const late = performance.now() + patienceMs;
  while (open() > 0 && performance.now() < late) await sleep(20);
  end();
  return { timed, ms: performance.now() - began, turnedAway, unanswered: open() };
}

function watch(record: Recorder) {
  const asked = new Set<string>();
  const said = new Map<string, number>();
  const requested = new Map<string, number>();
  const drawn = new Map<string, number>();
  const groupOf = new Map<string, string>();
  const timed: Timed[] = [];
  const turnedAway: string[] = [];
  const done = new Set<string>();
  let isOver = false;

  function hear(moment: Moment): void {
    switch (moment.kind) {
      case "asked":
        return void said.set(moment.turn, moment.at);
      case "turned away":
        if (!asked.has(moment.turn)) return;
        done.add(moment.turn);
        return void turnedAway.push(moment.by);
      case "request":
        for (const turn of asked) if (moment.what.endsWith(turn)) requested.set(turn, moment.at);
        return;
      case "created":
        return void groupOf.set(moment.response, moment.group);
      case "told":
        if (moment.event === "response.completed") drawn.set(groupOf.get(moment.response) ?? "", moment.at);
        return;
      case "seen": {
        const { turn, face } = moment;
        if (!turn || !asked.has(turn) || done.has(turn)) return;
        if (face.state !== "ended" || face.pictures.length === 0) return;
        done.add(turn);
        const openaiMs = (drawn.get(turn) ?? moment.at) - (requested.get(turn) ?? moment.at);
        timed.push({ ms: moment.at - (said.get(turn) ?? moment.at), openaiMs });
        return;
      }
      default:
        return;
    }
  }
  record.listen((moment) => {
    if (!isOver) hear(moment);
  });
  return {
    ...{ asked, timed, turnedAway },
    open: () => asked.size - done.size,
    end() {
      isOver = true;
    },
  };
}
