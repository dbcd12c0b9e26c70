/** How much may begin in a minute: any sixty seconds count, not those of the clock. */
export interface Rate {
  /** Notes that so much has begun. */
  took(amount: number, atMs: number): void;
  /** In how many ms so much may begin, 0: now. What is more than a minute's may when nothing else has begun. */
  waitMs(amount: number, nowMs: number): number;
  /** What has begun in the last minute, and when. */
  recent(nowMs: number): readonly Begun[];
}

export interface Begun {
  readonly amount: number;
  /** On the clock that is asked by. */
  readonly at: number;
}

export const minuteMs = 60_000;

/** `perMinute`: Infinity for no limit, and then nothing is counted. */
export function createRate(perMinute: number): Rate {
  if (perMinute === Number.POSITIVE_INFINITY) return { took: () => {}, waitMs: () => 0, recent: () => [] };
  let begun: readonly Begun[] = []; // the earliest first

  function recent(nowMs: number): readonly Begun[] {
    const first = begun.findIndex(({ at }) => at > nowMs - minuteMs);
    if (first !== 0) begun = first === -1 ? [] : begun.slice(first);
    return begun;
  }

  return {
    recent,
    took(amount, atMs) {
      const others = recent(atMs);
      const later = others.findIndex(({ at }) => at > atMs);
      begun =
        later === -1 ? [...others, { amount, at: atMs }] : others.toSpliced(later, 0, { amount, at: atMs });
    },
    waitMs(amount, nowMs) {
      let sum = recent(nowMs).reduce((all, one) => all + one.amount, 0);
      const room = Math.max(0, perMinute - amount);
      if (sum <= room) return 0;
      for (const one of begun) {
        sum -= one.amount;
        if (sum <= room) return one.at + minuteMs - nowMs;
      }
      return 0;
    },
  };
}
