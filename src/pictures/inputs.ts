import sharp, { type Metadata } from "sharp";
import { BotError } from "../seam/errors.ts";
import { displayName } from "../seam/files/file-name.ts";
import { sniffMediaType } from "../seam/files/media-type.ts";
import { mostFileBytes } from "../seam/files/sent-file.ts";
import type { Attachment } from "../seam/turn.ts";
import { rasterise } from "./svg.ts";

/** A picture fit to be sent to OpenAI: PNG, JPEG or WebP, upright, one frame, without location data. */
export interface Picture {
  readonly role: "reference" | "mask";
  readonly bytes: Uint8Array;
  readonly mediaType: "image/png" | "image/jpeg" | "image/webp";
  /** Pixels. */
  readonly width: number;
  readonly height: number;
}

/** What OpenAI takes, and what we are willing to decode. */
export const inputLimits = {
  /** Pictures in one request. Source: the image guide. */
  references: 16,
  /** Bytes of one file. */
  bytes: mostFileBytes,
  /** Pixels of one picture: a phone's largest photo passes, a decompression bomb does not. */
  pixels: 210_000_000,
  /** Pixels of the longer side beyond which a picture is scaled down: the largest that can be drawn. */
  side: 3840,
  /** How long a file may take to be fetched, in ms: 50 MB over 5 Mbit/s. */
  fetchMs: 90_000,
} as const;

/**
 * Reads a turn's attachments in their order and puts right what can be put right, each with a sentence in `notes`.
 * `room`: references that can be used.
 *
 * Throws one BotError `bad_attachment` that names every file that cannot be used and what to do about it: drawing
 * without it would cost money and disappoint.
 */
export async function readInputs(
  attachments: readonly Attachment[],
  signal: AbortSignal,
  room: number = inputLimits.references,
): Promise<{ pictures: readonly Picture[]; notes: readonly string[] }> {
  const notes: string[] = [];
  const masks = attachments.filter(({ role }) => role === "mask");
  const references = attachments.filter(({ role }) => role !== "mask");
  const spare = references.length - room;
  if (spare > 0) {
    notes.push(`I can use ${inputLimits.references} pictures at once, so I left out the last ${spare}.`);
  }
  if (masks.length > 1) notes.push("I can use one mask at a time, so I took the first.");
  const pictures: Picture[] = [];
  const problems: string[] = [];
  // One at a time: a decoded picture can take hundreds of megabytes.
  for (const attachment of [...references.slice(0, room), ...masks.slice(0, 1)]) {
    try {
      const { picture, note } = await readPicture(attachment, signal);
      pictures.push(picture);
      if (note) notes.push(note);
    } catch (error) {
      signal.throwIfAborted();
      if (!(error instanceof BotError) || error.code !== "bad_attachment") throw error;
      problems.push(error.message);
    }
  }
  if (problems.length > 0) throw new BotError("bad_attachment", problems.join("\n"));
  return { pictures, notes };
}

async function readPicture(
  attachment: Attachment,
  signal: AbortSignal,
): Promise<{ picture: Picture; note?: string }> {
  const name = `“${displayName(attachment.name)}”`;
  if (attachment.size > inputLimits.bytes) throw tooLarge(name, attachment.size);
  const source = await fetchBytes(attachment, signal);
  if (source.byteLength > inputLimits.bytes) throw tooLarge(name, source.byteLength);
  const role = attachment.role ?? "reference";
  if (sniffMediaType(source) === "image/svg+xml") return readDrawing(source, name, role, signal);
  const meta = await inspect(source, name);
  const changes = changesFor(meta, source);
  try {
    if (changes.length === 0 && isSendable(meta)) {
      await decode(source);
      const mediaType = `image/${meta.format}` as const;
      return { picture: { role, bytes: source, mediaType, width: meta.width, height: meta.height } };
    }
    const picture = await convert(source, meta, role);
    const said = changes.filter((change) => change !== "");
    return said.length > 0 ? { picture, note: `${name}: ${said.join(", ")}.` } : { picture };
  } catch (cause) {
    throw damaged(name, cause);
  }
}

/** An SVG, as the picture that it shows. */
async function readDrawing(source: Uint8Array, name: string, role: Picture["role"], signal: AbortSignal) {
  try {
    const picture = { role, ...(await rasterise(source, signal)) };
    return { picture, note: `${name}: I turned it from SVG into a picture.` };
  } catch (cause) {
    if (cause instanceof BotError) throw bad(`${name}: ${cause.message}`, cause);
    throw cause;
  }
}

/** The bytes of a file. Whatever the platform does or leaves undone, this comes to an end. Rejects as `read` does. */
export async function fetchBytes(attachment: Attachment, signal: AbortSignal): Promise<Uint8Array> {
  const name = `“${displayName(attachment.name)}”`;
  const late = new AbortController();
  const timer = setTimeout(
    () => late.abort(bad(`${name} could not be fetched in time. Send it again.`)),
    inputLimits.fetchMs,
  );
  const either = AbortSignal.any([signal, late.signal]);
  const givenUp = new Promise<never>((_, reject) => {
    either.addEventListener("abort", () => reject(either.reason), { once: true });
  });
  try {
    either.throwIfAborted();
    return await Promise.race([attachment.read(either), givenUp]);
  } catch (error) {
    either.throwIfAborted();
    throw error;
  } finally {
    clearTimeout(timer);
  }
}

type Sendable = Metadata & { readonly format: "png" | "jpeg" | "webp" };

function isSendable(meta: Metadata): meta is Sendable {
  return meta.format === "png" || meta.format === "jpeg" || meta.format === "webp";
}

/** What has to be done to a picture, in words; an empty word for what nobody needs to hear of. */
function changesFor(meta: Metadata, source: Uint8Array): readonly string[] {
  const changes: string[] = [];
  if ((meta.pages ?? 1) > 1 || isMovingPng(meta, source)) changes.push("it moves, so I took its first frame");
  else if (!isSendable(meta))
    changes.push(`I turned it from ${meta.format.toUpperCase()} into a type OpenAI takes`);
  if (Math.max(meta.width, meta.height) > inputLimits.side) {
    changes.push(
      `it was ${meta.width}x${meta.height}, so I scaled it to ${inputLimits.side} pixels on the long side`,
    );
  }
  if ((meta.orientation ?? 1) > 1) changes.push("");
  // Photos carry the place where they were taken; OpenAI has no need to know.
  if (meta.exif || meta.xmp || meta.iptc || meta.space === "cmyk") changes.push("");
  return changes;
}

/** Reads the header only. `limitInputPixels` refuses a bomb before anything is decoded. */
async function inspect(source: Uint8Array, name: string): Promise<Metadata> {
  if (source.byteLength === 0) throw bad(`${name} is empty. Send it again.`);
  if (isHeic(source)) {
    throw bad(
      `${name} is an HEIC photo, which I cannot open. Send it as JPEG: on an iPhone, choose Settings › Camera › Formats › Most Compatible, or share it from Photos as JPEG.`,
    );
  }
  if (Buffer.from(source.subarray(0, 5)).toString("latin1") === "%PDF-") {
    throw bad(`${name} is a PDF. Export the page you mean as PNG and send that.`);
  }
  // What libvips finds in a file is more than we want opened: a compressed SVG, for one, which fills the memory.
  if (!sniffMediaType(source) && !isTiff(source) && !isAvif(source)) throw noPicture(name);
  const meta = await sharp(source, { limitInputPixels: false })
    .metadata()
    .catch((cause: unknown) => {
      throw damaged(name, cause);
    });
  const pixels = meta.width * (meta.pageHeight ?? meta.height);
  if (pixels > inputLimits.pixels) {
    throw bad(
      `${name} has ${meta.width}x${meta.height} pixels, more than I open. Scale it to ${inputLimits.side} pixels on the long side and send it again.`,
    );
  }
  return meta;
}

/** libvips knows the first picture only. Source: the PNG specification, third edition: `acTL` stands before `IDAT`. */
function isMovingPng({ format }: Metadata, source: Uint8Array): boolean {
  if (format !== "png") return false;
  const bytes = Buffer.from(source.buffer, source.byteOffset, source.byteLength);
  return bytes.subarray(0, Math.max(0, bytes.indexOf("IDAT"))).includes("acTL");
}

/** The brands that ISO/IEC 23008-12 gives to pictures coded as HEVC. */
function isHeic(source: Uint8Array): boolean {
  const head = Buffer.from(source.subarray(4, 12)).toString("latin1");
  return (
    /^ftyp(?:hei[cmsx]|hev[cx]|mif1|msf1)$/.test(head) &&
    !Buffer.from(source.subarray(0, 64)).includes("avif")
  );
}

/** Also BigTIFF. Source: the TIFF 6.0 specification, section 2. */
function isTiff(source: Uint8Array): boolean {
  return /^(?:II[*+]\0|MM\0[*+])/.test(Buffer.from(source.subarray(0, 4)).toString("latin1"));
}

/** Source: the AV1 Image File Format; its brand may stand among the compatible ones. */
function isAvif(source: Uint8Array): boolean {
  const head = Buffer.from(source.subarray(4, 64)).toString("latin1");
  return head.startsWith("ftyp") && head.includes("avi");
}

/** Decodes every row and keeps almost nothing: throws when the data is damaged or ends early. */
async function decode(source: Uint8Array): Promise<void> {
  await sharp(source, { limitInputPixels: inputLimits.pixels, sequentialRead: true })
    .resize(8, 8, { fit: "fill", kernel: "nearest", fastShrinkOnLoad: false })
    .raw()
    .toBuffer();
}

async function convert(source: Uint8Array, meta: Metadata, role: Picture["role"]): Promise<Picture> {
  const upright = sharp(source, { limitInputPixels: inputLimits.pixels, sequentialRead: true, pages: 1 })
    .autoOrient()
    .resize(inputLimits.side, inputLimits.side, {
      fit: "inside",
      withoutEnlargement: true,
      fastShrinkOnLoad: true,
    })
    .toColourspace("srgb");
  const photo = meta.format === "jpeg" && !meta.hasAlpha;
  const encoded = photo ? upright.jpeg({ quality: 95, chromaSubsampling: "4:4:4" }) : upright.png();
  const { data, info } = await encoded.toBuffer({ resolveWithObject: true });
  return {
    role,
    bytes: data,
    mediaType: photo ? "image/jpeg" : "image/png",
    width: info.width,
    height: info.height,
  };
}

function noPicture(name: string): BotError {
  return bad(`${name} is not a picture, whatever its name says. Send a PNG, JPEG, WebP, GIF or SVG.`);
}

function damaged(name: string, cause: unknown): BotError {
  return bad(`${name} is damaged or cut off. Send it again, or save it anew as PNG or JPEG first.`, cause);
}

function tooLarge(name: string, bytes: number): BotError {
  const megabytes = Math.ceil(bytes / 1024 / 1024);
  return bad(
    `${name} has ${megabytes} MB; 50 MB is the most. Save it smaller, or as JPEG, and send it again.`,
  );
}

function bad(message: string, cause?: unknown): BotError {
  return new BotError("bad_attachment", message, { cause });
}
