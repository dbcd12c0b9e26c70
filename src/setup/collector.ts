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
