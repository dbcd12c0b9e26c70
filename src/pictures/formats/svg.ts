import { fileURLToPath } from "node:url";
import { BotError } from "../../seam/errors.ts";
import { runPen } from "./pen.ts";

/** An SVG as a PNG, sizes in pixels. */
export interface Rasterised {
  readonly bytes: Uint8Array;
  readonly mediaType: "image/png";
  readonly width: number;
  readonly height: number;
}

/** What we are willing to draw. */
const limits = {
  bytes: 5 * 1024 * 1024,
  /** Opening brackets. An element takes librsvg 2.6 KB of memory, which 4 bytes are enough to ask for. */
  tags: 100_000,
  /** Pixels of the long side of what comes out. */
  side: 1536,
  /** How long the drawing may take, in ms: most take less than one second. */
  ms: 10_000,
} as const;

const pen = fileURLToPath(new URL("./svg-pen.ts", import.meta.url));

/**
 * An SVG as a picture to be shown, its long side 1536 pixels, transparent where nothing is drawn.
 *
 * It is drawn in a process of its own: a few hundred kilobytes can keep librsvg busy for hours, and nothing but the end
 * of its process stops it. librsvg loads nothing from outside the document (librsvg's documentation, “Security and
 * locations of referenced files”), and libxml2 bounds what entities grow to. Throws BotError `bad_attachment` for one
 * that is damaged, too large, or not drawn after `ms`.
 */
export async function rasterise(
  svg: Uint8Array,
  signal?: AbortSignal,
  ms: number = limits.ms,
): Promise<Rasterised> {
  signal?.throwIfAborted();
  checkSize(svg);
  const bytes = await draw(svg, ms, signal);
  const size = new DataView(bytes.buffer, bytes.byteOffset);
  // Where a PNG holds its size. Source: the PNG specification, third edition, IHDR.
  return { bytes, mediaType: "image/png", width: size.getUint32(16), height: size.getUint32(20) };
}

async function draw(svg: Uint8Array, ms: number, signal?: AbortSignal): Promise<Uint8Array> {
  try {
    const given = { args: [limits.side, ms], ms, mostBytes: 32 * 1024 * 1024, signal };
    return await runPen(pen, toDrawable(svg), given);
  } catch (cause) {
    signal?.throwIfAborted();
    throw undrawable("damaged or takes too long to draw", cause);
  }
}

/** Refuses what would fill the memory before it takes too long. */
function checkSize(svg: Uint8Array): void {
  if (svg.byteLength > limits.bytes) throw undrawable("too large");
  const text = Buffer.from(svg).toString("latin1");
  const prologue = text.slice(0, text.search(/<(?:[\w.-]+:)?svg[\s/>]/));
  // Drawing programs name their namespaces by entities; one with elements in it multiplies them.
  const multiplies = /<!ENTITY\s+(?:%\s+)?[^\s"']+\s+(?:"[^"]*[<&]|'[^']*[<&])/.test(prologue);
  if (multiplies || text.split("<", limits.tags + 2).length > limits.tags + 1) {
    throw undrawable("too complex");
  }
}

/** libvips takes for SVG what says `<svg` among its first 1000 letters, which a long prologue may come before. */
function toDrawable(svg: Uint8Array): Uint8Array {
  const text = Buffer.from(svg).toString("latin1");
  return Buffer.from(
    text.replace(/^(?:\xef\xbb\xbf)?\s*(<\?xml\s[^>]*\?>)?/, "$1<!--  a drawing: <svg  -->"),
    "latin1",
  );
}

function undrawable(what: string, cause?: unknown): BotError {
  return new BotError("bad_attachment", `The SVG is ${what}. Export it as PNG and use that.`, { cause });
}
