import type { Limits } from "../budget.ts";
import type { Control } from "./control.ts";
import type { Spending } from "./spending.ts";

/** What is set, as it holds. */
export interface SettingInForce {
  /** The variable. */
  readonly name: string;
  /** What it belongs to, e.g. `Discord`. */
  readonly part: string;
  /** What it does, in words. */
  readonly about: string;
  /** What holds, or what that comes to; of a secret only whether it is set. */
  readonly value: string;
  /** Somebody has set it. */
  readonly isSet: boolean;
}

/** How this process is. */
export interface Health {
  /** The process: its machine, and its number there. */
  readonly process: string;
  readonly version: string;
  /** Unix time, ms. */
  readonly upSince: number;
  /** Whether everything is there that a turn needs, by name, as `/ready` tells it. */
  readonly parts: Readonly<Record<string, boolean>>;
  /** Where things are kept, without a password. */
  readonly store: string;
  readonly painter: { readonly name: string; readonly standIn: boolean };
  readonly memory: { readonly residentBytes: number; readonly heapBytes: number };
  /** How late the event loop was since somebody looked last, in ms: half of the time less than, and at most. */
  readonly lag: { readonly medianMs: number; readonly mostMs: number };
}

/** The budget of all that the bot spends, wherever. Calls reject with BotError `storage` when the store fails. */
export interface WholeBudget {
  /** `own`: the environment's; `kept`: set here, which makes it tighter and never wider. */
  all(): Promise<{ readonly own: Limits; readonly kept: Limits }>;
  /** In place of what was set here before. */
  setAll(limits: Limits): Promise<void>;
}

/** What an admin sees, and does. */
export interface Admin {
  readonly control: Control;
  readonly spending: Spending;
  readonly budgets: WholeBudget;
  /** What is drawn now is drawn by the stand-in, and paid for by nobody. */
  readonly isStandIn: boolean;
  /** What people call a channel or a community; undefined where that is not known. */
  nameOf(key: string): string | undefined;
  /** Never rejects. */
  health(): Promise<Health>;
  settings(): readonly SettingInForce[];
}
