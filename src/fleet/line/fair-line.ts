import type { ChannelKey, CommunityKey, ThreadKey } from "../../seam/turn.ts";
import { createRanked, inOrder, type Rank, type Ranked } from "./ranked.ts";

/** Who asks, and where. */
export interface Asker {
  readonly thread: ThreadKey;
  /** The person's `User.id`. */
  readonly user: string;
  /** Whose members share with each other what others leave them: a server, or the channel that belongs to none. */
  readonly community?: CommunityKey | ChannelKey;
  /** How many pictures are asked for: that many rounds of theirs; one unless said. */
  readonly pictures?: number;
  /** By what the requests of one thread go one after another, in any unit; those of the same as they came. */
  readonly at?: number;
  /** Where it will be seen to: it waits while that is closed. Unless said, that does not matter. */
  readonly home?: string;
}

export function picturesOf({ pictures = 1 }: Asker): number {
  return pictures;
}

/** One that waits. */
export interface Waiting<Thing> {
  readonly thing: Thing;
  readonly thread: Thread<Thing>;
  readonly community: Community<Thing>;
  readonly person: Person;
  readonly rank: Rank;
  /** Its place in its thread. */
  readonly rankThere: Rank;
  home: string | undefined;
}

/** A place that is kept in a thread for one that has not come. */
export interface Reserved<Thing> {
  readonly thread: Thread<Thing>;
  readonly rankThere: Rank;
  /** It has been taken, or given up. */
  isOver: boolean;
}

/**
 * Those that wait, in the order in which they are to go; see `createFairLine`. Every call takes O(log n) steps, expected.
 */
export interface FairLine<Thing> {
  readonly size: number;
  /** Nobody of that thread is at it or waits, or has a place there before the one that is reserved. */
  isFree(thread: ThreadKey, reserved?: Reserved<Thing>): boolean;
  /** At the place in its thread that was reserved for it, where one was. */
  add(asker: Asker, thing: Thing, reserved?: Reserved<Thing>): Waiting<Thing>;
  /**
   * Keeps a place in a thread for one that has not come: none of it goes that stands behind that. `at`: as of `Asker`.
   * It takes part in the order of the thread, and in no other.
   */
  reserve(thread: ThreadKey, at: number): Reserved<Thing>;
  /** Nobody comes for that: the next of its thread can go. */
  unreserve(reserved: Reserved<Thing>): void;
  /** Takes out one that waits. */
  delete(waiting: Waiting<Thing>): void;
  /** The first that can go; undefined: there is none. */
  first(): Waiting<Thing> | undefined;
  /** Those that wait for that home to be open, and for nothing else, in the order of their rounds. */
  firstsAt(home: string): readonly Waiting<Thing>[];
  /** Takes that out; from then on its thread is busy. */
  next(): Waiting<Thing> | undefined;
  /** Somebody is at it already who has not come by this line: the thread is busy. */
  occupy(asker: Asker): Pick<Waiting<Thing>, "thread">;
  /** One that was taken by `next`, or is at it by `occupy`, is over: the next of its thread can go. */
  release(went: Pick<Waiting<Thing>, "thread">): void;
  /** Those who wait to be seen to there can go, or not: all can until then. O(log n) for each that is first in its thread. */
  setOpen(home: string, isOpen: boolean): void;
  /** It will be seen to elsewhere. */
  move(waiting: Waiting<Thing>, home: string | undefined): void;
  /** How many go first, as things stand now, if all that can go do: an upper bound, but for those who come later. */
  before(waiting: Waiting<Thing>): number;
  /** How many of its own thread go first, with the one that is at it. */
  beforeInThread(waiting: Waiting<Thing>): number;
}

interface Community<Thing> {
  readonly key: string;
  /** By the person's round. */
  readonly line: Ranked<Waiting<Thing>>;
  /** The round of the last person that went. */
  round: number;
  readonly persons: Map<string, Person>;
  /** Its places in the line of communities, as many as wait here: from `first` up to and without `end`. */
  readonly places: Map<number, Rank>;
  first: number;
  end: number;
}

interface Person {
  readonly key: string;
  /** The last round that their requests take up. */
  round: number;
  waiting: number;
}

interface Thread<Thing> {
  readonly key: ThreadKey;
  /** Undefined stands for one that has not come. */
  readonly line: Ranked<Waiting<Thing> | undefined>;
  /** How many are at it. */
  busy: number;
  /** The first of its line, when nobody is at it. */
  head: Waiting<Thing> | undefined;
  /** The round of the last request, by community. */
  last: { readonly community: string; readonly round: number };
}

/**
 * Self-clocked fair queueing on two levels: between communities, and in each between its people. Every request gets the
 * number of a round: one more than that person's last, or than the round that is being served, if that is later; one for
 * several pictures takes up as many rounds, and begins in the first of them. So everybody's first goes before anybody's
 * second, nobody waits for more than the rounds before their own, and those have
 * an end: who comes later comes after them. A community has a place in the rounds of communities for each request that
 * waits in it; whose turn it is in there is decided when that place is reached.
 *
 * The requests of one thread go one after another, as they came, so none has an earlier round than the one before it.
 * One whose thread is busy is passed over, and one whose home is closed.
 *
 * Source: S. J. Golestani, A self-clocked fair queueing scheme for broadband applications, INFOCOM 1994; after Demers,
 * Keshav and Shenker, Analysis and simulation of a fair queueing algorithm, SIGCOMM 1989. All pictures count as
 * equally long; that a request goes by where it begins is after Goyal, Vin and Cheng, Start-time fair queueing, SIGCOMM
 * 1996.
 */
export function createFairLine<Thing>(): FairLine<Thing> {
  /** The places of all communities; of each, the first is open while somebody in there can go. */
  const places = createRanked<Community<Thing>>();
  const communities = new Map<string, Community<Thing>>();
  const threads = new Map<ThreadKey, Thread<Thing>>();
  const closed = new Set<string>();
  /** Those that go as soon as their home is open. */
  const headsOf = new Map<string, Set<Waiting<Thing>>>();
  let round = 0;
  let number = 0;

  const findCommunity = (key: string) =>
    found(communities, key, () => ({
      ...{ key, line: createRanked<Waiting<Thing>>(), round: 0, persons: new Map<string, Person>() },
      ...{ places: new Map<number, Rank>(), first: 0, end: 0 },
    }));
  const findThread = (key: ThreadKey, community: string) =>
    found(threads, key, () => ({
      ...{ key, line: createRanked<Waiting<Thing> | undefined>(), busy: 0, head: undefined },
      last: { community, round: 0 },
    }));

  function mark(community: Community<Thing>): void {
    const first = community.places.get(community.first);
    if (first) places.setOpen(first, community.line.open > 0);
  }

  function show(waiting: Waiting<Thing>): void {
    const { home, community, rank } = waiting;
    community.line.setOpen(rank, home === undefined || !closed.has(home));
    mark(community);
  }

  function setHead(thread: Thread<Thing>, head: Waiting<Thing> | undefined): void {
    const before = thread.head;
    if (before === head) return;
    thread.head = head;
    if (before) {
      unlist(before);
      before.community.line.setOpen(before.rank, false);
      mark(before.community);
    }
    if (!head) return;
    if (head.home !== undefined) found(headsOf, head.home, () => new Set()).add(head);
    show(head);
  }

  function unlist(head: Waiting<Thing>): void {
    const { home } = head;
    if (home === undefined) return;
    const same = headsOf.get(home);
    same?.delete(head);
    if (same?.size === 0) headsOf.delete(home);
  }

  /** After what has come or gone in a thread. */
  function settle(thread: Thread<Thing>): void {
    setHead(thread, thread.busy > 0 ? undefined : thread.line.firstOpen());
    if (thread.busy === 0 && thread.line.size === 0) threads.delete(thread.key);
  }

  function takeOut(waiting: Waiting<Thing>, place: number): void {
    const { thread, community, person, rank, rankThere } = waiting;
    if (thread.head === waiting) {
      unlist(waiting);
      thread.head = undefined;
    }
    community.line.delete(rank);
    thread.line.delete(rankThere);
    person.waiting -= 1;
    if (person.waiting === 0) community.persons.delete(person.key);
    const spent = community.places.get(place);
    if (spent) places.delete(spent);
    community.places.delete(place);
    mark(community);
    if (community.line.size === 0) communities.delete(community.key);
  }

  function placeThere({ thread, rankThere, isOver }: Reserved<Thing>, asker: Asker): Rank | undefined {
    return isOver || thread.key !== asker.thread ? undefined : rankThere;
  }

  function unreserve(reserved: Reserved<Thing>): void {
    if (reserved.isOver) return;
    reserved.isOver = true;
    reserved.thread.line.delete(reserved.rankThere);
    settle(reserved.thread);
  }

  function first(): Waiting<Thing> | undefined {
    return places.firstOpen()?.line.firstOpen();
  }

  return {
    get size() {
      return places.size;
    },

    isFree(key, reserved) {
      const thread = threads.get(key);
      if (!thread || thread !== reserved?.thread) return !thread;
      return thread.busy === 0 && thread.line.before(reserved.rankThere) === 0;
    },

    add(asker, thing, reserved) {
      const kept = reserved && placeThere(reserved, asker);
      if (reserved) unreserve(reserved);
      const key = asker.community ?? asker.thread;
      const community = findCommunity(key);
      const thread = findThread(asker.thread, key);
      const person = found(community.persons, asker.user, () => ({ key: asker.user, round: 0, waiting: 0 }));
      const begins = Math.max(person.round, community.round) + 1;
      person.round = begins + picturesOf(asker) - 1;
      person.waiting += 1;
      const after = thread.line.size > 0 && thread.last.community === key ? thread.last.round : 0;
      const isFirst = kept !== undefined && thread.line.before(kept) === 0;
      number += 1;
      const rank = { round: isFirst ? begins : Math.max(begins, after), number };
      thread.last = { community: key, round: Math.max(rank.round, after) };
      const waiting: Waiting<Thing> = {
        ...{ thing, thread, community, person, rank, home: asker.home },
        rankThere: kept ?? { round: asker.at ?? 0, number },
      };
      community.line.add(rank, waiting, false);
      thread.line.add(waiting.rankThere, waiting, true);

      const last = community.places.get(community.end - 1)?.round ?? 0;
      const place = { round: Math.max(last, round) + 1, number };
      community.places.set(community.end, place);
      community.end += 1;
      places.add(place, community, false);
      mark(community);
      settle(thread);
      return waiting;
    },

    reserve(key, at) {
      number += 1;
      const reserved = { thread: findThread(key, key), rankThere: { round: at, number }, isOver: false };
      reserved.thread.line.add(reserved.rankThere, undefined, true);
      settle(reserved.thread);
      return reserved;
    },

    unreserve,

    delete(waiting) {
      waiting.community.end -= 1;
      takeOut(waiting, waiting.community.end);
      settle(waiting.thread);
    },

    first,

    firstsAt: (home) =>
      closed.has(home)
        ? [...(headsOf.get(home) ?? [])].sort((one, other) => inOrder(one.rank, other.rank))
        : [],

    next() {
      const waiting = first();
      if (!waiting) return undefined;
      const { community, thread } = waiting;
      round = Math.max(round, community.places.get(community.first)?.round ?? 0);
      community.round = Math.max(community.round, waiting.rank.round);
      community.first += 1;
      takeOut(waiting, community.first - 1);
      thread.busy += 1;
      settle(thread);
      return waiting;
    },

    occupy(asker) {
      const thread = findThread(asker.thread, asker.community ?? asker.thread);
      thread.busy += 1;
      settle(thread);
      return { thread };
    },

    release({ thread }) {
      thread.busy -= 1;
      settle(thread);
    },

    setOpen(home, isOpen) {
      if (closed.has(home) !== isOpen) return;
      if (isOpen) closed.delete(home);
      else closed.add(home);
      for (const head of headsOf.get(home) ?? []) show(head);
    },

    move(waiting, home) {
      const { thread } = waiting;
      const isHead = thread.head === waiting;
      if (isHead) setHead(thread, undefined);
      waiting.home = home;
      if (isHead) settle(thread);
    },

    before({ community, rank }) {
      const place = community.places.get(community.first + community.line.before(rank));
      return place ? places.before(place) : 0;
    },

    beforeInThread: ({ thread, rankThere }) => thread.line.before(rankThere) + Math.min(thread.busy, 1),
  };
}

function found<Key, Value>(map: Map<Key, Value>, key: Key, make: () => Value): Value {
  const known = map.get(key);
  if (known !== undefined) return known;
  const made = make();
  map.set(key, made);
  return made;
}
