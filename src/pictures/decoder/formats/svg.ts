import sharp from "sharp";
import { undrawable } from "../../refusals.ts";

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
} as const;

/**
 * An SVG as a picture to be shown, its long side 1536 pixels, transparent where nothing is drawn.
 *
 * A few hundred kilobytes can keep librsvg busy for hours, and nothing but the end of its process stops it. librsvg loads
 * nothing from outside the document (librsvg's documentation, “Security and locations of referenced files”), and libxml2
 * bounds what entities grow to. Throws BotError `bad_attachment` for one that is damaged or too large.
 */
export async function rasterise(svg: Uint8Array): Promise<Rasterised> {
  checkSize(svg);
  try {
    // The size it claims does not matter: librsvg draws at the size that is asked for.
    const { data, info } = await sharp(toDrawable(svg), { limitInputPixels: false })
      .resize(limits.side, limits.side, { fit: "inside" })
      .png()
      .toBuffer({ resolveWithObject: true });
    return { bytes: data, mediaType: "image/png", width: info.width, height: info.height };
  } catch (cause) {
    throw undrawable("damaged", cause);
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
