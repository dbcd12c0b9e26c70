import { isFields } from "./form.ts";

/**
 * A file in a person's hand. `file_types` are not enforced: Discord's apps go by the name alone, and older ones
 * not even by that.
 */
export interface PersonFile {
  readonly name: string;
  readonly bytes: Uint8Array;
  readonly contentType?: string;
  /** Hidden until it is clicked, whatever its name is. */
  readonly spoiler?: boolean;
}

/** Whether a value is a file. */
export function isFile(value: unknown): value is PersonFile {
  return isFields(value) && value.bytes instanceof Uint8Array;
}
