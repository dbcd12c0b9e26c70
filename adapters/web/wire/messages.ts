import type { ActionName } from "../../../src/seam/actions.ts";
import type { Style } from "../../../src/seam/core.ts";
import type { ImageOptions, OptionSpec } from "../../../src/seam/options.ts";
import type { EventKey } from "../../../src/seam/turn.ts";
import type { Details, View } from "../../../src/seam/view.ts";

/**
 * What the playground's server and its page say to each other. Types only: the page is served with them stripped.
 *
 * | request | body | answer |
 * | --- | --- | --- |
 * | GET /api/about | | About |
 * | GET /api/threads | | WireThread[], newest first, without those that are not listed |
 * | GET /api/threads?limit=&before=&after=&open= | | `limit` of them; of those that come after the thread `after`, changed `before`; and the one that is open, listed or not |
 * | GET /api/threads/:id | | { thread: WireThread, messages: WireMessage[] }, oldest first |
 * | PATCH /api/threads/:id | JSON { title } | WireThread |
 * | DELETE /api/threads/:id | | 204 |
 * | POST /api/threads/:id/prompts | multipart Ask | 202 { ask: string } |
 * | POST /api/messages/:id/press | multipart `action` and Ask | 202 { } |
 * | GET /api/styles | | WireStyle[] |
 * | POST /api/styles | multipart `name`, `scope` and Ask, whose text is the instruction | 201 WireStyle |
 * | DELETE /api/styles/:name?scope= | | 204 |
 * | GET /api/defaults | | WireDefaults |
 * | PUT /api/defaults | JSON of all of one's own; none resets | WireDefaults |
 * | POST /api/estimate | JSON { text, options, pictures: number } | WireEstimate |
 * | GET /api/deleted | | WireThread[] that can be brought back, without covers |
 * | POST /api/threads/:id/restore | | WireThread: it was deleted, less than an hour ago |
 * | GET /api/gallery?q=&favourites=&after= | | WireGallery; `q`: words, `favourites`: `on`, `after`: its `next` |
 * | GET /api/search?q= | | WireThread[] in which all words are, newest first |
 * | GET /api/prompts?thread= | | string[], what was asked before, the latest first |
 * | GET /api/favourites | | string[], addresses of pictures |
 * | PUT, DELETE /api/favourites/:file | | 204 |
 * | GET, POST, DELETE /api/links/:answer/:at | | of an answer's picture, from 0: WireLinks; 201 WireLink; 204, all are ended. Only with `About.links` |
 * | GET /api/threads/:id/export, /api/export | | a ZIP of a thread, or of all |
 * | GET /api/events | | text/event-stream of WireEvent, one JSON a `data:` line |
 * | GET /pictures/:file | | the picture; immutable |
 * | GET /pictures/:file?as=thumbnail, ?as=preview | | it as a WebP of 256 or 1024 pixels at most, still |
 *
 * Ask, as multipart fields: `id` (of the ask or the press, a UUID v4 that the page makes: sent again because the answer was
 * lost, it is the same one, and answered as the first time; the server makes one where it is missing); `text`; `options` (JSON of Partial<ImageOptions>); `replyTo` (a message id, prompts only);
 * `attachment` (files, several, in order); `reuse` (file names of pictures already here, several); `mask` (one file).
 * A thread comes into being with its first prompt: the page makes its id (a UUID).
 * A request that fails answers with JSON { error: { message } }, the message fit for a person to read.
 */
export interface About {
  readonly version: string;
  readonly painter: { readonly name: string; readonly standIn: boolean };
  readonly options: readonly OptionSpec[];
  readonly limits: { readonly attachments: number; readonly bytes: number; readonly text: number };
  /** A password was asked for, so there is something to sign out of. */
  readonly signedIn: boolean;
  /** Pictures can be given addresses that others may have; these begin with `base`, or as the page's own. */
  readonly links?: { readonly base?: string };
  /** What happened to the chat that was here before, a plain sentence. */
  readonly lost?: string;
}

/** A saved style; its pictures as addresses. */
export interface WireStyle extends Omit<Style, "pictures"> {
  readonly pictures: readonly string[];
}

/** The options that hold for every prompt that does not say otherwise; one's own win over the channel's. */
export interface WireDefaults {
  readonly mine: Partial<ImageOptions>;
  /** Set with words only: “channel defaults …”. */
  readonly channel: Partial<ImageOptions>;
}

/** What a picture would cost, in a few words; without them no price is known. */
export interface WireEstimate {
  readonly estimate?: string;
}

export interface WireThread {
  readonly id: string;
  readonly title: string;
  /** Unix time, ms. */
  readonly updatedAt: number;
  /** The message the next prompt goes on from; null: a fresh start. */
  readonly head: string | null;
  /** The newest picture, for the list. */
  readonly cover?: string;
  /** Something is being drawn in it, or waits to be. */
  readonly drawing?: true;
  /** It was taken back, and can be brought forward again. */
  readonly undone?: true;
  /** What was asked in it was refused, or about the studio: only the page it is open on knows of it. */
  readonly unlisted?: true;
}

/** A picture with where it is. */
export interface WirePlaced {
  readonly answer: string;
  readonly thread: string;
  /** Its place among the answer's pictures, from 0. */
  readonly at: number;
  /** The thread's. */
  readonly title: string;
  /** Unix time, ms. */
  readonly createdAt: number;
  readonly picture: WirePicture;
  /** What was asked. */
  readonly prompt: string;
}

/** How many addresses there are by which others see a picture. */
export interface WireLinks {
  readonly count: number;
}

/** A new one, without what stands before its path: it is told this once. */
export interface WireLink {
  readonly path: string;
}

/** Some of all pictures, the newest first. */
export interface WireGallery {
  readonly pictures: readonly WirePlaced[];
  /** To ask for the next ones with, as `after`; absent: there are no more. */
  readonly next?: number;
}

/** What a person asked: words, or the press of a button that draws. */
export interface WireAsk {
  readonly kind: "ask";
  readonly id: string;
  readonly thread: string;
  /** Unix time, ms. */
  readonly createdAt: number;
  readonly text: string;
  readonly options: Partial<ImageOptions>;
  readonly pictures: readonly WirePicture[];
  readonly replyTo?: string;
  /** The button that was pressed, on the message `replyTo`. */
  readonly action?: ActionName;
  /** What the server noted it as before it stored it. */
  readonly event?: EventKey;
}

/** What the bot answers; the same id comes again each time it changes. */
export interface WireAnswer {
  readonly kind: "answer";
  readonly id: string;
  readonly thread: string;
  readonly createdAt: number;
  /** The WireAsk it answers. */
  readonly ask: string;
  readonly view: WireView;
}

export type WireMessage = WireAsk | WireAnswer;

/** A View with its pictures as addresses and its messages as ids. */
export interface WireView {
  readonly phase: View["phase"];
  readonly status?: string;
  /** Markdown. */
  readonly text: string;
  readonly notes: readonly string[];
  readonly images: readonly WirePicture[];
  /** To be saved beside the pictures, such as a drawing's source. */
  readonly files?: readonly WirePicture[];
  readonly actions: readonly WireAction[];
  readonly details?: Details;
  readonly parent?: string;
  /** It is about the studio, styles and defaults, and no picture of the thread. */
  readonly aside?: boolean;
  /** It was deleted, and can be brought back until then, Unix time in ms. */
  readonly gone?: number;
  /** Which of several pictures the next prompt goes on from, from 0; absent: the first, nobody has picked. */
  readonly picked?: number;
}

export interface WireAction {
  readonly name: ActionName;
  readonly label: string;
  readonly hint: string;
  readonly style: "plain" | "primary" | "danger";
  readonly form?: {
    readonly title: string;
    readonly prompt: string;
    readonly prefill: boolean;
    readonly submit: string;
  };
}

export interface WirePicture {
  /** `/pictures/<file>` */
  readonly src: string;
  readonly name: string;
  readonly mediaType: string;
  readonly alt: string;
  /** Pixels. */
  readonly width: number;
  readonly height: number;
  readonly role?: "reference" | "mask";
}

export type WireEvent =
  /** The first event of every connection. Another `boot` than before: the server was restarted, load again. */
  | { readonly type: "hello"; readonly boot: string }
  /** Nothing has happened; it comes every ten seconds. */
  | { readonly type: "beat" }
  | { readonly type: "thread"; readonly thread: WireThread }
  | { readonly type: "threadGone"; readonly id: string }
  | { readonly type: "message"; readonly message: WireMessage }
  /** A picture was marked, or is no longer. */
  | { readonly type: "favourite"; readonly src: string; readonly isOne: boolean }
  /** A line for the person alone, not kept: "Back to the picture before." */
  | {
      readonly type: "notice";
      readonly thread: string;
      readonly text: string;
      readonly failed: boolean;
      /** A button that can be pressed about it. */
      readonly offer?: { readonly message: string; readonly action: WireAction };
    };

/** What a page hears without anything having happened. */
export type Pulse = Extract<WireEvent, { type: "hello" | "beat" }>;
