import type { Drawn, History, Moment } from "./history.ts";
import { backMs, lostMs } from "./stores/ground.ts";

/** What can be wrong with a storm. */
export const wrongs = {
  lost: "a person saw it taken, and nothing came of it",
  ignored: "the bot was there when something was asked, and said nothing",
  told: "a person was told to ask again, or of a restart",
  failed: "a person was told of a failure that was not theirs, nor moderation's",
  doubled: "one request was drawn twice, or answered twice",
  "shown twice": "a picture is shown by more messages than responses drew it",
  "not shown": "a picture was drawn and is shown nowhere",
  "taken back": "a finished picture was shown, and then was not",
  waiting: "a message says for ever that more will come",
  parent: "a picture was made from another than the one that was answered",
  order: "what was said later in a thread was begun before what was said first",
  crowded: "more was drawn at once than all processes together may",
  leaked: "what was for one person was shown to others",
  litter: "something is left on a platform, shown by nothing",
  open: "the ledger keeps what is over",
  memory: "the bot holds more than before, though nothing is under way",
  crash: "the bot crashed, or did not handle a rejection",
} as const;

export interface Violation {
  readonly wrong: keyof typeof wrongs;
  readonly what: string;
  /** The turn whose story tells how it came to be. */
  readonly turn?: string;
  readonly message?: string;
}

/** What came of a storm. */
export interface Verdict {
  readonly violations: readonly Violation[];
  readonly turns: number;
  readonly taken: number;
  /** Said while nobody listened, and never answered: no one saw it taken. */
  readonly unheard: number;
  /** Drawn a second time because the first was lost before the bot could have noted its id. */
  readonly redrawn: number;
  /** How all turns ended: each of them once. */
  readonly books: Readonly<Record<Ended, number>>;
}

/** How a turn can end. `excused`: with words, for what people, the platform, the network or the store's server did. */
export const ended = ["picture", "spared", "excused", "turned away", "unheard", "wrong"] as const;
export type Ended = (typeof ended)[number];

type Asked = Moment & { readonly kind: "asked" };
type Seen = Moment & { readonly kind: "seen" };
type Created = Moment & { readonly kind: "created" };

/**
 * A bot that lives so much longer than a response's first word has had the time to note its id, in ms: a few would do,
 * were it alone on the machine.
 */
const noteMs = 1000;

/** What a process may hold more than at first: code that is loaded when it is needed, caches, in bytes. */
const allowedGrowth = 64 * 1024 * 1024;

const asksAgain =
  /\b(send|ask|say|try) (it|them|that|this|yours)?\s*(once )?(again|anew)\b|\bI (was|am being) restarted\b|\bnot with me\b/i;

/** What is not asked a second time, since it may be drawn all the same: that is the network's fault, and nobody pays twice. */
const lostOnItsWay = /\bOpenAI's answer got lost on its way/;

/** What the bot says beside its answers: where it goes on, and where an answer went. */
const beside =
  /\bI go on in\b|\b(is|in) (the )?(message|one) below\b|\bis in our direct messages\b|\bmoved\b|^Picture \d it is|\bBack to the\b/i;

/** A message from its first look to its last. */
interface Shown {
  readonly message: string;
  readonly looks: readonly Seen[];
  readonly last: Seen;
  readonly gone: "person" | "bot" | undefined;
}

/** Judges a storm by what people and the machines between saw. Knows nothing of how the bot works. */
export function judge(history: History): Verdict {
  const { moments, drawn } = history;
  const violations: Violation[] = [];
  const asked = moments.filter((one): one is Asked => one.kind === "asked");
  const created = moments.filter((one): one is Created => one.kind === "created");
  const taken = new Set(moments.flatMap((one) => (one.kind === "taken" ? [one.turn] : [])));
  const turnedAway = new Set(moments.flatMap((one) => (one.kind === "turned away" ? [one.turn] : [])));
  const sparings = moments.filter((one) => one.kind === "spared");
  const [barred, others] = [
    sparings.filter(({ why }) => why === "barred"),
    sparings.filter(({ why }) => why !== "barred"),
  ];
  // What somebody did themselves says more than that the bot was barred, too.
  const spared = new Map([...barred, ...others].map(({ turn, why }) => [turn, why]));
  const messages = toMessages(moments);
  /** When processes ended at once. */
  const kills = moments.flatMap((one) =>
    one.kind === "process" && (one.what === "killed" || (one.what === "ended" && one.how === "SIGKILL"))
      ? [one]
      : [],
  );
  const breaks = toBreaks(moments);
  const outages = toOutages(moments);
  const lives = toLives(moments);
  const finished = drawn.filter(({ status, pictures }) => status === "completed" && pictures.length > 0);
  const finals = new Set(finished.flatMap(({ pictures }) => pictures));
  const groupOf = new Map(finished.flatMap(({ group, pictures }) => pictures.map((hash) => [hash, group])));
  const byGroup = Map.groupBy(asked, ({ group }) => group);
  const finalsOf = (face: Seen["face"]) => face.pictures.filter((hash) => finals.has(hash));

  const wrong = (kind: Violation["wrong"], what: string, more: Pick<Violation, "turn" | "message"> = {}) =>
    void violations.push({ wrong: kind, what, ...more });
  const turnBehind = ({ last, looks }: Shown): string | undefined => {
    const named = looks.find(({ turn }) => turn !== undefined)?.turn;
    const [hash] = looks.flatMap(({ face }) => finalsOf(face));
    return named ?? byGroup.get(groupOf.get(hash ?? "") ?? "")?.[0]?.turn ?? last.turn;
  };
  const behind = (shown: Shown) => {
    const turn = turnBehind(shown);
    return { ...(turn !== undefined && { turn }), message: shown.message };
  };

  /** A process listened then, and lived long enough to write down what it heard. */
  function isThere(at: number): boolean {
    return lives.some(({ from, to }) => from <= at && to >= at + noteMs);
  }

  /** The response was lost before the bot could have noted it: it may be drawn anew. */
  function isUnknown(response: string): boolean {
    const begun = created.find((one) => one.response === response);
    if (!begun) return true;
    const told = moments.find((one) => one.kind === "told" && one.response === response);
    if (!told) return true;
    return breaks.some(
      ({ process, from, to }) =>
        process === begun.process && to > begun.at && (from < notedBy(told.at) || isForgotten(told.at, from)),
    );
  }

  /** When what was heard then is written down, if whoever heard it lives: not while the store is gone. */
  function notedBy(at: number): number {
    const gone = outages.find(({ from, to }) => from <= at + noteMs && to > at);
    return (gone?.to ?? at) + noteMs;
  }

  /** It was written down, and the store has lost that before the process ended that knew it by heart. */
  function isForgotten(at: number, end: number): boolean {
    return outages.some(({ how, from }) => {
      const isLost = how === "rewound" && from >= at && from <= at + noteMs + lostMs;
      return isLost && end >= from - lostMs;
    });
  }

  /** Something was asked of OpenAI for it, of which the bot has heard nothing. */
  function isUntold(group: string): boolean {
    return created.some((one) => one.group === group && isUnknown(one.response));
  }

  // Shown is final.
  for (const shown of messages) {
    const had = new Set<string>();
    for (const look of shown.looks) {
      for (const hash of had) {
        if (look.face.pictures.includes(hash)) continue;
        wrong("taken back", `${shown.message} showed ${hash} and then: ${toWords(look)}`, behind(shown));
        had.delete(hash);
      }
      for (const hash of finalsOf(look.face)) had.add(hash);
    }
    if (shown.gone === "bot" && had.size > 0)
      wrong("taken back", `${shown.message} showed a picture and was removed by the bot`, behind(shown));
  }

  // Every drawn picture is shown once.
  const hashes = Map.groupBy(
    finished.flatMap((one) => one.pictures.map((hash) => ({ hash, one }))),
    ({ hash }) => hash,
  );
  let redrawn = 0;
  for (const [hash, makers] of hashes) {
    const group = groupOf.get(hash) ?? "";
    const turns = byGroup.get(group) ?? [];
    const [first] = turns;
    const at = first ? { turn: first.turn } : {};
    const showing = messages.filter(({ looks }) => looks.some(({ face }) => face.pictures.includes(hash)));
    const now = showing.filter(({ gone, last }) => gone === undefined && last.face.pictures.includes(hash));
    const wanted = makers.filter(({ one }) => !isUnknown(one.response)).length;
    if (now.length > makers.length)
      wrong("shown twice", `${hash} of ${group} is in ${now.map(({ message }) => message).join(", ")}`, at);
    const isSpared = turns.some(({ turn }) => spared.has(turn) && spared.get(turn) !== "barred");
    if (showing.length < wanted && !isSpared)
      wrong("not shown", `${hash} of ${group}, drawn ${makers.length} times, shown ${showing.length}`, at);
  }

  // Nothing is drawn twice for one request.
  for (const [group, turns] of byGroup) {
    const made = finished.filter((one) => one.group === group);
    const known = made.filter(({ response }) => !isUnknown(response));
    redrawn += Math.max(0, made.length - Math.max(turns.length, known.length));
    if (known.length > turns.length)
      wrong("doubled", `${group}: ${made.length} pictures drawn for ${turns.length} requests`, {
        turn: turns[0]?.turn ?? group,
      });
  }

  // Every turn that a person saw taken ends once, and well.
  const claimed = new Set<string>();
  const books: Record<Ended, number> = Object.assign({}, ...ended.map((name) => ({ [name]: 0 })));
  let seenTaken = 0;
  for (const [group, turns] of byGroup) {
    const withPicture = messages.filter(({ looks }) =>
      looks.some(({ face }) => finalsOf(face).some((hash) => groupOf.get(hash) === group)),
    );
    for (const { message } of withPicture) claimed.add(message);
    let pictures = withPicture.length;
    // Of presses that cannot be told apart, a picture is for the one it names, and for none who was turned away.
    const rank = ({ turn }: Asked) => {
      if (withPicture.some(({ looks }) => looks.some((look) => look.turn === turn))) return 0;
      if (turnedAway.has(turn) && !taken.has(turn)) return 3;
      return turnedAway.has(turn) || spared.has(turn) ? 2 : 1;
    };
    // Of those that need none, whoever was told so has got none.
    const wasTold = (turn: Asked) => (spared.get(turn.turn) === "barred" && findSaid(turn, true) ? 1 : 0);
    for (const turn of turns.toSorted(
      (one, other) => rank(one) - rank(other) || wasTold(one) - wasTold(other),
    )) {
      const own = messages.filter(({ looks }) => looks.some((look) => look.turn === turn.turn));
      const answers = own.filter(({ last, gone }) => !beside.test(last.face.text) && gone !== "bot");
      for (const { message } of own) claimed.add(message);
      // A word beside, of where it goes on, is seen, too.
      const wasTaken = taken.has(turn.turn) || own.length > 0;
      if (wasTaken) seenTaken += 1;
      const ends = answers.filter(({ last }) => last.face.state === "ended" && isAnswer(last));
      if (ends.length > 1 && !spared.has(turn.turn))
        wrong("doubled", `${turn.turn} is answered by ${ends.map(({ message }) => message).join(", ")}`, {
          turn: turn.turn,
        });
      const hasPicture = pictures > 0;
      if (hasPicture) pictures -= 1;
      books[hasPicture ? "picture" : endOf(turn, wasTaken, ends[0])] += 1;
    }
  }

  /** How a turn ended of which no picture is shown; says what is wrong with that. */
  function endOf(turn: Asked, wasTaken: boolean, end: Shown | undefined): Ended {
    const why = spared.get(turn.turn);
    if (why !== undefined && why !== "barred") return "spared";
    if (!wasTaken) {
      if (turnedAway.has(turn.turn)) return "turned away";
      if (why === "barred") return "excused";
      if (!isThere(turn.at)) return "unheard";
      wrong("ignored", `${turn.way} of ${turn.person}`, { turn: turn.turn });
      return "wrong";
    }
    const found = end ?? claim(turn, why === "barred");
    const at = { turn: turn.turn, ...(found && { message: found.message }) };
    const text = found?.last.face.text ?? "";
    if (!found) wrong("lost", `${turn.way} of ${turn.person}`, at);
    else if (why === "barred" || (lostOnItsWay.test(text) && isUntold(turn.group))) return "excused";
    else wrong(asksAgain.test(text) ? "told" : "failed", toWords(found.last), at);
    return "wrong";
  }

  /**
   * Where a platform does not show what a message answers, it answers what was asked there before; one for a person
   * alone may stand in for one where the bot was barred.
   */
  function claim(turn: Asked, isBarred: boolean): Shown | undefined {
    const found = findSaid(turn, isBarred);
    if (found) claimed.add(found.message);
    return found;
  }

  function findSaid(turn: Asked, isBarred: boolean): Shown | undefined {
    return messages.find(
      ({ message, looks, last, gone }) =>
        !claimed.has(message) &&
        gone === undefined &&
        last.face.state === "ended" &&
        isAnswer(last) &&
        !beside.test(last.face.text) &&
        finalsOf(last.face).length === 0 &&
        (turn.places.includes(last.place) || (isBarred && last.to === turn.person)) &&
        (looks[0]?.at ?? 0) >= turn.at &&
        (last.to === undefined || last.to === turn.person),
    );
  }

  const lost = new Set(
    violations.flatMap(({ wrong: kind, turn }) => (kind === "lost" && turn ? [turn] : [])),
  );
  for (const shown of messages) {
    if (shown.gone !== undefined || shown.last.face.state === "ended") continue;
    if (isSuperseded(shown)) continue;
    const more = behind(shown);
    if (more.turn === undefined || !lost.has(more.turn))
      wrong("waiting", `${shown.message}: ${toWords(shown.last)}`, more);
  }

  /** What Slack shows to one person cannot be changed: the answer stands below it, until both are gone with the next look. */
  function isSuperseded({ message, last }: Shown): boolean {
    return messages.some(
      ({ last: later }) =>
        message.startsWith("slack:") &&
        last.to !== undefined &&
        later.to === last.to &&
        later.place === last.place &&
        later.at > last.at &&
        later.face.state === "ended",
    );
  }

  judgeParents({ asked, created, moments, finished }, wrong);
  judgeOrder({ asked, created, moments, spared }, wrong);
  if (history.atOnce !== undefined) {
    const most = mostAtOnce(created, moments);
    if (most.length > history.atOnce)
      wrong("crowded", `${most.length} at once, where ${history.atOnce} may be: ${most.join(", ")}`);
  }

  // Nothing of one person's reaches another.
  for (const shown of messages) {
    for (const look of shown.looks) {
      const groups = finalsOf(look.face).map((hash) => groupOf.get(hash) ?? "");
      const owners = groups.flatMap((group) => byGroup.get(group) ?? []).filter((one) => one.private);
      const owner = owners.find(({ person }) => person !== look.to);
      if (!owner) continue;
      wrong("leaked", `${shown.message} shows ${owner.turn} to ${look.to ?? "everybody"}`, {
        turn: owner.turn,
      });
      break;
    }
  }

  if (!kills.some(({ at }) => isDiskFull(moments, at)))
    for (const what of history.litter) wrong("litter", what);
  for (const what of history.open) wrong("open", what);
  for (const what of history.crashes) wrong("crash", what);
  const { memory } = history;
  const grown = memory ? memory.after - memory.before : 0;
  if (grown > allowedGrowth) wrong("memory", `${Math.round(grown / 1e6)} MB more than when it was up`);
  const { unheard } = books;
  return { violations, turns: asked.length, taken: seenTaken, unheard, redrawn, books };
}

/** Who answers a picture goes on from it, and from no other. */
function judgeParents(
  of: {
    readonly asked: readonly Asked[];
    readonly created: readonly Created[];
    readonly moments: readonly Moment[];
    readonly finished: readonly Drawn[];
  },
  wrong: (kind: "parent", what: string, more: { turn: string }) => void,
): void {
  const { asked, created, moments, finished } = of;
  const forgotten = new Set(
    moments.flatMap((one) => (one.kind === "fault" && one.name === "openai forgotten" ? [one.what] : [])),
  );
  const parentOf = new Map(created.map(({ response, parent }) => [response, parent]));
  for (const { turn, group, from, at } of asked) {
    if (!from) continue;
    const seen = moments.findLast(
      (one): one is Seen => one.kind === "seen" && one.message === from.message && one.at <= at,
    );
    const bases = finished.filter(({ pictures }) =>
      pictures.some((hash) => seen?.face.pictures.includes(hash)),
    );
    if (bases.length === 0) continue; // it shows words, or a sketch
    const wanted = new Set(bases.map(({ response }) => (from.goesOn ? response : parentOf.get(response))));
    for (const made of created.filter((one) => one.group === group && one.at >= at)) {
      const isLost = [...wanted].some((response) => response !== undefined && forgotten.has(response));
      if (wanted.has(made.parent) || (isLost && made.parent === undefined)) continue;
      wrong(
        "parent",
        `${made.response} goes on from ${made.parent ?? "nothing"}, not from ${[...wanted].join()}`,
        {
          turn,
        },
      );
    }
  }
}

/** The thread in which it was said, where what is said there goes one after another as far as can be seen from outside. */
function threadOf({ platform, way, places }: Asked): string | undefined {
  const isIn = platform === "web" || (platform === "slack" && (way === "thread" || way === "form"));
  return isIn ? places.at(-1) : undefined;
}

/** Who speaks after somebody's request was seen taken is drawn after it, where both are begun. */
function judgeOrder(
  of: {
    readonly asked: readonly Asked[];
    readonly created: readonly Created[];
    readonly moments: readonly Moment[];
    readonly spared: ReadonlyMap<string, unknown>;
  },
  wrong: (kind: "order", what: string, more: { turn: string }) => void,
): void {
  const { asked, created, moments, spared } = of;
  const takenAt = new Map(moments.flatMap((one) => (one.kind === "taken" ? [[one.turn, one.at]] : [])));
  const begunAt = new Map(created.map(({ group, at }) => [group, at] as const).reverse());
  const threads = Map.groupBy(
    asked.filter(({ turn, group }) => group === turn && begunAt.has(turn) && !spared.has(turn)),
    threadOf,
  );
  for (const [thread, turns] of threads) {
    if (thread === undefined) continue;
    for (const [index, { turn, at }] of turns.entries()) {
      const before = turns.slice(0, index).filter((one) => (takenAt.get(one.turn) ?? Infinity) < at);
      const late = before.find((one) => (begunAt.get(one.turn) ?? 0) > (begunAt.get(turn) ?? 0));
      if (late) wrong("order", `${turn} was begun before ${late.turn}, in ${thread}`, { turn });
    }
  }
}

/**
 * The responses that processes had on their way at once, when those were the most, and by whom. One that was stopped,
 * or has ended, has none any more; one that is told to end gives away its room, though a response that nobody listens
 * to goes on. What is cancelled is told no end, and of one whose first word was lost nobody can know.
 */
function mostAtOnce(created: readonly Created[], moments: readonly Moment[]): readonly string[] {
  const ends = new Map(
    moments
      .flatMap((one) => {
        if (one.kind === "told")
          return /^response\.(?:completed|failed|incomplete)$/.test(one.event)
            ? [[one.response, one.at] as const]
            : [];
        const cancelled =
          one.kind === "request" && /^POST \/v1\/responses\/(resp_\w+)\/cancel/.exec(one.what)?.[1];
        return cancelled ? [[cancelled, one.at] as const] : [];
      })
      .reverse(), // the first of them counts
  );
  const gone = (process: number, from: number) =>
    moments.find(
      (one) =>
        one.kind === "process" &&
        one.process === process &&
        // What a process had sent may arrive when it has ended.
        (one.what === "ended" || (one.at >= from && ["paused", "told to end", "killed"].includes(one.what))),
    )?.at ?? Infinity;
  const heardOf = new Set(moments.flatMap((one) => (one.kind === "told" ? [one.response] : [])));
  const known = created.filter(({ response }) => heardOf.has(response));
  const spans = known.map(({ response, process, at }) => ({
    words: `${response} of #${process} at ${Math.round(at)} ms`,
    from: at,
    to: Math.min(ends.get(response) ?? Infinity, gone(process, at)),
  }));
  const together = spans.map(({ from }) => spans.filter((one) => one.from <= from && one.to > from));
  const most = together.toSorted((one, other) => other.length - one.length)[0] ?? [];
  return most.map(({ words }) => words);
}

/** What is put on a platform then cannot be noted: who is killed before it is shown leaves it behind. */
function isDiskFull(moments: readonly Moment[], at: number): boolean {
  const count = (what: string) =>
    moments.filter((one) => one.kind === "ordered" && one.name === what && one.at <= at).length;
  return count("disk full") > count("disk full is over");
}

interface Span {
  readonly from: number;
  readonly to: number;
}

/** When each process listened; to Infinity where it still does. */
function toLives(moments: readonly Moment[]): readonly Span[] {
  return moments.flatMap((one) => {
    if (one.kind !== "process" || (one.what !== "ready" && one.what !== "woken")) return [];
    const isEnd = (later: Moment) =>
      later.kind === "process" &&
      later.process === one.process &&
      later.at >= one.at &&
      ["paused", "killed", "ended"].includes(later.what);
    return [{ from: one.at, to: moments.find(isEnd)?.at ?? Infinity }];
  });
}

/** When each process could write nothing down any more, or not for a while. */
function toBreaks(moments: readonly Moment[]): readonly (Span & { readonly process: number })[] {
  return moments.flatMap((one) => {
    if (one.kind !== "process") return [];
    const { process, what, how, at } = one;
    if (what === "killed" || (what === "ended" && how === "SIGKILL"))
      return [{ process, from: at, to: Infinity }];
    if (what !== "paused") return [];
    const woken = moments.find(
      (later) =>
        later.kind === "process" && later.process === process && later.what === "woken" && later.at >= at,
    );
    return [{ process, from: at, to: woken?.at ?? Infinity }];
  });
}

/** When the store's server was gone, until everybody had found it again. */
function toOutages(moments: readonly Moment[]): readonly (Span & { readonly how: string })[] {
  return moments.flatMap((one, index) => {
    if (one.kind !== "store" || one.what === "back") return [];
    const back = moments.slice(index).find((later) => later.kind === "store" && later.what === "back");
    return [{ how: one.what, from: one.at, to: (back?.at ?? Infinity) + backMs }];
  });
}

/** Not only a sign that somebody is at work. */
function isAnswer({ face }: Seen): boolean {
  return face.text.trim() !== "" || face.pictures.length > 0;
}

function toMessages(moments: readonly Moment[]): readonly Shown[] {
  const looks = new Map<string, Seen[]>();
  const gone = new Map<string, "person" | "bot">();
  for (const one of moments) {
    if (one.kind === "gone") gone.set(one.message, one.by);
    if (one.kind !== "seen") continue;
    gone.delete(one.message);
    const known = looks.get(one.message);
    if (known) known.push(one);
    else looks.set(one.message, [one]);
  }
  return [...looks].flatMap(([message, all]) => {
    const last = all.at(-1);
    return last ? [{ message, looks: all, last, gone: gone.get(message) }] : [];
  });
}

/** A look in a few words. */
export function toWords({ face }: Pick<Seen, "face">): string {
  const words = face.text.replaceAll(/\s+/g, " ").slice(0, 160);
  const pictures = face.pictures.length > 0 ? ` [${face.pictures.join(" ")}]` : "";
  return `${face.state} “${words}”${pictures}`;
}
