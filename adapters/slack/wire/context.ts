import { z } from "zod";
import type { Spot } from "./keys.ts";

/** Source: @slack/types, AppContextChangedEvent. Slack names the most relevant first. */
const context = z.object({ entities: z.array(z.unknown()).exactOptional() });

const seenMessage = z.object({
  type: z.literal("slack#/types/message_context"),
  value: z.object({
    channel_id: z.string().regex(/^[A-Z0-9]+$/),
    message_ts: z.string().regex(/^\d+\.\d+$/),
  }),
});

/** The message that somebody looks at beside the conversation with an agent; undefined where it is none. */
export function parseContext(given: unknown): Spot | undefined {
  const { entities = [] } = context.safeParse(given).data ?? {};
  for (const entity of entities) {
    const { data } = seenMessage.safeParse(entity);
    if (data) return { channelId: data.value.channel_id, ts: data.value.message_ts };
  }
  return undefined;
}
