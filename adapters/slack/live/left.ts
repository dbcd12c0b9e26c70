import { z } from "zod";
import type { Keep } from "../../../src/seam/core.ts";
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

/** Those of them that still look alive. Outlives the process. Calls never reject. */
export interface Left {
  note(message: LeftMessage): Promise<void>;
  forget(message: Pick<LeftMessage, "channelId" | "ts">): Promise<void>;
  /** Those of the process before. */
  readonly before: readonly LeftMessage[];
}

const place = "left";

/** They are tried for some hours; what is older was seen by everybody. In ms. */
const knownMs = 24 * 3600 * 1000;
const most = 500;

export async function readLeft(keep: Keep, log: Log): Promise<Left> {
  const found = z.array(message).safeParse((await keep.get(place)) ?? []);
  let all: readonly LeftMessage[] = found.data ?? [];
  const write = () =>
    keep.set(place, all, knownMs).catch((error: unknown) => {
      log.warn({ error: toLogged(error) }, "slack.left.unwritten");
    });
  const without = ({ channelId, ts }: Pick<LeftMessage, "channelId" | "ts">) =>
    all.filter((one) => one.channelId !== channelId || one.ts !== ts);
  return {
    before: all,
    async note(one) {
      all = [...without(one), one].slice(-most);
      await write();
    },
    async forget(one) {
      all = without(one);
      await write();
    },
  };
}
