import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import { after, before, describe, test } from "node:test";
import type { Browser, Page } from "playwright-core";
import { until } from "../rig/until.ts";
import { openBrowser, openPage } from "./browser.ts";
import { drawThread, pictureView } from "./drawn.ts";
import { startPlayground } from "./playground.ts";

const nothing = { text: "", notes: [], images: [], actions: [] } as const;

describe("the small things", () => {
  let browser: Browser | undefined;
  before(async () => {
    browser = await openBrowser();
    assert.ok(browser || !process.env.CI, "Chromium must be installed where CI runs");
  });
  after(() => browser?.close());

  test("keys, folds, questions and where the focus goes", async (t) => {
    if (!browser) return t.skip("Chromium is not installed: apt-get install chromium");
    const playground = await startPlayground(t);
    const { thread, keys } = await drawThread(playground, 2);
    const { page } = await openPage(browser, `${playground.url}/#/t/${thread}`);
    const prompt = page.getByRole("textbox", { name: "Prompt" });
    const options = page.getByRole("group", { name: "Options", exact: true });
    const answers = page.getByRole("region", { name: "Answer" });
    await page.getByText("Goes on from version 2").waitFor();

    await t.test("Enter closes the options, in one of their fields and in the prompt", async () => {
      await page.getByRole("button", { name: "Options", exact: true }).click();
      await options.getByRole("textbox", { name: /Width x height/ }).fill("1536x864");
      await page.keyboard.press("Enter");
      await options.waitFor({ state: "hidden" });
      await page.getByText("Size: 1536 × 864").waitFor();
      await page.getByRole("button", { name: "Options", exact: true }).click();
      await prompt.fill(`a fox. ${"It is red. ".repeat(150)}`);
      await prompt.press("Enter");
      await options.waitFor({ state: "hidden" });
    });

    const { reply } = await playground.next();
    await reply.show({ ...nothing, phase: "working", status: "Drawing", actions: ["cancel"] });

    await t.test(
      "after drawing, single letters are shortcuts, and other words are the prompt's",
      async () => {
        await until(() => focusedId(page, "conversation"), "the focus");
        await page.keyboard.press("?");
        await page.getByRole("dialog", { name: "Keyboard shortcuts" }).waitFor();
        await page.keyboard.press("Escape");
        await page.keyboard.press("x");
        assert.equal(await prompt.inputValue(), "x");
        await prompt.fill("");
      },
    );

    await t.test("a long prompt is folded", async () => {
      const words = page.locator(".ask-text").last();
      const folded = (await words.boundingBox())?.height ?? 0;
      await page.getByRole("button", { name: "Show all" }).click();
      assert.ok(((await words.boundingBox())?.height ?? 0) > 1.5 * folded);
      await page.getByRole("button", { name: "Show less" }).click();
      assert.equal((await words.boundingBox())?.height, folded);
    });

    await t.test("after Cancel the focus is on the answer that was cancelled", async () => {
      await answers.nth(2).getByRole("button", { name: "Cancel" }).click();
      await playground.next();
      await reply.show({ ...nothing, phase: "cancelled", status: "Cancelled" });
      await answers.nth(2).getByText("Cancelled").waitFor();
      await until(() => focusedId(page, "answer-"), "the focus");
    });

    await t.test(
      "Delete says which picture; what is gone leaves a line where something hangs on it",
      async () => {
        await answers.nth(0).getByRole("button", { name: "Delete" }).click();
        const question = page.getByRole("dialog", { name: "Delete version 1?" });
        await question.getByRole("img", { name: "Fox 1" }).waitFor();
        await question.getByRole("button", { name: "Delete" }).click();
        const { turn } = await playground.next();
        assert.ok(turn.kind === "press" && turn.message === keys[0]);
        const gone = { ...nothing, phase: "cancelled", status: "Deleted by You", gone: true } as const;
        await playground.adapter.reopen(keys[0] ?? "web:").show(gone);
        await page.getByText("Deleted by You").waitFor();
        await until(() => focusedId(page, "answer-"), "the focus");

        await playground.adapter.reopen(keys[1] ?? "web:").show(gone);
        const bringBack = answers.getByRole("button", { name: "Bring back" });
        await until(
          async () => (await bringBack.count()) === 2,
          "both to be there for as long as they are kept",
        );
        await page.clock.setFixedTime(Date.now() + 61 * 60_000);
        await page.getByRole("button", { name: "Dark theme" }).click(); // it is drawn again each minute, too
        await until(async () => (await answers.count()) === 1, "both to be gone: nothing hangs on them");
      },
    );
  });

  test("on a phone the viewer has its tools, and is pulled down to be closed", async (t) => {
    if (!browser) return t.skip("Chromium is not installed: apt-get install chromium");
    const playground = await startPlayground(t);
    const { thread } = await drawThread(playground, 2);
    const options = { viewport: { width: 390, height: 844 }, hasTouch: true, isMobile: true };
    const { page } = await openPage(browser, `${playground.url}/#/t/${thread}`, options);
    const viewer = page.getByRole("dialog", { name: "Picture" });
    await page.getByText("Goes on from version 2").waitFor();
    await page.getByTitle("Look closer").last().click();
    for (const name of ["Use as reference", "Download", "Zoom in", "Zoom out", "Fit"]) {
      const box = await viewer.getByRole("button", { name }).boundingBox();
      assert.ok(box && box.x >= 0 && box.x + box.width <= 390 && box.y + box.height <= 844, name);
    }
    const widthOf = async () => (await viewer.getByRole("img").boundingBox())?.width ?? 0;
    const whole = await widthOf();
    await viewer.getByRole("button", { name: "Zoom in" }).click();
    await until(async () => (await widthOf()) > 1.2 * whole, "a closer look");
    const closer = await widthOf();
    await page.setViewportSize({ width: 390, height: 760 });
    assert.ok(Math.abs((await widthOf()) - closer) < 2, "it stays as close");
    await viewer.getByRole("button", { name: "Fit" }).click();

    const touch = await page.context().newCDPSession(page);
    const at = (type: string, y?: number) =>
      touch.send("Input.dispatchTouchEvent", {
        type: type as "touchStart",
        touchPoints: y === undefined ? [] : [{ x: 195, y }],
      });
    await at("touchStart", 300);
    for (let y = 310; y <= 480; y += 10) await at("touchMove", y);
    await at("touchEnd");
    await viewer.waitFor({ state: "hidden" });
    assert.ok(page.url().endsWith(thread));
  });

  test("with little height the picture is seen all the same", async (t) => {
    if (!browser) return t.skip("Chromium is not installed: apt-get install chromium");
    const playground = await startPlayground(t);
    const thread = randomUUID();
    await playground.post(`/api/threads/${thread}/prompts`, { text: "a fox" });
    const { reply } = await playground.next();
    await reply.show(await pictureView(1));
    for (const [width, height, share] of [
      [844, 390, 0.55],
      [360, 225, 0.4],
    ] as const) {
      const { page } = await openPage(browser, `${playground.url}/#/t/${thread}`, {
        viewport: { width, height },
      });
      await page.getByRole("img", { name: "Fox 1" }).waitFor();
      const seen = () =>
        page.evaluate<number>(`(() => {
          const frame = document.querySelector(".frame").getBoundingClientRect();
          const room = document.querySelector("#conversation").getBoundingClientRect();
          return (Math.min(frame.bottom, room.bottom) - Math.max(frame.top, room.top)) / innerHeight;
        })()`);
      await until(
        async () => (await seen()) >= share,
        async () => `${await seen()} at ${width} × ${height}`,
      );
      await page.close();
    }
  });
});

function focusedId(page: Page, start: string): Promise<boolean> {
  return page.evaluate<boolean>(`document.activeElement.id.startsWith(${JSON.stringify(start)})`);
}
