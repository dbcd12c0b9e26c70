import { z } from "zod";
import { BotError } from "../../seam/errors.ts";
import type { Log } from "../../seam/log.ts";
import { StoreAway } from "../store-away.ts";
import { codeOf } from "./sqlite-file.ts";

/** What a store's failure is called, to the person who asked. The cause is for the log. */
export function toStorageError(kind: string, cause: unknown): BotError {
  if (cause instanceof BotError) return cause;
  const what = isUnreadable(cause) ? "holds something that I cannot read" : troubleOf(cause);
  const message = `My memory (${kind}) ${what}, so I cannot keep track of this. Try again in a minute; if it stays, tell the admin.`;
  const stays = isUnreadable(cause) || what === isDamaged;
  return stays ? new BotError("storage", message, { cause }) : new StoreAway(message, { cause });
}

/** The store answered, with a value that another version wrote, or that is damaged. */
export function isUnreadable(error: unknown): boolean {
  return error instanceof z.ZodError || error instanceof SyntaxError;
}

const isFull = "has no room left";
const isReadOnly = "takes nothing new";
const isDamaged = "is damaged";

/**
 * Sources: https://www.sqlite.org/rescode.html, errno(3), PostgreSQL's Appendix A and Redis's own words, which have no
 * codes.
 */
function troubleOf(error: unknown): string {
  const sqlite: Readonly<Record<number, string>> = {
    8: isReadOnly,
    11: isDamaged,
    13: isFull,
    26: isDamaged,
  };
  const others: Readonly<Record<string, string>> = {
    ...{ ENOSPC: isFull, EDQUOT: isFull, EROFS: isReadOnly },
    ...{ "53100": isFull, "25006": isReadOnly, XX001: isDamaged, XX002: isDamaged },
    ...{ OOM: isFull, MISCONF: isReadOnly, READONLY: isReadOnly },
  };
  if (isShutOut(error)) return "does not let me in";
  const { code, word } = namesOf(error);
  return sqlite[codeOf(error) ?? 0] ?? others[code] ?? others[word] ?? "does not answer";
}

/** The server answered, and does not let us in, or knows no such database: until somebody sets that right. */
export function isShutOut(error: unknown): boolean {
  const { code, word } = namesOf(error);
  return ["28000", "28P01", "3D000"].includes(code) || ["NOAUTH", "NOPERM", "WRONGPASS"].includes(word);
}

/** PostgreSQL's code, or the system's, and Redis's word. */
function namesOf(error: unknown): { readonly code: string; readonly word: string } {
  if (!(error instanceof Error)) return { code: "", word: "" };
  const [word = ""] = error.message.split(" ", 1);
  return { code: "code" in error ? String(error.code) : "", word };
}

/** Says once that a store has begun to fail, and once that it is back. */
export interface Health {
  failed(call: "read" | "write", error: unknown): void;
  worked(call: "read" | "write"): void;
}

export function createHealth(kind: string, log: Pick<Log, "error" | "info"> | undefined): Health {
  // A full disk can still be read from: the store is back when what failed works again.
  const failing = new Set<"read" | "write">();
  let since = 0;
  return {
    failed(call, error) {
      if (failing.size === 0) {
        since = performance.now();
        log?.error({ store: kind, error }, "store.failing");
      }
      failing.add(call);
    },
    worked(call) {
      if (!failing.delete(call) || failing.size > 0) return;
      log?.info({ store: kind, afterMs: Math.round(performance.now() - since) }, "store.back");
    },
  };
}
