/** Chance that comes out the same each time. Source: mulberry32, by Tommy Ettinger. */
export function createDice(seed: number) {
  let state = seed;
  /** From 0 up to and without 1. */
  const random = (): number => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
  /** A whole number from 0 up to and without `sides`. */
  return { random, roll: (sides: number): number => Math.floor(random() * sides) };
}
