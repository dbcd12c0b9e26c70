import type { Clock } from "./clock.ts";

/** Where Discord's time begins: 2015-01-01, Unix ms. Source: docs, reference, "Snowflakes". */
const epochMs = 1_420_070_400_000;

/** Makes ids as Discord does: 19 digits, in the order of time. Shorter ones break discord.js's rate-limit routes. */
export function createSnowflakes(clock: Clock): () => string {
  let count = 0;
  return () => {
    count = (count + 1) & 0x3fffff;
    return ((BigInt(clock.now() - epochMs) << 22n) | BigInt(count)).toString();
  };
}
