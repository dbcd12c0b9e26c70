import { setTimeout as sleep } from "node:timers/promises";
import type { Ending, Fleet } from "./fleet/fleet.ts";
import type { Moment, Platform, Recorder } from "./history.ts";
import { type OpenAI, toMark } from "./openai.ts";
import { type Blow, type Step, steps, type Wish } from "./schedule.ts";
import { backMs, type Ground, type Outage } from "./stores/ground.ts";
import { freshMs, type Town } from "./towns/town.ts";

export interface Strikes {
  /** Those that are about to strike, or at it. */
  readonly pending: number;
  close(): void;
}

/** Lets blows fall, and people do what they do while their turn is under way, when a turn has come so far. */
export function createStrikes(of: {
  blows: readonly Blow[];
  wishes: readonly Wish[];
  record: Recorder;
  openai: OpenAI;
  fleet: Fleet;
  towns: ReadonlyMap<Platform, Town>;
  ground: Ground;
}): Strikes {
  const { blows, wishes, record, openai, fleet, towns, ground } = of;
  const indexOf = new Map(wishes.map((_, index) => [toMark(index), index]));
  const turnOf = new Map<string, string>();
  const groupOfResponse = new Map<string, string>();
  /** The process that last asked OpenAI for it. */
  const processOf = new Map<string, number>();
  const reached = new Set<string>();
  let pending = 0;
  let closed = false;
  let ending: Promise<void> = Promise.resolve();
  let outage: Promise<void> = Promise.resolve();

  record.listen((moment) => {
    if (moment.kind === "asked") turnOf.set(moment.group, moment.turn);
    if (moment.kind === "created") {
      groupOfResponse.set(moment.response, moment.group);
      processOf.set(moment.group, moment.process);
    }
    const [turn, step] = toStep(moment);
    const index = indexOf.get(turn ?? "");
    if (turn === undefined || index === undefined || step === undefined) return;
    // Not every turn shows every step: what was to strike at one that is passed strikes now.
    for (const passed of steps.slice(0, steps.indexOf(step) + 1)) reach(turn, index, passed, moment);
  });

  function reach(turn: string, index: number, step: Step, moment: Moment): void {
    const name = `${turn} ${step}`;
    if (reached.has(name)) return;
    reached.add(name);
    for (const blow of blows) {
      if (blow.turn % wishes.length !== index) continue;
      if (blow.kind === "openai") {
        if (moment.kind === "asked") openai.order(moment.group, blow.fault, blow.events);
      } else if (blow.step === step) later(blow.afterMs, () => strike(blow, moment));
    }
    const wish = wishes[index];
    const town = wish && towns.get(wish.platform);
    if (!wish || !town) return;
    if (wish.afterwards === "cancel" && step === "started")
      later(wish.afterMs, () => void town.cancel(turn, wish.person));
    if (wish.afterwards === "delete the answer" && step === "started")
      later(wish.afterMs, () => void town.remove(turn));
    if (wish.edited && step === "shown") later(300, () => town.edit(turn));
  }

  function toStep(moment: Moment): readonly [turn?: string | undefined, step?: Step] {
    switch (moment.kind) {
      case "asked":
        return [moment.turn, "delivered"];
      case "taken":
        return [moment.turn, "acknowledged"];
      case "created":
        return [turnOf.get(moment.group), "started"];
      case "told": {
        const turn = turnOf.get(groupOfResponse.get(moment.response) ?? "");
        if (moment.event === "response.completed") return [turn, "final"];
        return moment.event.endsWith("partial_image") ? [turn, "partial"] : [];
      }
      case "seen": {
        const drawer = moment.face.pictures
          .map((hash) => openai.drawerOf(hash))
          .find((one) => one !== undefined);
        if (drawer) return [turnOf.get(drawer.group), "shown"];
        return moment.turn === undefined ? [] : [moment.turn, "first-view"];
      }
      default:
        return [];
    }
  }

  function later(ms: number, act: () => Promise<void> | void): void {
    pending += 1;
    sleep(ms)
      .then(() => (closed ? undefined : act()))
      .catch((error: unknown) => record.add({ kind: "request", to: "storm", what: `could not: ${error}` }))
      .finally(() => {
        pending -= 1;
      });
  }

  /** Who is at work on what it is about; where that is not known, whoever the number falls on. */
  function toWhich(blow: Blow, moment: Moment): number {
    const group = moment.kind === "asked" ? moment.group : groupOf(moment);
    return processOf.get(group ?? "") ?? blow.turn;
  }

  const groupOf = (moment: Moment): string | undefined => {
    if (moment.kind === "created") return moment.group;
    if (moment.kind === "told") return groupOfResponse.get(moment.response);
    if (moment.kind === "seen")
      return moment.face.pictures.map((hash) => openai.drawerOf(hash)?.group).find(Boolean) ?? moment.turn;
    return moment.kind === "taken" ? moment.turn : undefined;
  };

  async function strike(blow: Blow, moment: Moment): Promise<void> {
    switch (blow.kind) {
      case "openai":
        return;
      case "discord":
      case "slack": {
        const town = towns.get(blow.kind);
        if (!town) return;
        const name = `${blow.kind} ${blow.fault}`;
        record.add({ kind: "ordered", name, what: `${blow.times} requests` });
        const struck = await town.strike(blow.fault, blow.times);
        if (struck > 0) record.add({ kind: "fault", name, what: `${struck} requests` });
        return;
      }
      case "store": {
        const bars = blow.ms < patientMs ? [] : [...towns.values()].map((town) => town.bar(freshMs));
        record.add({ kind: "store", what: "paused" });
        await during("store held", blow.ms, () => ground.hold(blow.ms));
        record.add({ kind: "store", what: "back" });
        for (const unbar of bars) unbar();
        return;
      }
      case "disk": {
        const bars = [...towns.values()].map((town) => town.bar(Infinity));
        await during("disk full", blow.ms, () => fleet.fillDisk(blow.ms));
        for (const unbar of bars) unbar();
        return;
      }
      case "clock": {
        record.add({ kind: "fault", name: "clock", what: `${Math.round(blow.aheadMs / 1000)} s ahead` });
        fleet.setClock(blow.aheadMs);
        return;
      }
      case "pause": {
        record.add({ kind: "fault", name: "pause", what: `${blow.ms} ms` });
        return fleet.pause(toWhich(blow, moment), blow.ms);
      }
      case "join": {
        record.add({ kind: "fault", name: "join", what: "one more process" });
        return fleet.join();
      }
      case "roll": {
        record.add({ kind: "fault", name: "roll", what: "all processes" });
        return fleet.roll();
      }
      case "outage": {
        outage = outage.then(() => failStore(blow.how, blow.ms));
        return outage;
      }
      case "kill":
      case "term":
      case "overlap": {
        const which = toWhich(blow, moment);
        ending = ending.then(() => end(blow.kind, which));
        return ending;
      }
    }
  }

  /** Something that nobody tells us of when they meet it: it is met when people's turns go on meanwhile. */
  async function during(name: string, ms: number, fail: () => Promise<boolean>): Promise<void> {
    record.add({ kind: "ordered", name, what: `${ms} ms` });
    const before = record.moments.length;
    const hasFailed = await fail();
    record.add({ kind: "ordered", name: `${name} is over`, what: `${ms} ms` });
    const steps = record.moments.slice(before).filter(({ kind }) => goesOn.has(kind)).length;
    if (hasFailed && steps > 0) record.add({ kind: "fault", name, what: `${ms} ms, for ${steps} steps` });
  }

  async function end(how: Ending, which: number): Promise<void> {
    await fleet.ready();
    if (closed) return;
    record.add({ kind: "fault", name: how, what: "the process" });
    await fleet.end(how, which);
  }

  /** Whoever is told then that nothing can be kept is told the truth, until all have found their way back. */
  async function failStore(how: Outage, ms: number): Promise<void> {
    if (closed) return;
    const bars = [...towns.values()].map((town) => town.bar(freshMs));
    record.add({ kind: "store", what: how });
    await during(`store ${how}`, ms, () => ground.outage(how, ms));
    record.add({ kind: "store", what: "back" });
    await sleep(backMs);
    for (const unbar of bars) unbar();
  }

  return {
    get pending() {
      return pending;
    },
    close() {
      closed = true;
    },
  };
}

/** A store that is held for longer may be too slow for what is said to it, in ms: whoever asks is told so. */
const patientMs = 1200;

/** What happens when a turn begins, or comes a step further: that is written down. */
const goesOn: ReadonlySet<Moment["kind"]> = new Set(["asked", "created", "told"]);
