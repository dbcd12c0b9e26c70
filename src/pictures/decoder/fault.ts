import { BotError, type ErrorCode } from "../../seam/errors.ts";
import { UselessMask } from "../picture.ts";

/** An error as it crosses between processes. */
export interface Fault {
  /** There where it is for people. */
  readonly code?: ErrorCode;
  readonly isUselessMask?: true;
  readonly message: string;
  readonly stack?: string;
  readonly cause?: Fault;
}

export function toFault(error: unknown): Fault {
  if (!(error instanceof Error)) return { message: String(error) };
  return {
    message: error.message,
    ...(error instanceof BotError && { code: error.code }),
    ...(error instanceof UselessMask && { isUselessMask: true }),
    ...(error.stack !== undefined && { stack: error.stack }),
    ...(error.cause !== undefined && { cause: toFault(error.cause) }),
  };
}

export function fromFault({ code, isUselessMask, message, stack, cause }: Fault): Error {
  const options = cause === undefined ? {} : { cause: fromFault(cause) };
  if (code) return new (isUselessMask ? UselessMask : BotError)(code, message, options);
  const error = new Error(message, options);
  if (stack !== undefined) error.stack = stack;
  return error;
}
