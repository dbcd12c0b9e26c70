const blockBytes = 64 * 1024;
/** Bytes of a chunk that is kept as it came. */
const worthKeeping = 4096;

/** Bytes on a heap. */
export interface Heap {
  /** Bytes on it. */
  size(): number;
  add(bytes: Uint8Array): void;
  /** What is on it; it is empty then. */
  empty(): Buffer;
}

/**
 * Small chunks are copied together: a chunk can be a single byte, and costs two hundred. `isLent`: so are large ones, whose
 * memory is another's by then.
 */
export function createHeap(isLent = false): Heap {
  let parts: Uint8Array[] = [];
  let size = 0;
  let block: Buffer | undefined;
  let used = 0; // bytes of the block
  const close = () => {
    if (block && used > 0) parts.push(block.subarray(0, used));
    block = undefined;
    used = 0;
  };
  return {
    size: () => size,
    add(bytes) {
      size += bytes.length;
      if (bytes.length >= worthKeeping) {
        close();
        parts.push(isLent ? Buffer.from(bytes) : bytes);
        return;
      }
      if (used + bytes.length > blockBytes) close();
      block ??= Buffer.allocUnsafe(blockBytes);
      block.set(bytes, used);
      used += bytes.length;
    },
    empty() {
      close();
      const all = Buffer.concat(parts);
      parts = [];
      size = 0;
      return all;
    },
  };
}
