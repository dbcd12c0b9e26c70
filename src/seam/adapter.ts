import type { Core } from "./core.ts";
import type {
  Attachment,
  ChannelKey,
  CommunityKey,
  MessageKey,
  Place,
  PlatformEvent,
  SentFile,
  ThreadKey,
  User,
} from "./turn.ts";
import type { Reply } from "./view.ts";

/** A platform. */
export interface Adapter {
  readonly name: string;
  /**
   * Connects and begins to hand over turns. Where it cannot read what is kept it rejects with what the core said to that,
   * leaves nothing open, and may be tried again.
   */
  start(core: Core): Promise<void>;
  /** Takes no more turns and lets go of the platform. */
  stop(): Promise<void>;
  /** The reply behind a message, after a restart; `venue` as that reply gave it, if it did. */
  reopen(message: MessageKey, venue?: unknown): Reply;
  /**
   * Sees to an event that was noted, and was not over when the last process ended: as if it had just come, save that
   * what was done of it already (acknowledging it, posting the message) is found and not done twice.
   */
  replay(event: PlatformEvent): Promise<void>;
  /** A file that was sent before the restart. */
  toAttachment(file: SentFile): Attachment;
  /**
   * A new answer below a message, for a turn that did not come through the platform. Rejects with BotError
   * `unknown_message` where the bot cannot post by itself.
   */
  below(message: MessageKey, user: User): Promise<Below>;
  /**
   * What people call a channel or a community, as far as that is known without asking; absent where the platform never
   * tells.
   */
  nameOf?(key: ChannelKey | CommunityKey): string | undefined;
  /**
   * Deletes what it keeps of a person itself, but for where they say that they want it; how many threads. Absent: it keeps
   * nothing that does not go by itself.
   */
  forget?(userId: string): Promise<number>;
  /** The pictures a message shows; none when the message is gone. */
  recall(message: MessageKey): Promise<readonly Attachment[]>;
}

/** Where an answer below a message will stand. */
export interface Below {
  readonly thread: ThreadKey;
  readonly place: Place;
  readonly reply: Reply;
}
