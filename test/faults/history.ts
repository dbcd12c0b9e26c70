import type { Outage } from "./stores/ground.ts";

/** Where people are. */
export type Platform = "discord" | "slack" | "web";

/** What one message shows at one moment, as far as a person can tell. */
export interface Face {
  /** `waiting`: it says that more will come. */
  readonly state: "waiting" | "ended";
  readonly text: string;
  /** Hashes of the pictures, sketches among them. */
  readonly pictures: readonly string[];
}

/**
 * Why a turn need not end in a picture. `barred`: the bot could not be where it was asked, or could not write; it says so.
 */
export type Spared = "cancelled" | "deleted" | "moderation" | "barred";

/**
 * One thing that people or the machines between saw. `turn` is a mark that only one request has in its words; `group`
 * is what OpenAI can tell requests apart by: the mark, or for a press without words what it goes on from.
 */
export type Happening =
  | {
      readonly kind: "asked";
      readonly turn: string;
      readonly group: string;
      readonly platform: Platform;
      readonly person: string;
      /** Where the answer can be: channels and threads. */
      readonly places: readonly string[];
      readonly way: string;
      readonly private: boolean;
      /** The message that is answered, and what is expected of it: to be gone on from, or to be drawn anew. */
      readonly from?: { readonly message: string; readonly goesOn: boolean };
    }
  /** The person sees that the bot has it. */
  | { readonly kind: "taken"; readonly turn: string; readonly by: string }
  /** The person sees that the bot does not have it. */
  | { readonly kind: "turned away"; readonly turn: string; readonly by: string }
  | { readonly kind: "spared"; readonly turn: string; readonly why: Spared }
  /** OpenAI has begun a response. */
  | {
      readonly kind: "created";
      readonly response: string;
      readonly group: string;
      readonly parent?: string;
      readonly process: number;
    }
  /** How far a response was told to the bot. */
  | { readonly kind: "told"; readonly response: string; readonly event: string }
  | {
      readonly kind: "seen";
      readonly message: string;
      readonly place: string;
      /** The only one who sees it. */
      readonly to?: string;
      /** What it answers, where the platform shows that. */
      readonly turn?: string;
      readonly face: Face;
    }
  | { readonly kind: "gone"; readonly message: string; readonly by: "person" | "bot" }
  | {
      readonly kind: "process";
      readonly process: number;
      readonly what: "started" | "ready" | "paused" | "woken" | "told to end" | "killed" | "ended";
      readonly how?: string;
    }
  /** The store's server is gone, or back. */
  | { readonly kind: "store"; readonly what: Outage | "back" }
  /** It was ordered; whether anybody met it is not known yet. */
  | { readonly kind: "ordered"; readonly what: string; readonly name: string }
  /** The bot, or somebody who asked, met it. */
  | { readonly kind: "fault"; readonly what: string; readonly name: string }
  | { readonly kind: "request"; readonly to: string; readonly what: string };

/** Something that happened, in ms since the storm began. */
export type Moment = Happening & { readonly at: number };

/** What a response came to. */
export interface Drawn {
  readonly response: string;
  readonly group: string;
  /** `completed`, `cancelled`, … as OpenAI says. */
  readonly status: string;
  /** Hashes of its pictures. */
  readonly pictures: readonly string[];
}

/** All of a storm. */
export interface History {
  readonly moments: readonly Moment[];
  readonly drawn: readonly Drawn[];
  /** What is left on a platform and shown by no message, a line each. */
  readonly litter: readonly string[];
  /** Keys of the ledger that are still open after the last process has ended. */
  readonly open: readonly string[];
  /** Lines of the bot's output that tell of a crash or a rejection nobody handles. */
  readonly crashes: readonly string[];
  /** How much all processes together may draw at once, where that is limited. */
  readonly atOnce?: number;
  /** What the last process held when it was up, and at the end when all was quiet, in bytes, where both were measured. */
  readonly memory?: { readonly before: number; readonly after: number };
}

/** Writes down a storm as it happens. */
export interface Recorder {
  readonly moments: readonly Moment[];
  add(happening: Happening): void;
  /** Hears of everything from now on. */
  listen(listener: (moment: Moment) => void): void;
  /** What each message shows now; those that are gone are not there. */
  readonly faces: ReadonlyMap<string, Moment & { readonly kind: "seen" }>;
}

export function createRecorder(now: () => number = () => performance.now()): Recorder {
  const began = now();
  const moments: Moment[] = [];
  const listeners: ((moment: Moment) => void)[] = [];
  const faces = new Map<string, Moment & { readonly kind: "seen" }>();
  return {
    moments,
    faces,
    add(happening) {
      const moment: Moment = { ...happening, at: Math.round(now() - began) };
      moments.push(moment);
      if (moment.kind === "seen") faces.set(moment.message, moment);
      if (moment.kind === "gone") faces.delete(moment.message);
      for (const listener of listeners) listener(moment);
    },
    listen: (listener) => void listeners.push(listener),
  };
}
