import { z } from "zod";
import type { ListedKeep } from "../../../src/seam/core.ts";
import type { Log } from "../../../src/seam/log.ts";
import { toLogged } from "../wire/trouble.ts";

const message = z.object({
  channelId: z.string(),
  ts: z.string(),
  /** What it is to say. */
  words: z.string(),
  /** What it shows until then. */
  files: z.array(z.string()).readonly(),
});

/** A message of ours whose answer stands elsewhere, and that could not be changed. */
export type LeftMessage = Readonly<z.output<typeof message>>;

/**
 * Those of them that still look alive. Outlives the process: where there are several, whichever starts next tries all of
 * them, which does no harm when another does so, too. Calls never reject.
 */
export interface Left {
  note(message: LeftMessage): Promise<void>;
  forget(message: Pick<LeftMessage, "channelId" | "ts">): Promise<void>;
  /** Those of the processes before. */
  readonly before: readonly LeftMessage[];
}

const start = "left:";
/** Where an older version has all of them, as one. */
const olderPlace = "left";

/** They are tried for some hours; what is older was seen by everybody. In ms. */
const knownMs = 24 * 3600 * 1000;
const most = 500;

/** Rejects with BotError `storage`. */
export async function readLeft(keep: ListedKeep, log: Log): Promise<Left> {
  const write = (writing: Promise<void>) =>
    writing.catch((error: unknown) => log.warn({ error: toLogged(error) }, "slack.left.unwritten"));
  const keyOf = ({ channelId, ts }: Pick<LeftMessage, "channelId" | "ts">) => `${start}${channelId} ${ts}`;
  const note = (one: LeftMessage) => write(keep.set(keyOf(one), one, knownMs));

  const older = z.array(message).safeParse((await keep.get(olderPlace)) ?? []).data ?? [];
  for (const one of older) await note(one);
  if (older.length > 0) await write(keep.delete(olderPlace));

  const before: LeftMessage[] = [];
  for await (const keys of keep.keys(start)) {
    for (const key of keys.slice(0, most - before.length)) {
      const found = message.safeParse(await keep.get(key)).data;
      if (found) before.push(found);
    }
  }
  return { before, note, forget: (one) => write(keep.delete(keyOf(one))) };
}
