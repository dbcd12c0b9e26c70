import { createDiscordTown } from "./discord.ts";
import { createSlackTown } from "./slack.ts";
import { now } from "./time.ts";
import type { Shapes, TownOrder, TownWord } from "./words.ts";

/**
 * A process in which a Discord or a Slack runs, and people who ask for pictures. It tells its parent where it is, and
 * when what was said, acknowledged and seen.
 */

/** Ms for all of them. */
const patienceMs = 280_000;

const [, , platform, places = "1"] = process.argv;
const create = platform === "slack" ? createSlackTown : createDiscordTown;
const town = await create(Number(places));
const tell = (word: TownWord) => process.send?.(word);

async function ask({ from, to, shapes }: TownOrder & { readonly kind: "ask" }): Promise<void> {
  const waiting = new Set<number>();
  const seen = new Set<string>();
  for (let picture = from; picture < to; picture += 1) {
    waiting.add(picture);
    tell({ kind: "said", picture, at: now() });
    town.ask(picture, `a lighthouse ${picture} at dusk`).then(
      () => tell({ kind: "acknowledged", picture, at: now() }),
      (error: unknown) => process.stderr.write(`picture ${picture} was not acknowledged: ${error}\n`),
    );
  }
  const look = () => {
    for (const picture of waiting) {
      for (const { id, bytes, width, height } of town.shown(picture)) {
        const isFinal = bytes === shapes.finalBytes;
        if (seen.has(id) || (!isFinal && (width === undefined || height === undefined))) continue;
        seen.add(id);
        const at = now();
        const sketch = isFinal ? -1 : nearest(Number(width) / Number(height), shapes);
        if (isFinal) waiting.delete(picture);
        if (isFinal) tell({ kind: "there", picture, at });
        else if (sketch >= 0) tell({ kind: "sketch", picture, sketch, at });
      }
    }
    return waiting.size === 0;
  };
  await town.waitFor(look, { timeoutMs: patienceMs });
}

/** The number of the sketch that has that shape; -1 for the finished picture made small. */
function nearest(shape: number, { partials, final }: Shapes): number {
  const far = (one: number) => Math.abs(one - shape);
  const closest = [...partials, final].toSorted((a, b) => far(a) - far(b))[0] ?? final;
  return partials.indexOf(closest);
}

process.on("disconnect", () => process.exit());
process.on("message", (order: TownOrder) => {
  if (order.kind === "open") void town.open().then(() => tell({ kind: "open" }));
  else
    ask(order).catch((error: unknown) => {
      process.stderr.write(`${error}\n`);
      process.exit(1);
    });
});
tell({ kind: "ready", env: town.env });
