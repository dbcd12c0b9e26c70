import { useShare } from "../../seam/share.ts";
import { giveBack, inLargePages, keep, takeSpare } from "../../seam/spare.ts";

const [quote, equals] = [34, 61];
/** Letters that are three bytes. */
const group = 4;
const firstBytes = 256 * 1024;

/** Letters below which a string is left in its event: it may be anything. */
const worthLifting = 4096;

/** A string in base64 that becomes bytes as it arrives. */
export interface Lift {
  /** Takes what comes of the string, from `at`; where it goes on, and whether the string is over. */
  take(chunk: Buffer, at: number): { readonly to: number; readonly state: "open" | "over" | "spoilt" };
  /** The bytes, once it is over; undefined when there are so few that its letters are better left where they are. */
  bytes(): Buffer | undefined;
  /** The letters so far, as they came. */
  letters(): string;
}

/** By the kind of picture, how much room one took: the next of its kind most likely fits in, and is not moved. */
const usualBytes = new Map<string, number>();
/** Room between two sizes, so that a little more fits, too; and the most that is taken in advance, save what fills a page. */
const [roundBytes, mostBytes] = [256 * 1024, 8 * 1024 * 1024];

/**
 * `kind`: those of one kind are about as large as each other. `isPassing`: its bytes are for one look, and whoever has had
 * that may give them back.
 *
 * No letter is looked at twice, and none is held. Where something comes that is not base64, an escape above all, it is
 * spoilt from there on, and its letters are to be read as those of any other string.
 */
export function createLift(kind: string, isPassing = false): Lift {
  let bytes = takeSpare(inLargePages(usualBytes.get(kind) ?? firstBytes), makeRoom);
  let used = 0;
  /** Letters that make no whole group of bytes yet, or may be the last. */
  let rest = "";
  /** All letters, as long as they are few. */
  let few: string | undefined = "";

  function room(more: number): void {
    if (used + more <= bytes.length) return;
    const larger = takeSpare(inLargePages(Math.max(bytes.length * 2, used + more)), makeRoom);
    bytes.copy(larger, 0, 0, used);
    giveBack(bytes);
    bytes = larger;
  }

  /** Whether they are base64, and nothing else; `isLast`: they may end in padding, or early. */
  function decode(letters: string, isLast: boolean): boolean {
    const padding = !isLast ? 0 : letters.endsWith("==") ? 2 : letters.endsWith("=") ? 1 : 0;
    const count = letters.length - padding;
    const expected = Math.floor((count * 3) / 4);
    room(expected + 2);
    if (count % group === 1 || bytes.write(letters, used, "base64") !== expected) return false;
    used += expected;
    return true;
  }

  /** From `at` to `to`, after what was left; what makes no group yet, or may be padding, is left again. */
  function takeLetters(chunk: Buffer, at: number, to: number, isLast: boolean): boolean {
    const all = rest.length + to - at;
    const mayEnd = chunk[to - 1] === equals;
    const whole = isLast ? all : all - (all % group) - (mayEnd ? group : 0);
    /** Where what was left is whole: from there on nothing has to be put together. */
    const joint = at + ((group - (rest.length % group)) % group);
    const end = at + whole - rest.length;
    if (end < joint || (isLast && end === joint)) {
      const letters = rest + chunk.toString("latin1", at, to);
      rest = isLast ? "" : letters;
      return !isLast || decode(letters, true);
    }
    const isClean =
      decode(rest + chunk.toString("latin1", at, joint), false) &&
      decode(chunk.toString("latin1", joint, end), isLast);
    if (isClean) rest = chunk.toString("latin1", end, to);
    return isClean;
  }

  return {
    take(chunk, at) {
      const end = chunk.indexOf(quote, at);
      const to = end < 0 ? chunk.length : end;
      const before = { used, rest };
      if (!takeLetters(chunk, at, to, end >= 0)) {
        ({ used, rest } = before);
        return { to: at, state: "spoilt" };
      }
      if (few !== undefined) {
        few = few.length + to - at < worthLifting ? few + chunk.toString("latin1", at, to) : undefined;
      }
      if (end < 0) return { to, state: "open" };
      if (few !== undefined) giveBack(bytes);
      else {
        usualBytes.set(kind, Math.min(mostBytes, (Math.ceil(used / roundBytes) + 1) * roundBytes));
        if (!isPassing) keep(bytes);
      }
      return { to, state: "over" };
    },
    bytes: () => (few === undefined ? bytes.subarray(0, used) : undefined),
    letters: () => few ?? bytes.toString("base64", 0, used) + rest,
  };
}

/** To clear it for the first time is work, too: many pictures that begin together would hold up the loop. */
function makeRoom(bytes: number): Buffer<ArrayBuffer> {
  useShare(bytes);
  return Buffer.allocUnsafeSlow(bytes);
}

/** A string that is passed over. */
export function createSkip(): Lift {
  return {
    take(chunk, at) {
      const end = chunk.indexOf(quote, at);
      return end < 0 ? { to: chunk.length, state: "open" } : { to: end, state: "over" };
    },
    bytes: () => undefined,
    letters: () => "",
  };
}
