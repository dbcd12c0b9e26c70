import type { MessageKey } from "../../../src/seam/turn.ts";

/**
 * What the bot said last in a thread, where nothing was drawn: a question, a refusal, help, that it failed. Who it was
 * said to may answer it there.
 */
export interface Word {
  /** The message, where answering it means that one. */
  readonly message?: MessageKey;
  /** Absent: to everybody. */
  readonly userId?: string;
}
