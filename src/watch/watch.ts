import { createHash, timingSafeEqual } from "node:crypto";
import { notThere, toWatchJson, type Watch, type WatchAnswer } from "../seam/watch/watch.ts";

/** Whether everything is there that a turn needs, by name. */
export type Readiness = Readonly<Record<string, boolean>>;

export interface Watched {
  /** Never rejects. */
  readiness(): Promise<Readiness>;
  /** Absent: nothing is measured. */
  readonly metrics?: { readonly contentType: string; text(): Promise<string> };
  /** Who asks for what is measured shows this; absent: who is on this machine may. */
  readonly token?: string;
}

/**
 * `/health`: the process answers. `/ready`: it can take turns; 503 where something is missing, which is named.
 * `/metrics`: what was measured, for who has the token.
 */
export function createWatch({ readiness, metrics, token }: Watched): Watch {
  async function ready(): Promise<WatchAnswer> {
    const parts = await readiness();
    const ok = Object.values(parts).every(Boolean);
    return toWatchJson(ok ? 200 : 503, { ok, ...parts });
  }

  return {
    async answer(path, { isNear, authorization }) {
      switch (path) {
        case "/health":
          return toWatchJson(200, { ok: true });
        case "/ready":
          return ready();
        case "/metrics": {
          if (!metrics) return notThere;
          if (token === undefined ? !isNear : !isSame(authorization ?? "", `Bearer ${token}`)) return refused;
          const headers = { "content-type": metrics.contentType, "cache-control": "no-store" };
          return { status: 200, headers, body: await metrics.text() };
        }
      }
    },
  };
}

const denied = toWatchJson(401, { error: { message: "Send Authorization: Bearer and METRICS_TOKEN." } });
const refused = { ...denied, headers: { ...denied.headers, "www-authenticate": "Bearer" } };

/** Takes as long whatever differs. */
function isSame(given: string, wanted: string): boolean {
  const digest = (text: string) => createHash("sha256").update(text).digest();
  return timingSafeEqual(digest(given), digest(wanted));
}
