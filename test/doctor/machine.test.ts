import { once } from "node:events";
import { createServer } from "node:http";
import { type TestContext, test } from "node:test";
import { examineClock } from "../../src/doctor/clock.ts";
import { examineFonts } from "../../src/doctor/fonts.ts";
import { assertFound, assertWell } from "../rig/findings.ts";

async function serve(t: TestContext): Promise<string> {
  const server = createServer((_, response) => response.writeHead(404).end()).listen(0, "127.0.0.1");
  await once(server, "listening");
  t.after(() => server.close());
  const address = server.address();
  if (!address || typeof address !== "object") throw new Error("no port");
  return `http://127.0.0.1:${address.port}/`;
}

test("a clock that is off is told by how much, and mended by being set right", async (t) => {
  const url = await serve(t);
  const off = (seconds: number) => examineClock([url], () => Date.now() + seconds * 1000);
  assertFound(
    await off(600),
    "clock.skew",
    "error",
    /(?:599|600|601) s fast, by 127\.0\.0\.1/,
    /timedatectl/,
  );
  assertFound(await off(-600), "clock.skew", "error", /s slow/);
  assertFound(await off(30), "clock.skew", "warning", /s fast/);
  assertWell(await off(0));
});

test("where no server tells the time, that is not known; the next one is asked before", async (t) => {
  const nobody = "http://127.0.0.1:1/";
  assertFound(await examineClock([nobody]), "clock.skew", "unknown", /No server/);
  assertWell(await examineClock([nobody, await serve(t)]));
  assertWell(await examineClock([]));
});

test("without a font the words of a drawing are left out, which an installed one mends", async () => {
  const withoutFonts = async (svg: string) => Buffer.from(svg.replace(/<text.*<\/text>/, ""));
  assertFound(await examineFonts(withoutFonts), "fonts", "warning", /no font/, /fonts-dejavu-core/);
  const broken = () => Promise.reject(new Error("sharp is not there"));
  assertFound(await examineFonts(broken), "fonts", "error", /sharp is not there/, /npm ci/);
});
