import type { Stage } from "../../live/stage.ts";
import { offerPrompts } from "../../out/assistant.ts";
import { errorCode, toLogged } from "../../wire/trouble.ts";
import { refusalAtHome } from "../home-tab.ts";

/** Somebody opened the conversation, or looks at something else beside it. */
export interface Opened {
  readonly user: string;
  readonly channel: string;
  /** What they look at. Agents alone are told that. */
  readonly context?: unknown;
}

/** What agents alone are told: what people look at beside the conversation. */
export function noteContext({ app, looking }: Stage, user: string | undefined, context: unknown): void {
  if (context === undefined) return;
  app.tell(true);
  if (user) looking.set(user, context);
}

/**
 * Offers what to begin with, above the composer. The call says as well what the app is: Slack takes it from agents, or
 * fails in it (as openclaw/openclaw pull request 136510 has seen it), and refuses it to others.
 */
export async function welcome(stage: Stage, { user, channel, context }: Opened): Promise<void> {
  noteContext(stage, user, context);
  if ((await refusalAtHome(stage, user)) !== undefined) return;
  const { app, log } = stage;
  try {
    await offerPrompts(stage, channel);
    app.tell(true);
  } catch (error) {
    if (errorCode(error) === "not_agent_app") app.tell(false);
    else if (errorCode(error) === "internal_error") app.tell(true);
    log.debug({ channel, error: toLogged(error) }, "slack.prompts.failed");
  }
}
