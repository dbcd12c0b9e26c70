import { type Context, Hono, type MiddlewareHandler } from "hono";
import { every } from "hono/combine";
import type { Areas } from "../../../src/seam/core.ts";
import { digestOf } from "../../../src/seam/files/digest.ts";
import type { Log } from "../../../src/seam/log.ts";
import { limitBody, readForm } from "../in/forms.ts";
import { serve, servePicture } from "../out/serve.ts";
import type { App, OpenPages } from "../wire/app.ts";
import { toFailure } from "../wire/failure.ts";
import { type Files, toScriptHashes } from "../wire/files.ts";
import { ownPage } from "../wire/guard.ts";
import { limitAtOnce } from "../wire/limit-at-once.ts";
import { areaLimits, parseAreaForm } from "./form.ts";
import { listParts } from "./parts.ts";

const busy = "Many people are painting just now. Try again in a moment.";

/**
 * The pages on which an area of a picture is painted, for the open internet.
 *
 * The token in an address is all the authority there is, so no login and no name of the host is asked for.
 *
 * Behind a proxy that serves us below a path (`publicUrl` is https://example.com/draw), the path may be taken off or
 * left on: all addresses in the page are relative, and the routes stand in both places.
 */
export async function createAreaPages(parts: {
  readonly areas: Areas;
  readonly page: Files;
  readonly library: Files;
  readonly publicUrl: string;
  readonly log: Log;
}): Promise<OpenPages> {
  const { areas, page, library, publicUrl, log } = parts;
  const { origin, pathname } = new URL(publicUrl);
  const made = await listParts(page, ["area.html", "area-gone.html"]);
  const routes: App = new Hono();

  const checked: MiddlewareHandler = async (c, next) => {
    await areas.check(c.req.param("token") ?? "");
    await next();
  };

  routes.use("/area/*", async (c, next) => {
    // The address is a key: it is told to nobody, kept nowhere, found by no search.
    c.header("Referrer-Policy", "no-referrer");
    c.header("Cache-Control", "no-store");
    c.header("X-Robots-Tag", "noindex, nofollow");
    await next();
  });

  // Chats open links to preview them: looking costs and spends nothing.
  routes.get("/area/:token", async (c) => {
    try {
      await areas.check(c.req.param("token"));
    } catch (error) {
      return showGone(c, error);
    }
    return showPage(c);
  });

  routes.get("/area/:token/picture", checked, limitAtOnce(areaLimits.looks, busy), async (c) => {
    const picture = await areas.look(c.req.param("token"), c.req.raw.signal);
    // Long words in a header are refused by some proxies.
    c.header("Picture-Alt", encodeURIComponent(picture.alt.slice(0, 300).toWellFormed()));
    // By which a painting that was begun is known again on another page for the same picture.
    c.header("ETag", `"${(await digestOf(picture.bytes)).toString("base64url")}"`);
    return servePicture(c, picture, false);
  });

  const few = every(checked, limitAtOnce(areaLimits.sendings, busy), limitBody(areaLimits.body));
  routes.post("/area/:token", ownPage(origin), few, async (c) => {
    await areas.send(c.req.param("token"), await parseAreaForm(await readForm(c)));
    return c.json({}, 202);
  });

  routes.get("/page/:name{.+}", async (c, next) => {
    const name = c.req.param("name");
    return made.has(name) ? serve(c, await page.read(name)) : next();
  });
  // It is as it comes from its registry, so there is nothing in it to guard.
  routes.get("/lib/lit-html/:name{.+}", async (c) => serve(c, await library.read(c.req.param("name"))));

  async function showPage(c: Context): Promise<Response> {
    const html = (await page.read("area.html"))?.body.toString() ?? "";
    // A phone would hear of each script from the one before it, one journey after the other. They stand below the
    // import map: it counts only when no module was asked for before it.
    const scripts = [...made].filter((name) => name.endsWith(".ts") && !html.includes(`/${name}"`));
    const links = scripts.map((name) => `<link rel="modulepreload" href="../page/${name}">`);
    return c.html(html.replace("<!-- scripts -->", () => links.join("\n    ")));
  }

  async function showGone(c: Context, error: unknown): Promise<Response> {
    const { status, message } = toFailure(error, c, log);
    const html = await page.read("area-gone.html");
    const escaped = message.replaceAll("&", "&amp;").replaceAll("<", "&lt;");
    return c.html(
      (html?.body.toString() ?? "").replace("<!-- message -->", () => escaped),
      status,
    );
  }

  const prefix = pathname.replace(/\/+$/, "");
  const scriptHashes = toScriptHashes(await page.read("area.html"));
  if (prefix === "") return { routes, scriptHashes };
  const both: App = new Hono();
  both.route("/", routes);
  both.route(prefix, routes);
  return { routes: both, scriptHashes };
}
