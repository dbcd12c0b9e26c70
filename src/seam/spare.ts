/** Bytes that lie ready at most, and ms after the last of them came: then all of it goes back to the system. */
const [mostBytes, keptMs] = [64 * 1024 * 1024, 10_000];

/** All that was handed out here for one look: nothing else is taken back by `giveBack`. */
const lent = new WeakSet<ArrayBufferLike>();
/** What is kept until `letGo`, by how many look at it for longer than anybody waits for. */
const kept = new WeakMap<ArrayBufferLike, number>();
let spare: ArrayBuffer[] = [];
let spareBytes = 0;
let timer: NodeJS.Timeout | undefined;

/**
 * Memory for so many bytes, whatever was in it, which makes room for the next: for what is looked at once by `giveBack`, for
 * what is kept by `letGo`. What a process has never touched costs it more than to decode a picture into it: the system finds
 * and clears every page. `make` is asked for it when none is there.
 */
export function takeSpare(
  bytes: number,
  make: (bytes: number) => Buffer<ArrayBuffer> = Buffer.allocUnsafeSlow,
): Buffer<ArrayBuffer> {
  const at = spare.findLastIndex(({ byteLength }) => byteLength >= bytes && byteLength <= 2 * bytes);
  const [found] = at < 0 ? [] : spare.splice(at, 1);
  spareBytes -= found?.byteLength ?? 0;
  const memory = found ? Buffer.from(found) : make(bytes);
  lent.add(memory.buffer);
  return memory;
}

/** Bytes of a large page, and what the system's allocator puts before a block, rounded up to a small one. */
const [largePage, overhead] = [2 * 1024 * 1024, 4096];
/** What may be added to fill the last page. */
const mostAdded = 1 / 3;

/**
 * Bytes of a block that is made of large pages alone, where that is little more than what is asked for. Linux puts only
 * those blocks where a large page begins: any other is mostly small pages, each of which it finds and clears by itself,
 * which takes several times as long as to fill it. Source: Linux, mm/mmap.c, `__get_unmapped_area`.
 */
export function inLargePages(bytes: number): number {
  const whole = Math.ceil((bytes + overhead) / largePage) * largePage - overhead;
  return whole <= bytes * (1 + mostAdded) ? whole : bytes;
}

/**
 * Takes back what `takeSpare` gave, or a part of it, when nobody looks at it any more: whoever does all the same finds it
 * empty, and never another's picture. All else is left alone.
 */
export function giveBack({ buffer }: Uint8Array): void {
  if (buffer instanceof ArrayBuffer && lent.delete(buffer)) takeBack(buffer);
}

/** What `takeSpare` gave is somebody's until `letGo`. */
export function keep({ buffer }: Uint8Array): void {
  if (lent.delete(buffer)) kept.set(buffer, 0);
}

/**
 * To be called by whoever hands these to the system, which reads them whether anybody still waits for that or not. What comes
 * of it is to be called when that is over; where it never is, the memory is the collector's. Throws where one was let go of
 * before: nothing is to be sent in a picture's place.
 */
export function lookAt(...all: readonly Uint8Array[]): () => void {
  const buffers = all.map(({ buffer }) => buffer);
  const isGone = buffers.some((buffer) => buffer instanceof ArrayBuffer && buffer.detached);
  if (isGone) throw new Error("the picture's memory was let go of");
  const add = (looks: number) => {
    for (const buffer of buffers) {
      const before = kept.get(buffer);
      if (before !== undefined) kept.set(buffer, before + looks);
    }
  };
  add(1);
  let isOver = false;
  return () => {
    if (!isOver) add(-1);
    isOver = true;
  };
}

/** Takes back what was kept, as `giveBack` does, when all has been done with it; not while somebody looks at it. */
export function letGo({ buffer }: Uint8Array): void {
  if (!(buffer instanceof ArrayBuffer) || kept.get(buffer) !== 0) return;
  kept.delete(buffer);
  takeBack(buffer);
}

function takeBack(buffer: ArrayBuffer): void {
  const isRoom = spareBytes + buffer.byteLength <= mostBytes;
  const taken = buffer.transfer(isRoom ? buffer.byteLength : 0);
  if (!isRoom) return;
  spare.push(taken);
  spareBytes += taken.byteLength;
  timer ??= setTimeout(drop, keptMs).unref();
  timer.refresh();
}

function drop(): void {
  [spare, spareBytes, timer] = [[], 0, undefined];
}
