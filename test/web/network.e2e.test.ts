import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import { once } from "node:events";
import { connect, createServer, type Socket } from "node:net";
import { after, before, describe, type TestContext, test } from "node:test";
import type { Browser, Page } from "playwright-core";
import { until } from "../rig/until.ts";
import { openBrowser, openPage } from "./browser.ts";
import { drawThread, pictureView } from "./drawn.ts";
import { startPlayground } from "./playground.ts";

/** A way to a server that can fall silent, as a network that has gone does: nothing arrives, and nobody is told. */
async function createAir(t: TestContext, to: number) {
  const sockets = new Set<Socket>();
  let isSilent = false;
  const server = createServer((near) => {
    sockets.add(near.on("error", () => {}));
    if (isSilent) return;
    const far = connect(to, "127.0.0.1").on("error", () => {});
    sockets.add(far);
    near.pipe(far).pipe(near);
    near.on("close", () => far.destroy());
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  t.after(() => {
    for (const socket of sockets) socket.destroy();
    server.close();
  });
  return {
    port: typeof address === "object" ? address?.port : undefined,
    fallSilent() {
      isSilent = true;
      for (const socket of sockets) socket.unpipe().pause();
    },
    comeBack() {
      isSilent = false;
    },
  };
}

const allLoaded = (page: Page) =>
  page.evaluate<boolean>(
    "document.images.length > 2 && [...document.images].every((image) => image.complete && image.naturalWidth > 0)",
  );

describe("on a dying network", () => {
  let browser: Browser | undefined;
  before(async () => {
    browser = await openBrowser();
    assert.ok(browser || !process.env.CI, "Chromium must be installed where CI runs");
  });
  after(() => browser?.close());

  test("a line that is silent is noticed within half a minute, and what came meanwhile is there afterwards", async (t) => {
    if (!browser) return t.skip("Chromium is not installed: apt-get install chromium");
    const playground = await startPlayground(t);
    const { thread } = await drawThread(playground, 1);
    const air = await createAir(t, Number(new URL(playground.url).port));
    const page = await browser.newPage();
    await page.clock.install();
    await page.goto(`http://127.0.0.1:${air.port}/#/t/${thread}`);
    await page.getByText("Goes on from version 1").waitFor();
    const lost = page.getByText("Reconnecting");

    air.fallSilent();
    await page.getByRole("textbox", { name: "Prompt" }).fill("make it night");
    await page.getByRole("button", { name: "Draw", exact: true }).click();
    await page.clock.runFor(30_000);
    await lost.waitFor();
    await page.getByText("The server is not answering").waitFor();

    air.comeBack();
    await until(async () => {
      await page.clock.runFor(5000);
      return playground.taken.length > 0;
    }, "what was sent on the dead line");
    const { reply } = await playground.next();
    await reply.show(await pictureView(2));
    await page.getByRole("img", { name: "Fox 2" }).waitFor();
    await lost.waitFor({ state: "detached" });
    assert.equal(playground.taken.length, 0, "once");
  });

  test("pictures that did not come are fetched again by themselves", async (t) => {
    if (!browser) return t.skip("Chromium is not installed: apt-get install chromium");
    const playground = await startPlayground(t);
    const { thread } = await drawThread(playground, 3);
    const page = await browser.newPage();
    const failed = new Map<string, number>();
    await page.route(/\/pictures\//, async (route) => {
      const before = failed.get(route.request().url()) ?? 0;
      failed.set(route.request().url(), before + 1);
      if (before < 2)
        await (before === 0 ? route.abort() : route.fulfill({ status: 502, body: "a proxy's page" }));
      else await route.continue();
    });
    await page.clock.install();
    await page.goto(`${playground.url}/#/t/${thread}`);
    await page.getByText("Goes on from version 3").waitFor();
    await until(async () => {
      await page.clock.runFor(1000);
      return allLoaded(page);
    }, "all pictures");
    assert.ok([...failed.values()].every((times) => times >= 3));
  });

  test("a sketch is called one until the picture itself is there", async (t) => {
    if (!browser) return t.skip("Chromium is not installed: apt-get install chromium");
    const playground = await startPlayground(t);
    const { page } = await openPage(browser, playground.url);
    const thread = randomUUID();
    await page.goto(`${playground.url}/#/t/${thread}`);
    await page.getByRole("textbox", { name: "Prompt" }).fill("a fox");
    await page.getByRole("button", { name: "Draw", exact: true }).click();
    const { reply } = await playground.next();
    const sketch = await pictureView(1, { phase: "working", actions: ["cancel"] });
    await reply.show(sketch);
    const says = () =>
      page.evaluate<string>(
        "getComputedStyle(document.querySelector('developing-picture'), '::after').content",
      );
    await page.getByRole("img", { name: "Sketch: Fox 1" }).waitFor();
    await until(async () => (await says()) === '"Sketch"', "the sketch's name");

    await page.route(/\/pictures\/[0-9a-f]{64}\./, (route) => route.abort());
    const missed = page.waitForEvent("requestfailed", (request) => request.url().endsWith("as=preview"));
    await reply.show(await pictureView(2));
    await missed;
    await page.getByText("12 s").waitFor();
    assert.equal(await says(), '"Sketch"', "it is finished, and has not come");
    await page.unroute(/\/pictures\/[0-9a-f]{64}\./);
    await until(async () => (await says()) !== '"Sketch"', "the picture");
    await page.getByRole("img", { name: "Fox 2", exact: true }).waitFor();
  });
});
