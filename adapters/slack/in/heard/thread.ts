import { action } from "../../../../src/seam/actions.ts";
import type { Seal } from "../../../../src/seam/core.ts";
import type { ThreadKey } from "../../../../src/seam/turn.ts";
import { shortcutNames } from "../../forms/commands.ts";
import { isDirect, type Me, toWhere, type Where } from "../../live/where.ts";
import { parseButtonId, parseFormId, toThreadKey } from "../../wire/keys.ts";
import type { Doing } from "../payloads.ts";
import { parseMessage } from "../turn.ts";

/** The bot, as far as it tells which conversation something belongs to. */
interface Here {
  readonly me: Me;
  readonly app: { readonly isAgent: boolean };
  readonly seal: Seal;
}

/**
 * The conversation in which something may be drawn of it. Undefined: it begins one of its own, or nothing is drawn of it.
 */
export function threadOf(doing: Doing, here: Here): ThreadKey | undefined {
  const where = whereOf(doing, here);
  if (!where || (!where.threadTs && (!where.direct || here.app.isAgent))) return undefined;
  return toThreadKey(where.channelId, where.threadTs);
}

function whereOf(
  { kind, payload }: Doing,
  { me, app, seal }: Here,
): Pick<Where, "channelId" | "direct" | "threadTs"> | undefined {
  const below = (channelId: string, ts: string, threadTs: string | undefined) =>
    toWhere({ channelId, ts, direct: isDirect({ channel: channelId }), app, ...(threadTs && { threadTs }) });
  switch (kind) {
    case "message":
      return parseMessage(payload, me)?.where;
    case "command":
      return { channelId: payload.channel_id, direct: isDirect({ channel: payload.channel_id }) };
    case "press": {
      const { container, message, channel, actions } = payload;
      const name = parseButtonId(actions[0]?.action_id ?? "");
      if (!name || !action(name).draws || action(name).form || container.is_ephemeral) return undefined;
      const ts = container.message_ts ?? message?.ts ?? "";
      return below(container.channel_id ?? channel?.id ?? "", ts, container.thread_ts ?? message?.thread_ts);
    }
    case "shortcut": {
      const { callback_id: name, channel, message } = payload;
      const opens = name === shortcutNames.edit || name === shortcutNames.reference;
      return message && !opens ? below(channel?.id ?? "", message.ts, message.thread_ts) : undefined;
    }
    case "form": {
      const form = parseFormId(payload.view.private_metadata, seal);
      if (!form?.channelId || form.private) return undefined;
      const { channelId, threadTs } = form;
      return { channelId, direct: isDirect({ channel: channelId }), ...(threadTs && { threadTs }) };
    }
    case "stop":
      return undefined;
  }
}
