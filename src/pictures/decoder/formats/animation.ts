import sharp from "sharp";
import { pixelsOf } from "../pixels.ts";

/** Pixels of all frames together that we are willing to hold: 16 frames of 2048x2048, and some. */
const mostPixels = 70_000_000;

/** One way to make a GIF smaller, and what a person is told of it. */
interface Way {
  readonly scale: number;
  /** Of so many frames, one is kept. */
  readonly every: number;
  /** libvips knows palettes of 2, 4, 16 and 256. */
  readonly colours: 16 | 256;
}

/** From the one that loses least. */
const ways: readonly Way[] = [
  { scale: 1, every: 1, colours: 256 },
  { scale: 0.75, every: 1, colours: 256 },
  { scale: 0.56, every: 1, colours: 256 },
  { scale: 0.42, every: 1, colours: 256 },
  { scale: 0.42, every: 1, colours: 16 },
  { scale: 0.42, every: 2, colours: 16 },
  { scale: 0.32, every: 2, colours: 16 },
  { scale: 0.24, every: 4, colours: 16 },
];

interface Frames {
  readonly pixels: Buffer;
  readonly width: number;
  /** Of one frame. */
  readonly height: number;
  readonly count: number;
  /** How long each frame is shown, in ms. */
  readonly delays: readonly number[];
  /** How often it is played; 0 for ever. */
  readonly loop: number;
}

/** Whether it has more than one frame: a GIF or a WebP may. False for what cannot be read. */
export async function isAnimated(bytes: Uint8Array): Promise<boolean> {
  const moving = /^(?:GIF8|RIFF....WEBP)/s.test(Buffer.from(bytes.subarray(0, 12)).toString("latin1"));
  if (!moving) return false;
  const { pages = 1 } = await pixelsOf(bytes)
    .metadata()
    .catch(() => ({ pages: 1 }));
  return pages > 1;
}

/**
 * An animation as a GIF of at most so many bytes, that plays as long as before; `how` says what was done, to stand after
 * “so”. Undefined when no way makes it fit, or when it is too large to be held.
 */
export async function toSmallerGif(
  bytes: Uint8Array,
  mostBytes: number,
): Promise<{ readonly bytes: Uint8Array; readonly how: string } | undefined> {
  const frames = await readFrames(bytes);
  if (!frames) return undefined;
  let last: { readonly bytes: number; readonly cost: number } | undefined;
  for (const way of ways) {
    const cost = way.scale ** 2 * (way.colours / 256) ** 0.2 * (1 / way.every);
    // Encoding takes seconds: a way that promises half as much again as may be is not worth trying.
    if (last && (last.bytes * cost) / last.cost > mostBytes * 1.5) continue;
    const smaller = await encode(frames, way);
    if (smaller.byteLength <= mostBytes) return { bytes: smaller, how: describe(way) };
    last = { bytes: smaller.byteLength, cost };
  }
  return undefined;
}

async function readFrames(bytes: Uint8Array): Promise<Frames | undefined> {
  const { width, height, pages = 1, delay = [], loop = 0 } = await pixelsOf(bytes).metadata();
  if (width * height * pages > mostPixels) return undefined;
  const pixels = await pixelsOf(bytes, { animated: true })
    .toColourspace("srgb")
    .ensureAlpha()
    .raw()
    .toBuffer();
  const delays = Array.from({ length: pages }, (_, index) => delay[index] ?? 100);
  return { pixels, width, height, count: pages, delays, loop };
}

function encode(frames: Frames, { scale, every, colours }: Way): Promise<Buffer> {
  const { width, height, loop } = frames;
  const frameBytes = width * height * 4;
  const kept = frames.delays.map((_, index) => index).filter((index) => index % every === 0);
  const frame = (index: number) => frames.pixels.subarray(index * frameBytes, (index + 1) * frameBytes);
  const pixels = every === 1 ? frames.pixels : Buffer.concat(kept.map(frame));
  // A frame that is left out gives its time to the one before.
  const delay = kept.map((index) =>
    frames.delays.slice(index, index + every).reduce((sum, one) => sum + one, 0),
  );
  const raw = { width, height: height * kept.length, channels: 4, pageHeight: height } as const;
  return sharp(pixels, { animated: true, raw })
    .resize({ width: Math.max(1, Math.round(width * scale)) })
    .gif({ colours, delay, loop, effort: 4, interFrameMaxError: 8 })
    .toBuffer();
}

function describe({ scale, every, colours }: Way): string {
  if (scale === 1) return "small changes between its frames were left out";
  const parts = [`it is scaled to ${Math.round(scale * 100)} %`];
  if (colours < 256) parts.push("has fewer colours");
  if (every > 1) parts.push("has fewer frames");
  return [parts.slice(0, -1).join(", "), parts.at(-1)].filter(Boolean).join(" and ");
}
