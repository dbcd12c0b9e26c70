import type { Core } from "./core.ts";
import type { Attachment, MessageKey, Place, ThreadKey, User } from "./turn.ts";
import type { Reply } from "./view.ts";

/** A platform. */
export interface Adapter {
  readonly name: string;
  /** Connects and begins to hand over turns. */
  start(core: Core): Promise<void>;
  /** Takes no more turns and lets go of the platform. */
  stop(): Promise<void>;
  /** The reply behind a message: after a restart, or when a token has expired. */
  reopen(message: MessageKey): Reply;
  /**
   * A new answer below a message, for a turn that did not come through the platform. Rejects with BotError
   * `unknown_message` where the bot cannot post by itself.
   */
  below(message: MessageKey, user: User): Promise<Below>;
  /** The pictures a message shows; none when the message is gone. */
  recall(message: MessageKey): Promise<readonly Attachment[]>;
}

/** Where an answer below a message will stand. */
export interface Below {
  readonly thread: ThreadKey;
  readonly place: Place;
  readonly reply: Reply;
}
