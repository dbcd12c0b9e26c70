import type { Address, Source, Uploads } from "../pictures/uploads.ts";
import type { Log } from "../seam/log.ts";
import type { EngineName, ImageOptions } from "../seam/options.ts";
import type { Generation } from "../store/history.ts";
import type { StoredInput, StoredStyle } from "../store/stored.ts";
import type { PaintEvent } from "./painted.ts";

/** Characters of a prompt. Source: the Images API's limit, which the image tool shares. */
export const promptLimit = 32_000;

/** The operator's choices that every request carries. */
export interface RequestDefaults {
  /** The mainline model, which reads the conversation. */
  readonly model: string;
  /** Who may draw; the first does unless something else is asked for. */
  readonly imageModels: readonly string[];
  readonly background: boolean;
  /** OpenAI may store responses and files; else each request brings all that came before. */
  readonly store: boolean;
  /** Who draws unless a style or a flag says otherwise; the Responses API where absent. */
  readonly engine?: EngineName;
  /** A mainline model may be asked though the Image API draws: for what that one has no answer to. */
  readonly mainline?: boolean;
}

/** What a painter is asked for: one turn's pictures, or its answer in words. */
export interface Commission {
  /** Tells this one from every other; the same again after a restart. */
  readonly name: string;
  /** What the person said, without flags. */
  readonly text: string;
  /** What the model takes; fitOptions made them so. */
  readonly options: Partial<ImageOptions>;
  readonly imageModel: string;
  readonly inputs: readonly StoredInput[];
  readonly style?: StoredStyle;
  /** Words are no answer: a picture was asked for outright. */
  readonly mustDraw: boolean;
  /** From an Identity: who asks, as OpenAI may know them. */
  readonly safetyId: string;
  /** Tells one time that the same is asked for from another. */
  readonly attempt?: string;
  readonly before: Before;
}

/** What a commission goes on from. What has to be fetched for it is fetched when it is asked for, and once. */
export interface Before {
  readonly base?: Generation;
  /** What is seen of it: another where it was answered in words. */
  readonly shown?: Generation;
  /** Nobody answered that one: it is what the thread has come to. */
  readonly isUnanswered?: boolean;
  /** How many of the references, the first ones, are the pictures of that, of which none was picked. */
  readonly unpicked?: number;
  /** What an answer went on from itself; undefined where it began anew. */
  of(generation: Generation): Promise<Generation | undefined>;
  /** The picture that is seen, the picked one of several; none where there is nothing to go on from. */
  seen(): Promise<readonly Source[]>;
  /** All of it told anew. Rejects as reading pictures does when the newest is gone. */
  told(): Promise<Conversation>;
}

/** What was said, sent and drawn before, oldest first: for where OpenAI does not have it. */
export interface Conversation {
  readonly turns: readonly ToldTurn[];
  /** The pictures among them. */
  readonly sources: readonly Source[];
}

export interface ToldTurn {
  readonly prompt: string;
  /** Pictures that came with it. */
  readonly brought: readonly Address[];
  /** The answer in words. */
  readonly said: string;
  /** The picture that was the answer. */
  readonly drawn: readonly Address[];
}

/** What an engine is handed with a commission. */
export interface Tools {
  readonly uploads: Uploads;
  readonly defaults: RequestDefaults;
  /** Tells the person something beside the picture, once. */
  readonly say: (note: string) => void;
  /**
   * Awaited right before anything is asked for that is paid for, also when it is tried again. Rejects with BotError
   * `stopped` where another process asks for it by now.
   */
  readonly mayAsk?: MayAsk;
  readonly log: Log;
}

export type MayAsk = () => Promise<void>;

/**
 * Draws one of a commission's pictures, by its place among them from 0, all from the same start. `taken`: the name under
 * which it was begun by an earlier process. Throws BotError, or the signal's reason.
 */
export type Paint = (place: number, taken: string | undefined) => AsyncGenerator<PaintEvent>;

/** A way to have pictures drawn: the Responses API, or the Image API. */
export interface Engine {
  begin(commission: Commission, tools: Tools, signal: AbortSignal): Paint;
}
