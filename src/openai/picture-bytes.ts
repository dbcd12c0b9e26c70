import { sniffMediaType } from "../seam/files/media-type.ts";

/** A picture from base64, with its media type; undefined when it is none, or only the first part of one. */
export function toPictureBytes(base64: string): { bytes: Uint8Array; mediaType: string } | undefined {
  const bytes = Buffer.from(base64, "base64");
  // Decoding passes over what is not base64: then there are fewer bytes than there are letters for.
  const letters = base64.length - (base64.endsWith("==") ? 2 : base64.endsWith("=") ? 1 : 0);
  return letters % 4 === 1 || bytes.length !== Math.floor((letters * 3) / 4) ? undefined : toPicture(bytes);
}

/** The same, from the bytes themselves. */
export function toPicture(bytes: Buffer): { bytes: Uint8Array; mediaType: string } | undefined {
  const mediaType = sniffMediaType(bytes);
  return mediaType && isWhole(bytes, mediaType) ? { bytes, mediaType } : undefined;
}

/** By how its kind ends; something may follow. Source: PNG, 11.2; JPEG, B.1.1.3; GIF89a, 27; the WebP container. */
function isWhole(bytes: Buffer, mediaType: string): boolean {
  const end = bytes.subarray(-1024);
  switch (mediaType) {
    case "image/png":
      return endsPng(bytes);
    case "image/jpeg":
      return end.includes("\xff\xd9", 0, "latin1");
    case "image/gif":
      return end.includes(";", 0, "latin1");
    case "image/webp":
      return bytes.length >= 12 && bytes.length >= bytes.readUInt32LE(4) + 8;
    default:
      return /<\/(?:[\w.-]+:)?svg\s*>|\/>\s*$/.test(end.toString("latin1"));
  }
}

/** Each chunk says how long it is: from the signature they lead to the last one, or the picture has a gap. */
function endsPng(bytes: Buffer): boolean {
  for (let at = 8; at + 12 <= bytes.length; at += 12 + bytes.readUInt32BE(at)) {
    if (bytes.toString("latin1", at + 4, at + 8) === "IEND") return true;
  }
  return false;
}
