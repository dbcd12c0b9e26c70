import { type Context, Hono } from "hono";
import { z } from "zod";
import { BotError } from "../../../src/seam/errors.ts";
import { isPictureFile, toSrc } from "../live/pictures.ts";
import type { Stage } from "../live/stage.ts";
import { toArchive } from "../out/archive.ts";
import type { App } from "../wire/app.ts";
import type { WireGallery, WireThread } from "../wire/messages.ts";
import { parseId } from "./turn.ts";

const words = z.string().max(1000).default("");

/** Threads that are found at once: who gets more than that looks for too little. */
const mostThreads = 200;

const wish = z.object({
  q: words,
  favourites: z.literal("on").optional(),
  after: z.coerce.number().int().positive().optional(),
});

/** The routes to all pictures: looked at, found by words, marked, and taken away. */
export function createGalleryRoutes(stage: Stage): App {
  const { chat, events } = stage;
  const { gallery } = chat;
  const routes: App = new Hono();

  routes.get("/api/gallery", (c) => {
    const { data } = wish.safeParse(c.req.query());
    if (!data) throw new BotError("bad_prompt", "That cannot be looked for. Use fewer words.");
    const { q: query, favourites, after } = data;
    const found = gallery.pictures({
      ...{ query, favourites: favourites !== undefined },
      ...(after !== undefined && { after }),
    });
    return c.json(found satisfies WireGallery);
  });
  routes.get("/api/search", (c) => {
    const found = gallery.threads(words.catch("").parse(c.req.query("q"))).slice(0, mostThreads);
    return c.json(found.flatMap((id) => chat.thread(id) ?? []).filter(({ unlisted }) => !unlisted));
  });
  routes.get("/api/prompts", (c) => c.json(gallery.prompts(c.req.query("thread") ?? "")));

  routes.get("/api/favourites", (c) => c.json(gallery.favourites().map(toSrc)));
  routes.on(["PUT", "DELETE"], "/api/favourites/:file", async (c) => {
    const file = c.req.param("file");
    const isOne = c.req.method === "PUT";
    if (!isPictureFile(file) || (isOne && !chat.picture(file))) {
      throw new BotError("unknown_message", "That picture is no longer here.");
    }
    const isNew = await gallery.setFavourite(file, isOne);
    if (isNew) events.emit({ type: "favourite", src: toSrc(file), isOne });
    return c.body(null, 204);
  });

  function sendArchive(c: Context, threads: readonly WireThread[]): Response {
    const { name, body } = toArchive(threads, stage);
    c.header("Content-Type", "application/zip");
    c.header("Content-Disposition", `attachment; filename="${name}"`);
    return c.body(body);
  }
  routes.get("/api/threads/:id/export", (c) => {
    const thread = chat.thread(parseId(c.req.param("id")));
    if (!thread) throw new BotError("unknown_message", "It is no longer here.");
    return sendArchive(c, [thread]);
  });
  routes.get("/api/export", (c) => {
    const threads = chat.threads();
    if (threads.length === 0) throw new BotError("unknown_message", "There are no threads yet.");
    return sendArchive(c, threads);
  });
  return routes;
}
