import { readFile } from "node:fs/promises";
import type { Context } from "hono";
import type { Outcome } from "./tries.ts";

type Refused = Exclude<Outcome, { kind: "right" }>;

/** Seconds after which it is worth trying again where many passwords are being checked. */
const busySeconds = 5;

/** The page to sign in: `words` say to what, `path` is what its addresses begin with, `outcome` how the last try went. */
export async function showLogin(
  c: Context,
  { path, words }: { readonly path: string; readonly words: string },
  outcome?: Refused,
): Promise<Response> {
  const { status, retrySeconds, message } = outcome ? toRefusal(outcome) : untried;
  if (retrySeconds > 0) c.header("Retry-After", String(retrySeconds));
  const written = await readFile(new URL("login.html", import.meta.url), "utf8");
  const html = written.replaceAll('="/', `="${path}/`);
  // Both are ours, never what somebody typed.
  return c.html(html.replace("<!-- words -->", words).replace("<!-- message -->", message), status);
}

const untried = { status: 200, retrySeconds: 0, message: "" } as const;

function toRefusal(outcome: Refused): {
  readonly status: 401 | 429 | 503;
  readonly retrySeconds: number;
  readonly message: string;
} {
  switch (outcome.kind) {
    case "wrong": {
      const retrySeconds = Math.ceil(outcome.nextMs / 1000);
      const wait = retrySeconds === 0 ? "" : ` Wait ${toWords(retrySeconds)} before the next try.`;
      return { status: 401, retrySeconds, message: `That is not the password.${wait}` };
    }
    case "wait": {
      const retrySeconds = Math.ceil(outcome.waitMs / 1000);
      const message = `Too many tries. Wait ${toWords(retrySeconds)}, then try again.`;
      return { status: 429, retrySeconds, message };
    }
    case "busy": {
      const message = `Many are signing in. Wait ${toWords(busySeconds)}, then try again.`;
      return { status: 503, retrySeconds: busySeconds, message };
    }
  }
}

function toWords(seconds: number): string {
  if (seconds === 1) return "a second";
  return seconds < 100 ? `${seconds}\u00a0seconds` : `${Math.ceil(seconds / 60)}\u00a0minutes`;
}
