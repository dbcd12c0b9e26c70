import assert from "node:assert/strict";
import { mkdtemp, rm } from "node:fs/promises";
import { request } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { TestContext } from "node:test";
import sharp from "sharp";
import { createWebAdapter, type WebOptions } from "../../adapters/web/index.ts";
import type { WireEvent, WireMessage, WireThread } from "../../adapters/web/wire/messages.ts";
import type { Core, Handle } from "../../src/seam/core.ts";
import type { Turn } from "../../src/seam/turn.ts";
import type { Reply, View } from "../../src/seam/view.ts";
import { noCore } from "../rig/no-core.ts";

const silent = {
  child: () => silent,
  debug() {},
  info() {},
  warn() {},
  error() {},
};

export interface Taken {
  readonly turn: Turn;
  readonly reply: Reply;
}

export type Playground = Awaited<ReturnType<typeof startPlayground>>;

/** A folder that goes away with the test. */
export async function createFolder(t: TestContext): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), "drawbridge-web-"));
  t.after(() => rm(folder, { recursive: true, force: true, maxRetries: 3 }));
  return folder;
}

/** The real adapter on a free port, with a core that only writes down what it is given. */
export async function startPlayground(
  t: TestContext,
  options: Partial<WebOptions> = {},
  parts: Partial<Core> = {},
) {
  const dataDir = options.dataDir ?? join(await createFolder(t), "data");
  const adapter = createWebAdapter({
    host: "127.0.0.1",
    port: 0,
    version: "1.2.3",
    painter: { name: "Nobody", standIn: true },
    log: silent,
    ...options,
    dataDir,
  });
  const taken: Taken[] = [];
  const waiting: ((one: Taken) => void)[] = [];
  const handle: Handle = async (turn, reply) => {
    const next = waiting.shift();
    if (next) next({ turn, reply });
    else taken.push({ turn, reply });
  };
  await adapter.start(noCore(handle, parts));
  t.after(() => adapter.stop());
  const { url } = adapter;

  return {
    adapter,
    url,
    dataDir,
    /** The next turn the core was given. */
    async next(): Promise<Taken> {
      return taken.shift() ?? new Promise((resolve) => waiting.push(resolve));
    },
    taken,
    get: (path: string, init?: RequestInit) => fetch(url + path, { redirect: "manual", ...init }),
    async json<T>(path: string): Promise<T> {
      const response = await fetch(url + path);
      assert.equal(response.status, 200, path);
      return (await response.json()) as T;
    },
    thread: async (id: string) => {
      const response = await fetch(`${url}/api/threads/${id}`);
      assert.equal(response.status, 200);
      return (await response.json()) as { thread: WireThread; messages: WireMessage[] };
    },
    post: (path: string, form: Form = {}) => fetch(url + path, { method: "POST", body: toFormData(form) }),
    events: () => listen(t, `${url}/api/events`),
  };
}

type Form = Readonly<Record<string, string | File | readonly (string | File)[]>>;

export function toFormData(form: Form): FormData {
  const data = new FormData();
  for (const [name, value] of Object.entries(form)) {
    for (const one of Array.isArray(value) ? value : [value]) data.append(name, one);
  }
  return data;
}

/** Reads server-sent events one by one. */
async function listen(t: TestContext, url: string) {
  const abort = new AbortController();
  t.after(() => abort.abort());
  const response = await fetch(url, { signal: abort.signal });
  assert.equal(response.status, 200);
  assert.match(response.headers.get("content-type") ?? "", /^text\/event-stream/);
  const reader = response.body?.pipeThrough(new TextDecoderStream()).getReader();
  assert.ok(reader);
  let text = "";
  const next = async (): Promise<WireEvent | undefined> => {
    for (;;) {
      const end = text.indexOf("\n\n");
      if (end >= 0) {
        const data = /^data: (.*)$/m.exec(text.slice(0, end))?.[1];
        text = text.slice(end + 2);
        const event = data && (JSON.parse(data) as WireEvent);
        if (event && event.type !== "beat") return event;
        continue;
      }
      const { done, value } = await reader.read();
      if (done) return undefined;
      text += value;
    }
  };
  const hello = await next();
  assert.equal(hello?.type, "hello");
  return {
    boot: hello.boot,
    next,
    /** The next event of that type; those between are skipped. */
    async of<T extends WireEvent["type"]>(type: T): Promise<Extract<WireEvent, { type: T }>> {
      for (;;) {
        const event = await next();
        assert.ok(event, `the stream ended before a ${type}`);
        if (event.type === type) return event as Extract<WireEvent, { type: T }>;
      }
    },
    close: () => abort.abort(),
  };
}

/** A request with headers that fetch does not let one set. */
export function raw(
  url: string,
  options: { method?: string; headers?: Record<string, string>; path?: string; body?: string | Buffer } = {},
): Promise<{ status: number; headers: NodeJS.Dict<string | string[]>; text: string }> {
  const { hostname, port, pathname } = new URL(url);
  return new Promise((resolve, reject) => {
    const { method = "GET", headers = {}, path = pathname, body } = options;
    request({ hostname, port, path, method, headers }, (response) => {
      const chunks: Buffer[] = [];
      response.on("data", (chunk: Buffer) => chunks.push(chunk));
      response.on("end", () =>
        resolve({
          status: response.statusCode ?? 0,
          headers: response.headers,
          text: Buffer.concat(chunks).toString(),
        }),
      );
      response.on("error", reject);
    })
      .on("error", reject)
      .end(body);
  });
}

/** A small real picture; another `shade`, another picture. */
export function png(shade = 0, width = 8, height = 6): Promise<Buffer<ArrayBuffer>> {
  const background = { r: shade, g: 10, b: 200 };
  return sharp({ create: { width, height, channels: 3, background } })
    .png()
    .toBuffer() as Promise<Buffer<ArrayBuffer>>;
}

export async function view(
  phase: View["phase"],
  rest: Partial<View> & { shade?: number } = {},
): Promise<View> {
  const { shade, ...fields } = rest;
  const images =
    shade === undefined
      ? []
      : [{ name: "a-fox.png", mediaType: "image/png", bytes: await png(shade), alt: "A fox" }];
  return { phase, text: "", notes: [], images, actions: [], ...fields };
}
