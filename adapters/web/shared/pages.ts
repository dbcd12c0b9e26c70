import { createHash } from "node:crypto";
import { readFile } from "node:fs/promises";
import { type Context, Hono } from "hono";
import type { Links } from "../live/gallery/links.ts";
import type { Stage } from "../live/stage.ts";
import { servePicture } from "../out/serve.ts";
import type { App } from "../wire/app.ts";
import { limitAtOnce } from "../wire/limit-at-once.ts";

/** Pictures that go out at the same time: each is held in memory on its way. */
const mostAtOnce = 8;

const gone = "<div><h1>This picture is not shared any more</h1><p>Ask whoever gave you the link.</p></div>";

/**
 * The pages that show one picture each, for the open internet: whoever has the address sees the picture, and nothing
 * else. They read and set no cookie, run no script and fetch nothing but their picture.
 *
 * `publicUrl`: below its path the routes stand as well, as those for painting do.
 */
export async function createSharedPages(
  { chat }: Pick<Stage, "chat">,
  links: Links,
  publicUrl: string | undefined,
): Promise<App> {
  const html = await readFile(new URL("page.html", import.meta.url), "utf8");
  const style = /<style>(.*?)<\/style>/s.exec(html)?.[1] ?? "";
  const policy = [
    ...["default-src 'none'", "img-src 'self' data:", `style-src 'sha256-${toHash(style)}'`],
    ...["base-uri 'none'", "form-action 'none'", "frame-ancestors 'none'"],
  ].join("; ");
  const routes: App = new Hono();

  routes.use("/shared/*", async (c, next) => {
    // The address is a key: it is told to nobody, kept nowhere, found by no search.
    c.header("Referrer-Policy", "no-referrer");
    c.header("Cache-Control", "no-store");
    c.header("X-Robots-Tag", "noindex, nofollow, noarchive");
    await next();
  });

  /** Of what somebody can still see: a deleted picture is gone here, too. */
  const find = async (secret: string) => {
    await chat.fresh();
    const file = links.find(secret);
    return file === undefined ? undefined : chat.picture(file);
  };

  function show(c: Context, content: string, status: 200 | 404): Response | Promise<Response> {
    c.header("Content-Security-Policy", policy);
    return c.html(html.replace("<!-- content -->", content), status);
  }

  routes.get("/shared/:secret", async (c) => {
    const secret = c.req.param("secret");
    const picture = await find(secret);
    if (!picture) return show(c, gone, 404);
    const { width, height } = picture;
    const size = width > 0 && height > 0 ? `width="${width}" height="${height}"` : "";
    // What is found has a secret of letters, digits and - and _ alone.
    return show(c, `<img src="${secret}/picture" alt="A picture that somebody shared" ${size}>`, 200);
  });
  routes.get(
    "/shared/:secret/picture",
    async (c, next) => ((await find(c.req.param("secret"))) ? next() : c.notFound()),
    limitAtOnce(mostAtOnce, "Many are looking just now. Try again in a moment."),
    async (c) => {
      const picture = await find(c.req.param("secret"));
      if (!picture) return c.notFound();
      const bytes = await chat.readPicture(picture.file);
      return servePicture(c, { mediaType: picture.mediaType, bytes }, false);
    },
  );

  const prefix = publicUrl === undefined ? "" : new URL(publicUrl).pathname.replace(/\/+$/, "");
  if (prefix === "") return routes;
  const both: App = new Hono();
  both.route("/", routes);
  both.route(prefix, routes);
  return both;
}

function toHash(text: string): string {
  return createHash("sha256").update(text).digest("base64");
}
