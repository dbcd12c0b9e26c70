import { type Context, Hono } from "hono";
import { isPictureFile, type ThumbnailSize, thumbnailSides } from "../live/pictures.ts";
import type { Stage } from "../live/stage.ts";
import type { App } from "../wire/app.ts";
import { createBundles } from "../wire/bundle.ts";
import { isPackable, packFile, pickPacking } from "../wire/compress.ts";
import type { Files, Served } from "../wire/files.ts";

/** The routes that serve pictures. */
export function createPictureRoutes({ chat, partials, thumbnails }: Stage): App {
  const routes: App = new Hono();
  routes.get("/pictures/:file", async (c) => {
    const file = c.req.param("file");
    const size = parseSize(c.req.query("as"));
    const stored = isPictureFile(file) ? chat.picture(file) : undefined;
    const small = size && stored && (await thumbnails.read(file, size));
    if (small) return servePicture(c, { mediaType: "image/webp", bytes: small }, true);
    const bytes = stored && (await chat.readPicture(file).catch(() => undefined));
    const partial = stored ? undefined : await partials.read(file);
    const picture = stored && bytes ? { mediaType: stored.mediaType, bytes } : partial;
    // In place of a small one it may be another tomorrow.
    return picture ? servePicture(c, picture, !partial && !size) : c.notFound();
  });
  return routes;
}

/** The routes that serve the page and what it is made of. */
export function createPageRoutes(page: Files, library: Files): App {
  const bundles = createBundles(page, library, ["main"]);
  const routes: App = new Hono();
  routes.get("/", async (c) => serve(c, await page.read("index.html")));
  routes.get("/page/:name{.+}", async (c) => {
    const name = c.req.param("name");
    return serve(c, (await page.read(name)) ?? (await bundles.read(name)));
  });
  routes.get("/lib/lit-html/:name{.+}", async (c) => serve(c, await library.read(c.req.param("name"))));
  return routes;
}

function parseSize(asked: string | undefined): ThumbnailSize | undefined {
  return asked !== undefined && Object.hasOwn(thumbnailSides, asked) ? (asked as ThumbnailSize) : undefined;
}

/** A picture as an answer. `lasting`: what stands at this address never changes. */
export function servePicture(
  c: Context,
  { mediaType, bytes }: { readonly mediaType: string; readonly bytes: Uint8Array },
  lasting: boolean,
): Response {
  const isSvg = mediaType === "image/svg+xml";
  // An SVG is a document with scripts when it is opened by itself: then it is saved instead, and if not, it is shut in.
  if (isSvg) c.header("Content-Disposition", "attachment");
  c.header(
    "Content-Security-Policy",
    `sandbox; default-src 'none'${isSvg ? "; style-src 'unsafe-inline'" : ""}`,
  );
  c.header("Content-Type", mediaType);
  c.header("Cache-Control", lasting ? "private, max-age=31536000, immutable" : "no-store");
  return c.body(new Uint8Array(bytes));
}

/** A file as an answer, packed if it is of words; 404 without one. */
export async function serve(c: Context, file: Served | undefined): Promise<Response> {
  if (!file) return c.notFound();
  const packing = isPackable(file) ? pickPacking(c.req.header("accept-encoding")) : undefined;
  // Other bytes have another tag.
  const etag = packing ? file.etag.replace(/"$/, `-${packing}"`) : file.etag;
  c.header("Cache-Control", "no-cache");
  c.header("Vary", "Accept-Encoding");
  c.header("ETag", etag);
  if (c.req.header("if-none-match") === etag) return c.body(null, 304);
  c.header("Content-Type", file.mediaType);
  if (!packing) return c.body(file.body);
  c.header("Content-Encoding", packing);
  return c.body(await packFile(file, packing));
}
