import { Hono, type MiddlewareHandler } from "hono";
import { z } from "zod";
import { action } from "../../../src/seam/actions.ts";
import type { Core } from "../../../src/seam/core.ts";
import { BotError, toBotError } from "../../../src/seam/errors.ts";
import type { Turn } from "../../../src/seam/turn.ts";
import type { Reply } from "../../../src/seam/view.ts";
import { isOver } from "../../../src/seam/view.ts";
import type { Stage } from "../live/stage.ts";
import { createUnwanted } from "../out/reply.ts";
import { createToShown } from "../out/shown.ts";
import { streamEvents } from "../out/stream.ts";
import { toKey } from "../out/view.ts";
import type { App } from "../wire/app.ts";
import { wireLimits } from "../wire/limits.ts";
import type { About } from "../wire/messages.ts";
import type { Asks } from "./asks.ts";
import { limitBody, withForm } from "./forms.ts";
import { parseAction, parseAsk, parseId, toPress } from "./turn.ts";

const renaming = z.object({ title: z.string().trim().min(1).max(wireLimits.title) });

/** Which part of the list of threads is asked for. */
const listing = z.object({
  limit: z.coerce.number().int().min(1).max(500).optional(),
  before: z.coerce.number().int().optional(),
  after: z.string().default(""),
  open: z.string().optional(),
});

/** The routes that read and change the chat. */
export function createApi(
  stage: Stage,
  about: About,
  {
    handle,
    asks,
    formGate,
  }: Pick<Core, "handle"> & {
    readonly asks: Asks;
    readonly formGate: MiddlewareHandler;
  },
): App {
  const { chat, uploads, events, partials, log } = stage;
  const api: App = new Hono();

  /** The request is answered by now: whatever comes is shown in the reply. */
  function hand(turn: Turn, reply: Reply): void {
    handle(turn, reply).catch((error: unknown) => log.error({ error: toBotError(error) }, "turn.lost"));
  }

  const toShown = createToShown(partials);

  api.get("/api/about", (c) => c.json(about));
  api.get("/api/threads", (c) => {
    const { data } = listing.safeParse(c.req.query());
    if (!data) throw new BotError("bad_prompt", "There is no such part of the list.");
    const { limit, before, after, open } = data;
    const threads = chat.threads(limit, before === undefined ? undefined : { updatedAt: before, id: after });
    const inView = open === undefined ? undefined : chat.thread(open);
    return c.json(inView && !threads.some(({ id }) => id === open) ? [...threads, inView] : threads);
  });
  // Their pictures are not served, so that nothing but their names is told.
  api.get("/api/deleted", (c) => c.json(chat.deletedThreads().map(({ cover: _, ...thread }) => thread)));
  api.get("/api/threads/:id", async (c) => {
    const thread = found(chat.thread(parseId(c.req.param("id"))));
    return c.json({ thread, messages: await Promise.all(chat.messages(thread.id).map(toShown)) });
  });
  api.patch("/api/threads/:id", limitBody(10_000), async (c) => {
    const { data } = renaming.safeParse(await c.req.json().catch(() => undefined));
    if (!data) throw new BotError("bad_prompt", `A title has 1 to ${wireLimits.title} characters.`);
    const thread = found(await chat.rename(parseId(c.req.param("id")), data.title));
    events.emit({ type: "thread", thread });
    return c.json(thread);
  });
  api.delete("/api/threads/:id", async (c) => {
    const thread = found(chat.thread(parseId(c.req.param("id")))).id;
    const unfinished = chat
      .messages(thread)
      .filter((one) => one.kind === "answer")
      .filter(({ view }) => !isOver(view.phase));
    // As they are to be found if the thread is brought back.
    for (const one of unfinished) await chat.answer({ ...one, view: { ...one.view, ...stopped } }, []);
    await chat.remove(thread);
    events.emit({ type: "threadGone", id: thread });
    for (const { id: message } of unfinished) {
      await partials.drop(message);
      // Nobody will see the picture, so nobody should pay for it.
      hand(toPress({ thread, message, action: "cancel" }), createUnwanted(log, toKey(message)));
    }
    return c.body(null, 204);
  });

  api.post("/api/threads/:id/restore", async (c) => {
    const thread = found(await chat.restoreThread(parseId(c.req.param("id"))));
    events.emit({ type: "thread", thread });
    return c.json(thread);
  });

  api.post("/api/threads/:id/prompts", formGate, async (c) => {
    const thread = parseId(c.req.param("id"));
    const ask = await withForm(c, uploads, async (body) => {
      const form = parseAsk(body);
      const { replyTo } = form;
      if (!form.text.trim() && form.uploads.length === 0) {
        throw new BotError("bad_prompt", "Say what to draw.");
      }
      return asks.take({ thread, ...(replyTo && { replyTo }) }, form);
    });
    return c.json({ ask }, 202);
  });
  api.post("/api/messages/:id/press", formGate, async (c) => {
    const { id: message, thread } = found(chat.message(parseId(c.req.param("id"))));
    await withForm(c, uploads, async (body) => {
      const press = { thread, message, action: parseAction(body) };
      const form = parseAsk(body);
      if (press.action === "restore" && !chat.isInTrash(message)) throw goneForGood();
      if (!action(press.action).draws) return asks.press(form.id, press);
      await asks.take({ thread, replyTo: message, action: press.action }, form);
    });
    return c.json({}, 202);
  });

  api.get("/api/events", (c) => streamEvents(c, events));
  return api;
}

function goneForGood(): BotError {
  return new BotError("expired", "It was deleted too long ago to be brought back.");
}

const stopped = { phase: "cancelled", status: "Cancelled", images: [], actions: [] } as const;

function found<T>(thing: T | undefined): T {
  if (thing === undefined) throw new BotError("unknown_message", "It is no longer here.");
  return thing;
}
