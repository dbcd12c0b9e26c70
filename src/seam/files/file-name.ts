/** A file's name as it can stand in a sentence: one line, not too long. */
export function displayName(name: string): string {
  const plain = name.replace(/[\p{C}\p{Zl}\p{Zp}]+/gu, " ").trim() || "the file";
  const letters = [...plain]; // not halves of them
  return letters.length > 60 ? `${letters.slice(0, 59).join("")}…` : plain;
}

/** The ending of a picture's name, without the dot: `jpg` for `image/jpeg`. */
export function toExtension(mediaType: string): string {
  return mediaType.slice("image/".length).replace("jpeg", "jpg").replace(/\W.*/, "");
}

/** A name without its ending, in a-z, 0-9 and hyphens, which no platform changes; may be empty. */
export function toStem(name: string): string {
  return name
    .replace(/\.[^.]*$/, "")
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, "-")
    .replace(/^-+|-+$/g, "");
}
