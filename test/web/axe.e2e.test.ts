import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import { after, before, describe, test } from "node:test";
import axe from "axe-core";
import type { Browser, Page } from "playwright-core";
import { openBrowser, openPage } from "./browser.ts";
import { drawThread, pictureView } from "./drawn.ts";
import { type Playground, startPlayground } from "./playground.ts";

const source = axe.source;

/** What axe finds wrong with the page as it is, a line each. */
async function faults(page: Page): Promise<readonly string[]> {
  await page.evaluate(source);
  return page.evaluate<readonly string[]>(`(async () => {
    await Promise.all(document.getAnimations().map(({ effect, finished }) =>
      effect.getComputedTiming().iterations === Infinity ? undefined : finished.catch(() => {})));
    const { violations } = await axe.run({ resultTypes: ["violations"] });
    return violations.flatMap(({ id, nodes }) => nodes.map(({ html, failureSummary }) =>
      [id, html.slice(0, 200), failureSummary].join(" | ").replace(/\\s+/g, " ")));
  })()`);
}

/** Asks in a thread; what the core is to answer by. */
async function ask({ post, next }: Playground, thread: string, text: string) {
  await post(`/api/threads/${thread}/prompts`, { text });
  return (await next()).reply;
}

/** A thread in which there is everything that an answer can be. */
async function drawEverything(playground: Playground): Promise<string> {
  const { thread } = await drawThread(playground, 2);
  const nothing = { text: "", notes: [], images: [], actions: [] };
  const several = await pictureView(3, { notes: ["The format was changed."] });
  const { images } = await pictureView(4);
  await (await ask(playground, thread, "two foxes")).show({
    ...several,
    images: [...several.images, ...images],
    actions: ["pick1", "pick2", "edit", "redo", "delete"],
  });
  await (await ask(playground, thread, "a bad fox")).show({
    ...nothing,
    phase: "failed",
    text: "OpenAI refused this prompt. **Say it in other words.**",
    actions: ["redo", "rephrase"],
  });
  await (await ask(playground, thread, "never mind")).show({
    ...nothing,
    phase: "cancelled",
    status: "Cancelled",
    actions: ["redo"],
  });
  const words = "# Of foxes\n\nThey are *red*:\n\n- [one](https://example.com)\n- `two`\n\n```\ncode\n```";
  await (await ask(playground, thread, "what is in this picture?")).show({
    ...nothing,
    phase: "done",
    text: words,
  });
  await (await ask(playground, thread, `a very long prompt. ${"It goes on and on. ".repeat(40)}`)).show({
    ...(await pictureView(5, { phase: "working", status: "Drawing, sketch 1", actions: ["cancel"] })),
  });
  await (await ask(playground, thread, "a blank frame")).show({
    ...nothing,
    phase: "queued",
    status: "Second in line",
    actions: ["cancel"],
  });
  return thread;
}

describe("axe finds nothing", () => {
  let browser: Browser | undefined;
  before(async () => {
    browser = await openBrowser();
    assert.ok(browser || !process.env.CI, "Chromium must be installed where CI runs");
  });
  after(() => browser?.close());

  for (const [width, colorScheme] of [
    [1440, "light"],
    [1440, "dark"],
    [390, "light"],
    [390, "dark"],
  ] as const) {
    test(`at ${width} px, ${colorScheme}`, async (t) => {
      if (!browser) return t.skip("Chromium is not installed: apt-get install chromium");
      const playground = await startPlayground(t, { sharedLinks: true });
      const options = { viewport: { width, height: 900 }, colorScheme, reducedMotion: "reduce" } as const;
      const { page } = await openPage(browser, `${playground.url}/#/t/${randomUUID()}`, options);
      t.after(() => page.close());
      await page.getByText("What shall we draw?").waitFor();
      const clean = (what: string) =>
        t.test(what, async () => assert.deepEqual(await faults(page), [], what));
      await clean("nothing drawn yet");

      const { thread: deleted } = await drawThread(playground, 1);
      await playground.get(`/api/threads/${deleted}`, { method: "DELETE" });
      const thread = await drawEverything(playground);
      await page.goto(`${playground.url}/#/t/${thread}`);
      await page.getByText("Second in line").first().waitFor();
      await clean("all that an answer can be");

      const first = page.getByRole("region", { name: "Answer" }).nth(1);
      const button = (name: string) => page.getByRole("button", { name, exact: true });
      const close = () => page.keyboard.press("Escape");
      await first.getByRole("button", { name: "Details" }).click();
      await clean("details");
      await first.getByTitle("Look closer").click();
      await clean("the viewer");
      await close();
      await first.getByRole("button", { name: "Compare" }).click();
      await clean("compared");
      await close();
      await first.getByRole("button", { name: "Paint mask" }).click();
      await page.getByRole("application").waitFor();
      await clean("the mask painter");
      await close();
      await first.getByRole("button", { name: "Delete" }).click();
      await clean("a question");
      await close();
      await first.getByRole("button", { name: "Favourite" }).click();
      const more = () => first.getByRole("button", { name: "More…" }).click();
      await more();
      await clean("what can be done with a picture");
      await button("Use as reference in a thread…").click();
      await clean("the threads to choose from");
      await close();
      await more();
      await button("Share a link…").click();
      await button("Make a link").click();
      await page.getByRole("textbox", { name: "Link" }).waitFor();
      await clean("a link");
      await close();
      await page.locator("#conversation").focus();
      await page.keyboard.press("g");
      const gallery = page.getByRole("dialog", { name: "Gallery" });
      await gallery.getByRole("listitem").first().waitFor();
      await clean("the gallery");
      await gallery.getByRole("listitem").first().getByRole("button").first().click();
      await clean("a picture of the gallery");
      await close();
      await gallery.getByRole("searchbox").fill("nowhere");
      await gallery.getByText("No picture has all these words").waitFor();
      await clean("nothing found in the gallery");
      await close();
      await first
        .getByRole("button", { name: /^(Reply|Edit…)$/ })
        .first()
        .click();
      await page.getByRole("textbox", { name: "Prompt" }).fill("make it night");
      await button("Options").click();
      for (const summary of await page.locator("#options summary").all()) await summary.click();
      await clean("options, and a version that is chosen");
      await close();
      if (width > 500) {
        const search = page.getByRole("searchbox", { name: "Search threads" });
        await search.fill("nowhere");
        await page.getByText("No thread has all these words").waitFor();
        await clean("no thread found");
        await search.press("Escape");
        await page.getByRole("button", { name: /Deleted lately/ }).click();
        await clean("what was deleted lately");
        await close();
        await button("Keyboard shortcuts").click();
        await clean("the shortcuts");
        await close();
      } else {
        await button("Threads").click();
        await clean("the drawer");
        await close();
        await button("Versions").click();
        await clean("the versions");
      }
    });
  }
});
