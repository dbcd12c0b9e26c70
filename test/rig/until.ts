import { setTimeout as sleep } from "node:timers/promises";

/** Looks, in small steps, until something holds. Fails after half a minute and says what was awaited. */
export async function until(
  holds: () => boolean | Promise<boolean>,
  what: string | (() => Promise<string>),
): Promise<void> {
  const end = Date.now() + 30_000;
  while (!(await holds())) {
    if (Date.now() > end)
      throw new Error(`waited in vain for ${typeof what === "string" ? what : await what()}`);
    await sleep(10);
  }
}
