import { z } from "zod";

/** Who takes part in sharing something out, and who has what. */
export const parts = z.object({
  /** Those who take part, each with a number that grows as long as they are there. `leaving`: they take nothing more. */
  members: z.record(z.string(), z.object({ beat: z.number(), leaving: z.literal(true).exactOptional() })),
  /** What is held, by its index. `leaving`: it is being let go of. */
  held: z.record(z.string(), z.object({ by: z.string(), leaving: z.literal(true).exactOptional() })),
});

export type Parts = z.output<typeof parts>;

/** What one member is to do that all have as many as one another. */
export interface Step {
  readonly take: readonly number[];
  readonly leave: readonly number[];
}

/**
 * The next step of one member towards an even share. Nothing changes hands without need: what is free is taken by who has
 * too little, and one thing at a time is let go of where somebody has too little and too little is free.
 */
export function nextStep({ members, held }: Parts, me: string, count: number): Step {
  const ids = Object.keys(members).filter((id) => !members[id]?.leaving);
  const [fewest, most] = [Math.floor(count / ids.length), Math.ceil(count / ids.length)];
  const counted = new Map(ids.map((id) => [id, 0]));
  const isComing = (one: Parts["held"][string] | undefined) =>
    one !== undefined && (one.leaving === true || !counted.has(one.by));
  for (const one of Object.values(held))
    if (!isComing(one)) counted.set(one.by, (counted.get(one.by) ?? 0) + 1);
  const mine = counted.get(me) ?? 0;
  const all = Array.from({ length: count }, (_, index) => index);
  const free = all.filter((index) => !held[index]);
  const coming = all.filter((index) => isComing(held[index])).length;
  const lacking = [...counted].reduce(
    (sum, [id, has]) => sum + (id === me ? 0 : Math.max(0, fewest - has)),
    0,
  );
  const spare = Math.max(0, free.length + coming - lacking - Math.max(0, fewest - mine));
  const wanted =
    mine < fewest ? fewest - mine + (spare > 0 && most > fewest ? 1 : 0) : spare > 0 ? most - mine : 0;
  if (wanted > 0) return { take: free.slice(0, wanted), leave: [] };
  const tooMany = mine > most || (mine > fewest && lacking > free.length + coming);
  const own = all.filter((index) => held[index]?.by === me && !held[index]?.leaving);
  return { take: [], leave: tooMany ? own.slice(-1) : [] };
}
