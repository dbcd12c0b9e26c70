import type { APIInteraction, GatewayMessageCreateDispatchData } from "discord.js";
import { z } from "zod";
import type { PlatformEvent } from "../../../src/seam/turn.ts";
import { parseEventKey } from "../wire/keys.ts";

const id = z.string().regex(/^\d+$/);
const interaction = z.looseObject({ id, token: z.string(), application_id: id, type: z.number() });
const message = z.looseObject({
  ...{ id, channel_id: id, content: z.string(), type: z.number(), author: z.looseObject({ id }) },
  ...{ mentions: z.array(z.unknown()), attachments: z.array(z.unknown()), embeds: z.array(z.unknown()) },
});

/** What came in, as Discord sent it; undefined for what is none of that. */
export function parseReplay({
  key,
  body,
}: PlatformEvent):
  | { readonly kind: "interaction"; readonly interaction: APIInteraction }
  | { readonly kind: "message"; readonly message: GatewayMessageCreateDispatchData }
  | undefined {
  const kind = parseEventKey(key);
  // What was noted is what Discord sent: the casts trust that, as they do when it comes.
  if (kind === "interaction" && interaction.safeParse(body).success)
    return { kind, interaction: body as APIInteraction };
  if (kind === "message" && message.safeParse(body).success)
    return { kind, message: body as GatewayMessageCreateDispatchData };
  return undefined;
}
