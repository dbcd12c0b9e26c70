/** A Map that forgets what was put first when it holds more than `most`. */
export function createBounded<Key, Value>(most: number): Map<Key, Value> {
  const map = new Map<Key, Value>();
  const set = map.set.bind(map);
  map.set = (key, value) => {
    map.delete(key);
    set(key, value);
    if (map.size > most) map.delete(map.keys().next().value as Key);
    return map;
  };
  return map;
}

/** Tells things that come twice from those that come once. Remembers the last `most`. */
export function createOnce(most: number): (id: string) => boolean {
  const seen = createBounded<string, true>(most);
  return (id) => {
    if (seen.has(id)) return false;
    seen.set(id, true);
    return true;
  };
}

/** True at most once in so long for each key, and so many times in that long for all of them. */
export function createSeldom(of: {
  readonly everyMs: number;
  readonly most: number;
  /** Unix time, ms. */
  readonly now: () => number;
}): (key: string) => boolean {
  const { everyMs, most, now } = of;
  const last = new Map<string, number>(); // the oldest first
  return (key) => {
    for (const [one, at] of last) {
      if (now() - at < everyMs) break;
      last.delete(one);
    }
    if (last.has(key) || last.size >= most) return false;
    last.set(key, now());
    return true;
  };
}
