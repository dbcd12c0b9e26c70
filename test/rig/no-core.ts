import assert from "node:assert/strict";
import { createHmac } from "node:crypto";
import { measure, toLimits, toThumbnail } from "../../src/pictures/jobs.ts";
import type { Accounts, Core, Handle, ListedKeep, Note, Rules, Styles } from "../../src/seam/core.ts";
import { BotError } from "../../src/seam/errors.ts";
import type { EventKey, ThreadKey } from "../../src/seam/turn.ts";

/** Accounts of people who have set nothing and drawn nothing. */
const noAccounts: Accounts = {
  of: async () => ({ defaults: {}, pictures: 0, usd: 0 }),
  setDefaults: async () => {},
};

const noStyle = async (): Promise<never> => {
  throw new BotError("bad_option", "There is no such style.");
};

/** Nobody has saved a style. */
export const noStyles: Styles = {
  list: async () => [],
  save: noStyle,
  pictures: noStyle,
  remove: noStyle,
};

/** Nothing is laid down. */
export const noRules: Rules = {
  of: async () => ({ community: {}, channel: {} }),
  at: async () => ({}),
  refusal: async () => undefined,
  change: async () => {},
  changes: async () => [],
};

/** Notes each event once, in memory. */
function createNote(): Note {
  const noted = new Set<string>();
  return async ({ key }) => {
    if (noted.has(key)) return undefined;
    noted.add(key);
    return (work) => work().catch(() => {});
  };
}

/**
 * A turn is of the thread that its event was noted for, since what waits there waits for it, or, where it could not be
 * answered there, the first of one of its own.
 */
function checkThreads(handle: Handle, note: Note): Pick<Core, "handle" | "note"> {
  const threads = new Map<EventKey, ThreadKey>();
  const begun = new Set<ThreadKey>();
  return {
    note(event) {
      if (event.thread) threads.set(event.key, event.thread);
      return note(event);
    },
    handle(turn, reply) {
      if (turn.kind === "setting") return handle(turn, reply);
      const { event, thread } = turn;
      const noted = event && threads.get(event);
      // Whoever called it may think that it failed for now, and go on.
      if (noted && noted !== thread && begun.has(thread))
        setImmediate(() => assert.fail(`${event} was noted for ${noted}, and is a turn of ${thread}`));
      begun.add(thread);
      return handle(turn, reply);
    },
  };
}

/** What an adapter keeps, in memory. */
export function createKeep(): ListedKeep {
  const kept = new Map<string, string>();
  return {
    get: async (key) => {
      const json = kept.get(key);
      return json === undefined ? undefined : (JSON.parse(json) as unknown);
    },
    set: async (key, value) => void kept.set(key, JSON.stringify(value)),
    delete: async (key) => void kept.delete(key),
    async *keys(start) {
      yield [...kept.keys()].filter((key) => key.startsWith(start));
    },
  };
}

/** A core that knows nothing, for adapters that are tested by what they hand to it. */
export function noCore(handle: Handle = async () => {}, parts: Partial<Core> = {}): Core {
  const { note = createNote(), ...rest } = parts;
  return {
    ...checkThreads(handle, note),
    keep: createKeep(),
    missed: async () => undefined,
    seal: (words) => createHmac("sha256", "a secret").update(words).digest("base64url").slice(0, 16),
    promptOf: async () => undefined,
    backTo: async () => undefined,
    removed: async () => {},
    accounts: noAccounts,
    styles: noStyles,
    rules: noRules,
    estimateOf: async () => undefined,
    toLimits,
    measure,
    toThumbnail,
    fromAddress: (name) => ({
      ...{ name, mediaType: "application/octet-stream", size: 0 },
      read: () => Promise.reject(new BotError("bad_attachment", `“${name}” is not fetched here.`)),
    }),
    ...rest,
  };
}
