import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { after, before, describe, test } from "node:test";
import type { Browser, Page } from "playwright-core";
import { createFolder, startDrawbridge } from "../rig/process.ts";
import { until } from "../rig/until.ts";
import { atPlayground, openBrowser, openPage } from "./browser.ts";
import { unzip } from "./unzip.ts";

const prompt = (page: Page) => page.getByRole("textbox", { name: "Prompt" });

describe("what people keep, find and take back, in a real browser", () => {
  let browser: Browser | undefined;
  before(async () => {
    browser = await openBrowser();
    assert.ok(browser || !process.env.CI, "Chromium must be installed where CI runs");
  });
  after(() => browser?.close());

  test("a picture is found, marked, shared, taken along, and brought back", async (t) => {
    if (!browser) return t.skip("Chromium is not installed: apt-get install chromium");
    const bot = startDrawbridge(t, {
      ...{ DATA_DIR: await createFolder(t), STANDIN_PACE_MS: "50", SHARED_LINKS: "on" },
    });
    const url = await bot.url();
    const { page, complaints } = await openPage(browser, url, {
      reducedMotion: "reduce",
      permissions: ["clipboard-read", "clipboard-write"],
    });
    const { answers, draw, finished } = atPlayground(page);
    const gallery = page.getByRole("dialog", { name: "Gallery" });
    const pictures = gallery.getByRole("listitem");
    const openGallery = async () => {
      await page.getByRole("button", { name: "Gallery", exact: true }).click();
      await gallery.waitFor();
    };

    await draw("a lighthouse on a cliff at dusk");
    await finished(0);
    await draw("make it night");
    await finished(1);
    await draw("add a red balloon");
    await finished(2);
    await page.getByRole("button", { name: "New thread" }).click();
    await draw("a sleepy fox");
    await finished(0);

    await t.test("redo stands beside undo only when something was undone, and takes it back", async () => {
      await page
        .getByRole("link", { name: /lighthouse/ })
        .first()
        .click();
      const last = await finished(2);
      assert.equal(await last.getByRole("button", { name: "Redo" }).count(), 0);
      await last.getByRole("button", { name: "Undo" }).click();
      await page.getByText("Goes on from version 2").waitFor();
      const toast = page.getByRole("status").filter({ hasText: "Back to the picture before" });
      await toast.getByRole("button", { name: "Redo" }).click();
      await page.getByText("Goes on from version 3").waitFor();
      await page.reload(); // the same button, pressed again at once, would count as a double click
      await finished(2);
      await last.getByRole("button", { name: "Undo" }).click();
      await page.getByText("Goes on from version 2").waitFor();
      await last.getByRole("group", { name: "Actions" }).getByRole("button", { name: "Redo" }).click();
      await page.getByText("Goes on from version 3").waitFor();
      await last
        .getByRole("group", { name: "Actions" })
        .getByRole("button", { name: "Redo" })
        .waitFor({ state: "detached" });
      assert.equal(await answers.count(), 3, "nothing was drawn for it");
    });

    await t.test("all pictures are in the gallery, by keyboard too, and found by words", async () => {
      await page.locator("#conversation").focus();
      await page.keyboard.press("g");
      await gallery.waitFor();
      await until(async () => (await pictures.count()) === 4, "four pictures");
      await page.keyboard.type("FOX");
      await until(async () => (await pictures.count()) === 1, "the fox alone");
      await page.keyboard.type(" nowhere");
      await gallery.getByText("No picture has all these words").waitFor();
      await gallery.getByRole("searchbox").fill("balloon");
      await until(async () => (await pictures.count()) === 1, "the balloon alone");
      await pictures.getByRole("button", { name: /in a lighthouse/ }).focus();
      await page.keyboard.press("Enter");
      const shown = page.getByRole("dialog", { name: "Picture" });
      await shown.getByText("add a red balloon").waitFor();
      await page.keyboard.press("Escape");
      await shown.waitFor({ state: "detached" });
      assert.match(
        await page.evaluate("document.activeElement.textContent"),
        /in a lighthouse/,
        "the focus is where it was",
      );
      await page.keyboard.press("Escape");
      await gallery.waitFor({ state: "detached" });
    });

    await t.test("a favourite is one in every browser", async () => {
      await answers.nth(0).getByRole("button", { name: "Favourite" }).click();
      await answers.nth(0).getByRole("button", { name: "Favourite", pressed: true }).waitFor();
      const elsewhere = await openPage(browser as Browser, url);
      await elsewhere.page.getByRole("button", { name: "Gallery", exact: true }).click();
      const other = elsewhere.page.getByRole("dialog", { name: "Gallery" });
      await other.getByRole("button", { name: "Favourites" }).click();
      await until(async () => (await other.getByRole("listitem").count()) === 1, "the one that was marked");
      await other.getByRole("button", { name: "Favourite", exact: true }).click();
      await answers.nth(0).getByRole("button", { name: "Favourite", pressed: false }).waitFor();
      assert.deepEqual(elsewhere.complaints, []);
      await elsewhere.page.close();
    });

    await t.test("from the gallery it goes to the picture in its thread, and to its prompt", async () => {
      await page.getByRole("button", { name: "New thread" }).click();
      await openGallery();
      await gallery
        .getByRole("button", { name: /, in a lighthouse/ })
        .last()
        .click();
      await page
        .getByRole("dialog", { name: "Picture" })
        .getByRole("button", { name: "Edit prompt…" })
        .click();
      await gallery.waitFor({ state: "detached" });
      await until(
        async () => (await prompt(page).inputValue()) === "a lighthouse on a cliff at dusk",
        async () => `its words in the composer, not “${await prompt(page).inputValue()}”`,
      );
      await page.getByRole("heading", { name: "a lighthouse on a cliff at dusk", level: 1 }).waitFor();
      await page.keyboard.press("Escape");
      await answers.nth(1).getByRole("button", { name: "More…" }).click();
      await page.getByRole("button", { name: "Copy prompt" }).click();
      await page.getByText("Prompt copied.").waitFor();
      assert.equal(await page.evaluate("navigator.clipboard.readText()"), "make it night");
    });

    await t.test("what was asked before comes back by arrow up, and goes by arrow down", async () => {
      await prompt(page).fill("");
      for (const [key, words] of [
        ["ArrowUp", "add a red balloon"],
        ["ArrowUp", "make it night"],
        ["ArrowDown", "add a red balloon"],
        ["ArrowDown", ""],
      ] as const) {
        await prompt(page).press(key);
        await until(
          async () => (await prompt(page).inputValue()) === words,
          async () => `“${words}” by ${key}, not “${await prompt(page).inputValue()}”`,
        );
      }
      await prompt(page).fill("words of one's own");
      await prompt(page).press("ArrowUp");
      assert.equal(await prompt(page).inputValue(), "words of one's own");
      await prompt(page).fill("");
    });

    await t.test("a picture is compared with any version", async () => {
      await answers.nth(2).getByRole("button", { name: "Compare" }).click();
      const compare = page.getByRole("dialog", { name: "Compare" });
      const choices = compare.getByRole("group", { name: "Compare with" }).getByRole("button");
      assert.deepEqual(await choices.evaluateAll((all) => all.map((one) => one.ariaLabel)), [
        "Version before",
        "Version 1",
      ]);
      await choices.nth(1).click();
      await compare.getByRole("img", { name: /^Version 1: / }).waitFor();
      await page.keyboard.press("Escape");
    });

    await t.test(
      "a picture goes into another thread as a reference, beside what is written there",
      async () => {
        await page.getByRole("link", { name: /fox/ }).first().click();
        await finished(0);
        await prompt(page).fill("with this lighthouse behind it");
        await page
          .getByRole("link", { name: /lighthouse/ })
          .first()
          .click();
        await finished(2);
        await answers.nth(0).getByRole("button", { name: "More…" }).click();
        await page.getByRole("button", { name: "Use as reference in a thread…" }).click();
        await page.getByRole("dialog").getByRole("button", { name: /fox/ }).click();
        await page.getByRole("list", { name: "Attached pictures" }).getByRole("listitem").waitFor();
        assert.equal(await prompt(page).inputValue(), "with this lighthouse behind it");
        await page.getByRole("button", { name: "Draw", exact: true }).click();
        const drawn = await finished(1);
        assert.equal(await drawn.getByText(/is no longer here/).count(), 0);
      },
    );

    await t.test("a result is dragged into the composer", async () => {
      const frame = answers.nth(1).getByRole("button", { name: /fox/ }).first();
      await frame.scrollIntoViewIfNeeded();
      const isThere =
        "[...document.querySelectorAll('.answer img')].every((one) => one.complete && one.naturalWidth > 0)";
      await until(
        async () => page.evaluate<boolean>(isThere),
        "the pictures, which else would move what is dragged",
      );
      await frame.dragTo(prompt(page));
      await page.getByRole("list", { name: "Attached pictures" }).getByRole("listitem").waitFor();
      await page.getByRole("button", { name: "Remove picture 1" }).click();
    });

    await t.test("a link shows one picture to somebody without a cookie, until it is ended", async () => {
      await answers.nth(0).getByRole("button", { name: "More…" }).click();
      await page.getByRole("button", { name: "Share a link…" }).click();
      const share = page.getByRole("dialog", { name: "Share a link" });
      await share.getByRole("button", { name: "Make a link" }).click();
      const link = await share.getByRole("textbox", { name: "Link" }).inputValue();
      const stranger = await openPage(browser as Browser, link);
      const picture = stranger.page.getByRole("img", { name: "A picture that somebody shared" });
      await picture.waitFor();
      await until(
        async () => Number(await stranger.page.evaluate("document.images[0].naturalWidth")) > 500,
        "the picture itself",
      );
      assert.deepEqual(await stranger.page.context().cookies(), []);
      assert.deepEqual(stranger.complaints, []);
      const overflow = "document.documentElement.scrollHeight - innerHeight";
      assert.ok(Number(await stranger.page.evaluate(overflow)) <= 0, "it fits");
      await share.getByRole("button", { name: "Stop sharing" }).click();
      await share.getByText("not shared any more").waitFor();
      await stranger.page.reload();
      await stranger.page.getByRole("heading", { name: "This picture is not shared any more" }).waitFor();
      await stranger.page.close();
      await page.keyboard.press("Escape");
    });

    await t.test("a deleted picture comes back where it was, and so does a deleted thread", async () => {
      await answers.nth(1).getByRole("button", { name: "Delete" }).click();
      await page.getByRole("dialog").getByRole("button", { name: "Delete" }).click();
      await answers.nth(1).getByText("Deleted by You").waitFor();
      await answers.nth(1).getByRole("button", { name: "Bring back" }).click();
      await finished(1);
      await page.getByText("Goes on from version 2").waitFor();

      const thread = page.getByRole("listitem").filter({ has: page.getByRole("link", { name: /fox/ }) });
      const remove = async () => {
        await thread.getByRole("button", { name: /^Delete thread/ }).focus();
        await page.keyboard.press("Enter");
        await page.getByRole("dialog").getByRole("button", { name: "Delete thread" }).click();
        await thread.waitFor({ state: "detached" });
      };
      await remove();
      await page
        .getByRole("status")
        .filter({ hasText: "is deleted" })
        .getByRole("button", { name: "Undo" })
        .click();
      await finished(1);
      await remove();
      await page.getByRole("button", { name: /Deleted lately/ }).click();
      await page.getByRole("dialog", { name: "Deleted lately" }).getByRole("button", { name: /fox/ }).click();
      await finished(1);
    });

    await t.test("the threads are searched, and one or all are taken away as a ZIP", async () => {
      const threads = page.getByRole("navigation", { name: "Threads" }).getByRole("listitem");
      const search = page.getByRole("searchbox", { name: "Search threads" });
      await search.fill("balloon");
      await until(async () => (await threads.count()) === 1, "the one in which it was said");
      const coming = page.waitForEvent("download");
      await threads.getByRole("button", { name: /^Download thread/ }).click();
      const one = await coming;
      assert.match(one.suggestedFilename(), /^drawbridge-a-lighthouse-on-a-cliff-at-dusk-[\d-]+\.zip$/);
      const files = unzip(await readFile(await one.path()));
      assert.equal([...files.keys()].filter((name) => name.endsWith(".png")).length, 3);
      const { threads: listed } = JSON.parse(files.get("drawbridge.json")?.toString() ?? "");
      assert.equal(listed.length, 1);
      await search.press("Escape");
      await until(async () => (await threads.count()) === 2, "all of them");
      await openGallery();
      const all = page.waitForEvent("download");
      await gallery.getByRole("button", { name: "Download all" }).click();
      assert.ok(unzip(await readFile(await (await all).path())).size > files.size);
      await page.keyboard.press("Escape");
    });

    await t.test("all of that fits a phone", async () => {
      await page.setViewportSize({ width: 390, height: 844 });
      const isWithin = async () => {
        const most =
          "Math.max(...[...document.querySelectorAll('dialog[open] *')].map((one) => one.getBoundingClientRect().right))";
        assert.ok(Number(await page.evaluate(most)) <= 390, "nothing sticks out");
      };
      await page.getByRole("button", { name: "Threads", exact: true }).click();
      await openGallery();
      await pictures.first().waitFor();
      await isWithin();
      await pictures.first().getByRole("button").first().click();
      await page.getByRole("dialog", { name: "Picture" }).getByRole("button", { name: "Download" }).waitFor();
      await isWithin();
      await page.keyboard.press("Escape");
      await page.keyboard.press("Escape");
      await answers.nth(0).getByRole("button", { name: "More…" }).click();
      await isWithin();
      await page.keyboard.press("Escape");
    });

    // What was still being fetched of a thread in the moment in which that was deleted is there no more.
    const others = complaints.filter((one) => !/404 .*\/pictures\//.test(one));
    assert.deepEqual(others, [], "the browser has nothing to complain of");
  });

  test("a thread that draws says so in the list and the tab, and tells of its end whoever asked for that", async (t) => {
    if (!browser) return t.skip("Chromium is not installed: apt-get install chromium");
    // It never ends by itself: somebody cancels it.
    const bot = startDrawbridge(t, { DATA_DIR: await createFolder(t), STANDIN_PACE_MS: "600000" });
    const url = await bot.url();
    const { page, complaints } = await openPage(browser, url);
    await page.clock.install();
    await page.addInitScript(pretendNotifications);
    await page.reload();
    const { draw } = atPlayground(page);
    const noted = () => page.evaluate("globalThis.noted") as Promise<{ asked: number; told: string[] }>;
    const title = (what: RegExp) =>
      until(
        async () => what.test(await page.title()),
        async () => `${what}, not ${await page.title()}`,
      );

    await draw("a slow lighthouse");
    await title(/^Drawing… · a slow lighthouse/);
    assert.deepEqual(await noted(), { asked: 0, told: [] }, "nobody was asked for anything");
    const drawing = page.url();
    await page.getByRole("button", { name: "New thread" }).click();
    await page.getByRole("link", { name: /a slow lighthouse.*drawing/ }).waitFor();
    await title(/^Drawing… · Drawbridge/);

    const cancel = async () => {
      const other = await openPage(browser as Browser, drawing);
      await other.page.getByRole("button", { name: "Cancel" }).click();
      await other.page.getByText("Cancelled").first().waitFor();
      assert.deepEqual(other.complaints, []);
      await other.page.close();
    };
    await cancel();
    await page.getByRole("link", { name: /a slow lighthouse.*finished/ }).waitFor();
    await title(/^● Ready · Drawbridge/);
    assert.deepEqual((await noted()).told, [], "it was not asked for");
    await page.getByRole("link", { name: /a slow lighthouse/ }).click();
    await title(/^a slow lighthouse/);

    await page.getByRole("button", { name: "Notify me when something is finished" }).click();
    await page.getByRole("button", { name: "Notify me when something is finished", pressed: true }).waitFor();
    assert.equal((await noted()).asked, 1);
    await draw("another one");
    await title(/^Drawing…/);
    await page.evaluate("Object.defineProperty(document, 'hidden', { value: true, configurable: true })");
    await page.evaluate("document.dispatchEvent(new Event('visibilitychange'))");
    await page.clock.fastForward(60_000); // a tab that nobody looks at listens on while it has something to hear
    await cancel();
    await title(/^● Ready/);
    assert.deepEqual((await noted()).told, ["a slow lighthouse"]);
    await page.evaluate("delete document.hidden; document.dispatchEvent(new Event('visibilitychange'))");
    await title(/^a slow lighthouse/);
    assert.deepEqual(complaints, []);
  });
});

/** Runs in the page: no real notification can be seen by a test. */
function pretendNotifications(): void {
  const noted = { asked: 0, told: [] as string[] };
  Object.assign(globalThis, { noted });
  let permission = "default";
  class Pretended {
    static get permission() {
      return permission;
    }
    static async requestPermission() {
      noted.asked += 1;
      permission = "granted";
      return permission;
    }
    constructor(title: string) {
      noted.told.push(title);
    }
  }
  Object.assign(globalThis, { Notification: Pretended });
}
