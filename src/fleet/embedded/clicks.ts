/** Tells the second half of a double click from a click. */
export interface Clicks {
  isSecond(click: string, withinMs: number): boolean;
  forget(click: string): void;
}

/** `now`: Unix time, ms. */
export function createClicks(now: () => number): Clicks {
  /** When each is forgotten, in the order in which they were clicked. */
  const clicks = new Map<string, number>();
  return {
    isSecond(click, withinMs) {
      for (const [one, until] of clicks) {
        if (now() < until) break;
        clicks.delete(one);
      }
      if (now() < (clicks.get(click) ?? 0)) return true;
      clicks.delete(click);
      clicks.set(click, now() + withinMs);
      return false;
    },
    forget: (click) => void clicks.delete(click),
  };
}
