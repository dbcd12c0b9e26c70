import type { Store } from "../kept/store.ts";
import { drawPicture } from "../scene/pixels/draw.ts";
import type { Draw } from "../scene/scene.ts";
import type { Paint } from "../wire/script.ts";
import { drawTile } from "./tile.ts";

/** Most bytes of finished pictures held at once. What falls out is drawn again when wanted. */
const mostHeld = 64 * 1024 * 1024;

/** Pictures drawn at the same time: more would only take each other's processor and memory. */
const mostAtOnce = 2;

/**
 * Draws on demand and remembers the newest pictures, so that a picture asked for twice at once is drawn once. `flat`: a
 * tile of one colour where that will do.
 */
export function createPaint(store: Store, flat: boolean): Paint {
  const turn = createTurns(mostAtOnce);
  const held = new Map<string, Promise<Uint8Array>>();
  const sizes = new Map<string, number>();

  return (record, call, sketch) => {
    const key = `${record.id}/${call}/${sketch ?? "final"}`;
    const known = held.get(key);
    if (known) {
      held.delete(key);
      held.set(key, known);
      return known;
    }
    const draw = record.plan.draws[call];
    if (!draw) return Promise.reject(new RangeError(`no call ${call}`));
    const made = turn(() => make(draw, store, sketch, flat));
    held.set(key, made);
    made.then(
      ({ length }) => {
        sizes.set(key, length);
        let total = sizes.values().reduce((sum, size) => sum + size, 0);
        for (const old of held.keys()) {
          if (total <= mostHeld || old === key) break;
          total -= sizes.get(old) ?? 0;
          held.delete(old);
          sizes.delete(old);
        }
      },
      () => held.delete(key),
    );
    return made;
  };
}

function make(draw: Draw, store: Store, sketch: number | undefined, flat: boolean): Promise<Uint8Array> {
  if (draw.garbage) return Promise.resolve(new TextEncoder().encode("this is not a picture"));
  if (flat) return drawTile(draw, sketch);
  return drawPicture(draw, (hash) => store.pictures.get(hash), sketch);
}

/** Lets so many things happen at once; the others wait in line. */
function createTurns(most: number): <T>(work: () => Promise<T>) => Promise<T> {
  const line: (() => void)[] = [];
  let busy = 0;
  return async (work) => {
    if (busy >= most) await new Promise<void>((resolve) => line.push(resolve));
    else busy += 1;
    try {
      return await work();
    } finally {
      const next = line.shift();
      if (next) next();
      else busy -= 1;
    }
  };
}
