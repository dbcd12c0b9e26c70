import type { Stage } from "../../live/stage.ts";
import { isDirect } from "../../live/where.ts";
import type { MessageEvent } from "../turn.ts";
import { noteContext } from "./opened.ts";

/**
 * A message as it is noted. What is said to an agent begins a thread of its own, and is about what its author looks at by
 * then, whatever Slack leaves unsaid of both. Source: docs.slack.dev, ai/migrating-to-agent-messaging.
 */
export function toWhole(stage: Stage, event: MessageEvent): MessageEvent {
  if (!isDirect(event) || !event.user) return event;
  noteContext(stage, event.user, event.app_context);
  if (!stage.app.isAgent) return event;
  return { ...event, thread_ts: event.thread_ts ?? event.ts, app_context: stage.looking.get(event.user) };
}
