import { z } from "zod";
import { createBounded } from "./bounded.ts";
import type { Shared } from "./core.ts";

/**
 * A Map as of `createBounded` that is the same in all processes: what one puts into it or deletes, the others do a moment
 * later. It is a memory of what can be found out again, and is empty after what others said was missed. `value` reads
 * what others have put; where there are none it is a Map like any other. `onSet` hears what others put.
 */
export function createSharedMap<Key extends string, Value>(of: {
  readonly most: number;
  /** Of the bus, where there are other processes. */
  readonly topic: string;
  readonly bus: Shared["bus"] | undefined;
  readonly value: z.ZodType<Value>;
  readonly onSet?: (key: Key, value: Value) => void;
  /** Aborts when the Map is no longer used. */
  readonly closing: AbortSignal;
}): Map<Key, Value> {
  const { most, topic, bus, value, onSet, closing } = of;
  const map = createBounded<Key, Value>(most);
  if (!bus) return map;
  const set = map.set.bind(map);
  const remove = map.delete.bind(map);
  const told = z.object({ by: z.string(), key: z.string(), set: z.array(z.unknown()).max(1) });
  const me = crypto.randomUUID();

  function tell(key: Key, values: readonly Value[]): void {
    // Who is not told knows less, and asks.
    bus?.tell(topic, { by: me, key, set: values }).catch(() => {});
  }

  const stops = [
    bus.hear(topic, (body) => {
      const { by, key, set: values } = told.parse(body);
      const [found] = values;
      const parsed = values.length > 0 ? value.safeParse(found) : undefined;
      if (!parsed?.success) remove(key as Key);
      else {
        set(key as Key, parsed.data);
        if (by !== me) onSet?.(key as Key, parsed.data);
      }
    }),
    bus.onMissed(() => map.clear()),
  ];
  closing.addEventListener("abort", () => {
    for (const stop of stops) stop();
  });

  map.set = (key, one) => {
    set(key, one);
    tell(key, [one]);
    return map;
  };
  map.delete = (key) => {
    const was = remove(key);
    if (was) tell(key, []);
    return was;
  };
  return map;
}
