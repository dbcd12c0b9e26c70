import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { createQueue } from "../../seam/queue.ts";
import { orAborted } from "../../seam/timeout.ts";

const run = promisify(execFile);

/** One of each at a time, whoever asked: a few bytes can ask for much memory. */
const queue = createQueue();

/**
 * What a program of ours makes of some bytes, in a process of its own: whatever they make it do comes to an end with
 * that, after `ms` at the latest, and it knows none of our secrets. Who cancels does not wait for those before.
 *
 * Rejects when it fails, takes too long or says more than `mostBytes`, or with the signal's reason.
 */
export function runPen(
  pen: string,
  bytes: Uint8Array,
  of: {
    readonly args: readonly number[];
    readonly ms: number;
    readonly mostBytes: number;
    readonly signal?: AbortSignal | undefined;
  },
): Promise<Buffer> {
  const { args, ms, mostBytes, signal } = of;
  const done = queue(pen, async () => {
    signal?.throwIfAborted();
    const drawing = run(
      process.execPath,
      ["--disable-warning=ExperimentalWarning", pen, ...args.map(String)],
      {
        encoding: "buffer",
        maxBuffer: mostBytes,
        timeout: ms,
        killSignal: "SIGKILL",
        env: {},
        ...(signal && { signal }),
      },
    );
    const { stdin } = drawing.child;
    stdin?.on("error", () => {}); // it may have ended before it has read all: then that is what we hear of
    stdin?.end(bytes);
    return (await drawing).stdout;
  });
  return signal ? orAborted(done, signal) : done;
}
