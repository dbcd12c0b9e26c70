/** Tells those that wait what their place is, and how it changes. */
export interface Places<Thing> {
  /** From now on it hears of its place; at once, too. */
  watch(thing: Thing): void;
  forget(thing: Thing): void;
  /** One has left the line: some hear of it. */
  moved(): void;
}

/** Up to here, everybody hears of every step. */
const near = 8;

/** How many are looked at when one leaves the line; those that are due beyond it come with the next. */
const mostLooks = 64;

interface Watched {
  told: number;
  /** After how many moves it is looked at again. */
  due: number;
}

/**
 * Who stands near the front hears of every step; who stands further back, once half of the way is gone. So a place of n
 * is told in about log2(n) + 8 words, and one move asks `placeOf` O(log n) times, amortised, and never more than 64
 * times, however many wait.
 *
 * `tell` hears a place only when it is another than the last, and whether it has grown.
 */
export function createPlaces<Thing>(
  placeOf: (thing: Thing) => number,
  tell: (thing: Thing, place: number, hasGrown: boolean) => void,
): Places<Thing> {
  const watched = new Map<Thing, Watched>();
  /** Who is due after so many moves. */
  const calendar = new Map<number, Set<Thing>>();
  let moves = 0;
  let past = 0;

  function look(thing: Thing, before?: Watched): void {
    const place = placeOf(thing);
    const due = moves + (place <= near ? 1 : Math.floor(place / 2));
    watched.set(thing, { told: place, due });
    const same = calendar.get(due) ?? new Set();
    calendar.set(due, same.add(thing));
    if (place !== before?.told) tell(thing, place, before !== undefined && place > before.told);
  }

  return {
    watch: (thing) => look(thing),
    forget(thing) {
      calendar.get(watched.get(thing)?.due ?? 0)?.delete(thing);
      watched.delete(thing);
    },
    moved() {
      moves += 1;
      for (let looks = 0; looks < mostLooks && past < moves; ) {
        const due = calendar.get(past + 1);
        const [thing] = due ?? [];
        if (due && thing !== undefined) {
          due.delete(thing);
          look(thing, watched.get(thing));
          looks += 1;
        } else {
          calendar.delete(past + 1);
          past += 1;
        }
      }
    },
  };
}
