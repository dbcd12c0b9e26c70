import type { ThreadKey } from "../../seam/turn.ts";
import type { LineLimits } from "../lanes.ts";
import { createCrowd } from "./crowd.ts";
import { type Asker, createFairLine, picturesOf, type Reserved, type Waiting } from "./fair-line.ts";
import { createPlaces } from "./places.ts";
import { type Begun, createRate, minuteMs } from "./rate.ts";

/** What one that has come hears. */
export interface Hears {
  /** It is its time; once. */
  go(): void;
  /** As of `Lanes.enter`. */
  place(ahead: number, hasGrown: boolean, startsInMs?: number): void;
}

/** One that has come, until it leaves. */
export interface Pass {
  readonly asker: Asker;
  /** `held`: it was in, and where it was seen to is gone: its thread waits for it. */
  readonly state: "waiting" | "in" | "held" | "gone";
}

/** A place in a thread that is kept for one that has not come. */
export type Reservation = Pick<Reserved<unknown>, "isOver">;

/**
 * Lets in those that come, by fair queueing (`fair-line.ts`), as far as there is room. Those with a home need room there,
 * too. All calls are synchronous, and may call `go` and `place` of others.
 */
export interface Gate {
  readonly inside: number;
  readonly waiting: number;
  /**
   * Throws BotError `busy`, unless it was let in before (`isKnown`), when too many wait, of all or of that person. It has
   * the place in its thread that was `reserved` for it, where one was.
   */
  come(
    asker: Asker,
    hears: Hears,
    more?: { readonly isKnown?: boolean; readonly reserved?: Reservation | undefined },
  ): Pass;
  /** One of that thread is about to come: those that are `at` a later time wait for it. `at`: as of `Asker`. */
  reserve(thread: ThreadKey, at: number): Reservation;
  /** It does not come, or has come in another way. Once it has come by that, this does nothing. */
  unreserve(reservation: Reservation): void;
  /** It is in already, by whoever kept the gate before. */
  keep(asker: Asker, hears: Hears): Pass;
  /** It is over, or has given up. */
  leave(pass: Pass): void;
  /** Its home is gone: until it is seen to elsewhere, or leaves, its thread waits. */
  orphan(pass: Pass): void;
  /** It is seen to there now, from its last place on; one that was in is let in first of all, with `go`. */
  move(pass: Pass, home: string, hears: Hears): void;
  /**
   * Those that wait for room at home and for nothing else, each with a home that has room for it, as many as have: they
   * can be seen to there.
   */
  elsewhere(): readonly { readonly pass: Pass; readonly home: string }[];
  /** So many may be in there at once. */
  setHome(home: string, atOnce: number): void;
  removeHome(home: string): void;
  /** Counts what has begun while another kept the gate. */
  began(begun: readonly Begun[]): void;
  /** Lets in those that have come; nobody is before that where it `isShut`. */
  begin(): void;
  /** Nothing is called any more. */
  close(): void;
}

interface Turn {
  asker: Asker;
  hears: Hears;
  state: Pass["state"];
  waiting?: Waiting<Turn> | undefined;
  /** What is released in the line when it leaves. */
  at?: Pick<Waiting<Turn>, "thread"> | undefined;
  beganAt: number;
}

interface Home {
  atOnce: number;
  inside: number;
}

/** How much of the average the newest turn is. */
const newest = 0.2;

/** Where those wait whose home is gone. */
export const nowhere = "";

/**
 * What comes and goes costs O(log n) steps, amortised, when n wait, and only so many may wait.
 *
 * `atOnce`: how many may be in at once, all in all; `perMinute`: how many pictures may begin. `now` is Unix time, ms.
 */
export function createGate({
  atOnce = Number.POSITIVE_INFINITY,
  perMinute = Number.POSITIVE_INFINITY,
  limits = {},
  isShut = false,
  now = Date.now,
}: {
  readonly atOnce?: number;
  readonly perMinute?: number;
  readonly limits?: LineLimits;
  readonly isShut?: boolean;
  readonly now?: () => number;
}): Gate {
  const line = createFairLine<Turn>();
  const homes = new Map<string, Home>();
  const rate = createRate(perMinute);
  const crowd = createCrowd(limits);
  /** Those that were in, and are seen to elsewhere now: they come before all that wait. */
  const returning = new Set<Turn>();
  const places = createPlaces<Turn>(placeOf, (turn, place, hasGrown) => {
    const startsInMs = startOf(turn, place);
    turn.hears.place(place, hasGrown, ...(startsInMs > 0 ? [startsInMs] : []));
  });
  let isOpen = !isShut;
  let inside = 0;
  /** How long turns take, a running average in ms; what a picture takes, until one has been measured. */
  let turnMs = minuteMs;
  let timer: NodeJS.Timeout | undefined;
  line.setOpen(nowhere, false);

  function placeOf({ waiting, asker }: Turn): number {
    if (!waiting) return 1;
    return hasRoom(asker) && firstWaitsMs() === 0 ? line.beforeInThread(waiting) : line.before(waiting) + 1;
  }

  /** Where only the minute's pictures are waited for: in about how many ms. */
  function startOf({ asker }: Turn, place: number): number {
    if (perMinute === Number.POSITIVE_INFINITY || !hasRoom(asker)) return 0;
    const first = firstWaitsMs();
    return first === 0 ? 0 : first + ((place - 1) * minuteMs) / perMinute;
  }

  /** For how long the first that can go waits for the minute to be over. */
  function firstWaitsMs(): number {
    if (perMinute === Number.POSITIVE_INFINITY) return 0;
    const first = line.first();
    return first ? rate.waitMs(picturesOf(first.thing.asker), now()) : 0;
  }

  function hasRoom({ home }: Asker): boolean {
    const own = home === undefined ? undefined : homes.get(home);
    return inside < atOnce && (home === undefined || (own !== undefined && own.inside < own.atOnce));
  }

  function advance(): void {
    if (!isOpen) return;
    for (const turn of returning) {
      if (!hasRoom(turn.asker)) continue;
      returning.delete(turn);
      enter(turn);
      turn.hears.go();
    }
    while (inside < atOnce) {
      const first = line.first();
      if (!first) return;
      const pictures = picturesOf(first.thing.asker);
      const waitMs = rate.waitMs(pictures, now());
      if (waitMs > 0) {
        wakeIn(waitMs);
        return;
      }
      line.next();
      const turn = first.thing;
      outOfLine(turn);
      turn.at = first;
      rate.took(pictures, now());
      enter(turn);
      turn.hears.go();
    }
  }

  function wakeIn(ms: number): void {
    clearTimeout(timer);
    timer = setTimeout(() => {
      advance();
      places.moved();
    }, ms).unref();
  }

  function enter(turn: Turn): void {
    turn.state = "in";
    turn.beganAt = now();
    inside += 1;
    countAt(turn.asker.home, 1);
  }

  function exit(turn: Turn): void {
    inside -= 1;
    countAt(turn.asker.home, -1);
  }

  function countAt(home: string | undefined, change: number): void {
    const own = home === undefined ? undefined : homes.get(home);
    if (home === undefined || !own) return;
    own.inside += change;
    line.setOpen(home, own.inside < own.atOnce);
  }

  function outOfLine(turn: Turn): void {
    turn.waiting = undefined;
    crowd.went(turn.asker);
    places.forget(turn);
  }

  function changed(): void {
    advance();
    places.moved();
  }

  /** In how many minutes as many are drawn as wait now. */
  function drawnInMinutes(): number {
    const there = [...homes.values()].reduce((sum, home) => sum + home.atOnce, 0);
    const together = Math.max(1, homes.size > 0 ? Math.min(atOnce, there) : atOnce);
    return Math.max(1, Math.ceil((turnMs * line.size) / together / minuteMs));
  }

  function toTurn(asker: Asker, hears: Hears, state: Pass["state"]): Turn {
    return { asker, hears, state, beganAt: now() };
  }

  return {
    get inside() {
      return inside;
    },
    get waiting() {
      return line.size;
    },
    come(asker, hears, { isKnown = false, reserved } = {}) {
      const kept = reserved as Reserved<Turn> | undefined;
      const mayGo = hasRoom(asker) && line.isFree(asker.thread, kept) && firstWaitsMs() === 0;
      if (!isKnown && !(mayGo && rate.waitMs(picturesOf(asker), now()) === 0))
        crowd.check(asker, line.size, drawnInMinutes);
      const turn = toTurn(asker, hears, "waiting");
      turn.waiting = line.add(asker, turn, kept);
      crowd.came(asker);
      advance();
      if (turn.state === "waiting") places.watch(turn);
      return turn;
    },
    reserve: (thread, at) => line.reserve(thread, at),
    unreserve(reservation) {
      line.unreserve(reservation as Reserved<Turn>);
      changed();
    },
    keep(asker, hears) {
      const turn = toTurn(asker, hears, "in");
      turn.at = line.occupy(asker);
      enter(turn);
      return turn;
    },
    leave(pass) {
      const turn = pass as Turn;
      const { state } = turn;
      turn.state = "gone";
      if (state === "gone") return;
      if (turn.waiting) {
        line.delete(turn.waiting);
        outOfLine(turn);
      }
      if (state === "in") {
        turnMs += (Math.max(0, now() - turn.beganAt) - turnMs) * newest;
        exit(turn);
      }
      returning.delete(turn);
      if (turn.at) line.release(turn.at);
      changed();
    },
    orphan(pass) {
      const turn = pass as Turn;
      if (turn.waiting) line.move(turn.waiting, nowhere);
      if (turn.state === "in") {
        exit(turn);
        turn.state = "held";
      }
      returning.delete(turn);
      turn.asker = { ...turn.asker, home: nowhere };
      turn.hears = silent;
      changed();
    },
    move(pass, home, hears) {
      const turn = pass as Turn;
      if (turn.state === "in") exit(turn);
      turn.asker = { ...turn.asker, home };
      turn.hears = hears;
      if (turn.waiting) {
        line.move(turn.waiting, home);
        places.forget(turn);
        advance();
        if (turn.waiting) places.watch(turn);
      } else if (turn.state !== "gone") {
        turn.state = "held";
        returning.add(turn);
        advance();
      }
    },
    elsewhere() {
      if (!isOpen || line.first() || returning.size > 0) return []; // whoever can go goes first
      const roomy = [...homes].flatMap(([home, own]) =>
        Array.from({ length: Math.max(0, own.atOnce - own.inside) }, () => home),
      );
      const room = Math.min(roomy.length, atOnce - inside);
      const waiting = room > 0 ? [...homes.keys()].flatMap(line.firstsAt) : [];
      return waiting
        .slice(0, room)
        .map(({ thing }, index) => ({ pass: thing, home: roomy[index] ?? nowhere }));
    },
    setHome(home, atHome) {
      const own = homes.get(home) ?? { atOnce: atHome, inside: 0 };
      own.atOnce = atHome;
      homes.set(home, own);
      countAt(home, 0);
      changed();
    },
    removeHome(home) {
      homes.delete(home);
      line.setOpen(home, false);
    },
    began(begun) {
      for (const { amount, at } of begun) rate.took(amount, at);
    },
    begin() {
      isOpen = true;
      changed();
    },
    close() {
      isOpen = false;
      clearTimeout(timer);
    },
  };
}

const silent: Hears = { go: () => {}, place: () => {} };
