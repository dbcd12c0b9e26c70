/** What the doctor has found of one thing. */
export interface Finding {
  /** What was looked at, e.g. `discord.token`: for scripts, so it stays what it is. */
  readonly id: string;
  /**
   * `ok`: as it should be; `warning`: it works, and something does not; `error`: it will not work; `unknown`: it could
   * not be told.
   */
  readonly state: "ok" | "warning" | "error" | "unknown";
  /** What is so, in one line, without any secret. */
  readonly words: string;
  /** What to do, in one line. */
  readonly mend?: string;
}

/** It is as it should be. */
export function well(id: string, words: string): Finding {
  return { id, state: "ok", words };
}

/** It is not, and `mend` says what to do. */
export function ill(
  id: string,
  state: Exclude<Finding["state"], "ok">,
  words: string,
  mend: string,
): Finding {
  return { id, state, words, mend };
}
