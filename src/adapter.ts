import type { ActionName } from "./actions.ts";
import type { Core } from "./core.ts";
import type { ImageOptions, OptionName } from "./options.ts";

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
}

/** One posted message: what people reply to and what buttons sit under. Opaque to the core. */
export type MessageKey = `${string}:${string}`;

/** Whoever asked. `moderator` may cancel and delete what others asked for, and set the admin's options. */
export interface User {
  readonly id: string;
  readonly name: string;
  readonly moderator?: boolean;
}

/** One thing a person asked of the bot. */
export type Turn = Prompt | Press | Setting;

/** Words: a slash command, a mention, a direct message, a reply in a thread, a message command. */
export interface Prompt {
  readonly kind: "prompt";
  readonly thread: ThreadKey;
  readonly user: User;
  readonly place: Place;
  /** Plain text without the bot's name; may hold `--flags`. */
  readonly text: string;
  /** Named fields; these win over flags in the text. Raw: the core checks them against the options table. */
  readonly options: Partial<ImageOptions>;
  readonly attachments: readonly Attachment[];
  /** The picture this one answers: the turn branches from it. Absent: it goes on from the thread's head. */
  readonly replyTo?: MessageKey;
  /** False: answered only in a thread the core knows. */
  readonly addressed: boolean;
  /** A picture was asked for outright, by a command: words are no answer to it, unless it is a question. */
  readonly mustDraw?: boolean;
}

/** A button or a form, already acknowledged to the platform. */
export interface Press {
  readonly kind: "press";
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
  | { readonly name: "resetDefaults"; readonly scope: Scope };

/** A style to be saved. All of it raw. */
export interface StyleDraft {
  readonly style: string;
  readonly instruction: string;
  readonly options: Readonly<Record<string, unknown>>;
  readonly attachments: readonly Attachment[];
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
  /** Rejects with a BotError when the platform no longer has the file. */
  read(signal: AbortSignal): Promise<Uint8Array>;
}

/** All a reply shows at one moment. It replaces the view before; it is never a delta. */
export interface View {
  readonly phase: "queued" | "working" | "done" | "failed" | "cancelled";
  /** One short line on where the turn stands ("Second in line", "Drawing, sketch 2 of 3"). Plain text. */
  readonly status?: string;
  /** The answer in words, or what went wrong and what to do next. Markdown. */
  readonly text: string;
  /** What was put right, left out or worth knowing, a plain sentence each. */
  readonly notes: readonly string[];
  /** The pictures so far; while working, the newest partial. */
  readonly images: readonly Image[];
  /** To be taken away beside the pictures, never shown as what they are: an SVG's source. */
  readonly files?: readonly Image[];
  readonly actions: readonly ActionName[];
  readonly details?: Details;
  /** The message whose picture this answer was made from. */
  readonly parent?: MessageKey;
  /** Where the thread goes on from now: a message, or null for a fresh start. Absent: unchanged. */
  readonly head?: MessageKey | null;
  /** Who may see it; everyone unless said. */
  readonly audience?: "everyone" | "asker";
}

/** A picture to show. `alt` describes it to those who do not see it. */
export interface Image {
  readonly name: string;
  readonly mediaType: string;
  readonly bytes: Uint8Array;
  readonly alt: string;
}

/** What a finished answer was made of: the quiet footer, or the fold-out of it. */
export interface Details {
  readonly prompt: string;
  /** The words the picture was really drawn from, as the model rewrote them. */
  readonly revisedPrompt?: string;
  /** Every option that was asked for or reported back; the two may differ. */
  readonly options: readonly {
    readonly name: OptionName;
    readonly requested?: string;
    readonly applied?: string;
  }[];
  /** From the start of the drawing to the final picture, without the wait in line. */
  readonly elapsedMs: number;
  readonly tokens?: { readonly input: number; readonly output: number };
  readonly cost?: Cost;
  /** Who drew: "OpenAI", or the stand-in. */
  readonly painter: string;
}

/** Money, in US dollars, by the price table of that date (YYYY-MM-DD). An estimate: the invoice decides. */
export interface Cost {
  readonly usd: number;
  readonly pricesOf: string;
}

/** What a platform takes in one message. */
export interface ImageLimits {
  /** Bytes of one picture. */
  readonly bytes: number;
  readonly mediaTypes: readonly string[];
  /** Pictures in one message. */
  readonly images: number;
}

/** The one message that answers a turn. */
export interface Reply {
  /** Shortest time between two shows, in ms. */
  readonly pace: number;
  readonly limits: ImageLimits;
  /** Posts the message the first time and changes it in place from then on. Its key never changes. */
  show(view: View): Promise<MessageKey>;
}

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
