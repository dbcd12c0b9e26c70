import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { createServer, type RequestListener, type Server } from "node:http";
import { createServer as createSecureServer } from "node:https";
import { connect } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { promisify } from "node:util";
import { certificate, key } from "../rig/certificate.ts";
import { portOf } from "../rig/port-of.ts";

/** A proxy as companies have one: whatever is asked for is at that port of this machine. */
function createProxy(port: number): Server {
  const proxy = createServer();
  proxy.on("connect", (_, socket) => {
    const there = connect(port, "127.0.0.1", () => socket.write("HTTP/1.1 200 OK\r\n\r\n"));
    for (const one of [socket, there]) one.on("error", () => {});
    there.pipe(socket).pipe(there);
  });
  return proxy;
}

/** Ms that a connection may take, and the longer time that the picture takes. */
const [connectMs, drawnMs] = [1000, 2500];

/** What a process asks that was started so that it goes through a proxy. */
const asks = `
  import { askLooking, withLastLook } from "${new URL("../../src/openai/last-look.ts", import.meta.url)}";
  import { createDirectFetch } from "${new URL("../../src/openai/stream/direct-fetch.ts", import.meta.url)}";
  const direct = createDirectFetch(${connectMs});
  let looks = 0;
  const look = async () => { looks += 1; };
  const fetch = withLastLook(direct.fetch);
  const response = await askLooking(look, () => fetch("https://pictures.test/draw", { method: "POST", body: "a fox" }));
  let read = "";
  for await (const chunk of direct.bodyOf(response)) read += chunk;
  process.stdout.write(JSON.stringify({ looks, read }));
`;

test("through a proxy a picture comes that takes longer than connecting may, after one more look when it is connected", async (t) => {
  const draw: RequestListener = (incoming, response) => {
    let body = "";
    incoming.on("data", (chunk) => {
      body += chunk;
    });
    incoming.on("end", async () => {
      response.writeHead(200, { "content-type": "text/event-stream" }).write("data: drawing\n\n");
      await sleep(drawnMs);
      response.end(`data: ${body}\n\n`);
    });
  };
  const site = await portOf(t, createSecureServer({ key, cert: certificate }, draw));
  const proxy = await portOf(t, createProxy(site));
  const folder = await mkdtemp(join(tmpdir(), "drawbridge-proxy-"));
  t.after(() => rm(folder, { recursive: true, force: true }));
  const trusted = join(folder, "trusted.pem");
  await writeFile(trusted, certificate);
  const env = {
    ...process.env,
    ...{ NODE_USE_ENV_PROXY: "1", HTTPS_PROXY: `http://127.0.0.1:${proxy}`, NODE_EXTRA_CA_CERTS: trusted },
  };
  const args = ["--disable-warning=ExperimentalWarning", "--input-type=module", "--eval", asks];
  const { stdout } = await promisify(execFile)(process.execPath, args, { env, timeout: 60_000 });
  assert.deepEqual(JSON.parse(stdout), { looks: 2, read: "data: drawing\n\ndata: a fox\n\n" });
});
