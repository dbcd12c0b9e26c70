import { randomUUID } from "node:crypto";
import { z } from "zod";
import { type BotError, type ErrorCode, severity } from "../../seam/errors.ts";
import { type Log, redact } from "../../seam/log.ts";
import type { Failure } from "../../seam/watch/control.ts";
import type { Store } from "../../store/store.ts";
import { key, storedPlace } from "../../store/stored.ts";

const stored = z.object({
  id: z.string(),
  at: z.number(),
  outcome: z.enum(["refused", "failed", "lost"]),
  code: z.custom<ErrorCode>((value) => typeof value === "string"),
  isGrave: z.boolean(),
  told: z.string().exactOptional(),
  cause: z.string().exactOptional(),
  adapter: z.string(),
  user: z.object({ id: z.string(), name: z.string() }),
  place: storedPlace.exactOptional(),
  message: key.exactOptional(),
  requestId: z.string().exactOptional(),
  responseIds: z.array(z.string()).readonly().exactOptional(),
});

/** What another version wrote otherwise is let go of: it is no more than a memory. */
const storedFailures = z.array(stored).readonly().catch([]);

/** What is kept of each kind, so that everyday ones push out none that have to be mended. */
const mostOfAKind = 100;

/** How long one is kept, in ms. */
const lifeMs = 30 * 24 * 60 * 60_000;

/** Characters of the words that are kept. */
const mostWords = 500;

/** What came to nothing, and of whom; `error` says why. */
export type Failing = Pick<Failure, "outcome" | "adapter" | "user" | "place" | "message" | "responseIds"> & {
  readonly error: BotError;
};

/** The last failures, which outlive a restart. */
export interface Failures {
  /** Kept from now on; in the store in a moment. Never throws: a store that fails is the log's. */
  add(failing: Failing): void;
  /** The latest first. Rejects with BotError `storage`. */
  list(): Promise<readonly Failure[]>;
  /** Takes a person's away. Rejects with BotError `storage`. */
  forget(userId: string): Promise<void>;
  /** Resolves when all are in the store, or cannot be. */
  settled(): Promise<void>;
}

/**
 * Kept as one record. Other processes may write it, too: each puts its own among those that are there, again with every
 * one that comes, so that what two write at once is not lost for long. `now` is Unix time, ms.
 */
export function createFailures(
  store: Store,
  { onChange, log, now }: { onChange: () => void; log: Log; now: () => number },
): Failures {
  const table = store.table("failures", storedFailures);
  let own: readonly Failure[] = [];
  let saving: Promise<void> | undefined;
  let isSaved = true;

  async function list(): Promise<readonly Failure[]> {
    return keepSome([...((await table.get("last")) ?? []), ...own], now() - lifeMs);
  }

  /** However many come meanwhile: they are written together. */
  async function save(): Promise<void> {
    while (!isSaved) {
      isSaved = true;
      await table.set("last", await list(), lifeMs);
    }
  }

  return {
    list,
    add(failing) {
      own = keepSome([...own, toFailure(failing, now())], now() - lifeMs);
      isSaved = false;
      saving ??= save()
        .catch((error: unknown) => log.error({ error }, "store.failed"))
        .finally(() => {
          saving = undefined;
        });
      onChange();
    },
    async forget(userId) {
      await saving;
      own = own.filter(({ user }) => user.id !== userId);
      const all = await list();
      const others = all.filter(({ user }) => user.id !== userId);
      if (others.length === all.length) return;
      await table.set("last", others, lifeMs);
      onChange();
    },
    async settled() {
      await saving;
    },
  };
}

function toFailure({ error, user, responseIds = [], ...rest }: Failing, at: number): Failure {
  const { code, message, cause } = error;
  const requestId = requestIdOf(error);
  return {
    ...{ id: randomUUID(), at, code, isGrave: severity(error) === "error" || rest.outcome === "lost" },
    ...rest,
    user: { id: user.id, name: user.name },
    ...(rest.outcome !== "lost" && { told: shorten(message) }),
    ...(cause instanceof Error && { cause: shorten(redact(cause.message)) }),
    ...(requestId !== undefined && { requestId }),
    ...(responseIds.length > 0 && { responseIds }),
  };
}

/** Each once, the latest first, as many as are kept. `after`: older ones are forgotten. */
function keepSome(failures: readonly Failure[], after: number): readonly Failure[] {
  const known = [...new Map(failures.map((failure) => [failure.id, failure])).values()];
  const latest = known.filter(({ at }) => at > after).sort((one, other) => other.at - one.at);
  const graves = latest.filter(({ isGrave }) => isGrave).slice(0, mostOfAKind);
  const everyday = latest.filter(({ isGrave }) => !isGrave).slice(0, mostOfAKind);
  const kept = new Set([...graves, ...everyday]);
  return latest.filter((failure) => kept.has(failure));
}

/** As the SDK has it in its error, which stands behind ours. */
function requestIdOf(error: unknown): string | undefined {
  for (let at = error, depth = 0; at instanceof Error && depth < 8; at = at.cause, depth += 1) {
    const { requestID } = at as { readonly requestID?: unknown };
    if (typeof requestID === "string" && requestID !== "") return requestID;
  }
  return undefined;
}

function shorten(words: string): string {
  return words.length > mostWords ? `${words.slice(0, mostWords)}…` : words;
}
