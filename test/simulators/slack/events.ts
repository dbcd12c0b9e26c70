import type { Clock } from "../discord/clock.ts";
import type { Delivered, Delivery } from "./delivery.ts";
import type { Fields } from "./fields.ts";
import type { Ids } from "./ids.ts";
import { channelTypeOf } from "./message-wire.ts";
import type { AppKind, Channel, World } from "./world.ts";

/** Tells the app what happened, as far as it subscribes to it and has the scope for it. */
export interface Events {
  /** Sends an event; undefined where Slack would not. `channel` is where it happened, if anywhere. */
  emit(event: Fields & { readonly type: string }, channel?: Channel): Delivered | undefined;
  /** Sends once more what was sent, with the same `event_id`, marked as a retry. */
  again(sent: Delivered, reason?: string): Delivered;
}

/** The scope each subscription needs. Source: docs.slack.dev, reference/events. */
const scopes: Readonly<Record<string, string>> = {
  "message.channels": "channels:history",
  "message.groups": "groups:history",
  "message.im": "im:history",
  "message.mpim": "mpim:history",
  app_mention: "app_mentions:read",
  assistant_thread_started: "assistant:write",
  assistant_thread_context_changed: "assistant:write",
  app_context_changed: "assistant:write",
  agent_session_stopped: "chat:write",
  file_shared: "files:read",
  file_deleted: "files:read",
};

/** Those that only one kind of app is sent. docs: ai/migrating-to-agent-messaging; reference/events/app_context_changed. */
const kinds: Readonly<Record<string, AppKind>> = {
  assistant_thread_started: "assistant",
  assistant_thread_context_changed: "assistant",
  app_context_changed: "agent",
  agent_session_stopped: "agent",
};

/** Scopes and subscriptions, unless a test says otherwise: no more than a bot that draws in conversations needs. */
export const usual = {
  scopes: [
    "app_mentions:read",
    "assistant:write",
    "channels:history",
    "chat:write",
    "commands",
    "files:read",
    "files:write",
    "groups:history",
    "im:history",
    "im:write",
    "mpim:history",
    "usergroups:read",
    "users:read",
  ],
  subscriptions: {
    assistant: [
      "app_home_opened",
      "app_mention",
      "assistant_thread_context_changed",
      "assistant_thread_started",
      "message.channels",
      "message.groups",
      "message.im",
      "message.mpim",
    ],
    agent: [
      "agent_session_stopped",
      "app_context_changed",
      "app_home_opened",
      "app_mention",
      "message.channels",
      "message.groups",
      "message.im",
      "message.mpim",
    ],
  },
} as const;

const subscriptionOf = {
  channel: "message.channels",
  group: "message.groups",
  im: "message.im",
  mpim: "message.mpim",
} as const;

/** The events' outer shape. Source: docs.slack.dev, apis/events-api, "Callback field overview". */
export function createEvents(parts: { world: World; delivery: Delivery; ids: Ids; clock: Clock }): Events {
  const { world, delivery, ids, clock } = parts;
  return {
    emit(event, channel) {
      const name =
        event.type === "message" && channel ? subscriptionOf[channelTypeOf({ channel })] : event.type;
      const scope = scopes[name];
      if ((kinds[name] ?? world.app) !== world.app) return undefined;
      if (!world.subscriptions.has(name) || (scope !== undefined && !world.scopes.has(scope)))
        return undefined;
      if (channel && !channel.members.has(world.bot.id)) return undefined;
      return delivery.send("events_api", {
        token: "legacy",
        team_id: world.team.id,
        context_team_id: world.team.id,
        context_enterprise_id: null,
        api_app_id: world.appId,
        event,
        type: "event_callback",
        event_id: ids.next("Ev"),
        event_time: Math.floor(clock.now() / 1000),
        authorizations: [
          {
            enterprise_id: null,
            team_id: world.team.id,
            user_id: world.bot.id,
            is_bot: true,
            is_enterprise_install: false,
          },
        ],
        is_ext_shared_channel: channel?.shared ?? false,
        event_context: `4-${ids.next("ec")}`,
      });
    },
    again: ({ payload }, reason = "timeout") => delivery.send("events_api", payload, { num: 1, reason }),
  };
}
