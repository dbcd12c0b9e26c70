import type { BackTo, Removed, Seal, ToLimits } from "../../../src/seam/core.ts";
import type { Log } from "../../../src/seam/log.ts";
import type { HeldRules } from "../../../src/seam/rules.ts";
import type { MessageKey, Place, ThreadKey } from "../../../src/seam/turn.ts";
import type { UnderWay } from "../../../src/seam/under-way.ts";
import type { ImageLimits } from "../../../src/seam/view.ts";
import type { Files } from "../wire/attachments.ts";
import type { Spot } from "../wire/keys.ts";
import type { RemoteFile, Shown } from "../wire/pictures.ts";
import type { Send } from "../wire/send.ts";

/** What an interaction allows for a quarter of an hour: to change the message it made or came from. */
export interface Token {
  readonly value: string;
  /** `@original`, or the id of the message it changes. */
  readonly target: string;
  /** Unix time, ms. */
  readonly until: number;
  /** Where the interaction came from. */
  readonly from: {
    /** Whose press or command it was: what only the asker is to see reaches them alone. */
    readonly userId: string;
    readonly place: Place;
    /** The conversation, where it is the whole channel. */
    readonly thread?: ThreadKey;
    /** Only the one who holds the token sees the message. */
    readonly private: boolean;
    readonly spoiler: boolean;
    readonly limits: ImageLimits;
  };
}

/** Whether a token can still be used. */
export function isGood(token: Token | undefined, nowMs: number): token is Token {
  return token !== undefined && token.until > nowMs;
}

/** An answer that is still changing, or could not be shown yet. */
interface Live {
  /** The message that asked. */
  readonly request?: string;
  /** Shows the newest state: there is a fresh token. `spoiler`: the message it came from hides its pictures. */
  wake(spoiler: boolean): Promise<void>;
}

/** Pictures, as they were seen to be posted. */
interface Sighting {
  /** The message that shows them; undefined for an answer of ours. */
  readonly message?: Shown & { readonly id: string };
}

/** A thread that hangs on a message. */
export interface Thread {
  /** Nobody but moderators can say anything there. */
  readonly locked: boolean;
}

/** What all parts of the adapter share while it is connected. Nothing of it needs to outlive the process. */
export interface Stage {
  /** The bot's own id. */
  readonly me: string;
  readonly send: Send;
  readonly files: Files;
  readonly log: Log;
  /** Unix time, ms. */
  readonly now: () => number;
  /** Shortest time between two edits of a message, in ms. */
  readonly paceMs: number;
  /** The clock between tries, in ms. */
  readonly wait: (ms: number) => Promise<unknown>;
  /** How long a sketch may take, in ms: the next one is better than a late one. */
  readonly sketchMs: number;
  /** The freshest token for each message. */
  readonly tokens: Map<MessageKey, Token>;
  readonly live: UnderWay<MessageKey, Live>;
  /** Pictures of messages that came along with an interaction, for where the bot cannot fetch them. */
  readonly seen: Map<MessageKey, readonly RemoteFile[]>;
  /** The newest pictures that were seen to be posted in a channel, for where the bot may not look back. */
  readonly sights: Map<string, Sighting>;
  /** Whether an answer hides its pictures until they are clicked. */
  readonly covers: Map<MessageKey, boolean>;
  /** The messages that answers were moved to. */
  readonly moved: Map<MessageKey, Spot>;
  readonly linkTo: (spot: Spot) => Promise<string>;
  /** The thread on a message, by its id, as far as the gateway has told. */
  readonly threadOn: (messageId: string) => Thread | undefined;
  readonly toLimits: ToLimits;
  readonly seal: Seal;
  /** What a picture was asked for with; undefined when unknown, or not known soon enough for Discord. */
  promptOf(message: MessageKey): Promise<string | undefined>;
  /** What admins have laid down there; undefined where that is not known soon enough for Discord. */
  rulesAt(place: Place): Promise<HeldRules | undefined>;
  readonly backTo: BackTo;
  /** The message of an answer was deleted: nobody waits for it. */
  gone(message: MessageKey): void;
  readonly removed: Removed;
}
