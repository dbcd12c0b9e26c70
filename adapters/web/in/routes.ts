import { Hono, type MiddlewareHandler } from "hono";
import { z } from "zod";
import { action } from "../../../src/seam/actions.ts";
import type { Core } from "../../../src/seam/core.ts";
import { BotError, toBotError } from "../../../src/seam/errors.ts";
import type { Turn } from "../../../src/seam/turn.ts";
import type { Reply } from "../../../src/seam/view.ts";
import type { Stage } from "../live/stage.ts";
import { createNotice, createUnwanted, withSketches } from "../out/reply.ts";
import { isOver, toAnswerId, toKey } from "../out/view.ts";
import type { App } from "../wire/app.ts";
import { wireLimits } from "../wire/limits.ts";
import type { About, WireAsk, WireMessage } from "../wire/messages.ts";
import { postAsk } from "./ask.ts";
import { limitBody, withForm } from "./forms.ts";
import { type AskForm, parseAction, parseAsk, parseId, toPress, toPrompt } from "./turn.ts";
import { receive } from "./uploads.ts";

const renaming = z.object({ title: z.string().trim().min(1).max(wireLimits.title) });

/** The routes that read and change the chat. */
export function createApi(stage: Stage, about: About, { handle }: Core, formGate: MiddlewareHandler): App {
  const { chat, uploads, events, partials, log } = stage;
  const api: App = new Hono();

  /** The request is answered by now: whatever comes is shown in the reply. */
  function hand(turn: Turn, reply: Reply): Promise<void> {
    return handle(turn, reply).catch((error: unknown) =>
      log.error({ error: toBotError(error) }, "turn.lost"),
    );
  }

  /** What only the core reads is of no more use when it is answered, or when nobody will see the answer. */
  async function letGo(ask: string, kept: readonly string[]): Promise<void> {
    if (kept.length === 0 || !chat.isOpen) return; // what is in flight when we are stopped goes on after the next start
    const answer = chat.message(toAnswerId(ask));
    const isOpen = answer?.kind !== "answer" || !isOver(answer.view.phase);
    if (isOpen && chat.message(ask)) return;
    await uploads.remove(kept).catch((error: unknown) => log.warn({ error }, "upload.left"));
  }

  /** Stores what was asked, shows it, and hands it over with the reply that will answer it. */
  async function take(
    ask: Pick<WireAsk, "thread" | "replyTo" | "action">,
    form: AskForm,
    toTurn: (ask: WireAsk, attachments: Awaited<ReturnType<typeof receive>>["attachments"]) => Turn,
  ): Promise<string> {
    const { pictures, drafts, attachments, kept } = await receive(form.uploads, stage);
    const { text, options } = form;
    let posted: ReturnType<typeof postAsk>;
    try {
      posted = postAsk(stage, { ...ask, text, options, pictures }, drafts);
    } catch (error) {
      await uploads.remove(kept);
      throw error;
    }
    const { id } = posted.ask;
    void hand(toTurn(posted.ask, attachments), posted.reply).then(() => letGo(id, kept));
    return id;
  }

  const toShown = (message: WireMessage): WireMessage =>
    message.kind === "answer" && !isOver(message.view.phase)
      ? withSketches(message, partials.of(message.id))
      : message;

  api.get("/api/about", (c) => c.json(about));
  api.get("/api/threads", (c) => c.json(chat.threads()));
  api.get("/api/threads/:id", (c) => {
    const thread = found(chat.thread(parseId(c.req.param("id"))));
    return c.json({ thread, messages: chat.messages(thread.id).map(toShown) });
  });
  api.patch("/api/threads/:id", limitBody(10_000), async (c) => {
    const { data } = renaming.safeParse(await c.req.json().catch(() => undefined));
    if (!data) throw new BotError("bad_prompt", `A title has 1 to ${wireLimits.title} characters.`);
    const thread = found(chat.rename(parseId(c.req.param("id")), data.title));
    events.emit({ type: "thread", thread });
    return c.json(thread);
  });
  api.delete("/api/threads/:id", (c) => {
    const thread = found(chat.thread(parseId(c.req.param("id")))).id;
    const unfinished = chat
      .messages(thread)
      .filter((one) => one.kind === "answer" && !isOver(one.view.phase));
    chat.remove(thread);
    events.emit({ type: "threadGone", id: thread });
    for (const { id: message } of unfinished) {
      partials.drop(message);
      // Nobody will see the picture, so nobody should pay for it.
      void hand(toPress({ thread, message, action: "cancel" }), createUnwanted(log, toKey(message)));
    }
    return c.body(null, 204);
  });

  api.post("/api/threads/:id/prompts", formGate, async (c) => {
    const thread = parseId(c.req.param("id"));
    const ask = await withForm(c, uploads, async (body) => {
      const form = parseAsk(body);
      const { replyTo } = form;
      if (!form.text.trim() && form.uploads.length === 0) {
        throw new BotError("bad_prompt", "Say what to draw.");
      }
      const toBot = replyTo !== undefined && chat.message(replyTo)?.kind === "answer";
      return take({ thread, ...(replyTo && { replyTo }) }, form, (asked, attachments) =>
        toPrompt(asked, attachments, toBot),
      );
    });
    return c.json({ ask }, 202);
  });
  api.post("/api/messages/:id/press", formGate, async (c) => {
    const { id: message, thread } = found(chat.message(parseId(c.req.param("id"))));
    await withForm(c, uploads, async (body) => {
      const press = { thread, message, action: parseAction(body) };
      const form = parseAsk(body);
      if (!action(press.action).draws) return void hand(toPress(press), createNotice(stage, press));
      const asked = { thread, replyTo: message, action: press.action };
      await take(asked, form, ({ text, options }, attachments) =>
        toPress(press, { text, options, attachments }),
      );
    });
    return c.json({}, 202);
  });

  api.get("/api/events", (c) => {
    c.header("Content-Type", "text/event-stream");
    c.header("X-Accel-Buffering", "no"); // nginx would hold events back
    c.header("Connection", "close"); // kept alive after its end, it would hold up a stop
    // What answers a HEAD is never read, so it must not wait in line.
    return c.req.method === "HEAD" ? c.body(null) : c.body(events.open(() => c.env.outgoing.destroy()));
  });
  return api;
}

function found<T>(thing: T | undefined): T {
  if (thing === undefined) throw new BotError("unknown_message", "It is no longer here.");
  return thing;
}
