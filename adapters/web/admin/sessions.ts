import { createHash, randomBytes } from "node:crypto";
import { createBounded } from "../../../src/seam/bounded.ts";
import { browserMs, type Sessions } from "../wire/door/sessions.ts";

/** How long an admin's session lasts at most, and how long it may lie idle, in ms. */
export const adminSession = { longestMs: 12 * 60 * 60_000, idleMs: 60 * 60_000 } as const;

/** Sessions and browsers that are remembered: the one that signed in longest ago goes. */
const most = 50;

/** The admin's sessions, which end with the process. `now` is Unix time, ms. */
export function createAdminSessions(now: () => number): Sessions {
  const sessions = createBounded<string, { readonly begunAt: number; activeAt: number }>(most);
  const browsers = createBounded<string, number>(most);
  let verifier: string | undefined;

  return {
    verifier: async () => verifier,
    async setVerifier(value) {
      verifier = value;
      sessions.clear();
    },
    async begin() {
      const id = toId();
      sessions.set(toHash(id), { begunAt: now(), activeAt: now() });
      return id;
    },
    async isOpen(id, active) {
      const found = sessions.get(toHash(id));
      if (!found) return false;
      const { begunAt, activeAt } = found;
      if (begunAt + adminSession.longestMs <= now() || activeAt + adminSession.idleMs <= now()) {
        sessions.delete(toHash(id));
        return false;
      }
      if (active) found.activeAt = now();
      return true;
    },
    end: async (id) => void sessions.delete(toHash(id)),
    knowsBrowser: async (id) => (browsers.get(toHash(id)) ?? Number.NEGATIVE_INFINITY) + browserMs > now(),
    async rememberBrowser(before) {
      if (before !== undefined) browsers.delete(toHash(before));
      const id = toId();
      browsers.set(toHash(id), now());
      return id;
    },
  };
}

function toId(): string {
  return randomBytes(32).toString("base64url");
}

/** What is in memory opens no door, should it ever be read from there. */
function toHash(id: string): string {
  return createHash("sha256").update(id).digest("base64url");
}
