import type { ActionName } from "../../src/seam/actions.ts";
import type { Adapter } from "../../src/seam/adapter.ts";
import type { ImageOptions } from "../../src/seam/options.ts";
import type { MessageKey, Place } from "../../src/seam/turn.ts";
import type { Standin } from "../../src/standin/index.ts";
import type { createCore } from "../rig/core.ts";

/** A platform with one conversation in which the bot is present, and a person in it. */
export interface Platform {
  /** A new adapter on this platform, as a fresh process makes it. What was posted before is still there. */
  connect(): Adapter;
  readonly person: Person;
  /** Where that person speaks, as admins lay down what may be drawn there. */
  readonly ruled: Ruled;
  close(): Promise<void>;
}

export interface Ruled {
  readonly place: Place;
  /** The person's `User.id`. */
  readonly userId: string;
  /** A moderator presses *Approve*; absent where the person moderates. */
  approve?(seen: Seen): Promise<void>;
}

/** Someone at the platform's own surface: it acts and sees as a person does, through the wire. */
export interface Person {
  say(text: string, more?: Said): Promise<void>;
  /** Presses a button; where it opens a form, fills it in and sends it. */
  press(seen: Seen, action: ActionName, input?: { readonly text: string }): Promise<void>;
  /** Every answer of the bot that is there now, oldest first. */
  look(): Promise<readonly Seen[]>;
  /** What the bot told this person alone, oldest first. */
  told(): Promise<readonly string[]>;
  /** The same as they look, where they have buttons. */
  whispered?(): Promise<readonly Seen[]>;
  /** Somebody else posts a picture where this person speaks, without a word. */
  beside?(file: { readonly name: string; readonly bytes: Uint8Array }): Promise<void>;
  /** Whom the bot's messages have called, by name or as a group. */
  mentioned?(): Promise<readonly string[]>;
}

export interface Said {
  readonly files?: readonly { readonly name: string; readonly bytes: Uint8Array; readonly mask?: boolean }[];
  readonly options?: Partial<ImageOptions>;
  readonly replyTo?: Seen;
}

/** One answer of the bot, as it looks at one moment. */
export interface Seen {
  readonly key: MessageKey;
  /** Every word that can be read in it. */
  readonly text: string;
  readonly pictures: readonly { readonly bytes: Uint8Array; readonly alt: string }[];
  /** What can be taken away beside the pictures. */
  readonly files: readonly { readonly name: string; readonly bytes: Uint8Array }[];
  readonly buttons: readonly ActionName[];
  /** What stands on them. */
  readonly labels: readonly string[];
}

export interface Contract {
  readonly name: string;
  simulate(): Promise<Platform>;
  /** Promises this platform cannot keep, each with its reason. */
  readonly lacks: Readonly<Record<string, string>>;
}

/** A person, and what stands behind the platform they are on. */
export interface Stage {
  readonly person: Person;
  readonly ruled: Ruled;
  readonly standin: Standin;
  readonly core: () => Awaited<ReturnType<typeof createCore>>;
  /** Waits for an answer of which something holds. */
  see(what: string, holds: (seen: Seen) => boolean): Promise<Seen>;
  /** The next finished answer with a picture, after those given. */
  picture(after?: readonly Seen[]): Promise<Seen>;
  /** Waits for a line to the person alone. */
  hear(line: RegExp): Promise<void>;
  /** Holds back what OpenAI sends next, after its first sketch, until that is released. */
  hold(): { release(): void };
  /** Makes OpenAI forget the response behind an answer. */
  forget(seen: Seen): Promise<void>;
  /** Ends the process as SIGTERM does, and starts a new one on the same data; with those settings, if any. */
  restart(
    as?: Pick<Parameters<typeof createCore>[0], "concurrency" | "queue" | "idleMs" | "budget">,
  ): Promise<void>;
}

/** Keeps a promise, or fails. */
export type Promised = (stage: Stage) => Promise<void>;
