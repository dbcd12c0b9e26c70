const [quote, firstBytes] = [34, 256 * 1024];

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

/**
 * No letter is looked at twice, and none is held. Where something comes that is not base64, an escape above all, it is
 * spoilt from there on, and its letters are to be read as those of any other string.
 */
export function createLift(): Lift {
  let bytes = Buffer.allocUnsafeSlow(firstBytes);
  let used = 0;
  /** Letters that make no whole group of bytes yet, or may be the last. */
  let rest = "";
  /** All letters, as long as they are few. */
  let few: string | undefined = "";

  function room(more: number): void {
    if (used + more <= bytes.length) return;
    const larger = Buffer.allocUnsafeSlow(Math.max(bytes.length * 2, used + more));
    bytes.copy(larger, 0, 0, used);
    bytes = larger;
  }

  /** Whether they are base64, and nothing else. */
  function decode(letters: string): boolean {
    const padding = letters.endsWith("==") ? 2 : letters.endsWith("=") ? 1 : 0;
    const count = letters.length - padding;
    const expected = Math.floor((count * 3) / 4);
    room(expected + 2);
    if (count % 4 === 1 || bytes.write(letters, used, "base64") !== expected) return false;
    used += expected;
    return true;
  }

  return {
    take(chunk, at) {
      const end = chunk.indexOf(quote, at);
      const come = chunk.toString("latin1", at, end < 0 ? chunk.length : end);
      const all = rest + come;
      // Where it may be over, only the quote says so.
      const whole = end < 0 ? all.length - (all.length % 4) - (all.endsWith("=") ? 4 : 0) : all.length;
      const letters = all.slice(0, Math.max(0, whole));
      if (!decode(letters)) return { to: at, state: "spoilt" };
      rest = all.slice(letters.length);
      if (few !== undefined) few = few.length + come.length < worthLifting ? few + come : undefined;
      return end < 0 ? { to: chunk.length, state: "open" } : { to: end, state: "over" };
    },
    bytes: () => (few === undefined ? bytes.subarray(0, used) : undefined),
    letters: () => few ?? bytes.toString("base64", 0, used) + rest,
  };
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
