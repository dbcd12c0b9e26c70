import { type Context, Hono, type MiddlewareHandler } from "hono";
import { bodyLimit } from "hono/body-limit";
import { HTTPException } from "hono/http-exception";
import { z } from "zod";
import type { Core, Reply, Turn } from "../../src/adapter.ts";
import { BotError, toBotError } from "../../src/errors.ts";
import type { App } from "./app.ts";
import { postAsk } from "./ask.ts";
import { wireLimits } from "./limits.ts";
import type { Files, Served } from "./page.ts";
import { isPictureFile } from "./pictures.ts";
import { createNotice, createUnwanted, type Stage, withSketches } from "./reply.ts";
import { type AskForm, isDrawing, parseAction, parseAsk, parseId, toPress, toPrompt } from "./turn.ts";
import { receive } from "./uploads.ts";
import { isOver, toKey } from "./view.ts";
import type { About, WireAsk, WireMessage } from "./wire.ts";

const renaming = z.object({ title: z.string().trim().min(1).max(wireLimits.title) });

/** The routes that read and change the chat. */
export function createApi(stage: Stage, about: About, { handle }: Core): App {
  const { chat, events, partials, log } = stage;
  const api: App = new Hono();

  /** The request is answered by now: whatever comes is shown in the reply. */
  function hand(turn: Turn, reply: Reply): void {
    handle(turn, reply).catch((error: unknown) => log.error({ error: toBotError(error) }, "turn.lost"));
  }

  /** Stores what was asked, shows it, and hands it over with the reply that will answer it. */
  async function take(
    ask: Pick<WireAsk, "thread" | "replyTo" | "action">,
    form: AskForm,
    toTurn: (ask: WireAsk, attachments: Awaited<ReturnType<typeof receive>>["attachments"]) => Turn,
  ): Promise<string> {
    const { pictures, drafts, attachments } = await receive(form.uploads, chat);
    const { text, options } = form;
    const posted = postAsk(stage, { ...ask, text, options, pictures }, drafts);
    hand(toTurn(posted.ask, attachments), posted.reply);
    return posted.ask.id;
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
  api.patch("/api/threads/:id", bodyLimit({ maxSize: 10_000, onError: tooLarge }), async (c) => {
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
      hand(toPress({ thread, message, action: "cancel" }), createUnwanted(log, toKey(message)));
    }
    return c.body(null, 204);
  });

  const fewUploads = limitUploads();
  const bounded = bodyLimit({ maxSize: wireLimits.body, onError: tooLarge });
  api.post("/api/threads/:id/prompts", fewUploads, bounded, async (c) => {
    const thread = parseId(c.req.param("id"));
    const form = parseAsk(await readForm(c));
    const { replyTo } = form;
    if (!form.text.trim() && form.uploads.length === 0) {
      throw new BotError("bad_prompt", "Say what to draw.");
    }
    const ask = await take({ thread, ...(replyTo && { replyTo }) }, form, toPrompt);
    return c.json({ ask }, 202);
  });
  api.post("/api/messages/:id/press", fewUploads, bounded, async (c) => {
    const { id: message, thread } = found(chat.message(parseId(c.req.param("id"))));
    const body = await readForm(c);
    const press = { thread, message, action: parseAction(body) };
    const form = parseAsk(body);
    if (isDrawing(press.action)) {
      await take({ thread, replyTo: message, action: press.action }, form, ({ text, options }, attachments) =>
        toPress(press, { text, options, attachments }),
      );
    } else {
      hand(toPress(press), createNotice(stage, press));
    }
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

/** The routes that serve pictures. */
export function createPictureRoutes({ chat, partials }: Stage): App {
  const routes: App = new Hono();
  routes.get("/pictures/:file", async (c) => {
    const file = c.req.param("file");
    const stored = isPictureFile(file) ? chat.picture(file) : undefined;
    const bytes = stored && (await chat.readPicture(file).catch(() => undefined));
    const partial = stored ? undefined : partials.read(file);
    const picture = stored && bytes ? { mediaType: stored.mediaType, bytes } : partial;
    if (!picture) return c.notFound();
    const isSvg = picture.mediaType === "image/svg+xml";
    // An SVG is a document with scripts when it is opened by itself: then it is saved instead, and if not, it is shut in.
    if (isSvg) c.header("Content-Disposition", "attachment");
    c.header(
      "Content-Security-Policy",
      `sandbox; default-src 'none'${isSvg ? "; style-src 'unsafe-inline'" : ""}`,
    );
    c.header("Content-Type", picture.mediaType);
    c.header("Cache-Control", partial ? "no-store" : "private, max-age=31536000, immutable");
    return c.body(new Uint8Array(picture.bytes));
  });
  return routes;
}

/** The routes that serve the page and what it is made of. */
export function createPageRoutes(page: Files, library: Files): App {
  const routes: App = new Hono();
  routes.get("/", async (c) => serve(c, await page.read("index.html")));
  routes.get("/page/:name{.+}", async (c) => serve(c, await page.read(c.req.param("name"))));
  routes.get("/lib/lit-html/:name{.+}", async (c) => serve(c, await library.read(c.req.param("name"))));
  return routes;
}

function serve(c: Context, file: Served | undefined): Response | Promise<Response> {
  if (!file) return c.notFound();
  c.header("Cache-Control", "no-cache");
  c.header("ETag", file.etag);
  if (c.req.header("if-none-match") === file.etag) return c.body(null, 304);
  c.header("Content-Type", file.mediaType);
  return c.body(file.body);
}

async function readForm(c: Context): Promise<FormData> {
  try {
    if (c.req.header("content-type")?.startsWith("multipart/form-data")) return await c.req.formData();
  } catch {} // said below
  throw new BotError("bad_prompt", "The form could not be read. Reload the page and send it again.");
}

/** A form is held in memory while it is read, so only some large ones are read at the same time. */
function limitUploads(): MiddlewareHandler {
  let reading = 0;
  return async (c, next) => {
    const bytes = Number(c.req.header("content-length") ?? wireLimits.body);
    if (bytes < wireLimits.smallBody) return next();
    if (reading >= wireLimits.uploads) {
      throw new BotError("busy", "Too many files are on their way. Send yours again in a moment.");
    }
    reading++;
    try {
      await next();
    } finally {
      reading--;
    }
  };
}

function tooLarge(): never {
  throw new HTTPException(413, {
    message: `That is too much at once. Send ${wireLimits.body / 1024 / 1024} MB at most.`,
  });
}

function found<T>(thing: T | undefined): T {
  if (thing === undefined) throw new BotError("unknown_message", "It is no longer here.");
  return thing;
}
