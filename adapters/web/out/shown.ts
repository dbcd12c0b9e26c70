import { isOver } from "../../../src/seam/view.ts";
import type { Partials } from "../live/partials.ts";
import type { WireMessage } from "../wire/messages.ts";
import { withSketches } from "./reply.ts";
import { withButtons } from "./view.ts";

/** A stored message as a page is shown it: with its buttons, or with the sketches of what is being drawn. */
export function createToShown(partials: Partials): (message: WireMessage) => Promise<WireMessage> {
  return async (message) =>
    message.kind === "answer" && !isOver(message.view.phase)
      ? withSketches(message, await partials.of(message.id))
      : withButtons(message);
}
