import type { Reply } from "../../../src/seam/view.ts";
import type { Draft } from "../live/pictures.ts";
import type { Stage } from "../live/stage.ts";
import { createReply } from "../out/reply.ts";
import { toAnswerId } from "../out/view.ts";
import type { WireAsk } from "../wire/messages.ts";

/** As of `Chat.ask`. */
interface Beside {
  readonly drafts?: readonly Draft[];
  readonly isSecond?: ((ask: WireAsk, before: WireAsk) => boolean) | undefined;
}

/**
 * Stores a question and shows it to the open pages; `reply` will answer it. Undefined where it is there already, by another
 * process. Rejects with BotError `unknown_message` when the
 * message it replies to has been deleted.
 */
export async function postAsk(
  stage: Stage,
  asked: Omit<WireAsk, "kind" | "createdAt">,
  { drafts = [], isSecond }: Beside = {},
): Promise<{ readonly ask: WireAsk; readonly reply: Reply } | undefined> {
  const { chat, events, now } = stage;
  const ask: WireAsk = { kind: "ask", createdAt: now(), ...asked };
  const thread = await chat.ask(ask, drafts, isSecond);
  if (!thread) return undefined;
  events.emit({ type: "thread", thread });
  events.emit({ type: "message", message: ask });
  return { ask, reply: replyTo(stage, ask) };
}

/** The reply that answers a stored question. */
export function replyTo(stage: Stage, { id, thread }: WireAsk): Reply {
  return createReply(stage, { id: toAnswerId(id), thread, ask: id });
}
