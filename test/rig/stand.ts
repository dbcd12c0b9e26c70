/** Does nothing at all for so many ms, as a process that is stopped. */
export function stand(ms: number): void {
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, ms);
}
