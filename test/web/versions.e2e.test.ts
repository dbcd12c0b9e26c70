import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import type { Browser } from "playwright-core";
import type { Prompt } from "../../src/seam/turn.ts";
import { until } from "../rig/until.ts";
import { openBrowser, openPage } from "./browser.ts";
import { drawThread } from "./drawn.ts";
import { startPlayground } from "./playground.ts";

describe("the version that is chosen", () => {
  let browser: Browser | undefined;
  before(async () => {
    browser = await openBrowser();
    assert.ok(browser || !process.env.CI, "Chromium must be installed where CI runs");
  });
  after(() => browser?.close());

  test("is the one that is ringed, in view, named by the composer, and gone on from", async (t) => {
    if (!browser) return t.skip("Chromium is not installed: apt-get install chromium");
    const playground = await startPlayground(t);
    const { thread, keys } = await drawThread(playground, 9);

    for (const viewport of [
      { width: 1440, height: 900 },
      { width: 390, height: 844 },
    ]) {
      const { page, complaints } = await openPage(browser, `${playground.url}/#/t/${thread}`, { viewport });
      const isPhone = viewport.width < 500;
      const tree = page.getByRole("tree", { name: "Versions" });
      await page.getByText("Goes on from version 9").waitFor();
      for (const number of [1, 7, 2, 9, 4, 4, 8, 3, 1]) {
        if (isPhone && !(await tree.isVisible()))
          await page.getByRole("button", { name: "Versions" }).click();
        const node = tree.getByRole("treeitem", { name: `Version ${number},` });
        const plain = tree.getByRole("treeitem", { name: `Version ${number}:` });
        await node.or(plain).click();
        const at = () =>
          page.evaluate<string>(`(() => {
            const room = document.querySelector("#conversation").getBoundingClientRect();
            const middle = (room.top + room.bottom) / 2;
            const frames = [...document.querySelectorAll(".answer .frame")];
            const seen = frames.findIndex((frame) => {
              const { top, bottom } = frame.getBoundingClientRect();
              return top <= middle && bottom >= middle && top >= room.top - 2 || Math.abs((top + bottom) / 2 - middle) < 30;
            }) + 1;
            const ringed = [...document.querySelectorAll(".node.current .number")].map((one) => one.textContent.trim());
            const named = /version (\\d+)/.exec(document.querySelector(".from")?.textContent ?? "")?.[1];
            return [seen, ringed.join(), named].join(" ");
          })()`);
        await until(
          async () => (await at()) === `${number} ${number} ${number}`,
          async () => `version ${number} in view, ringed and named; there is ${await at()}`,
        );
      }
      assert.deepEqual(complaints, []);
      await page.getByRole("textbox", { name: "Prompt" }).fill("make it night");
      await page.getByRole("button", { name: "Draw", exact: true }).click();
      const { turn, reply } = await playground.next();
      assert.equal((turn as Prompt).replyTo, keys[0], "what is named is gone on from");
      await reply.show({ phase: "cancelled", text: "", notes: [], images: [], actions: [] });
      await page.close();
    }
  });

  test("is chosen still after a reload, and given up for what an undo goes back to", async (t) => {
    if (!browser) return t.skip("Chromium is not installed: apt-get install chromium");
    const playground = await startPlayground(t);
    const { thread, keys } = await drawThread(playground, 4);
    const { page } = await openPage(browser, `${playground.url}/#/t/${thread}`);
    await page.getByRole("treeitem", { name: "Version 2:" }).click();
    const named = (number: number) => page.getByText(`Goes on from version ${number}`);
    const ringed = (number: number) =>
      page.getByRole("treeitem", { name: `Version ${number}, the next prompt goes on from here` });
    const inView = (number: number) => () =>
      page.evaluate<boolean>(`(() => {
        const { top, bottom } = document.querySelectorAll(".answer .frame")[${number - 1}].getBoundingClientRect();
        return top >= 50 && bottom <= innerHeight;
      })()`);
    await named(2).waitFor();
    await page.reload();
    await named(2).waitFor();
    await ringed(2).waitFor();
    await until(inView(2), "version 2 in view after a reload");

    const last = page.getByRole("region", { name: "Answer" }).nth(3);
    await last.getByRole("button", { name: "Undo" }).click();
    const { reply } = await playground.next();
    await reply.show({ ...nothing, text: "Back to the picture before.", head: keys[2] ?? null });
    await named(3).waitFor();
    await ringed(3).waitFor();
    await until(inView(3), "version 3 in view");

    await page.getByRole("treeitem", { name: "Version 1:" }).click();
    await named(1).waitFor();
    await page.locator(".toast").getByRole("button", { name: "Redo" }).click();
    const redo = await playground.next();
    await redo.reply.show({ ...nothing, text: "The newer picture again.", head: keys[3] ?? null });
    await named(4).waitFor();
    await ringed(4).waitFor();
  });
});

const nothing = { phase: "done", text: "", notes: [], images: [], actions: [] } as const;
