import { createOnce } from "../../../src/seam/bounded.ts";
import type { Stage } from "../live/stage.ts";
import { answerCommand, answerShortcut } from "./asks.ts";
import { answerAtHome } from "./home-tab.ts";
import type { Command, Pressed, Shortcut, Submitted } from "./payloads.ts";
import { answerPress } from "./presses.ts";
import { answerSubmission } from "./submissions.ts";

/** Everything people do to Slack's own controls. Each has been acknowledged, and counts once however often it comes. */
export interface Interactions {
  command(body: Command): Promise<void>;
  press(body: Pressed): Promise<void>;
  shortcut(body: Shortcut): Promise<void>;
  submit(body: Submitted): Promise<void>;
}

/** Makes turns of what people press, type and fill in, and hands them over. */
export function createInteractions(stage: Stage): Interactions {
  const isFirst = createOnce(5000);
  return {
    async command(body) {
      if (isFirst(body.trigger_id)) await answerCommand(stage, body);
    },
    async press(body) {
      const [pressed] = body.actions;
      if (!pressed || !isFirst(`${body.trigger_id}:${pressed.action_id}:${pressed.action_ts ?? ""}`)) return;
      if (body.view) await answerAtHome(stage, body, body.view, pressed);
      else await answerPress(stage, body);
    },
    async shortcut(body) {
      if (isFirst(body.trigger_id)) await answerShortcut(stage, body);
    },
    async submit(body) {
      if (isFirst(body.view.id)) await answerSubmission(stage, body);
    },
  };
}
