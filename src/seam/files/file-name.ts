const types: Readonly<Record<string, string>> = {
  png: "image/png",
  jpg: "image/jpeg",
  jpeg: "image/jpeg",
  webp: "image/webp",
  gif: "image/gif",
  svg: "image/svg+xml",
  heic: "image/heic",
  avif: "image/avif",
};

/** The media type a file's name speaks of; `application/octet-stream` where it says nothing. */
export function typeByName(name: string): string {
  const ending = name.split(".").at(-1)?.toLowerCase() ?? "";
  return (Object.hasOwn(types, ending) && types[ending]) || "application/octet-stream";
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
