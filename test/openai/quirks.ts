import { once } from "node:events";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import sharp from "sharp";

/** A request to one of these servers: its path, its fields, and each file as its name and bytes. */
export interface Asked {
  readonly path: string;
  readonly fields: Readonly<Record<string, unknown>>;
  readonly files: readonly { readonly field: string; readonly bytes: Buffer }[];
}

/** A server that speaks the Image API in its own way. */
export interface QuirkServer {
  /** What OPENAI_BASE_URL is set to. */
  readonly url: string;
  /** Those that asked for pictures, oldest first. */
  readonly asked: readonly Asked[];
  close(): Promise<void>;
}

type Answer = (asked: Asked, response: ServerResponse, base: string) => void | Promise<void>;

/** A picture for the n-th request, each of another colour. */
export function pictureOf(n: number, width = 512, height = 512): Promise<Buffer> {
  const background = `hsl(${(n * 67) % 360}, 60%, 50%)`;
  return sharp({ create: { width, height, channels: 3, background } })
    .png()
    .toBuffer();
}

/**
 * In the manner of LocalAI: a file's address in place of the picture, and never a stream. Beside that it draws three
 * sizes, names no field in its errors, and takes one picture to edit, as `image`.
 */
export function createAddressServer(): Promise<QuirkServer> {
  const drawn: Buffer[] = [];
  return serve(async ({ path, fields, files }, response, base) => {
    if (path.startsWith("/generated/")) {
      const picture = drawn[Number(/\d+/.exec(path)?.[0])];
      if (!picture) return refuse(response, 404, { message: "not found" });
      return void response.writeHead(200, { "content-type": "image/png" }).end(picture);
    }
    const strange = Object.keys(fields).find((name) => !["prompt", "model", "size", "n"].includes(name));
    if (strange) return refuse(response, 400, { message: `${strange} is an unknown parameter`, code: 400 });
    const size = String(fields.size ?? "512x512");
    if (!["256x256", "512x512", "1024x1024"].includes(size)) {
      return refuse(response, 400, { message: `size ${size} is not supported: 256x256, 512x512, 1024x1024` });
    }
    if (files.some(({ field }) => field !== "image" && field !== "mask")) {
      return refuse(response, 400, { message: "missing image file" });
    }
    const [width = 0, height = 0] = size.split("x").map(Number);
    const data: object[] = [];
    for (let n = 0; n < Number(fields.n ?? 1); n += 1) {
      const at = drawn.push(Buffer.alloc(0)) - 1;
      drawn[at] = await pictureOf(at, width, height);
      data.push({ url: `${base}/generated/${at}.png` });
    }
    json(response, 200, { created: 1, data });
  });
}

/** In the manner of vLLM-Omni: base64 alone, nothing said of tokens, FastAPI's way to refuse, and one picture however many are asked for. */
export function createBareServer(): Promise<QuirkServer> {
  let drawn = 0;
  return serve(async ({ path, fields }, response) => {
    if (!path.startsWith("/v1/images/")) return json(response, 404, { detail: "Not Found" });
    const known = ["prompt", "model", "size", "n", "output_format"];
    const strange = Object.keys(fields).find((name) => !known.includes(name));
    if (strange) {
      const detail = [
        { type: "extra_forbidden", loc: ["body", strange], msg: "Extra inputs are not permitted" },
      ];
      return json(response, 422, { detail });
    }
    drawn += 1;
    const picture = await pictureOf(drawn);
    json(response, 200, { created: 1, data: [{ b64_json: picture.toString("base64"), url: null }] });
  });
}

async function serve(answer: Answer): Promise<QuirkServer> {
  const asked: Asked[] = [];
  let base = "";
  const server = createServer(async (request, response) => {
    const one = await read(request);
    if (one.path.startsWith("/v1/images/")) asked.push(one);
    await answer(one, response, base);
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  if (!address || typeof address === "string") throw new Error("no port");
  base = `http://127.0.0.1:${address.port}`;
  return {
    ...{ url: `${base}/v1`, asked },
    async close() {
      server.closeAllConnections();
      await new Promise<void>((resolve) => server.close(() => resolve()));
    },
  };
}

async function read(request: IncomingMessage): Promise<Asked> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk);
  const body = Buffer.concat(chunks);
  const { url: path = "", headers } = request;
  const type = headers["content-type"] ?? "";
  if (!type.startsWith("multipart/")) {
    return { path, fields: body.length > 0 ? JSON.parse(body.toString()) : {}, files: [] };
  }
  const form = await new Response(new Uint8Array(body), { headers: { "content-type": type } }).formData();
  const fields: Record<string, unknown> = {};
  const files: { field: string; bytes: Buffer }[] = [];
  for (const [field, value] of form) {
    if (typeof value === "string") fields[field] = value;
    else files.push({ field, bytes: Buffer.from(await value.arrayBuffer()) });
  }
  return { path, fields, files };
}

function refuse(response: ServerResponse, status: number, error: object): void {
  json(response, status, { error });
}

function json(response: ServerResponse, status: number, body: object): void {
  response.writeHead(status, { "content-type": "application/json" }).end(JSON.stringify(body));
}
