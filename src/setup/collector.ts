import { setFlagsFromString } from "node:v8";

/** The first major version of Node of which it is known that its V8 has this flag: an older one would complain. */
const knownSince = 26;

/**
 * Has V8 count the bytes of buffers as a part of its heap. By itself it goes through all of the heap for every 64 MB of
 * them that were made, which is for every second picture, and finds that it holds what it held before.
 */
export function calmCollector(): void {
  if (Number.parseInt(process.versions.node, 10) < knownSince) return;
  setFlagsFromString("--external-memory-accounted-in-global-limit");
}

/** Of the time between two looks whether there is anything to do, how much the loop may have worked all the same. */
const quietShare = 0.05;
/** Bytes more than the last time that make it worth it. */
const worthBytes = 16 * 1024 * 1024;

/**
 * Once nothing has been under way for a while, and a moment after the start, has V8 give back what it kept for work, some
 * 10 MB: by itself it keeps it as long as nothing happens. It takes a tenth of a second, for which waits who asks just then.
 *
 * `looks`: how many, `lookMs` apart, have to find nothing after work, since who asks for the next picture in a moment is
 * better served by what is there. Without `--expose-gc` it does nothing.
 */
export function tidyWhenIdle(isIdle: () => boolean, { looks = 60, lookMs = 1000 } = {}): void {
  const { gc } = globalThis;
  if (!gc) return;
  let held = 0;
  let quiet = 0;
  let before = performance.eventLoopUtilization();
  const look = () => {
    const now = performance.eventLoopUtilization();
    const { utilization } = performance.eventLoopUtilization(now, before);
    before = now;
    quiet = isIdle() && utilization < quietShare ? quiet + 1 : 0;
    if (quiet < (held === 0 ? 1 : looks) || process.memoryUsage.rss() < held + worthBytes) return;
    gc({ type: "major", flavor: "last-resort" });
    held = process.memoryUsage.rss();
    quiet = 0;
    before = performance.eventLoopUtilization();
  };
  setInterval(look, lookMs).unref();
}
