import { execFile } from "node:child_process";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { createQueue } from "../../store/queue.ts";

/** What we are willing to decode. */
const limits = {
  /** Pixels: the largest of an iPhone has 48 million. */
  pixels: 100_000_000,
  /** How long it may take, in ms: the largest of an iPhone takes some seconds. */
  ms: 40_000,
} as const;

const pen = fileURLToPath(new URL("./heic-pen.ts", import.meta.url));
const run = promisify(execFile);

/** One at a time: a large one takes some hundred megabytes. */
const queue = createQueue();

/**
 * An HEIC photo as a PNG, upright, with its colour profile and without what it says of its place; scaled so that its long
 * side has `side` pixels at most.
 *
 * libvips, as sharp brings it, is built without a decoder for HEVC, for its patents; libheif-js is libheif with one, as
 * WebAssembly. It runs in a process of its own: whatever the bytes make it do comes to an end with that, and it knows none
 * of our secrets. Rejects when it fails, takes too long, or is told to stop.
 */
export async function heicToPng(
  bytes: Uint8Array,
  side: number,
  signal?: AbortSignal,
  ms: number = limits.ms,
): Promise<Buffer> {
  return queue("heic", async () => {
    signal?.throwIfAborted();
    const args = [pen, String(side), String(limits.pixels), String(ms)];
    const decoding = run(process.execPath, ["--disable-warning=ExperimentalWarning", ...args], {
      encoding: "buffer",
      maxBuffer: 128 * 1024 * 1024,
      timeout: ms,
      killSignal: "SIGKILL",
      env: {},
      ...(signal && { signal }),
    });
    const { stdin } = decoding.child;
    stdin?.on("error", () => {}); // it may have ended before it has read all: then that is what we hear of
    stdin?.end(bytes);
    return (await decoding).stdout;
  });
}
