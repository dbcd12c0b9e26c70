import { sniffPicture } from "./media-type.ts";

/** Whether a file says of itself that it is words to be read: Discord's `message.txt`, a snippet of Slack's. */
export function claimsText({
  name,
  mediaType,
}: {
  readonly name: string;
  readonly mediaType: string;
}): boolean {
  return /^text\/(?:plain|markdown)\b/i.test(mediaType) || /\.(?:txt|text|md|markdown)$/i.test(name);
}

/** The words of a text file, in UTF-8, or UTF-16 with a byte order mark; undefined for any other, and for an SVG. */
export function toText(bytes: Uint8Array): string | undefined {
  if (bytes.byteLength === 0 || sniffPicture(bytes)) return undefined;
  const isWide = (bytes[0] === 0xff && bytes[1] === 0xfe) || (bytes[0] === 0xfe && bytes[1] === 0xff);
  const encoding = isWide ? (bytes[0] === 0xff ? "utf-16le" : "utf-16be") : "utf-8";
  try {
    const text = new TextDecoder(encoding, { fatal: true }).decode(bytes);
    return /[^\P{Cc}\s]/u.test(text) ? undefined : text;
  } catch {
    return undefined;
  }
}
