/** Markers. Source: ITU-T T.81, table B.1. */
const marks = { end: 0xd9, scan: 0xda, baseline: 0xc0, extended: 0xc1 } as const;

/**
 * A JPEG without the faults that cameras and programs are known for and that cost no pixel: a missing end marker, stray
 * bytes between segments, and a scan header of nothing but zeros, as Samsung's phones write it. The same bytes where there
 * are none, and where they are no JPEG that can be followed.
 */
export function tidyJpeg(bytes: Uint8Array): Uint8Array {
  const parts: Uint8Array[] = [];
  let isTidy = true;
  let isSequential = false;
  let from = 0; // what comes after this has not been taken yet
  let at = 2;
  const take = (to: number) => {
    parts.push(bytes.subarray(from, to));
    from = to;
  };
  while (at < bytes.length) {
    const mark = nextMark(bytes, at);
    if (mark === undefined) break;
    if (mark > at) {
      take(at);
      from = mark;
      isTidy = false;
    }
    const kind = bytes[mark + 1] ?? 0;
    if (kind === marks.end) return isTidy ? bytes : Buffer.concat([...parts, bytes.subarray(from)]);
    const length = (bytes[mark + 2] ?? 0) * 256 + (bytes[mark + 3] ?? 0);
    if (length < 2) return bytes;
    isSequential ||= kind === marks.baseline || kind === marks.extended;
    at = mark + 2 + length;
    if (kind !== marks.scan) continue;
    const [first, last, bits] = bytes.subarray(at - 3, at);
    if (isSequential && (first !== 0 || last !== 63 || bits !== 0)) {
      take(at - 3);
      parts.push(Uint8Array.of(0, 63, 0));
      from = at;
      isTidy = false;
    }
    at = endOfScan(bytes, at);
  }
  return Buffer.concat([...parts, bytes.subarray(from), Uint8Array.of(0xff, marks.end)]);
}

/** Where the next marker begins; any number of fill bytes may come before it. */
function nextMark(bytes: Uint8Array, from: number): number | undefined {
  for (let at = bytes.indexOf(0xff, from); at >= 0; at = bytes.indexOf(0xff, at + 1)) {
    const next = bytes[at + 1];
    if (next === undefined) return undefined;
    if (next !== 0xff && next !== 0) return at;
  }
  return undefined;
}

/** A scan goes on over stuffed bytes (FF 00) and restart markers (FF D0 to FF D7). */
function endOfScan(bytes: Uint8Array, from: number): number {
  for (let at = bytes.indexOf(0xff, from); at >= 0; at = bytes.indexOf(0xff, at + 1)) {
    const next = bytes[at + 1] ?? 0;
    if (next !== 0 && next !== 0xff && (next < 0xd0 || next > 0xd7)) return at;
  }
  return bytes.length;
}
