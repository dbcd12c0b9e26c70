import type { MessageKey } from "../../src/seam/turn.ts";
import type { OpenTurn } from "../../src/store/open-turn.ts";

/** A turn that Ada has asked for on paper. */
export function turnOf(message: MessageKey, more: Partial<OpenTurn> = {}): OpenTurn {
  return {
    ...{ message, adapter: "paper", thread: "t:1", user: { id: "u:ada", name: "Ada" }, text: "a fox" },
    ...{ options: {}, notes: [], mustDraw: false, attachments: 0, acceptedAt: 1, ...more },
  };
}
