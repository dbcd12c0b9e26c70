import { type Context, Hono, type MiddlewareHandler } from "hono";
import { z } from "zod";
import type { Core, Style } from "../../../src/seam/core.ts";
import { BotError } from "../../../src/seam/errors.ts";
import type { Scope } from "../../../src/seam/turn.ts";
import type { Stage } from "../live/stage.ts";
import { servePicture } from "../out/serve.ts";
import type { App } from "../wire/app.ts";
import { wireLimits } from "../wire/limits.ts";
import type { WireDefaults, WireEstimate, WireStyle } from "../wire/messages.ts";
import { fieldOf, limitBody, withForm } from "./forms.ts";
import { here, parseAsk, parseOptions, you } from "./turn.ts";
import { lend } from "./uploads.ts";

const wish = z.object({
  text: z.string().max(wireLimits.text).default(""),
  options: z.unknown().optional(),
  pictures: z.int().min(0).max(wireLimits.attachments).default(0),
});

/** The routes to a person's styles and defaults, and to what a picture would cost. */
export function createSettings(stage: Stage, core: Core, formGate: MiddlewareHandler): App {
  const { styles, accounts, estimateOf } = core;
  const routes: App = new Hono();

  routes.get("/api/styles", async (c) => fresh(c, (await styles.list(you, here)).map(toWireStyle)));
  routes.post("/api/styles", formGate, async (c) => {
    const saved = await withForm(c, stage.uploads, (form) => {
      const { text: instruction, options, uploads } = parseAsk(form);
      const name = fieldOf(form, "name");
      const draft = {
        style: typeof name === "string" ? name : "",
        ...{ instruction, options, attachments: lend(uploads, stage) },
      };
      return styles.save(you, here, parseScope(fieldOf(form, "scope")), draft, c.req.raw.signal);
    });
    return c.json(toWireStyle(saved), 201);
  });
  routes.delete("/api/styles/:name", async (c) => {
    await styles.remove(you, here, parseScope(c.req.query("scope")), c.req.param("name"));
    return c.body(null, 204);
  });
  routes.get("/api/styles/:name/pictures/:at", async (c) => {
    const pictures = await styles.pictures(you, here, c.req.param("name"));
    const picture = pictures[Number(c.req.param("at"))];
    return picture ? servePicture(c, picture, false) : c.notFound();
  });

  const readDefaults = async (): Promise<WireDefaults> => {
    const [mine, channel] = await Promise.all([accounts.of(you.id), accounts.of(here.channel)]);
    return { mine: mine.defaults, channel: channel.defaults };
  };
  routes.get("/api/defaults", async (c) => fresh(c, await readDefaults()));
  routes.put("/api/defaults", limitBody(10_000), async (c) => {
    await accounts.setDefaults(you.id, parseOptions(await c.req.text()));
    return c.json(await readDefaults());
  });

  routes.post("/api/estimate", limitBody(wireLimits.smallBody), async (c) => {
    const { data } = wish.safeParse(await c.req.json().catch(() => undefined));
    if (!data) throw new BotError("bad_prompt", "That is nothing to estimate.");
    const options = parseOptions(JSON.stringify(data.options ?? {}));
    const estimate = await estimateOf({ ...data, options, user: you, place: here });
    return c.json({ ...(estimate !== undefined && { estimate }) } satisfies WireEstimate);
  });
  return routes;
}

function toWireStyle({ pictures, ...style }: Style): WireStyle {
  const src = (_: unknown, at: number) => `/api/styles/${encodeURIComponent(style.name)}/pictures/${at}`;
  return { ...style, pictures: Array.from({ length: pictures }, src) };
}

/** There is one person here, so what is not said to be shared is theirs. */
function parseScope(scope: unknown): Scope {
  return scope === "shared" ? "shared" : "mine";
}

/** Typed words change these too, so an answer is good only now. */
function fresh(c: Context, body: object): Response {
  c.header("Cache-Control", "no-store");
  return c.json(body);
}
