import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import type { Browser, Route } from "playwright-core";
import { createFolder, startDrawbridge } from "../rig/process.ts";
import { atPlayground, openBrowser, openPage } from "./browser.ts";

const prompts = "**/api/threads/*/prompts";

describe("what is sent while the server is away", () => {
  let browser: Browser | undefined;
  before(async () => {
    browser = await openBrowser();
    assert.ok(browser || !process.env.CI, "Chromium must be installed where CI runs");
  });
  after(() => browser?.close());

  test("arrives when it is back, once, without a reload, and nothing typed is lost", async (t) => {
    if (!browser) return t.skip("Chromium is not installed: apt-get install chromium");
    const env = { DATA_DIR: await createFolder(t), STANDIN_PACE_MS: "50" };
    let bot = startDrawbridge(t, env);
    const url = await bot.url();
    const start = () => {
      bot = startDrawbridge(t, { ...env, PORT: new URL(url).port });
      return bot.url();
    };
    const { page } = await openPage(browser, url);
    const { answers, draw, finished } = atPlayground(page);
    const words = page.getByRole("textbox", { name: "Prompt" });
    const asks = page.getByRole("article");
    const isAway = page.getByText("The server is not answering");

    /** Draws nothing but what was asked, in that order, and leaves the composer free. */
    async function arrived(count: number): Promise<void> {
      await finished(count - 1);
      assert.equal(await words.inputValue(), "");
      assert.equal(await isAway.count(), 0);
      assert.equal(await answers.count(), count);
      assert.equal(await asks.count(), count);
      assert.equal(await page.getByRole("alert").count(), 0, "nothing went wrong");
    }

    await t.test("killed before it has arrived", async () => {
      await page.route(prompts, kill(false), { times: 1 });
      await draw("a lighthouse by the sea");
      await isAway.waitFor();
      assert.equal(await words.inputValue(), "a lighthouse by the sea");
      await start();
      await arrived(1);
    });

    await t.test("killed when it has arrived and before the page hears of it", async () => {
      await page.route(prompts, kill(true), { times: 1 });
      const cut = page.waitForEvent("requestfailed", (request) => request.url().endsWith("/prompts"));
      await draw("make it night");
      await cut;
      await start();
      await arrived(2);
    });

    await t.test("a button is pressed while nobody is there", async () => {
      await bot.kill("SIGKILL");
      await answers.nth(1).getByRole("button", { name: "Draw again" }).dblclick();
      await page.getByText("Reconnecting").waitFor();
      await start();
      await arrived(3);
    });

    await t.test("the page is loaded anew while it is being sent", async () => {
      await page.route(prompts, (route) => route.abort());
      await draw("add a red balloon");
      await isAway.waitFor();
      await page.unroute(prompts);
      await page.reload();
      await arrived(4);
    });

    await t.test("stopped by the person, the words stay to be sent again", async () => {
      await page.route(prompts, (route) => route.fulfill({ status: 502, body: "a proxy's page" }));
      await draw("add a boat");
      await page.getByRole("button", { name: "Stop" }).click();
      await isAway.waitFor({ state: "detached" });
      assert.equal(await words.inputValue(), "add a boat");
      await page.unroute(prompts);
      await page.reload();
      assert.equal(await words.inputValue(), "add a boat", "and are not sent by themselves");
      await page.getByRole("button", { name: "Draw", exact: true }).click();
      await arrived(5);
    });

    const thread = page.url();
    await page.goto("about:blank");
    await page.goto(thread);
    await arrived(5);

    /** Kills the server while a prompt is on its way: before it is there, or before its answer is. */
    function kill(isThere: boolean) {
      return async (route: Route) => {
        if (isThere) await route.fetch();
        await bot.kill("SIGKILL");
        await route.abort();
      };
    }
  });
});
