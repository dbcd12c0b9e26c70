import type { PictureRef } from "../kept/record.ts";
import type { Inputs } from "./inputs.ts";

/** Words that mean more than one of the pictures in view. */
const several =
  /\b(both|these|those|them|all of|each|together|combine|merge|(pictures?|images?|photos?|of|from|on|in) [1-9]|first|second|third|fourth)\b/i;

/** The pictures a request works on: its own; without any, those in view from before, where the newest goes for all. */
export function toReferences({ prompt, pictures, memory }: Inputs): readonly PictureRef[] {
  const own = pictures.filter((picture) => !isStyle(picture));
  if (own.length > 0 || memory.scene) return own;
  const before = memory.pictures.filter((picture) => !isStyle(picture));
  return several.test(prompt.slice(0, 4000)) ? before : before.slice(-1);
}

/** Whether a picture is there for its style, and not for what it shows: its label says so. */
export function isStyle({ label }: PictureRef): boolean {
  return label !== undefined && /\bstyle\b/i.test(label);
}
