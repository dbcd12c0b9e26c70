import type { Stage } from "../../live/stage.ts";
import { offerPrompts } from "../../out/assistant.ts";
import { refusalAtHome } from "../home-tab.ts";

/** A thread in the pane of the assistant, of an app that was made before there were agents. */
interface AssistantThread {
  readonly user_id: string;
  readonly channel_id: string;
  readonly thread_ts: string;
}

/** What apps with `assistant_view` alone are told. */
export function noteAssistant({ app, assistants }: Stage, thread: AssistantThread): void {
  app.tell(false);
  assistants.set(`${thread.channel_id}:${thread.thread_ts}`, true);
}

/** Somebody opened the assistant: what it can do, to be pressed. */
export async function greet(stage: Stage, thread: AssistantThread): Promise<void> {
  noteAssistant(stage, thread);
  if ((await refusalAtHome(stage, thread.user_id)) !== undefined) return;
  await offerPrompts(stage, thread.channel_id, thread.thread_ts);
}
