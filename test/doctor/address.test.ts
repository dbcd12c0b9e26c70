import { createServer, type RequestListener } from "node:http";
import { createServer as createSecureServer } from "node:https";
import { type TestContext, test } from "node:test";
import { examineAddress } from "../../src/doctor/address.ts";
import { certificate, key } from "../rig/certificate.ts";
import { assertFound, assertWell } from "../rig/findings.ts";
import { freePort } from "../rig/free-port.ts";
import { portOf } from "../rig/port-of.ts";

const host = "127.0.0.1";

const serve = (t: TestContext, listener: RequestListener) => portOf(t, createServer(listener));

/** A reverse proxy, as somebody sets one up in front of a port. */
function proxyTo(port: number): RequestListener {
  return (request, response) => {
    fetch(`http://${host}:${port}${request.url}`).then(
      async (answer) => response.writeHead(answer.status).end(await answer.text()),
      () => response.writeHead(502).end("Bad Gateway"),
    );
  };
}

test("an address that leads here is well, whether the bot runs or not", async (t) => {
  const port = await freePort();
  const outside = await serve(t, proxyTo(port));
  const address = { http: { host, port }, publicUrl: `http://localhost:${outside}` };
  const alone = await examineAddress(address);
  assertWell(alone);
  assertFound(alone, "address.port", "ok", /is free/);
  assertFound(alone, "address.outside", "ok", /leads here/);

  const bot = await serve(t, (_, response) => response.end('{"ok":true}'));
  const running = {
    http: { host, port: bot },
    publicUrl: `http://localhost:${await serve(t, proxyTo(bot))}`,
  };
  assertWell(await examineAddress(running));
  assertFound(await examineAddress(running), "address.port", "ok", /The bot listens/);
  assertWell(await examineAddress({ http: { host, port } }));
});

test("a port that is another program's is mended by another port", async (t) => {
  const other = await serve(t, (_, response) => response.end("hello"));
  const found = await examineAddress({ http: { host, port: other }, publicUrl: "http://draw.invalid" });
  assertFound(
    found,
    "address.port",
    "error",
    /another program's/,
    new RegExp(`set PORT to another, e\\.g\\. ${other + 1}`),
  );
  assertWell(await examineAddress({ http: { host, port: await freePort() } }));
  const elsewhere = await examineAddress({ http: { host: "192.0.2.1", port: other } });
  assertFound(elsewhere, "address.port", "error", /no address of this machine/, /Set HOST/);
});

test("an address that leads elsewhere, or nowhere, says what to do about it", async (t) => {
  const http = { host, port: await freePort() };
  const at = async (publicUrl: string) => examineAddress({ http, publicUrl });
  const answering = async (status: number, headers = {}) =>
    at(`http://localhost:${await serve(t, (_, response) => response.writeHead(status, headers).end("x"))}`);
  const id = "address.outside";
  assertFound(await answering(200), id, "error", /leads to something else \(200\)/, /Correct PUBLIC_URL/);
  assertFound(
    await answering(502),
    id,
    "error",
    /does not reach this machine \(502\)/,
    /pass requests on to HOST and PORT/,
  );
  assertFound(await answering(401), id, "error", /asks for a password/, /\/area\/ and \/health/);
  const moved = { location: "https://draw.example.com/health" };
  assertFound(
    await answering(301, moved),
    id,
    "error",
    /sends people on to https:\/\/draw\.example\.com/,
    /Set PUBLIC_URL/,
  );
  assertFound(
    await at(`http://localhost:${await freePort()}`),
    id,
    "error",
    /Nobody listens at localhost/,
    /Start the proxy/,
  );
  assertFound(await at("http://draw.invalid"), id, "error", /no address for the name draw\.invalid/, /DNS/);
  const other = await serve(t, (_, response) => response.end('{"ok":true}'));
  assertFound(await at(`http://localhost:${other}`), id, "error", /something else/);
});

test("a certificate that nobody vouches for, and none at all, are told apart", async (t) => {
  const http = { host, port: await freePort() };
  const port = await portOf(t, createSecureServer({ key, cert: certificate }, proxyTo(http.port)));
  const found = await examineAddress({ http, publicUrl: `https://localhost:${port}` });
  assertFound(found, "address.outside", "error", /certificate of localhost is not good/, /Let's Encrypt/);
  const plain = await examineAddress({ http, publicUrl: "http://draw.invalid" });
  assertFound(plain, "address.tls", "warning", /can be read on its way/, /https/);
});
