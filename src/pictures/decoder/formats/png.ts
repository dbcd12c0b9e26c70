/** Chunks of words, which may be packed: a few kilobytes can say gigabytes. Source: the PNG specification, 11.3.3. */
const words = new Set(["tEXt", "zTXt", "iTXt"]);

const signatureBytes = 8;
/** Length, type and checksum of a chunk. */
const frameBytes = 12;

/** A PNG without its words, which no picture needs; the same bytes where it has none, and where it is no PNG. */
export function withoutWords(bytes: Uint8Array): Uint8Array {
  const file = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (file.subarray(0, signatureBytes).toString("latin1") !== "\x89PNG\r\n\x1a\n") return bytes;
  const parts: Uint8Array[] = [];
  let from = 0; // what comes after this has not been taken yet
  let at = signatureBytes;
  while (at + frameBytes <= file.length) {
    const end = at + frameBytes + file.readUInt32BE(at);
    if (words.has(file.toString("latin1", at + 4, at + 8))) {
      parts.push(file.subarray(from, at));
      from = end;
    }
    at = end;
  }
  return parts.length === 0 ? bytes : Buffer.concat([...parts, file.subarray(from)]);
}
