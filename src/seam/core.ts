import type { Bus } from "./bus.ts";
import type { ImageOptions } from "./options.ts";
import type { AuditEntry, HeldRules } from "./rules.ts";
import type {
  Attachment,
  ChannelKey,
  FormInput,
  MessageKey,
  Place,
  PlatformEvent,
  RuleChange,
  Scope,
  StyleDraft,
  ThreadKey,
  Turn,
  User,
} from "./turn.ts";
import type { Encoded, Image, ImageLimits, Measured, Reply } from "./view.ts";

/**
 * Takes a turn and sees it through. What goes wrong is shown in the reply: it rejects only where that could not be shown
 * either, and the turn's event is noted, so that it comes again.
 */
export type Handle = (turn: Turn, reply: Reply) => Promise<void>;

/**
 * Notes an event before it is acknowledged, so that nothing is lost from then on. Undefined: it was noted before, within
 * a day at least; acknowledge it and leave it alone. Otherwise a function to see to it with: what is not over when the
 * process ends comes back by `Adapter.replay`, and so does what rejects: for hours, unless the platform was not to blame.
 *
 * Rejects with BotError `storage` when it could not be noted: then nothing has happened.
 */
export type Note = (event: PlatformEvent) => Promise<Attend | undefined>;

/**
 * Never rejects. `isAcknowledged`: the platform waits for nothing of it any more, so all that is still to be acknowledged
 * goes first.
 */
export type Attend = (
  work: () => Promise<void>,
  more?: { readonly isAcknowledged?: boolean },
) => Promise<void>;

/** Where people have spoken with the bot lately, and for how long it has not listened. */
export interface Missed {
  /** Ms, and not a time: a platform's clock and ours need not agree. */
  readonly forMs: number;
  /** The latest first. */
  readonly places: readonly { readonly thread: ThreadKey; readonly channel: ChannelKey }[];
}

/** The words a message's picture was asked for with, for a form that begins with them; undefined when unknown. */
export type PromptOf = (message: MessageKey) => Promise<string | undefined>;

/**
 * What a thread was taken back to by *Undo*, or by deleting, where nothing was drawn since; null: to its beginning. The
 * bot's answers after that are no longer what its next turn goes on from. Undefined where it was not taken back.
 */
export type BackTo = (thread: ThreadKey) => Promise<MessageKey | null | undefined>;

/**
 * Somebody took a message away by the platform's own means: nothing goes on from a picture that nobody sees. Whatever it
 * was; one that is still being drawn is to be cancelled. Never rejects.
 */
export type Removed = (message: MessageKey) => Promise<void>;

/** What the core keeps of one person or one channel: their defaults, and what they have had drawn. */
export interface Account {
  /** Options that hold for every prompt that does not say otherwise; a person's win over their channel's. */
  readonly defaults: Partial<ImageOptions>;
  readonly pictures: number;
  /** US dollars, estimated; answers without a known price are not in it. */
  readonly usd: number;
  /** When the first answer came, Unix time in ms; absent before it. */
  readonly since?: number;
}

/**
 * The accounts of people, by `User.id`, and of channels, by ChannelKey. Calls reject with BotError `storage` when the
 * store fails.
 */
export interface Accounts {
  of(owner: string): Promise<Account>;
  /** Replaces the defaults; none resets them. Rejects with BotError `bad_option` for a value an option cannot have. */
  setDefaults(owner: string, defaults: Readonly<Record<string, unknown>>): Promise<void>;
}

/** A named preset: how pictures asked for with it are to look. */
export interface Style {
  /** What `--style` takes: lower-case letters, digits and hyphens, 32 at most. */
  readonly name: string;
  readonly scope: Scope;
  /** Said to the model beside the person's words; may be empty. */
  readonly instruction: string;
  /** Hold for every prompt in this style that does not say otherwise. */
  readonly options: Partial<ImageOptions>;
  /** How many reference pictures come with it. */
  readonly pictures: number;
}

/** The styles a person can use somewhere. Calls reject with BotError `storage` when the store fails. */
export interface Styles {
  /** Their own first, then the community's that are not hidden by one of theirs, each by name. */
  list(user: User, place: Place): Promise<readonly Style[]>;
  /**
   * Saves one over any of the same name and scope. Rejects with BotError `bad_option`, `bad_attachment` or `forbidden`:
   * only a moderator shares a style.
   */
  save(user: User, place: Place, scope: Scope, draft: StyleDraft, signal: AbortSignal): Promise<Style>;
  /** The reference pictures of one, to be looked at. Rejects with BotError `bad_option` when there is no such style. */
  pictures(user: User, place: Place, name: string): Promise<readonly Image[]>;
  /** Rejects with BotError `bad_option` when there is no such style, `forbidden` when it is not theirs to remove. */
  remove(user: User, place: Place, scope: Scope, name: string): Promise<void>;
}

/** What admins have laid down. Calls reject with BotError `storage` when the store fails. */
export interface Rules {
  /** What is set for all of the place's community, and what for its channel: the channel's takes the place of the other. */
  of(place: Place): Promise<{ readonly community: HeldRules; readonly channel: HeldRules }>;
  /** What holds there: of each rule the channel's, else the community's. What it does not allow need not be offered. */
  at(place: Place): Promise<HeldRules>;
  /** Why that person may not draw there, in a sentence; undefined: they may. */
  refusal(user: User, place: Place): Promise<string | undefined>;
  /**
   * Lays a rule down, or no more, and writes down who did. Rejects with BotError `bad_option`, and `forbidden` for who is
   * no admin there.
   */
  change(user: User, place: Place, change: RuleChange): Promise<void>;
  /** What was changed in the place's community, the newest first. Rejects with BotError `forbidden`: moderators see it. */
  changes(user: User, place: Place, limit: number): Promise<readonly AuditEntry[]>;
}

/** What is asked for, as far as it is known before it is sent. */
export interface EstimateWish {
  readonly user: User;
  readonly place: Place;
  readonly text: string;
  readonly options: Readonly<Record<string, unknown>>;
  /** How many pictures are attached. */
  readonly pictures: number;
}

/** What that would cost, in a few words ("about $0.041"); undefined when no price is known. Rejects with BotError `bad_option`. */
export type EstimateOf = (wish: EstimateWish) => Promise<string | undefined>;

/**
 * The pages on which the part of a picture that should change is painted. A page's token is for one person and one
 * picture; it runs out, and is spent by sending.
 */
export interface Areas {
  /** Costs next to nothing: asked before a page is shown or a form is read. Rejects with BotError `expired`. */
  check(token: string): Promise<void>;
  /** The picture to paint on, upright. Rejects with BotError `expired`, or when the picture is gone. */
  look(
    token: string,
    signal: AbortSignal,
  ): Promise<Image & { readonly width: number; readonly height: number }>;
  /** Goes on in the thread, with the mask among the attachments. Resolves when the answer has begun. Rejects as `look`. */
  send(token: string, input: FormInput): Promise<void>;
}

/**
 * A picture within a platform's limits, with a sentence in `note` where it had to be changed; as it came where it fits,
 * or where nothing makes it fit. Rejects when the bytes are no picture.
 */
export type ToLimits = (
  picture: Encoded,
  limits: ImageLimits,
) => Promise<Encoded & { readonly note?: string }>;

/** What a picture's header says, of its bytes or of the file it is in; undefined for what is no picture to be shown. */
export type Measure = (source: Uint8Array | string) => Promise<Measured | undefined>;

/**
 * A small WebP of a picture, upright, its longer side `side` pixels at most; still where the picture moves. `source`: its
 * bytes, or the file it is in. Rejects when it is no picture, or takes too much.
 */
export type ToThumbnail = (source: Uint8Array | string, side: number) => Promise<Encoded>;

/** What an adapter keeps across restarts, as JSON by key. Calls reject with BotError `storage` when the store fails. */
export interface Keep {
  get(key: string): Promise<unknown>;
  /** `lifeMs`: it is forgotten after so many ms; kept for good unless said. */
  set(key: string, value: unknown, lifeMs?: number): Promise<void>;
  delete(key: string): Promise<void>;
}

export interface ListedKeep extends Keep {
  /** The keys that begin so, some at a time: a server may have to look at all that it keeps. */
  keys(start: string): AsyncIterable<readonly string[]>;
}

/**
 * What an adapter has in common with itself in the other processes on one store, where there are several. Calls reject
 * with BotError `storage` when the store fails.
 */
export interface Shared {
  /** Apart from what `Core.keep` keeps. */
  readonly keep: Keep;
  /**
   * Reads and writes as one: what `work` has read is still so when all that it has written is. It is done again where
   * others were faster, so it does nothing beside.
   */
  transact<Result>(work: (within: Keep) => Promise<Result>): Promise<Result>;
  /** Its topics are this adapter's own. */
  readonly bus: Pick<Bus, "tell" | "hear" | "onMissed">;
}

/**
 * The mark of this bot under words that it hands out and gets back, such as a form's id: 16 characters of base64url, 96
 * bits. Nobody else can make it, and it is the same after a restart.
 */
export type Seal = (words: string) => string;

/** What the core is to an adapter. */
export interface Core {
  readonly handle: Handle;
  readonly note: Note;
  readonly keep: ListedKeep;
  /**
   * Where to look for what was said while nobody listened, for platforms that do not deliver it again. `forMs`: for how
   * long, if that is known better than by the last process's life. Undefined: there is nothing to look for, or the
   * operator does not want it.
   */
  readonly missed: (forMs?: number) => Promise<Missed | undefined>;
  /** For ids that come back and name something outside of the message they stand on. */
  readonly seal: Seal;
  readonly promptOf: PromptOf;
  readonly backTo: BackTo;
  readonly removed: Removed;
  readonly accounts: Accounts;
  readonly styles: Styles;
  readonly rules: Rules;
  readonly estimateOf: EstimateOf;
  /** For where a platform takes less than it said. */
  readonly toLimits: ToLimits;
  /** Pictures are opened nowhere else than behind this, `toLimits` and `toThumbnail`. */
  readonly measure: Measure;
  /** For lists of pictures. */
  readonly toThumbnail: ToThumbnail;
  /** A picture on the public web, fetched by the core's safe downloader when it is read. */
  readonly fromAddress: (address: string) => Attachment;
  /** Absent where this process is alone on its store. */
  readonly shared?: Shared;
  /** Absent when the operator has given no public address: then no view offers `area`. */
  readonly areas?: Areas;
}
