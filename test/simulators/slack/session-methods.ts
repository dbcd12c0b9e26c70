import { ApiError, refuse, refuseWith } from "./api-error.ts";
import type { Args } from "./args.ts";
import { knownChannel } from "./channels.ts";
import { limits } from "./limits.ts";
import type { Method } from "./method.ts";
import { type SessionStatus, type Sessions, sessionStatuses } from "./sessions.ts";
import type { World } from "./world.ts";

const noStop = "missing_agent_session_stopped_event_subscription";

/**
 * `agents.sessions.setStatus`. Sources: @slack/web-api, AgentsSessionsSetStatusArguments and -Response; docs.slack.dev,
 * reference/methods/agents.sessions.setStatus and reference/events/agent_session_stopped, for the warning; for an app
 * that is no agent, kirodotdev/KiroCrew issue 9822.
 */
export function createSessionMethods({
  world,
  sessions,
}: {
  world: World;
  sessions: Sessions;
}): readonly Method[] {
  function statusIn(args: Args): SessionStatus {
    const given = args.need("status");
    const status = sessionStatuses.find((one) => one === given);
    if (status) return status;
    throw refuseWith("invalid_arguments", [
      `must be one of ${sessionStatuses.join(", ")} [json-pointer:/status]`,
    ]);
  }

  return [
    {
      name: "agents.sessions.setStatus",
      scopes: ["chat:write"],
      tier: 3,
      run(args) {
        if (world.app !== "agent") throw refuse("not_authorized");
        const status = statusIn(args);
        const channel = knownChannel(world, args.need("channel_id"));
        const threadTs = args.need("thread_ts");
        const root = channel.messages.get(threadTs);
        // "Timestamp of the thread root message the session is scoped to."
        if (!root || root.threadTs !== undefined) throw refuse("invalid_thread_ts");
        if (["icon_emoji", "icon_url", "username"].some((name) => args.text(name) !== undefined))
          checkScope("chat:write.customize");
        const title = args.text("title");
        if ((title?.length ?? 0) > limits.sessionTitle)
          throw refuseWith("invalid_arguments", [
            `must be less than ${limits.sessionTitle + 1} characters [json-pointer:/title]`,
          ]);
        const initiator = args.text("initiator_user_id");
        if (initiator !== undefined && !channel.members.has(initiator))
          throw refuseWith("invalid_arguments", [
            "not a member of the channel [json-pointer:/initiator_user_id]",
          ]);
        const made = sessions.set({ channel: channel.id, threadTs }, status, {
          ...(title === undefined ? {} : { title }),
          ...(initiator === undefined ? {} : { initiator }),
        });
        const warns = status === "processing" && !world.subscriptions.has("agent_session_stopped");
        return {
          ...{ status, agent_status: status, title: made.title ?? "" },
          ...(warns ? { warning: noStop, response_metadata: { warnings: [noStop] } } : {}),
        };
      },
    },
  ];

  function checkScope(scope: string): void {
    if (world.scopes.has(scope)) return;
    throw new ApiError("missing_scope", { needed: scope, provided: [...world.scopes].join(",") });
  }
}
