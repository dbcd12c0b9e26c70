import { randomUUID } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";
import { afterShown } from "../../../../src/seam/held.ts";
import type { LeftMessage } from "../../live/left.ts";
import type { Stage } from "../../live/stage.ts";
import type { Spot } from "../../wire/keys.ts";
import { toLogged } from "../../wire/trouble.ts";
import { vanish } from "../vanish.ts";
import { toMessage } from "../view.ts";

/** Ms between later tries, after those of a show: the bot may be invited back. */
const laterMs = [60_000, 600_000, 3_600_000, 10_800_000];

/**
 * Leaves nothing but its words in a message whose answer stands elsewhere, or takes it away. False: it shows what it did;
 * it is tried again for hours then, also after a restart, and `onLeft` hears when that is done.
 */
export async function leave(stage: Stage, message: LeftMessage, onLeft: () => void): Promise<boolean> {
  if (await tryOnce(stage, message, message.words)) return true;
  await stage.left.note(message);
  leaveLater(stage, message, onLeft);
  return false;
}

/** Goes on with what the process before has left. */
export function leaveOn(stage: Stage): void {
  for (const message of stage.left.before)
    leaveLater(stage, message, () => {
      for (const id of message.files) void stage.send.remove(id).catch(() => {});
    });
}

function leaveLater(stage: Stage, message: LeftMessage, onLeft: () => void): void {
  later(stage, async () => {
    if (!(await tryOnce(stage, message, message.words))) return false;
    onLeft();
    await stage.left.forget(message);
    return true;
  });
}

/**
 * The same for a message that may have been posted without our having heard of it, where the bot is barred now: it is
 * looked for. `find` rejects as long as that cannot be known.
 */
export function leaveUnseen(stage: Stage, find: () => Promise<Spot | undefined>, words: string): void {
  later(stage, async () => {
    const at = await find();
    return !at || tryOnce(stage, at, words);
  });
}

/** Tries until it is done, or for hours. */
function later(stage: Stage, attempt: () => Promise<boolean>): void {
  const run = async () => {
    for (const ms of [...stage.timing.retryMs, ...laterMs]) {
      await sleep(ms, undefined, { signal: stage.closing, ref: false });
      if (await attempt().catch(() => false)) return;
    }
  };
  afterShown(run).catch(() => {}); // the adapter is stopped
}

async function tryOnce(stage: Stage, at: Spot, words: string): Promise<boolean> {
  const bare = { phase: "done", status: words, text: "", notes: [], images: [], actions: [] } as const;
  const message = toMessage(bare, { id: `${randomUUID()}.0`, files: [] });
  return stage.send.editSoon(at, message).then(
    () => true,
    (error: unknown) => {
      stage.log.debug({ channel: at.channelId, error: toLogged(error) }, "slack.message.left");
      return vanish(stage, at);
    },
  );
}
