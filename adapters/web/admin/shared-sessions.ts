import { createHash, randomBytes, randomUUID } from "node:crypto";
import { z } from "zod";
import type { Shared } from "../../../src/seam/core.ts";
import { browserMs, type Sessions } from "../wire/door/sessions.ts";
import { adminSession } from "./sessions.ts";

/** Ms between two notes of the last time that somebody did something. */
const noteMs = 60_000;

/** The password as it is known again, and a name for the time in which it is that one. */
const known = z.object({ verifier: z.string(), name: z.string() });

const session = z.object({ of: z.string(), begunAt: z.number(), activeAt: z.number() });

/** The admin's sessions where several processes know them. `now` is Unix time, ms. */
export function createSharedSessions({ keep }: Pick<Shared, "keep">, now: () => number): Sessions {
  const sessionAt = (id: string) => `admin:session:${toHash(id)}`;
  const browserAt = (id: string) => `admin:browser:${toHash(id)}`;
  const readKnown = async () => known.safeParse(await keep.get("admin:password")).data;

  return {
    verifier: async () => (await readKnown())?.verifier,
    // What was begun with another password is of another name.
    setVerifier: (verifier) => keep.set("admin:password", { verifier, name: randomUUID() }),
    async begin() {
      const id = toId();
      const of = (await readKnown())?.name ?? "";
      await keep.set(sessionAt(id), { of, begunAt: now(), activeAt: now() }, adminSession.longestMs);
      return id;
    },
    async isOpen(id, active) {
      const [found, password] = await Promise.all([keep.get(sessionAt(id)), readKnown()]);
      const { data } = session.safeParse(found);
      if (!data || data.of !== password?.name) return false;
      const leftMs = data.begunAt + adminSession.longestMs - now();
      if (leftMs <= 0 || data.activeAt + adminSession.idleMs <= now()) return false;
      if (active && now() - data.activeAt >= noteMs) {
        await keep.set(sessionAt(id), { ...data, activeAt: now() }, leftMs);
      }
      return true;
    },
    end: (id) => keep.delete(sessionAt(id)),
    knowsBrowser: async (id) => (await keep.get(browserAt(id))) !== undefined,
    async rememberBrowser(before) {
      if (before !== undefined) await keep.delete(browserAt(before));
      const id = toId();
      await keep.set(browserAt(id), now(), browserMs);
      return id;
    },
  };
}

function toId(): string {
  return randomBytes(32).toString("base64url");
}

/** Ids are random and long, so that a plain hash of them cannot be turned back. */
function toHash(id: string): string {
  return createHash("sha256").update(id).digest("base64url");
}
