import { type Fields, isFields } from "./form.ts";

/** A file in a person's hand. */
export interface PersonFile {
  readonly name: string;
  readonly bytes: Uint8Array;
  readonly contentType?: string;
  /** Hidden until it is clicked, whatever its name is. */
  readonly spoiler?: boolean;
  /** Chosen in an older app, which does not know of `file_types`. */
  readonly unfiltered?: boolean;
}

/** Endings by group, which Discord may change at any time. docs: reference, "File Type Filtering", 2026-08. */
const groups: Readonly<Record<string, readonly string[]>> = {
  image: [".png", ".gif", ".jpg", ".jpeg", ".jfif", ".webp", ".avif"],
  video: [".mp4", ".mov", ".qt", ".webm"],
  audio: [".mp3", ".m4a", ".wav", ".ogg", ".opus", ".flac"],
};

/** Throws an Error where Discord's apps do not let a file be chosen: they go by its name alone. */
export function checkChoosable(field: Fields, { name, unfiltered }: PersonFile): void {
  const types = Array.isArray(field.file_types) ? field.file_types.map(String) : [];
  if (unfiltered || types.length === 0) return;
  const endings = types.flatMap((type) => groups[type] ?? type.toLowerCase());
  if (!endings.some((ending) => name.toLowerCase().endsWith(ending)))
    throw new Error(`“${field.name ?? field.custom_id}” takes ${types.join(", ")}, not “${name}”.`);
}

/** Whether a value is a file. */
export function isFile(value: unknown): value is PersonFile {
  return isFields(value) && value.bytes instanceof Uint8Array;
}
