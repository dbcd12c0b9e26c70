import type { ActionName } from "./actions.ts";
import type { OptionName } from "./options.ts";
import type { MessageKey } from "./turn.ts";

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
  /** The answer was deleted: its message goes. Where a thread hangs on it, as on all of the page, it says so instead. */
  readonly gone?: true;
  readonly details?: Details;
  /** The message whose picture this answer was made from. */
  readonly parent?: MessageKey;
  /** Where the thread goes on from now: a message, or null for a fresh start. Absent: unchanged. */
  readonly head?: MessageKey | null;
  /** It is made from something hidden: its pictures and words are hidden until they are clicked. */
  readonly spoiler?: true;
  /** Who may see it; everyone unless said. */
  readonly audience?: "everyone" | "asker";
}

/** Whether nothing more will come after this view. */
export function isOver(phase: View["phase"]): boolean {
  return phase !== "queued" && phase !== "working";
}

/** A picture's bytes and their real media type. */
export interface Encoded {
  readonly bytes: Uint8Array;
  readonly mediaType: string;
}

/** What the bytes of a picture really are, whatever their name claims. */
export interface Measured {
  readonly mediaType: string;
  /** Pixels, as shown: the camera's rotation is applied. */
  readonly width: number;
  readonly height: number;
}

/** A picture to show. `alt` describes it to those who do not see it. */
export interface Image extends Encoded {
  readonly name: string;
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
  /** From the start of the drawing to the final picture, restarts between them included, without the wait in line. */
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
  /** The message's key, where it is known before the first show: the turn is noted before anybody sees it taken. */
  readonly message?: MessageKey;
  /** Where the message is and by which right it is changed, as JSON of the adapter's: for `Adapter.reopen`. */
  readonly venue?: unknown;
  /** Nobody but the asker sees it. */
  readonly private?: boolean;
  /** Once the last view's show has resolved, its pictures' bytes are not looked at here any more, but as `lookAt` says. */
  readonly letsGo?: true;
  /** Posts the message the first time and changes it in place from then on. Its key never changes. */
  show(view: View): Promise<MessageKey>;
}
