import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import { after, before, describe, type TestContext, test } from "node:test";
import type { Browser } from "playwright-core";
import { until } from "../rig/until.ts";
import { openBrowser } from "./browser.ts";
import { drawThread } from "./drawn.ts";
import { type Playground, startPlayground } from "./playground.ts";

/** Whether each picture that can be seen is there, and at least `least` of them are. What waits below the fold may stay there. */
const SEEN = (least: number) => `(() => {
  const seen = [...document.images].filter((image) => {
    const { top, bottom, height } = image.getBoundingClientRect();
    return height > 0 && bottom > 0 && top < innerHeight;
  });
  return seen.length >= ${least} && seen.every(({ complete, naturalWidth }) => complete && naturalWidth > 0);
})()`;

/**
 * What a page that is opened for the first time asks for, until it asks for nothing more: paths and bytes.
 * `least`: how many pictures it shows at least.
 */
async function visit(browser: Browser, url: string, ready: string, least: number) {
  const context = await browser.newContext({ viewport: { width: 1440, height: 900 } });
  const page = await context.newPage();
  const line = await context.newCDPSession(page);
  await line.send("Network.enable");
  const asked = new Map<string, string>();
  const got: { readonly path: string; readonly bytes: number }[] = [];
  line.on("Network.requestWillBeSent", ({ requestId, request }) => {
    const { pathname, search } = new URL(request.url);
    asked.set(requestId, pathname + search);
  });
  line.on("Network.loadingFinished", ({ requestId, encodedDataLength }) => {
    got.push({ path: asked.get(requestId) ?? "", bytes: encodedDataLength });
    asked.delete(requestId);
  });
  await page.goto(url);
  await page.getByText(ready).first().waitFor();
  // The events go on and on; all else is there when nothing is under way.
  await until(
    async () =>
      [...asked.values()].every((path) => path === "/api/events") &&
      (await page.evaluate<boolean>(SEEN(least))) &&
      // A picture that is there may have been followed by another question.
      [...asked.values()].every((path) => path === "/api/events"),
    async () => `an end; there is ${[...asked.values()].join()}`,
  );
  await context.close();
  const of = (pattern: RegExp) => got.filter(({ path }) => pattern.test(path));
  return { got, of, bytes: got.reduce((sum, { bytes }) => sum + bytes, 0) };
}

async function start(t: TestContext, threads: number): Promise<Playground> {
  const playground = await startPlayground(t);
  for (let index = 0; index < threads; index += 1)
    await drawThread(playground, 1, { first: index + 1, side: 384 });
  return playground;
}

describe("the page is light", () => {
  let browser: Browser | undefined;
  before(async () => {
    browser = await openBrowser();
    assert.ok(browser || !process.env.CI, "Chromium must be installed where CI runs");
  });
  after(() => browser?.close());

  test("a hundred threads cost no more than ten, and none of their pictures is fetched whole", async (t) => {
    if (!browser) return t.skip("Chromium is not installed: apt-get install chromium");
    const visits: Awaited<ReturnType<typeof visit>>[] = [];
    for (const threads of [10, 100]) {
      const { url } = await start(t, threads);
      visits.push(await visit(browser, `${url}/#/t/${randomUUID()}`, "What shall we draw?", 10));
    }
    const [ten, hundred] = visits;
    assert.ok(ten && hundred);
    assert.ok(ten.of(/^\/page\/|^\/$/).length <= 6, "the page itself");
    for (const { of } of visits) assert.deepEqual(of(/\.png$/), [], "whole pictures");
    assert.ok(
      hundred.got.length <= ten.got.length + 6,
      `${ten.got.length} and ${hundred.got.length} requests`,
    );
    const small = ({ of }: (typeof visits)[number]) => of(/as=thumbnail/).map(({ bytes }) => bytes);
    assert.ok(
      hundred.bytes <= 1.3 * ten.bytes,
      `${ten.bytes} and ${hundred.bytes} bytes; small pictures: ${small(ten)} and ${small(hundred)}`,
    );
    assert.ok(hundred.bytes < 500_000, `${hundred.bytes} bytes`);
  });

  test("a thread of forty pictures is opened for the price of a few small ones", async (t) => {
    if (!browser) return t.skip("Chromium is not installed: apt-get install chromium");
    const playground = await startPlayground(t);
    const { thread } = await drawThread(playground, 40);
    const { of, bytes } = await visit(
      browser,
      `${playground.url}/#/t/${thread}`,
      "Goes on from version 40",
      1,
    );
    assert.deepEqual(of(/\.png$/), [], "whole pictures");
    assert.ok(of(/as=preview/).length <= 8, `${of(/as=preview/).length} of the conversation`);
    assert.ok(bytes < 3_000_000, `${bytes} bytes`);
  });
});
