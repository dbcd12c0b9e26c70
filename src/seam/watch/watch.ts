/** What those who look after the process are told over HTTP. */
export interface Watch {
  /**
   * The answer at `/health`, `/ready` and `/metrics`. `isNear`: it was asked by this machine itself, with nobody in
   * between. `authorization`: that header.
   */
  answer(
    path: WatchPath,
    asked: { readonly isNear: boolean; readonly authorization?: string | undefined },
  ): Promise<WatchAnswer>;
}

export const watchPaths = ["/health", "/ready", "/metrics"] as const;
export type WatchPath = (typeof watchPaths)[number];

export interface WatchAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/** Of a server that nobody looks after: it is there. */
export const onlyHealth: Watch = {
  answer: async (path) => (path === "/health" ? toWatchJson(200, { ok: true }) : notThere),
};

/** There is nothing at that path. */
export const notThere = toWatchJson(404, { error: { message: "There is nothing here." } });

/** An answer in JSON, which is kept nowhere. */
export function toWatchJson(status: number, body: object): WatchAnswer {
  const headers = { "content-type": "application/json", "cache-control": "no-store" };
  return { status, headers, body: JSON.stringify(body) };
}
