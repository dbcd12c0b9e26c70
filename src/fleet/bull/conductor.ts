import { BotError } from "../../seam/errors.ts";
import type { Log } from "../../seam/log.ts";
import type { EventKey } from "../../seam/turn.ts";
import { type Expected, type LineLimits, toAsker } from "../lanes.ts";
import type { Entry } from "../ledger.ts";
import { createGate, type Hears, nowhere, type Pass } from "../line/gate.ts";
import { createComing } from "./coming.ts";
import type { Enrolment, LaneTurn, LaneWord } from "./lane-words.ts";

/** Keeps the one line of a fleet, for one term. */
export interface Conductor {
  /** Whatever is said to it, or to all. */
  hear(word: LaneWord): void;
  close(): void;
}

export interface ConductorParts {
  /** Greater than that of whoever conducted before. */
  readonly term: number;
  /** Says it to all, in order. */
  readonly tell: (word: LaneWord) => void;
  /** Hears of a term that is greater: this one is not heeded. */
  readonly onNewer: (term: number) => void;
  /** The processes there are, by their presence: each enrols, or is told to be gone. */
  readonly present: () => Promise<readonly string[]>;
  /** What is not over, of whatever process. */
  readonly open: () => Promise<readonly Entry[]>;
  /** How many may be in at once over all, and how many pictures may begin in a minute. */
  readonly atOnce?: number | undefined;
  readonly perMinute?: number | undefined;
  readonly limits?: LineLimits | undefined;
  /** Ms after which the line begins without a process that says nothing. */
  readonly mostGatherMs: number;
  readonly log: Log;
}

interface Known {
  readonly id: EventKey;
  readonly ticket: number;
  /** Undefined: its process is gone. */
  readonly from: string | undefined;
  readonly pass: Pass;
  readonly timer?: NodeJS.Timeout;
}

/** What is known before the line begins. */
interface Gathering {
  readonly enrolled: Map<string, Enrolment>;
  readonly gone: Set<string>;
  /** What is about to come, as it was heard: none of what is enrolled goes before it that came later. */
  readonly expected: Expected[];
  /** What was told since. */
  later: LaneWord[];
  /** Turns that have left meanwhile: what the ledger has said of them before is old. */
  readonly over: Set<EventKey>;
}

const newGathering = (): Gathering => ({
  ...{ enrolled: new Map(), gone: new Set(), expected: [], later: [], over: new Set() },
});

/** A turn, and the process it is at; undefined: that is gone. */
type Placed = LaneTurn & { readonly from: string | undefined };

/** Ms between two looks whether what waits at one process could go at another. */
const evenMs = 500;

/** How long another process may take to have what it is to have, in ms: then it is looked again. */
const mostOnWayMs = 5000;

/** How long what was in keeps its room, in ms, where its process is said to be gone: that may be there all the same. */
const mostAwayMs = 1500;

/** How long a thread waits for a turn whose process is gone, in ms: it is taken over long before, or can be by nobody. */
const mostOrphanMs = 60_000;

/**
 * Before anybody is let in, all enrol: those that are in keep their room and their thread; the others go by when they
 * were accepted, and so do the turns that a process which is gone has left in the ledger, until another has taken them.
 */
export function createConductor(parts: ConductorParts): Conductor {
  const { term, tell, log } = parts;
  const gate = createGate({
    ...(parts.atOnce !== undefined && { atOnce: parts.atOnce }),
    ...(parts.perMinute !== undefined && { perMinute: parts.perMinute }),
    ...(parts.limits && { limits: parts.limits }),
    isShut: true,
  });
  const turns = new Map<EventKey, Known>();
  const coming = createComing(gate, (id) => turns.has(id), log);
  const members = new Set<string>();
  let gathering: Gathering | undefined = newGathering();
  let awaited: ReadonlySet<string> | undefined;
  let left: readonly Entry[] = [];
  let isLate = false;
  let isClosed = false;
  let again: NodeJS.Timeout | undefined;

  function hearsOf(to: string, { id, ticket }: Pick<LaneTurn, "id" | "ticket">): Hears {
    const named = { term, to, id, ticket };
    return {
      go: () => tell({ kind: "go", ...named }),
      place: (ahead, hasGrown, startsInMs) =>
        tell({ kind: "place", ...named, ahead, hasGrown, ...(startsInMs !== undefined && { startsInMs }) }),
    };
  }

  function keep(from: string, turn: LaneTurn, pass: Pass): void {
    clearTimeout(turns.get(turn.id)?.timer);
    turns.set(turn.id, { id: turn.id, ticket: turn.ticket, from, pass });
  }

  function forget(known: Known): void {
    clearTimeout(known.timer);
    turns.delete(known.id);
    gate.leave(known.pass);
  }

  /** It is at that process, in line or in. */
  function place(from: string, turn: LaneTurn): void {
    put(from, turn);
    coming.unexpect(turn.id); // after that, so that nobody else of the thread goes
  }

  function put(from: string, turn: LaneTurn): void {
    const { id, ticket, isIn, isKnown } = turn;
    const asker = { ...turn.asker, home: from };
    const hears = hearsOf(from, turn);
    const known = turns.get(id);
    if (isIn) {
      const isSame = known?.from === from && known.ticket === ticket && known.pass.state === "in";
      if (isSame) return;
      const pass = gate.keep(asker, hears);
      if (known) gate.leave(known.pass); // after that, so that nobody else of the thread goes
      keep(from, turn, pass);
      return;
    }
    if (known?.from === from && known.ticket === ticket) {
      if (known.pass.state === "in") hears.go(); // it has not heard it
      return;
    }
    if (known) {
      onWay.delete(id);
      keep(from, turn, known.pass);
      gate.move(known.pass, from, hears);
      return;
    }
    try {
      keep(from, turn, gate.come(asker, hears, { isKnown, reserved: coming.reservedFor(id) }));
    } catch (error) {
      if (!(error instanceof BotError)) throw error;
      const { message, retryAfterMs } = error;
      const named = { term, to: from, id, ticket };
      tell({ kind: "refuse", ...named, message, ...(retryAfterMs !== undefined && { retryAfterMs }) });
    }
  }

  function abandon(known: Known): void {
    gate.orphan(known.pass);
    const timer = setTimeout(() => {
      log.warn({ event: known.id }, "lanes.unclaimed");
      const still = turns.get(known.id);
      if (still && still.from === undefined) forget(still);
    }, mostOrphanMs).unref();
    turns.set(known.id, { ...known, from: undefined, timer });
  }

  /** It goes on at once under another name where its process was only stopped, or elsewhere. */
  function awaitBack(known: Known): void {
    const away: Known = {
      ...known,
      timer: setTimeout(() => {
        if (turns.get(known.id) === away) abandon(away);
      }, mostAwayMs).unref(),
    };
    turns.set(known.id, away);
  }

  /** When what is on its way to another process was sent there. */
  const onWay = new Map<EventKey, number>();

  /** What waits where all are at work is seen to where there is room. */
  function even(): void {
    const now = performance.now();
    for (const [id, at] of onWay)
      if (now - at > mostOnWayMs || turns.get(id)?.pass.state !== "waiting") onWay.delete(id);
    if (gathering || onWay.size > 0) return;
    const passes = new Map(gate.elsewhere().map(({ pass, home }) => [pass, home]));
    if (passes.size === 0) return;
    for (const { id, ticket, from, pass } of turns.values()) {
      const by = passes.get(pass);
      if (by === undefined || from === undefined) continue;
      onWay.set(id, now);
      tell({ kind: "handOn", term, to: from, by, id, ticket });
    }
  }
  const evening = setInterval(even, evenMs).unref();

  function remove(from: string): void {
    if (!members.delete(from)) return;
    gate.removeHome(from);
    for (const known of [...turns.values()]) {
      if (known.from !== from) continue;
      if (known.pass.state === "in") awaitBack(known);
      else abandon(known);
    }
  }

  function admit({ from, atOnce, begun }: Enrolment): void {
    if (!members.has(from))
      gate.began(begun.map(({ amount, agoMs }) => ({ amount, at: Date.now() - agoMs })));
    members.add(from);
    gate.setHome(from, atOnce);
  }

  function enrol(enrolment: Enrolment): void {
    const { from, turns: theirs } = enrolment;
    admit(enrolment);
    for (const id of enrolment.unexpected) coming.pass(id);
    for (const one of enrolment.expected) coming.expect(coming.timed(one));
    const there = new Set(theirs.map(({ id }) => id));
    for (const turn of theirs.filter(({ isIn }) => isIn)) place(from, turn);
    for (const turn of inOrder(theirs.filter(({ isIn }) => !isIn))) place(from, turn);
    for (const known of [...turns.values()]) if (known.from === from && !there.has(known.id)) forget(known);
  }

  function begin({ enrolled, expected, later, over }: Gathering): void {
    gathering = undefined;
    const all = [...enrolled.values()];
    for (const one of all) admit(one);
    const theirs = all.flatMap(({ from, turns: own }) => own.map((turn) => ({ ...turn, from })));
    for (const turn of theirs.filter(({ isIn }) => isIn)) place(turn.from, turn);
    const still = left.filter(({ key }) => !over.has(key));
    const orphans = toOrphans(still);
    left = [];
    for (const id of all.flatMap(({ unexpected }) => unexpected)) coming.pass(id);
    for (const one of [...expected, ...toExpected(still)]) coming.expect(one);
    for (const turn of inOrder([...theirs.filter(({ isIn }) => !isIn), ...orphans])) {
      if (turn.from !== undefined) place(turn.from, turn);
      else if (!turns.has(turn.id)) {
        const pass = gate.come({ ...turn.asker, home: nowhere }, silent, { isKnown: true });
        abandon({ id: turn.id, ticket: turn.ticket, from: undefined, pass });
      }
    }
    log.info({ term, processes: members.size, inside: gate.inside, waiting: gate.waiting }, "lanes.begun");
    gate.begin();
    for (const word of later) hear(word);
  }

  function gather(word: LaneWord, at: Gathering): void {
    const forgetEarlier = (from: string) => {
      at.later = at.later.filter((one) => !("from" in one) || one.from !== from);
    };
    switch (word.kind) {
      case "enrol":
        forgetEarlier(word.from); // that is in it
        at.enrolled.set(word.from, word);
        at.expected.push(...word.expected.map(coming.timed));
        break;
      case "expect":
        at.expected.push(coming.timed(word));
        break;
      case "gone":
        forgetEarlier(word.from);
        at.enrolled.delete(word.from);
        at.gone.add(word.from);
        break;
      default:
        at.later.push(word);
    }
    beginWhenAll();
  }

  function beginWhenAll(): void {
    if (!gathering || !awaited || isClosed) return;
    const { enrolled, gone } = gathering;
    const silentOnes = [...awaited].filter((one) => !enrolled.has(one) && !gone.has(one));
    if (silentOnes.length > 0 && !isLate) return;
    if (silentOnes.length > 0) log.warn({ processes: silentOnes }, "lanes.silent");
    begin(gathering);
  }

  function hear(word: LaneWord): void {
    if (isClosed) return;
    if (word.kind === "leave" || word.kind === "skip") gathering?.over.add(word.id);
    if (word.kind === "leave" || word.kind === "skip" || word.kind === "unexpect") coming.pass(word.id);
    if ("term" in word && "from" in word && word.term !== term) {
      if (word.term > term) parts.onNewer(word.term);
      else tell({ kind: "conduct", term, to: word.from });
      return;
    }
    if (gathering) gather(word, gathering);
    else heed(word);
  }

  function heed(word: LaneWord): void {
    const known = "id" in word ? turns.get(word.id) : undefined;
    const isTheirs = (ticket: number, from: string) => known?.from === from && known.ticket === ticket;
    switch (word.kind) {
      case "enrol":
        enrol(word);
        break;
      case "enter":
        if (members.has(word.from)) place(word.from, word.turn);
        else tell({ kind: "conduct", term, to: word.from });
        break;
      case "leave":
        if (known && isTheirs(word.ticket, word.from)) forget(known);
        break;
      case "letGo":
        if (known && isTheirs(word.ticket, word.from)) abandon(known);
        break;
      case "gone":
        remove(word.from);
        break;
      case "expect":
        coming.expect(coming.timed(word));
        break;
      case "skip":
        if (known) forget(known);
    }
  }

  /** Who is there, and what was left: asked until it is known. */
  async function look(): Promise<void> {
    try {
      const present = new Set(await parts.present());
      left = await parts.open();
      awaited = present;
      beginWhenAll();
    } catch (error) {
      log.warn({ error }, "lanes.unknown");
      again = setTimeout(() => void look(), 1000).unref();
    }
  }

  const late = setTimeout(() => {
    isLate = true;
    beginWhenAll();
  }, parts.mostGatherMs).unref();
  tell({ kind: "conduct", term });
  void look();

  return {
    hear,
    close() {
      isClosed = true;
      clearTimeout(again);
      clearInterval(evening);
      clearTimeout(late);
      for (const { timer } of turns.values()) clearTimeout(timer);
      coming.close();
      gate.close();
    },
  };
}

/** What is still to be drawn: whoever has it, or will, is about to say so. */
function toOrphans(left: readonly Entry[]): readonly Placed[] {
  return left.flatMap(({ key: id, turn }) => {
    if (!turn || turn.last) return [];
    const { key: _, ...asker } = toAsker(turn);
    return [{ id, ticket: 0, asker, isIn: false, isKnown: true, from: undefined }];
  });
}

/** What was taken on, and has not become a turn. */
function toExpected(left: readonly Entry[]): readonly Expected[] {
  return left.flatMap(({ key, thread, at, turn }) => (turn || !thread ? [] : [{ key, thread, at }]));
}

/** As they were accepted. */
function inOrder<Turn extends LaneTurn>(turns: readonly Turn[]): readonly Turn[] {
  return turns.toSorted((one, other) => (one.asker.at ?? 0) - (other.asker.at ?? 0));
}

const silent: Hears = { go: () => {}, place: () => {} };
