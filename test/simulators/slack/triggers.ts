import { randomBytes } from "node:crypto";
import type { Clock } from "../discord/clock.ts";
import { refuse } from "./api-error.ts";
import type { User } from "./world.ts";

/** What a trigger stands for. */
export interface Trigger {
  readonly id: string;
  readonly user: User;
  /** The modal it came from, for `views.push`. */
  readonly fromView?: string;
  readonly issuedMs: number;
  /** The view opened with it. */
  viewId?: string;
}

/** Trigger ids: each opens one view, within three seconds. */
export interface Triggers {
  issue(user: User, fromView?: string): Trigger;
  /** Throws `invalid_trigger_id`, `expired_trigger_id` or `exchanged_trigger_id`. */
  exchange(id: string): Trigger;
}

/** docs.slack.dev, interactivity/handling-user-interaction, and the errors of reference/methods/views.open. */
export function createTriggers(clock: Clock, triggerMs: number): Triggers {
  const issued = new Map<string, Trigger>();
  const exchanged = new Set<Trigger>();
  return {
    issue(user, fromView) {
      const id = `${issued.size + 1}.${Math.floor(clock.now() / 1000)}.${randomBytes(16).toString("hex")}`;
      const trigger: Trigger = { id, user, ...(fromView ? { fromView } : {}), issuedMs: clock.now() };
      issued.set(id, trigger);
      return trigger;
    },
    exchange(id) {
      const trigger = issued.get(id);
      if (!trigger) throw refuse("invalid_trigger_id");
      if (exchanged.has(trigger)) throw refuse("exchanged_trigger_id");
      if (trigger.issuedMs + triggerMs <= clock.now()) throw refuse("expired_trigger_id");
      exchanged.add(trigger);
      return trigger;
    },
  };
}
