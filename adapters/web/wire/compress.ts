import { promisify } from "node:util";
import { brotliCompress, constants, gzip } from "node:zlib";
import type { MiddlewareHandler } from "hono";
import type { Served } from "./files.ts";

/** How words are packed on their way. */
export type Packing = "br" | "gzip";

/** Bytes below which packing costs more than it saves. */
const least = 600;

const packAsBrotli = promisify(brotliCompress);
const packAsGzip = promisify(gzip);

/** The best that an `Accept-Encoding` header takes; undefined: none. */
export function pickPacking(accepted: string | undefined): Packing | undefined {
  const taken = new Set<string>();
  for (const each of (accepted ?? "").split(",")) {
    const [name = "", ...rest] = each.split(";").map((part) => part.trim().toLowerCase());
    if (!rest.some((part) => /^q=0(\.0*)?$/.test(part))) taken.add(name);
  }
  return (["br", "gzip"] as const).find((name) => taken.has(name));
}

/** Files that were packed, each once for each packing. */
const packed = new WeakMap<Served, Map<Packing, Promise<Buffer<ArrayBuffer>>>>();

/** A file of the page, packed as well as can be, once. */
export function packFile(file: Served, packing: Packing): Promise<Buffer<ArrayBuffer>> {
  const known = packed.get(file) ?? new Map<Packing, Promise<Buffer<ArrayBuffer>>>();
  packed.set(file, known);
  const found = known.get(packing) ?? pack(file.body, packing, 9);
  known.set(packing, found);
  return found;
}

/** Whether a file is made of words and long enough to be packed. */
export function isPackable({ mediaType, body }: Served): boolean {
  return body.length >= least && /^text\/|^image\/svg|manifest/.test(mediaType);
}

/** Packs answers in JSON. */
export const packJson: MiddlewareHandler = async (c, next) => {
  await next();
  if (!c.res.headers.get("content-type")?.startsWith("application/json")) return;
  c.res.headers.append("Vary", "Accept-Encoding");
  const packing = pickPacking(c.req.header("accept-encoding"));
  if (!packing || !c.res.body) return;
  const { status, headers } = c.res;
  const bytes = Buffer.from(await c.res.arrayBuffer());
  const body = bytes.length < least ? bytes : await pack(bytes, packing, 4);
  if (body !== bytes) headers.set("Content-Encoding", packing);
  headers.delete("Content-Length");
  c.res = undefined;
  c.res = new Response(body, { status, headers });
};

async function pack(bytes: Uint8Array, packing: Packing, quality: number): Promise<Buffer<ArrayBuffer>> {
  if (packing === "gzip") return Buffer.from(await packAsGzip(bytes, { level: Math.min(9, quality + 2) }));
  const params = {
    [constants.BROTLI_PARAM_QUALITY]: quality,
    [constants.BROTLI_PARAM_MODE]: constants.BROTLI_MODE_TEXT,
    [constants.BROTLI_PARAM_SIZE_HINT]: bytes.length,
  };
  return Buffer.from(await packAsBrotli(bytes, { params }));
}
