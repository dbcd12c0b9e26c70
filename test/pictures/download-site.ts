import { createServer, type RequestListener } from "node:http";
import type { TestContext } from "node:test";
import { createDownload, type DownloadOptions } from "../../src/pictures/download.ts";
import { portOf } from "../rig/port-of.ts";

export const name = "“pictures.test/cat.png”";
export const never = new AbortController().signal;

/** A site at `pictures.test`, which no name server knows, on the one loopback address that counts as public. */
export async function site(t: TestContext, listener: RequestListener, options: DownloadOptions = {}) {
  const asked: string[] = [];
  const port = await portOf(
    t,
    createServer((request, response) => {
      asked.push(request.url ?? "");
      listener(request, response);
    }),
  );
  return { asked, port, fetch: fetcher(port, options) };
}

export function fetcher(port: number, options: DownloadOptions = {}, scheme = "http") {
  const download = createDownload({
    allow: (address) => address === "127.0.0.1",
    ports: [port],
    resolve: async () => ["127.0.0.1"],
    ...options,
  });
  return (path = "/cat.png", signal = never) =>
    download(new URL(path, `${scheme}://pictures.test:${port}`), name, signal);
}

export const refused = (message: string) => ({ name: "BotError", code: "bad_attachment", message });
