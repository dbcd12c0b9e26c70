/** Who is there, by what this process has seen of them itself. */
export interface Witness {
  /** Of these members, by their numbers, those that have not been silent for too long; `me` is left out. */
  alive<Member extends { readonly beat: number }>(
    members: Readonly<Record<string, Member>>,
    me: string,
  ): Record<string, Member>;
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
      for (const [id, { beat }] of Object.entries(members))
        if (seen.get(id)?.beat !== beat) seen.set(id, { beat, at: now });
      for (const id of seen.keys()) if (!(id in members)) seen.delete(id);
      const isAlive = (id: string) => id !== me && now - (seen.get(id)?.at ?? now) < lifeMs;
      return Object.fromEntries(Object.entries(members).filter(([id]) => isAlive(id)));
    },
    looked() {
      lastLook = clock();
    },
  };
}
