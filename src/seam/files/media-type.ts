/** The media type that the first bytes speak of; undefined for what is no picture. */
export function sniffMediaType(bytes: Uint8Array): string | undefined {
  const head = Buffer.from(bytes.subarray(0, 16)).toString("latin1");
  if (head.startsWith("\x89PNG\r\n\x1a\n")) return "image/png";
  if (head.startsWith("\xff\xd8\xff")) return "image/jpeg";
  if (head.startsWith("RIFF") && head.slice(8, 12) === "WEBP") return "image/webp";
  if (head.startsWith("GIF8")) return "image/gif";
  return isSvg(bytes) ? "image/svg+xml" : undefined;
}

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

/** An SVG's first element is `svg`, after a byte order mark, an XML declaration, comments and its own doctype. */
function isSvg(bytes: Uint8Array): boolean {
  return (
    Buffer.from(bytes.subarray(0, 32_768))
      .toString("latin1")
      .replace(/^\xef\xbb\xbf/, "")
      .replace(
        /^(?:\s|<\?[\s\S]*?\?>|<!--[\s\S]*?-->|<!DOCTYPE\s+(?:[\w.-]+:)?svg\b[^[>]*(?:\[[^\]]*\]\s*)?>)*/,
        "",
      )
      .search(/^<(?:[\w.-]+:)?svg[\s/>]/) === 0
  );
}
