import { randomUUID } from "node:crypto";
import { z } from "zod";
import { createBounded } from "../../seam/bounded.ts";
import type { Bus } from "../../seam/bus.ts";
import { BotError } from "../../seam/errors.ts";
import type { Log } from "../../seam/log.ts";
import { pause, withTimeout } from "../../seam/timeout.ts";
import type { EventKey } from "../../seam/turn.ts";
import type { Store } from "../../store/store.ts";
import type { Expected, Lanes, LineLimits, TurnAsker } from "../lanes.ts";
import { type Hold, type Ledger, LetGo } from "../ledger.ts";
import { picturesOf } from "../line/fair-line.ts";
import { createRate } from "../line/rate.ts";
import { type Claim, createClaims } from "./claims.ts";
import { type Conductor, createConductor } from "./conductor.ts";
import type { Engine } from "./engine.ts";
import { type LaneExpected, type LaneTurn, type LaneWord, lanesTopic, laneWords } from "./lane-words.ts";

/** A turn of this process at the lanes. */
interface Own {
  readonly id: EventKey;
  readonly ticket: number;
  readonly asker: TurnAsker;
  isIn: boolean;
  isKnown: boolean;
  readonly go: () => void;
  readonly place: (ahead: number, hasGrown: boolean, startsInMs?: number) => void;
  readonly refuse: (error: BotError) => void;
}

/** Of the claims: who conducts, and that a process is there. */
const conducting = "conductor";
const presenceOf = (name: string) => `process:${name}`;

/** For how many ms, and of how many, it is told again that they come to nothing: longer than anybody waits for them. */
const [unexpectedMs, mostUnexpected] = [60_000, 1000];

/** Ms until what could not be told, or asked, is tried again. */
const againMs = 500;

/** Processes that are remembered to be gone. */
const mostGone = 1000;

/** How long the line waits for a process that says nothing and is there all the same, in leases. */
const mostGather = 3;

/**
 * The lanes of several processes: one of them conducts, by a claim, and keeps the line for all. The others tell it what
 * they have, by the bus, and hear when it is a turn's time. Whatever may not have been heard is told anew, as a whole.
 *
 * Where the server is away, what is in goes on; what waits, and what comes, waits until it is back.
 */
export async function createFleetLanes(of: {
  readonly bus: Bus;
  readonly engine: Engine;
  readonly store: Store;
  readonly ledger: Pick<Ledger, "open" | "handOn" | "spare" | "hold">;
  /** How many turns may be in at once, here and over all. */
  readonly atOnce: number;
  readonly atOnceOverAll?: number | undefined;
  readonly perMinute?: number | undefined;
  readonly limits?: LineLimits;
  /** Aborts when the process is told to end: what waits here, and what would come, others are to have. */
  readonly stopping?: AbortSignal | undefined;
  readonly log: Log;
  readonly lifeMs?: number;
}): Promise<Lanes> {
  const { bus, store, stopping, log, lifeMs = 8000 } = of;
  const name = randomUUID().slice(0, 8);
  const claims = createClaims(of.engine, "lanes", { log, mayAnew: async () => true, lifeMs });
  const own = new Map<number, Own>();
  /** What this process has taken on, and is about to bring. */
  const expected = new Map<EventKey, Expected>();
  /** What has come to nothing of that, and when, by the clock that nobody sets: it may not have been heard. */
  const unexpected = createBounded<EventKey, number>(mostUnexpected);
  const begun = createRate(of.perMinute === undefined ? Number.POSITIVE_INFINITY : Number.MAX_SAFE_INTEGER);
  /** Empty while it is told nothing: the others hold this process for gone, and it has not appeared again. */
  let presence = "";
  let present: Claim | undefined;
  let presences = 0;
  let tickets = 0;
  let inside = 0;
  let term = 0;
  /** The greatest term that is known of. */
  let newest = 0;
  /** Processes that have been told to be gone: their claims may be there for a moment. */
  const gone = createBounded<string, true>(mostGone);
  let conductor: Conductor | undefined;
  let isClosed = false;

  /** Does it until it is done. */
  async function insist<T>(
    work: () => Promise<T>,
    isVain: () => boolean = () => false,
  ): Promise<T | undefined> {
    for (;;) {
      if (isClosed || isVain()) return undefined;
      try {
        return await work();
      } catch (error) {
        log.debug({ error }, "lanes.again");
        await pause(againMs);
      }
    }
  }

  const say = (word: LaneWord) => bus.tell(lanesTopic, word);

  // What this process has at the lanes ---------------------------------------

  /** What could not be told is told with all the rest, as soon as that can be. */
  function tell(word: LaneWord): void {
    say(word).catch(() => enrolSoon());
  }

  let isTold = true;
  let isEnrolling = false;
  function enrolSoon(): void {
    isTold = false;
    if (!isEnrolling) void enrolAll();
  }

  async function enrolAll(): Promise<void> {
    isEnrolling = true;
    while (!isTold && !isClosed) {
      isTold = true;
      await insist(enrol);
    }
    isEnrolling = false;
  }

  async function enrol(): Promise<void> {
    await certain();
    if (presence === "") return; // it enrols when it has appeared again
    const now = Date.now();
    const atOnce = stopping?.aborted ? 0 : of.atOnce;
    await say({
      ...{ kind: "enrol", from: presence, term, atOnce },
      turns: [...own.values()].map(toLaneTurn),
      expected: [...expected.values()].map(toLaneExpected),
      unexpected: [...unexpected].flatMap(([id, at]) => (performance.now() - at < unexpectedMs ? [id] : [])),
      begun: begun.recent(now).map(({ amount, at }) => ({ amount, agoMs: now - at })),
    });
  }

  /** What another may have taken over meanwhile has its place there by then: nothing is said of it until that is known. */
  async function certain(): Promise<void> {
    const isInDoubt = (hold: Hold | undefined) => hold?.lost.aborted === false && !hold.isHeld();
    const isAnyInDoubt = () =>
      isInDoubt(present) ||
      [...own.values()].some(({ id }) => isInDoubt(of.ledger.hold(id))) ||
      [...expected.keys()].some((id) => isInDoubt(of.ledger.hold(id)));
    while (!isClosed && isAnyInDoubt()) await pause(againMs);
  }

  /** What waits here others are to have, at its place in line. */
  function giveAway(): void {
    enrolSoon();
    for (const { id, isIn } of own.values()) if (!isIn) void of.ledger.handOn(id);
  }

  /** That this process is there: who finds that it is not any more tells all. */
  async function appear(): Promise<void> {
    presences += 1;
    const next = `${name}/${presences}`;
    const claim = await insist(() => claims.take(presenceOf(next), null));
    // Where the server had taken it in, and its answer was lost, that name is nobody's any more.
    if (!claim) return isClosed ? undefined : appear();
    presence = next;
    present = claim;
    claim.lost.addEventListener("abort", () => reappear(next), { once: true });
    enrolSoon();
  }

  /** It was stopped for so long that the others have gone on without it. */
  function reappear(lost: string): void {
    if (isClosed || lost !== presence) return;
    presence = "";
    void appear();
  }

  function hearOfOwn(word: LaneWord): void {
    if (word.kind === "handOn") {
      if (word.by !== presence) of.ledger.spare(word.id);
      if (word.to !== presence || word.term !== term) return;
      const turn = own.get(word.ticket);
      if (turn?.id === word.id && !turn.isIn) void of.ledger.handOn(word.id);
      return;
    }
    if (word.kind === "conduct") {
      if (word.to !== undefined && word.to !== presence) return;
      if (word.term < term || (word.term === term && word.to === undefined)) return;
      term = word.term;
      enrolSoon();
      return;
    }
    if (!("to" in word) || word.to !== presence || word.term !== term) return;
    const turn = own.get(word.ticket);
    if (!turn || turn.id !== word.id) {
      // It has given up meanwhile.
      if (word.kind === "go") tell({ kind: "leave", from: presence, term, id: word.id, ticket: word.ticket });
      return;
    }
    turn.isKnown = true;
    if (turn.isIn) return;
    if (word.kind === "go") turn.go();
    else if (word.kind === "place") turn.place(word.ahead, word.hasGrown, word.startsInMs);
    else {
      const { message, retryAfterMs } = word;
      turn.refuse(new BotError("busy", message, retryAfterMs === undefined ? {} : { retryAfterMs }));
    }
  }

  // What it does for all, while it conducts ----------------------------------

  /** Where nobody conducts, this process does. */
  async function stand(): Promise<void> {
    if (isStanding || baton?.lost.aborted === false) return;
    isStanding = true;
    const claim = await insist(() => claims.take(conducting, null));
    isStanding = false;
    if (claim) await conduct(claim);
  }

  let isStanding = false;
  let baton: Claim | undefined;
  let stopHearing = () => {};

  async function conduct(claim: Claim): Promise<void> {
    baton = claim;
    const isOver = () => claim.lost.aborted;
    claim.lost.addEventListener("abort", () => stepDown(claim), { once: true });
    let isBroken = false;
    const begin = async () => {
      const next = await insist(nextTerm, isOver);
      if (next === undefined || isOver() || isClosed) return;
      isBroken = false;
      conductor?.close();
      conductor = createConductor({
        ...{ term: next, log, limits: of.limits, atOnce: of.atOnceOverAll, perMinute: of.perMinute },
        ...{ mostGatherMs: mostGather * lifeMs, open: of.ledger.open },
        tell: (word) => void say(word).catch(broken),
        present: async () =>
          (await claims.all()).flatMap(({ key }) => nameOf(key)).filter((one) => !gone.has(one)),
        onNewer(other) {
          newest = Math.max(newest, other);
          broken();
        },
      });
    };
    /** What it could not say somebody has not heard: it begins again. */
    const broken = () => {
      if (isBroken || isOver() || isClosed) return;
      isBroken = true;
      setTimeout(() => void begin(), againMs).unref();
    };
    stopHearing();
    stopHearing = bus.onMissed(broken);
    await begin();
  }

  function stepDown(claim: Claim): void {
    if (claim !== baton) return;
    stopHearing();
    conductor?.close();
    conductor = undefined;
    if (!isClosed) void stand();
  }

  function nextTerm(): Promise<number> {
    return store.transact(async (within) => {
      const table = within.table("lanes", z.object({ term: z.number() }));
      // A server that has forgotten it has not forgotten the time.
      const next = Math.max(((await table.get("term"))?.term ?? 0) + 1, newest + 1, Date.now());
      newest = next;
      await table.set("term", { term: next });
      return next;
    });
  }

  bus.hear(lanesTopic, (body) => {
    const { data: word, error } = laneWords.safeParse(body);
    if (!word) {
      log.debug({ error }, "lanes.unread"); // another version says more
      return;
    }
    conductor?.hear(word);
    hearOfOwn(word);
    if (word.kind === "gone") {
      gone.set(word.from, true);
      reappear(word.from);
    }
  });
  bus.onMissed(() => {
    enrolSoon();
    void stand(); // the server may have forgotten who conducts
  });
  claims.adopt(async (claim) => {
    if (claim.key === conducting) return conduct(claim);
    for (const from of nameOf(claim.key)) await insist(() => say({ kind: "gone", from }));
    await claims.drop(claim);
  });
  stopping?.addEventListener("abort", giveAway, { once: true });
  await appear();
  await stand();

  return {
    get inside() {
      return inside;
    },
    get waiting() {
      return own.size - inside;
    },
    async enter({ key, ...asker }, signal, onPlace, { resumed = false } = {}) {
      signal.throwIfAborted();
      tickets += 1;
      const [id, ticket] = [key ?? (`turn:${randomUUID()}` as const), tickets];
      expected.delete(id);
      return new Promise((resolve, reject) => {
        const leave = () => {
          const turn = own.get(ticket);
          if (!turn) return;
          own.delete(ticket);
          if (turn.isIn) inside -= 1;
          const isLetGo = signal.reason instanceof LetGo;
          if (presence !== "") tell({ kind: isLetGo ? "letGo" : "leave", from: presence, term, id, ticket });
          else if (!isLetGo) tell({ kind: "skip", id }); // its place is kept for whoever takes it over
        };
        const onAbort = () => {
          leave();
          reject(signal.reason);
        };
        signal.addEventListener("abort", onAbort, { once: true });
        const turn: Own = {
          ...{ id, ticket, asker, isIn: false, isKnown: resumed, place: onPlace },
          go() {
            signal.removeEventListener("abort", onAbort);
            turn.isIn = true;
            inside += 1;
            begun.took(picturesOf(asker), Date.now());
            resolve(leave);
          },
          refuse(error) {
            signal.removeEventListener("abort", onAbort);
            own.delete(ticket);
            reject(error);
          },
        };
        own.set(ticket, turn);
        if (presence !== "") tell({ kind: "enter", from: presence, term, turn: toLaneTurn(turn) });
      });
    },
    async expect(one, { lost, isHeld }, { isNew = false } = {}) {
      if (!isHeld()) return; // who has it by now says so
      expected.set(one.key, one);
      lost.addEventListener("abort", () => expected.get(one.key) === one && expected.delete(one.key), {
        once: true,
      });
      await say({ kind: "expect", ...toLaneExpected(one), isNew }).catch(enrolSoon);
    },
    unexpect(id) {
      if (!expected.delete(id)) return;
      unexpected.set(id, performance.now());
      tell({ kind: "unexpect", id });
    },
    skip(id) {
      expected.delete(id);
      tell({ kind: "skip", id });
    },
    async close() {
      isClosed = true;
      stopping?.removeEventListener("abort", giveAway);
      stopHearing();
      await withTimeout(say({ kind: "gone", from: presence }), againMs);
      conductor?.close();
      await claims.close();
    },
  };
}

/** Of the claim of a process's presence. */
function nameOf(claim: string): readonly string[] {
  const start = presenceOf("");
  return claim.startsWith(start) ? [claim.slice(start.length)] : [];
}

function toLaneExpected({ key: id, thread, at }: Expected): LaneExpected {
  return { id, thread, agoMs: Math.max(0, Date.now() - at) };
}

function toLaneTurn({ id, ticket, asker, isIn, isKnown }: Own): LaneTurn {
  return { id, ticket, asker, isIn, isKnown };
}
