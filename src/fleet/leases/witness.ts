/** Who is there, by what this process has seen of them itself. */
export interface Witness {
  /** Of these members, by their numbers, those that have not been silent for too long; `me` is left out. */
  alive(members: Readonly<Record<string, number>>, me: string): Record<string, number>;
  /** They have been looked at, and looked at they will be again soon. */
  looked(): void;
}

/** `lifeMs`: how long a number may stay the same. `clock`: one that nobody sets, in ms. */
export function createWitness(lifeMs: number, clock: () => number = () => performance.now()): Witness {
  const seen = new Map<string, { readonly beat: number; readonly at: number }>();
  let lastLook = clock();

  return {
    alive(members, me) {
      const now = clock();
      // Who has not looked for a while has missed what was said, and cannot tell who was silent: the store was away for
      // all, or this process was stopped.
      if (now - lastLook > lifeMs / 2) seen.clear();
      const alive: Record<string, number> = {};
      for (const [id, beat] of Object.entries(members)) {
        const before = seen.get(id);
        if (before?.beat !== beat) seen.set(id, { beat, at: now });
        if (id !== me && now - (seen.get(id)?.at ?? now) < lifeMs) alive[id] = beat;
      }
      for (const id of seen.keys()) if (!(id in members)) seen.delete(id);
      return alive;
    },
    looked() {
      lastLook = clock();
    },
  };
}
