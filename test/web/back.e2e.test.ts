import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import type { Browser, Page } from "playwright-core";
import { until } from "../rig/until.ts";
import { openBrowser, openPage } from "./browser.ts";
import { drawThread } from "./drawn.ts";
import { startPlayground } from "./playground.ts";

async function paintOn(page: Page): Promise<void> {
  const surface = page.getByRole("application");
  const box = (await surface.boundingBox()) ?? assert.fail("nothing to paint on");
  await page.mouse.move(box.x + box.width / 2 - 40, box.y + box.height / 2);
  await page.mouse.down();
  await page.mouse.move(box.x + box.width / 2 + 40, box.y + box.height / 2, { steps: 5 });
  await page.mouse.up();
}

/** Resolves when what is open has its entries, which it gets a moment later. */
function settled(page: Page, layers: number): Promise<void> {
  return until(() => page.evaluate<boolean>(`history.state?.layers === ${layers}`), "the entries");
}

describe("Back", () => {
  let browser: Browser | undefined;
  before(async () => {
    browser = await openBrowser();
    assert.ok(browser || !process.env.CI, "Chromium must be installed where CI runs");
  });
  after(() => browser?.close());

  test("closes what is on top, and leaves the thread behind it", async (t) => {
    if (!browser) return t.skip("Chromium is not installed: apt-get install chromium");
    const playground = await startPlayground(t);
    const [first, second] = [await drawThread(playground, 2), await drawThread(playground, 2)];
    const viewport = { width: 390, height: 844 };
    const { page, complaints } = await openPage(browser, `${playground.url}/#/t/${first.thread}`, {
      viewport,
    });
    await page.getByText("Goes on from version 2").waitFor();
    const isAt = (thread: string) => assert.ok(page.url().endsWith(thread), page.url());
    const answer = page.getByRole("region", { name: "Answer" }).nth(1);
    const viewer = page.getByRole("dialog", { name: "Picture" });
    const painter = page.getByRole("dialog", { name: "Paint mask" });
    const threads = page.getByRole("navigation", { name: "Threads" });

    const acts = page.getByRole("dialog", { name: "Picture" });
    const back = async (layers: number) => {
      await settled(page, layers);
      await page.goBack();
    };
    const gallery = page.getByRole("dialog", { name: "Gallery" });
    const openGallery = async () => {
      await page.getByRole("button", { name: "Threads", exact: true }).click();
      await threads.getByRole("button", { name: "Gallery" }).click();
    };

    // Turned to the second thread, so that there is one to go back to.
    await page.getByRole("button", { name: "Threads", exact: true }).click();
    await threads.locator(`a[href$="${second.thread}"]`).click();
    await threads.waitFor({ state: "hidden" });
    await page.getByText("Goes on from version 2").waitFor();
    isAt(second.thread);

    for (const [what, open, shut] of [
      ["the viewer", () => answer.getByTitle("Look closer").click(), viewer],
      ["the mask painter", () => answer.getByRole("button", { name: "Paint mask" }).click(), painter],
      ["the drawer", () => page.getByRole("button", { name: "Threads", exact: true }).click(), threads],
      [
        "the versions",
        () => page.getByRole("button", { name: "Versions" }).click(),
        page.getByRole("complementary", { name: "Versions" }),
      ],
      [
        "the options",
        () => page.getByRole("button", { name: "Options", exact: true }).click(),
        page.getByRole("group", { name: "Options", exact: true }),
      ],
      [
        "the details",
        () => answer.getByRole("button", { name: "Details" }).click(),
        page.getByText("Drawn by", { exact: false }).last(),
      ],
      ["what can be done with a picture", () => answer.getByRole("button", { name: "More…" }).click(), acts],
      ["the gallery", openGallery, gallery],
    ] as const) {
      await t.test(what, async () => {
        await open();
        await shut.waitFor();
        await back(1);
        await shut.waitFor({ state: "hidden" });
        isAt(second.thread);
      });
    }

    await t.test("one after the other", async () => {
      await answer.getByRole("button", { name: "Details" }).click();
      await answer.getByTitle("Look closer").click();
      await viewer.getByRole("button", { name: "Paint mask" }).click();
      await painter.waitFor();
      await back(2);
      await painter.waitFor({ state: "hidden" });
      await back(1);
      await answer.locator(".details").waitFor({ state: "hidden" });
      isAt(second.thread);
    });

    await t.test("a picture of the gallery, and then the gallery", async () => {
      await openGallery();
      await gallery
        .getByRole("button", { name: /, in a fox/ })
        .first()
        .click();
      await acts.waitFor();
      await back(2);
      await acts.waitFor({ state: "hidden" });
      assert.ok(await gallery.isVisible(), "the gallery is still open");
      await back(1);
      await gallery.waitFor({ state: "hidden" });
      isAt(second.thread);
    });

    await t.test("to the thread that was open before it went to another from the gallery", async () => {
      await openGallery();
      await gallery
        .getByRole("button", { name: /, in a fox/ })
        .last()
        .click();
      await acts.getByRole("button", { name: "Go to it in its thread" }).click();
      await gallery.waitFor({ state: "hidden" });
      await page.getByText("Goes on from version 1").waitFor();
      isAt(first.thread);
      await until(() => page.evaluate<boolean>("!history.state?.layers"), "no entry of the gallery");
      await page.goBack();
      await until(() => page.url().endsWith(second.thread), "the thread before");
      await page.getByText("Goes on from version 2").waitFor();
    });

    await t.test("closed in another way, they leave nothing to go back through", async () => {
      await answer.getByTitle("Look closer").click();
      await viewer.getByRole("button", { name: "Close" }).click();
      await viewer.waitFor({ state: "hidden" });
      await until(() => page.evaluate<boolean>("!history.state?.layers"), "the entry to be gone");
      await page.goBack();
      await until(() => page.url().endsWith(first.thread), "the thread before");
      await page.goForward();
      await until(() => page.url().endsWith(second.thread), "the thread after it");
    });
    assert.deepEqual(complaints, []);
  });

  test("asks before it throws away what was painted, as Esc does; and what is painted stays until it is sent", async (t) => {
    if (!browser) return t.skip("Chromium is not installed: apt-get install chromium");
    const playground = await startPlayground(t);
    const { thread } = await drawThread(playground, 2);
    const { page } = await openPage(browser, `${playground.url}/#/t/${thread}`);
    await page.getByText("Goes on from version 2").waitFor();
    const answers = page.getByRole("region", { name: "Answer" });
    const painter = page.getByRole("dialog", { name: "Paint mask" });
    const question = page.getByRole("dialog", { name: "Throw away what you painted?" });
    const mask = page.getByRole("button", { name: "Change the painted area" });
    const open = async () => {
      await answers.nth(1).getByRole("button", { name: "Paint mask" }).click();
      await painter.waitFor();
    };
    const isEmpty = async () => painter.getByRole("button", { name: "Clear" }).isDisabled();

    await open();
    await settled(page, 1);
    await page.goBack();
    await painter.waitFor({ state: "hidden" }); // nothing was painted, so nothing is asked

    await open();
    await paintOn(page);
    for (const leave of [() => page.goBack(), () => page.keyboard.press("Escape"), () => page.goBack()]) {
      await settled(page, 1);
      await leave();
      await question.getByRole("button", { name: "Keep" }).click();
      await question.waitFor({ state: "hidden" });
      assert.equal(await isEmpty(), false);
    }
    for (const twice of [1, 2, 3, 4]) {
      await settled(page, twice % 2 ? 1 : 2);
      await page.keyboard.press("Escape");
      if (twice % 2) await question.waitFor();
      else await question.waitFor({ state: "hidden" });
    }
    assert.equal(await isEmpty(), false, "Esc pressed again and again");
    await painter.getByRole("button", { name: "Done" }).click();
    await mask.waitFor();

    await t.test("it waits for its picture while another version is chosen, and over a reload", async () => {
      await page.getByRole("treeitem", { name: "Version 1:" }).click();
      await mask.waitFor({ state: "hidden" });
      await page.reload();
      await page.getByText("Goes on from version 1").waitFor();
      await page.getByRole("treeitem", { name: "Version 2:" }).click();
      await page.getByText("Goes on from version 2").waitFor();
      await answers.nth(1).getByRole("button", { name: "Paint mask" }).click();
      assert.equal(await isEmpty(), false);
      await painter.getByRole("button", { name: "Done" }).click();
      await mask.waitFor();
    });

    await t.test("thrown away on purpose, it is gone", async () => {
      await mask.click();
      await paintOn(page);
      await page.keyboard.press("Escape");
      await question.getByRole("button", { name: "Throw away" }).click();
      await painter.waitFor({ state: "hidden" });
      await mask.waitFor(); // as it was when it was opened
      await page.getByRole("button", { name: "Remove the mask" }).click();
      await open();
      assert.equal(await isEmpty(), true);
    });
  });
});
