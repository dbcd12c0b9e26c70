/** The media type that the first bytes speak of, of those that are shown and sent; undefined for all others. */
export function sniffMediaType(bytes: Uint8Array): string | undefined {
  const head = Buffer.from(bytes.subarray(0, 16)).toString("latin1");
  if (head.startsWith("\x89PNG\r\n\x1a\n")) return "image/png";
  if (head.startsWith("\xff\xd8\xff")) return "image/jpeg";
  if (head.startsWith("RIFF") && head.slice(8, 12) === "WEBP") return "image/webp";
  if (head.startsWith("GIF8")) return "image/gif";
  return isSvg(bytes) ? "image/svg+xml" : undefined;
}

/** The same, and of those that are read and turned into one of them: TIFF, BMP, AVIF and HEIC. */
export function sniffPicture(bytes: Uint8Array): string | undefined {
  const head = Buffer.from(bytes.subarray(0, 64)).toString("latin1");
  // Also BigTIFF. Source: the TIFF 6.0 specification, section 2.
  if (/^(?:II[*+]\0|MM\0[*+])/.test(head)) return "image/tiff";
  // Words may begin with BM, too: the length of the header tells. Source: Microsoft's “Bitmap Storage”.
  const isBmp = head.startsWith("BM") && head.slice(15, 18) === "\0\0\0";
  if (isBmp && [12, 40, 52, 56, 64, 108, 124].includes(head.charCodeAt(14))) return "image/bmp";
  return sniffMediaType(bytes) ?? typeOfBox(head);
}

/**
 * Both are pictures in ISO's boxes; the brand in front may be that of either's family, and then those it is compatible
 * with tell. Source: ISO/IEC 23008-12, and the AV1 Image File Format.
 */
function typeOfBox(head: string): string | undefined {
  const [, brands = ""] =
    /^....ftyp((?:avi[fs]|hei[cmsx]|hev[cmsx]|mi[af][f1]|msf1)[\s\S]*)/s.exec(head) ?? [];
  if (brands === "") return undefined;
  return /avi[fs]/.test(brands) ? "image/avif" : "image/heic";
}

const types: Readonly<Record<string, string>> = {
  png: "image/png",
  jpg: "image/jpeg",
  jpeg: "image/jpeg",
  jpe: "image/jpeg",
  jfif: "image/jpeg",
  webp: "image/webp",
  gif: "image/gif",
  svg: "image/svg+xml",
  heic: "image/heic",
  heif: "image/heic",
  bmp: "image/bmp",
  tif: "image/tiff",
  tiff: "image/tiff",
  avif: "image/avif",
};

/** How the names of pictures end that are read, without the dot. */
export const pictureEndings: readonly string[] = Object.keys(types);

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
