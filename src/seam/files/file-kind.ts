import { toText } from "./text-file.ts";

/** What a file is that is no picture, or none that is read, as its bytes say, whatever it is called. */
export type FileKind =
  | "film"
  | "recording"
  | "PDF"
  | "document"
  | "archive"
  | "program"
  | "web page"
  | "text"
  /** Pictures of kinds that are not read. */
  | "icon"
  | "raw photo"
  | "JPEG XL picture"
  | "JPEG 2000 picture"
  | "Photoshop drawing"
  | "GIMP drawing"
  | "OpenEXR picture";

/** Marks, and the byte at which they stand, the telling ones first. Source: each format's own specification. */
const marks: readonly { readonly kind: FileKind; readonly at: number; readonly any: readonly string[] }[] = [
  { kind: "PDF", at: 0, any: ["%PDF-"] },
  { kind: "icon", at: 0, any: ["\0\0\x01\0", "icns"] },
  { kind: "Photoshop drawing", at: 0, any: ["8BPS"] },
  { kind: "GIMP drawing", at: 0, any: ["gimp xcf"] },
  { kind: "OpenEXR picture", at: 0, any: ["v/1\x01"] },
  { kind: "JPEG XL picture", at: 0, any: ["\xff\x0a", "\0\0\0\x0cJXL "] },
  { kind: "JPEG 2000 picture", at: 0, any: ["\0\0\0\x0cjP  ", "\xff\x4f\xff\x51"] },
  // Of Canon, Fuji, Olympus and Panasonic; others' are TIFF.
  { kind: "raw photo", at: 4, any: ["ftypcrx "] },
  { kind: "raw photo", at: 0, any: ["FUJIFILMCCD-RAW", "IIRO", "IIRS", "IIU\0"] },
  { kind: "recording", at: 4, any: ["ftypM4A", "ftypM4B"] },
  // MP4, QuickTime and 3GP are made of boxes.
  { kind: "film", at: 4, any: ["ftyp", "moov", "mdat", "wide", "free", "skip"] },
  // Matroska and WebM, MPEG, Flash, Windows Media.
  { kind: "film", at: 0, any: ["\x1aE\xdf\xa3", "\0\0\x01\xb3", "\0\0\x01\xba", "FLV\x01", "0&\xb2u"] },
  { kind: "film", at: 8, any: ["AVI "] },
  { kind: "recording", at: 8, any: ["WAVE", "AIFF", "AIFC"] },
  { kind: "recording", at: 0, any: ["ID3", "OggS", "fLaC", "#!AMR", "\xff\xfb", "\xff\xf3", "\xff\xf1"] },
  { kind: "document", at: 0, any: ["\xd0\xcf\x11\xe0", "{\\rtf", "%!PS"] },
  { kind: "program", at: 0, any: ["MZ\x90\0", "\x7fELF", "\xcf\xfa\xed\xfe"] },
  {
    kind: "archive",
    at: 0,
    any: ["PK\x03\x04", "BZh", "7z\xbc\xaf", "Rar!", "\xfd7zXZ", "(\xb5/\xfd"],
  },
];

/** Undefined for what is none of them. */
export function kindOf(bytes: Uint8Array): FileKind | undefined {
  const head = Buffer.from(bytes.subarray(0, 512)).toString("latin1");
  const found = marks.find(({ at, any }) => any.some((mark) => head.startsWith(mark, at)))?.kind;
  // Word, OpenOffice and their like are archives of a known kind.
  if (found === "archive" && /word\/|ppt\/|xl\/|\[Content_Types\]|mimetypeappl/.test(head)) return "document";
  if (found) return found;
  const text = toText(bytes);
  if (text === undefined) return undefined;
  return /^<(?:!doctype html|html|head|body)\b/i.test(withoutComments(text)) ? "web page" : "text";
}

/** What stands behind the spaces and comments that a page may begin with. */
function withoutComments(text: string): string {
  let rest = text.trimStart();
  while (rest.startsWith("<!--")) {
    const end = rest.indexOf("-->", 4);
    if (end < 0) return "";
    rest = rest.slice(end + 3).trimStart();
  }
  return rest;
}
