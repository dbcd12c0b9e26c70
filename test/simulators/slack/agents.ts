import { openIm } from "./channels.ts";
import type { Delivered } from "./delivery.ts";
import type { Events } from "./events.ts";
import type { Fields } from "./fields.ts";
import type { Ids } from "./ids.ts";
import type { SessionRef, Sessions } from "./sessions.ts";
import type { Channel, MessageRef, User, World } from "./world.ts";

/** What people do with an agent beside writing to it. What Slack's own apps would not let them do throws an Error. */
export interface Agents {
  /**
   * A person looks at a message or a channel beside the conversation with the agent, or at nothing that Slack names.
   * Undefined where the app is not told.
   */
  look(user: User, at?: MessageRef | Channel): Delivered | undefined;
  /** Presses the button that stops what an agent does in a thread. Its status stays: the app is to change it. */
  stop(user: User, session: SessionRef): Delivered;
  readonly sessions: Pick<Sessions, "log" | "now" | "hasStop" | "isAnyAtWork">;
}

export function createAgents(parts: { world: World; events: Events; sessions: Sessions; ids: Ids }): Agents {
  const { world, events, sessions, ids } = parts;
  return {
    look(user, at) {
      const context = at ? { entities: [toEntity(at, world)] } : {};
      world.lookedAt.set(user.id, context);
      const channel = openIm(world, user.id, () => ids.next("D"));
      // @slack/types, AppContextChangedEvent.
      const event = { channel: channel.id, user: user.id, context, event_ts: ids.ts() };
      return events.emit({ type: "app_context_changed", ...event }, channel);
    },
    stop(user, { channel, threadTs }) {
      if (!sessions.hasStop({ channel, threadTs })) throw new Error("There is no button to stop it.");
      // @slack/types, AgentSessionStoppedEvent. docs: reference/events/agent_session_stopped.
      const event = {
        ...{ type: "agent_session_stopped", channel, user: user.id, thread_ts: threadTs },
        ...{ streaming_message_ts: [], event_ts: ids.ts() },
      };
      const sent = events.emit(event, world.channels.get(channel));
      if (!sent) throw new Error("The app may not hear of it.");
      return sent;
    },
    sessions,
  };
}

function toEntity(at: MessageRef | Channel, { team }: World): Fields {
  const isMessage = "ts" in at;
  return {
    ...(isMessage
      ? {
          type: "slack#/types/message_context",
          value: { message_ts: at.ts, channel_id: at.channel },
        }
      : { type: "slack#/types/channel_id", value: at.id }),
    team_id: team.id,
  };
}
