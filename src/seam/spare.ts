/** Bytes that lie ready at most, and ms after the last of them came: then all of it goes back to the system. */
const [mostBytes, keptMs] = [64 * 1024 * 1024, 10_000];

/** All that was handed out here: nothing else is taken back. */
const lent = new WeakSet<ArrayBufferLike>();
let spare: ArrayBuffer[] = [];
let spareBytes = 0;
let timer: NodeJS.Timeout | undefined;

/**
 * Memory for so many bytes, whatever was in it, for what is looked at once: `giveBack` makes room for the next. What a
 * process has never touched costs it more than to decode a picture into it: the system finds and clears every page.
 * `make` is asked for it when none is there.
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

/**
 * Takes back what `takeSpare` gave, or a part of it, when nobody looks at it any more: whoever does all the same finds it
 * empty, and never another's picture. All else is left alone.
 */
export function giveBack({ buffer }: Uint8Array): void {
  if (!(buffer instanceof ArrayBuffer) || !lent.delete(buffer)) return;
  const isRoom = spareBytes + buffer.byteLength <= mostBytes;
  const taken = buffer.transfer(isRoom ? buffer.byteLength : 0);
  if (!isRoom) return;
  spare.push(taken);
  spareBytes += taken.byteLength;
  timer ??= setTimeout(drop, keptMs).unref();
  timer.refresh();
}

/** What `takeSpare` gave is not taken back any more: somebody keeps it. */
export function keep({ buffer }: Uint8Array): void {
  lent.delete(buffer);
}

function drop(): void {
  [spare, spareBytes, timer] = [[], 0, undefined];
}
