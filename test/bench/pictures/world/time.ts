/** The time now, in ms, the same in all processes of this machine. */
export function now(): number {
  return performance.timeOrigin + performance.now();
}
