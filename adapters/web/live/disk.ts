import { BotError } from "../../../src/seam/errors.ts";

/** What to do about a full disk. */
export function noRoom(folder: string): string {
  return `There is no room left on the disk that holds ${folder}. Make some, then try again.`;
}

/** What to do about a folder that takes nothing. */
export function notWritable(folder: string): string {
  return `The playground cannot store in ${folder}. See that the folder can be written to.`;
}

/** Why a file could not be written there, as BotError `storage`. Source for the codes: errno(3). */
export function toDiskError(cause: unknown, folder: string): BotError {
  const code = cause instanceof Error && "code" in cause ? cause.code : undefined;
  const isFull = code === "ENOSPC" || code === "EDQUOT";
  return new BotError("storage", isFull ? noRoom(folder) : notWritable(folder), { cause });
}
