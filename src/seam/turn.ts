import type { ActionName } from "./actions.ts";
import type { BudgetOf } from "./budget.ts";
import type { ImageOptions } from "./options.ts";

/** A conversation kept apart from others, e.g. `slack:T1:C1:1712.01`. Opaque to the core. */
export type ThreadKey = `${string}:${string}`;

/** A channel, a room, a direct message: it has defaults of its own. Opaque to the core. */
export type ChannelKey = `${string}:${string}`;

/** A server or a workspace: its members share styles. Opaque to the core. */
export type CommunityKey = `${string}:${string}`;

/** Where something is asked. */
export interface Place {
  /** A thread's is that of the channel it stands in. */
  readonly channel: ChannelKey;
  /** Absent in a conversation that belongs to none. */
  readonly community?: CommunityKey;
  /** The community that whoever asks belongs to, where that is another. */
  readonly from?: CommunityKey;
  /** Whose rules hold in a conversation that belongs to none: that of the only community the bot is in. */
  readonly ruledBy?: CommunityKey;
  /**
   * `direct`: a conversation with the bot alone. `carried`: the bot is there by somebody's own installation. Absent: a
   * channel that has let it in.
   */
  readonly kind?: "direct" | "carried";
}

/** A role or a user group: what an admin gives to people to tell them apart. Opaque to the core. */
export type RoleKey = `${string}:${string}`;

/** One posted message: what people reply to and what buttons sit under. Opaque to the core. */
export type MessageKey = `${string}:${string}`;

/**
 * The platform's own name for something that came in, e.g. `discord:interaction:1234`: the same however often it is
 * delivered. Opaque to the core.
 */
export type EventKey = `${string}:${string}`;

/** Something that came in, as it can be seen to once more after a restart. */
export interface PlatformEvent {
  readonly key: EventKey;
  /** All that the adapter needs for that, as JSON. */
  readonly body: unknown;
  /** Where something may be drawn of it, as far as that is known: what comes in later there waits until it is a turn. */
  readonly thread?: ThreadKey;
  /** What a double click does twice: the second within moments is the same event under another name. */
  readonly click?: Click;
}

export interface Click {
  /** What was clicked, and by whom. */
  readonly of: string;
  /** When, by the platform's clock: Unix time, ms. */
  readonly at: number;
}

/**
 * Whoever asked. `moderator` may cancel and delete what others asked for, set the admin's options and let through what
 * waits for approval; `admin` may change what holds for the whole community.
 */
export interface User {
  readonly id: string;
  readonly name: string;
  readonly moderator?: boolean;
  readonly admin?: boolean;
  /** Those they have in the place's community; absent where the platform has none, or does not tell. */
  readonly roles?: readonly RoleKey[];
}

/** One thing a person asked of the bot. */
export type Turn = Prompt | Press | Setting;

/** Words: a slash command, a mention, a direct message, a reply in a thread, a message command. */
export interface Prompt {
  readonly kind: "prompt";
  /** What it was made of, where that was noted. */
  readonly event?: EventKey;
  readonly thread: ThreadKey;
  readonly user: User;
  readonly place: Place;
  /** Plain text without the bot's name; may hold `--flags`. */
  readonly text: string;
  /** Named fields; these win over flags in the text. Raw: the core checks them against the options table. */
  readonly options: Partial<ImageOptions>;
  readonly attachments: readonly Attachment[];
  /** The message this one answers: the turn branches from its picture. Absent: it goes on from the thread's head. */
  readonly replyTo?: MessageKey;
  /** The message answered is the bot's own: where it shows no picture, its words are answered. */
  readonly toBot?: boolean;
  /**
   * The pictures in view where none is answered and none attached: the newest of the thread, where it is somebody else's
   * and came after all of the bot's; else those of the post or message that the thread hangs on; none where there are
   * none. Called then only. Rejects with BotError `bad_attachment` for those that are in view and cannot be had, and
   * with `unseen`, in words for a note, where the platform never tells whether there are any: then the words do.
   */
  inView?(signal: AbortSignal): Promise<readonly Attachment[]>;
  /** Something of it is hidden until it is clicked, and so is what comes of it. */
  readonly spoiler?: boolean;
  /** False: answered only in a thread the core knows. */
  readonly addressed: boolean;
  /** A picture was asked for outright, by a command: words are no answer to it, unless it is a question. */
  readonly mustDraw?: boolean;
}

/** A button or a form, already acknowledged to the platform. */
export interface Press {
  readonly kind: "press";
  /** What it was made of, where that was noted. */
  readonly event?: EventKey;
  readonly thread: ThreadKey;
  readonly user: User;
  readonly place: Place;
  readonly action: ActionName;
  /** The message the button sits under. */
  readonly message: MessageKey;
  /** What was typed or uploaded into the action's form. */
  readonly input?: FormInput;
}

/** Something about the studio and not about a picture: styles and defaults. The answer is for the asker alone. */
export interface Setting {
  readonly kind: "setting";
  readonly user: User;
  readonly place: Place;
  readonly wish: SettingWish;
}

/** `mine`: the person's own. `shared`: the community's styles, the channel's defaults; a moderator's to change. */
export type Scope = "mine" | "shared";

export type SettingWish =
  /** What can be said, and every option. */
  | { readonly name: "help" }
  | { readonly name: "styles" }
  | ({ readonly name: "saveStyle"; readonly scope: Scope } & StyleDraft)
  /** What it is made of, with its pictures. */
  | { readonly name: "showStyle"; readonly style: string }
  | { readonly name: "removeStyle"; readonly style: string; readonly scope: Scope }
  /** One's own and the channel's. */
  | { readonly name: "defaults" }
  /** Adds to what is set; `options` are raw. */
  | {
      readonly name: "setDefaults";
      readonly scope: Scope;
      readonly options: Readonly<Record<string, unknown>>;
    }
  | { readonly name: "resetDefaults"; readonly scope: Scope }
  /** Deletes all that is kept of the person: said once it tells what there is, and with `sure` it does so. */
  | { readonly name: "forgetMe"; readonly sure: boolean }
  /** What is laid down in the community, and in this channel. */
  | { readonly name: "rules" }
  | ({ readonly name: "setRule" } & RuleChange)
  /** Who changed what of that. */
  | { readonly name: "changes" }
  /** What they have had and spent, and what is left of each budget that holds for them there. */
  | { readonly name: "usage" }
  /** Those of the community. */
  | { readonly name: "budgets" }
  /** Adds to what is set; `limits` are raw, by their names in the table of limits. */
  | {
      readonly name: "setBudget";
      readonly of: BudgetOf;
      readonly limits: Readonly<Record<string, unknown>>;
    }
  | { readonly name: "removeBudget"; readonly of: BudgetOf };

/** Where a rule holds: in all of a community, or in one channel of it, where it takes the place of the community's. */
export type RuleScope = "community" | "channel";

/** A rule as somebody wants it. `value`: raw, from a form's field or from words; absent: laid down no more. */
export interface RuleChange {
  readonly rule: string;
  readonly scope: RuleScope;
  readonly value?: unknown;
}

/** A style to be saved. All of it raw. */
export interface StyleDraft {
  readonly style: string;
  readonly instruction: string;
  readonly options: Readonly<Record<string, unknown>>;
  readonly attachments: readonly Attachment[];
  /** Something of it is hidden until it is clicked, and so is what is drawn in it. */
  readonly spoiler?: boolean;
}

/** What a person put into an action's form. */
export interface FormInput {
  readonly text: string;
  readonly options: Partial<ImageOptions>;
  readonly attachments: readonly Attachment[];
}

/** A file a person sent. Its bytes are fetched only when the core reads it; name, type and size are claims. */
export interface Attachment {
  readonly name: string;
  readonly mediaType: string;
  /** Bytes, as the platform reports them. */
  readonly size: number;
  readonly role?: "reference" | "mask";
  /** Where it can be read again; absent: only by this process. */
  readonly source?: Source;
  /** The answer of the bot's that shows it, where it is in view from a conversation that does not go on from that. */
  readonly shownBy?: MessageKey;
  /** Rejects with a BotError when the platform no longer has the file. */
  read(signal: AbortSignal): Promise<Uint8Array>;
}

/**
 * Where a file can be read by another process, too. `platform`: where the adapter finds it, as JSON. `address`: on the
 * public web. `kept`: with us.
 */
export type Source =
  | { readonly kind: "platform"; readonly file: unknown }
  | { readonly kind: "address"; readonly address: string }
  | { readonly kind: "kept"; readonly id: string };

/** A file of the platform's that was sent before the restart. */
export type SentFile = Omit<Attachment, "read" | "source" | "shownBy"> & { readonly file: unknown };
