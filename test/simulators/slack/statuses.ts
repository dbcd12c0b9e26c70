import type { Changes } from "../discord/changes.ts";
import type { Clock } from "../discord/clock.ts";
import { limits } from "./limits.ts";

/** One change of what stands under the composer of a thread, or of its title or prompts. */
export interface StatusChange {
  readonly kind: "status" | "title" | "prompts";
  readonly channel: string;
  readonly threadTs?: string;
  /** The status or title; empty when a status was cleared. */
  readonly text: string;
  readonly loadingMessages?: readonly string[];
  readonly prompts?: readonly { readonly title: string; readonly message: string }[];
  readonly atMs: number;
}

/** What the assistant shows beside its messages. */
export interface Statuses {
  /** Every change so far, oldest first. */
  readonly log: readonly StatusChange[];
  note(change: Omit<StatusChange, "atMs">): void;
  /** The status that shows now; undefined when none does, or when two minutes are over. */
  now(channel: string, threadTs: string): string | undefined;
  /** A message of the bot clears it. */
  clear(channel: string, threadTs: string): void;
}

/** Source: docs.slack.dev, reference/methods/assistant.threads.setStatus. */
export function createStatuses(clock: Clock, changes: Changes): Statuses {
  const log: StatusChange[] = [];
  const statuses: Statuses = {
    log,
    note(change) {
      log.push({ ...change, atMs: clock.now() });
      changes.happened();
    },
    now(channel, threadTs) {
      const last = log.findLast(
        (one) => one.kind === "status" && one.channel === channel && one.threadTs === threadTs,
      );
      if (!last?.text || last.atMs + limits.statusMs <= clock.now()) return undefined;
      return last.text;
    },
    clear(channel, threadTs) {
      if (statuses.now(channel, threadTs)) statuses.note({ kind: "status", channel, threadTs, text: "" });
    },
  };
  return statuses;
}
