import { z } from "zod";
import type { MessageKey } from "../../../src/seam/turn.ts";
import type { Spot } from "../wire/keys.ts";
import type { Stage } from "./stage.ts";

const spot = z.object({ channelId: z.string(), ts: z.string() });

/** How long it is known where an answer has gone, in ms. */
const knownMs = 90 * 24 * 3600 * 1000;

/** Where an answer stands that could not be shown in its own message. Rejects with BotError `storage`. */
export async function movedTo({ core }: Stage, message: MessageKey): Promise<Spot | undefined> {
  const parsed = spot.safeParse(await core.keep.get(keyOf(message)));
  return parsed.success ? parsed.data : undefined;
}

/** Notes where. That it cannot be noted costs its buttons no more than a restart does. */
export async function noteMoved({ core, log }: Stage, message: MessageKey, to: Spot): Promise<void> {
  await core.keep.set(keyOf(message), to, knownMs).catch((error: unknown) => {
    log.error({ message, error }, "slack.moved.unnoted");
  });
}

function keyOf(message: MessageKey): string {
  return `moved:${message}`;
}
