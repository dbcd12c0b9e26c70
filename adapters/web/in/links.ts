import { type Context, Hono } from "hono";
import { BotError } from "../../../src/seam/errors.ts";
import type { Links } from "../live/gallery/links.ts";
import { toFileOf } from "../live/pictures.ts";
import type { Stage } from "../live/stage.ts";
import type { App } from "../wire/app.ts";
import type { WireLink, WireLinks } from "../wire/messages.ts";
import { parseId } from "./turn.ts";

/** The routes by which a picture gets an address that others may have, and loses it. */
export function createLinkRoutes({ chat }: Stage, links: Links): App {
  const routes: App = new Hono();

  /** The picture that an address names: the answer, and the place among its pictures. */
  function toPicture(c: Context): readonly [answer: string, file: string] {
    const answer = chat.message(parseId(c.req.param("answer") ?? ""));
    const shown = answer?.kind === "answer" && answer.view.phase === "done" ? answer.view.images : [];
    const picture = shown[Number(c.req.param("at"))];
    if (!answer || !picture) throw new BotError("unknown_message", "That picture is no longer here.");
    return [answer.id, toFileOf(picture.src)];
  }

  routes.get("/api/links/:answer/:at", (c) => {
    return c.json({ count: links.count(...toPicture(c)) } satisfies WireLinks);
  });
  routes.post("/api/links/:answer/:at", async (c) => {
    return c.json({ path: `/shared/${await links.make(...toPicture(c))}` } satisfies WireLink, 201);
  });
  routes.delete("/api/links/:answer/:at", async (c) => {
    await links.end(...toPicture(c));
    return c.body(null, 204);
  });
  return routes;
}
