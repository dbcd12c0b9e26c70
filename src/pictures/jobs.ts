import { availableParallelism } from "node:os";
import { isSoundPng, sizeOfPng } from "../seam/files/png.ts";
import type { Encoded, ImageLimits, Measured } from "../seam/view.ts";
import type { Rasterised } from "./decoder/formats/svg.ts";
import type { SentPicture } from "./decoder/input.ts";
import { asDrawn, type PutBack } from "./decoder/mask/as-drawn.ts";
import type { Pair } from "./decoder/mask/pair.ts";
import type { Parts } from "./decoder/mask/put-back.ts";
import type { Work } from "./decoder/work.ts";
import type { Picture } from "./picture.ts";
import { type Bounds, createPool, TooMuch, type Wanted } from "./pool.ts";
import { noHeic, ofFile, tooLongToDraw, tooMuchWork, undrawable } from "./refusals.ts";

/**
 * All that opens a picture, in processes of their own: a few kilobytes from outside can ask a decoder for gigabytes and
 * for minutes, and neither may be ours. What people sent can take two of the three at most, so that what is drawn for
 * others goes on.
 */
const pool = createPool({ mb: 1150, most: 3, patienceMs: 400, idleMs: 30_000, keptMs: 300_000 });

/**
 * By who made it and what it is. The megabytes count what a process holds before it opens anything. What is drawn goes
 * first: a picture waits for no sketch, and a sketch for nobody's file.
 */
const bounds = {
  sent: { ms: 20_000, mb: 420, rank: 2 },
  sentSvg: { ms: 10_000, mb: 420, rank: 2 },
  /** HEIC and AVIF: the largest photo of an iPhone takes some seconds, and is held twice. */
  sentBoxed: { ms: 40_000, mb: 850, rank: 2 },
  sentPair: { ms: 120_000, mb: 850, rank: 2 },
  header: { ms: 10_000, mb: 250, rank: 0 },
  thumbnail: { ms: 20_000, mb: 420, rank: 2 },
  sketch: { ms: 20_000, mb: 300, rank: 1, most: availableParallelism() },
  drawn: { ms: 120_000, mb: 850, rank: 0 },
  drawnSvg: { ms: 10_000, mb: 420, rank: 0 },
} as const satisfies Record<string, Bounds>;

function run<Name extends keyof Work>(
  name: Name,
  of: Bounds,
  args: Wanted["args"] & (Parameters<Work[Name]> | (() => Parameters<Work[Name]> | undefined)),
  signal?: AbortSignal,
): Promise<Awaited<ReturnType<Work[Name]>>> {
  // What comes back is what that piece of work says it gives.
  return pool.run({ name, args }, of, signal) as Promise<Awaited<ReturnType<Work[Name]>>>;
}

/** Starts what a picture would wait for that is about to come. */
export function warmUp(): void {
  pool.warm();
}

/** Checks a picture to its last line and puts right what can be put right. Rejects with BotError `bad_attachment`. */
export async function makeInput(
  sent: SentPicture,
  signal: AbortSignal,
): Promise<{ readonly picture: Picture; readonly note?: string }> {
  const { name, mediaType } = sent;
  const isSvg = mediaType === "image/svg+xml";
  const isHeic = mediaType === "image/heic";
  const most = isSvg ? bounds.sentSvg : isHeic || mediaType === "image/avif" ? bounds.sentBoxed : bounds.sent;
  try {
    const { picture, ...note } = await run("makeInput", most, [sent], signal);
    return { picture: { bytes: sent.source, ...picture }, ...note };
  } catch (error) {
    if (!(error instanceof TooMuch)) throw error;
    if (isSvg) throw ofFile(name, undrawable(tooLongToDraw, error));
    throw isHeic ? noHeic(name, error) : tooMuchWork(name, error);
  }
}

/** A picture and the mask that lies on it, fitted to each other. Rejects with UselessMask, or as a decoder does. */
export function fitPair(picture: Picture, mask: Uint8Array, signal?: AbortSignal): Promise<Pair> {
  return run("fitPair", bounds.sentPair, [picture, mask], signal);
}

/** See `decoder/formats/svg.ts`. Rejects with BotError `bad_attachment`, after `ms` at the latest. */
export async function rasterise(
  svg: Uint8Array,
  signal?: AbortSignal,
  ms: number = bounds.drawnSvg.ms,
): Promise<Rasterised> {
  try {
    return await run("rasterise", { ...bounds.drawnSvg, ms }, [svg], signal);
  } catch (error) {
    throw error instanceof TooMuch ? undrawable(tooLongToDraw, error) : error;
  }
}

/** An empty picture, to stand where one cannot be shown. */
export function makeBlank(): Promise<Encoded> {
  return run("makeBlank", bounds.header, []);
}

/** What a picture's header says, of its bytes or of the file it is in; undefined for what no header says it of. */
export async function measure(source: Uint8Array | string): Promise<Measured | undefined> {
  const size = typeof source === "string" ? undefined : sizeOfPng(source);
  if (size) return { mediaType: "image/png", ...size };
  try {
    return await run("measure", bounds.header, [source]);
  } catch (error) {
    if (error instanceof TooMuch) return undefined;
    throw error;
  }
}

/** See `decoder/encode.ts`. Rejects when the bytes are no picture, or more than may be. */
export function toSketch(picture: Uint8Array, limits: ImageLimits): Promise<Encoded> {
  return run("toSketch", bounds.sketch, [picture, limits]);
}

/** See `decoder/thumbnail.ts`. Rejects when that is no picture, or takes more than it may. */
export function toThumbnail(source: Uint8Array | string, side: number): Promise<Encoded> {
  return run("toThumbnail", bounds.thumbnail, [source, side]);
}

/**
 * The same of the picture that is the newest when a decoder is free; undefined when none is wanted by then. Until then
 * none is held here, and then its memory is given back where it is lent: see `takeSpare`.
 */
export function toNewestSketch(
  newest: () => Uint8Array | undefined,
  limits: ImageLimits,
): Promise<Encoded | undefined> {
  const args = (): [Uint8Array, ImageLimits] | undefined => {
    const picture = newest();
    return picture && [picture, limits];
  };
  return run("toSketch", bounds.sketch, args);
}

/**
 * Whether a picture is there to its last line, however odd it is otherwise. Of a PNG its checksums say so; what they do
 * not vouch for is decoded.
 */
export async function isWhole(picture: Uint8Array): Promise<boolean> {
  return isSoundPng(picture) || run("isWhole", bounds.drawn, [picture]).catch(() => false);
}

/**
 * A finished picture within a platform's limits, as `decoder/encode.ts` has it. What fits passes as it came: nobody opens
 * it. So does what nothing makes fit.
 */
export async function toLimits(
  picture: Encoded,
  limits: ImageLimits,
): Promise<Encoded & { readonly note?: string }> {
  const { bytes, mediaType } = picture;
  if (bytes.byteLength <= limits.bytes && limits.mediaTypes.includes(mediaType)) return picture;
  return run("toLimits", bounds.drawn, [{ bytes, mediaType }, limits]).catch((error: unknown) => {
    if (error instanceof TooMuch) return picture; // it is drawn and paid for: the platform has the last word
    throw error;
  });
}

/** See `decoder/mask/put-back.ts`. Never rejects. */
export async function putBack({ drawn, original, mask }: Parts): Promise<PutBack> {
  const { bytes, mediaType } = drawn;
  try {
    return await run("putBack", bounds.drawn, [{ drawn: { bytes, mediaType }, original, mask }]);
  } catch (cause) {
    return { ...asDrawn(drawn, "It could not be laid over your picture"), cause };
  }
}
