import assert from "node:assert/strict";
import { after, before, describe, type TestContext, test } from "node:test";
import { isDeepStrictEqual } from "node:util";
import type { Browser, BrowserContextOptions, Page } from "playwright-core";
import sharp from "sharp";
import { BotError } from "../../../src/seam/errors.ts";
import { createStudio } from "../../rig/studio.ts";
import { until } from "../../rig/until.ts";
import { distance, openBrowser, openPage, type Pixels } from "../browser.ts";
import { type AreaBook, createAreaBook, landscape, startAreas } from "./area-pages.ts";

const size = { width: 900, height: 1200 };
const phone: BrowserContextOptions = {
  viewport: { width: 390, height: 844 },
  deviceScaleFactor: 2,
  hasTouch: true,
  isMobile: true,
};

type Point = readonly [x: number, y: number];

describe("painting an area in a real browser", () => {
  let browser: Browser | undefined;
  before(async () => {
    browser = await openBrowser();
    assert.ok(browser || !process.env.CI, "Chromium must be installed where CI runs");
  });
  after(() => browser?.close());

  async function start(t: TestContext, options: BrowserContextOptions = phone) {
    assert.ok(browser);
    const book = createAreaBook(await landscape(size.width, size.height), size.width, size.height);
    const { url } = await startAreas(t, book);
    const token = book.issue();
    const { page, complaints } = await openPage(browser, `${url}/area/${token}`, options);
    t.after(() => page.close());
    return { book, url, token, page, complaints, at: await atEasel(page) };
  }

  test("on a phone: paint with a finger, say what, send; the mask is open where painted and nowhere else", async (t) => {
    if (!browser) return t.skip("Chromium is not installed: apt-get install chromium");
    const { book, page, complaints, at } = await start(t);
    assert.ok(at.box.width > 370, "the picture is as wide as the screen");
    await at.touch([
      [300, 400],
      [400, 400],
      [600, 400],
    ]);
    await at.touch([[450, 900]]);
    await at.words.fill("a red balloon");
    await page.getByRole("button", { name: "Send" }).tap();
    await page.getByRole("heading", { name: "On its way" }).waitFor();
    await page.getByText("Go back to the chat").waitFor();

    const mask = await maskOf(book);
    assert.deepEqual([mask.width, mask.height, mask.channels], [size.width, size.height, 4]);
    assert.equal(book.sent[0]?.input.text, "a red balloon");
    // The brush is a tenth of the shorter side wide. A finger's place is known to half a pixel of the screen.
    const [radius, slack] = [45, 4];
    let painted = 0;
    for (let y = 0; y < size.height; y++) {
      for (let x = 0; x < size.width; x++) {
        const alpha = mask.data[(y * size.width + x) * 4 + 3];
        if (alpha === 0) painted++;
        else assert.equal(alpha, 255);
        const away = Math.min(
          Math.hypot(x - Math.min(600, Math.max(300, x)), y - 400),
          Math.hypot(x - 450, y - 900),
        );
        if (away < radius - slack) assert.equal(alpha, 0, `${x},${y} was painted`);
        if (away > radius + slack) assert.equal(alpha, 255, `${x},${y} was not painted`);
      }
    }
    assert.ok(painted > 30_000);
    assert.deepEqual(complaints, []);
  });

  test("with the whole core: the thread goes on, and only what was painted is another", async (t) => {
    if (!browser) return t.skip("Chromium is not installed");
    const studio = await createStudio({ publicUrl: "https://draw.example" });
    t.after(() => studio.close());
    const first = await studio.say("a lounge with a pool --size 1024x1024");
    const { last } = await studio.press("area", first.key);
    const token = /\/area\/([\w.-]+)/.exec(last.text)?.[1] ?? assert.fail(last.text);
    const { areas = assert.fail("no pages") } = studio.core;
    const { url } = await startAreas(t, { areas });
    const { page, complaints } = await openPage(browser, `${url}/area/${token}`, phone);
    t.after(() => page.close());
    const surface = page.getByRole("application");
    await surface.waitFor();
    await page.getByRole("slider", { name: "Brush size" }).fill("40");
    const box = (await surface.boundingBox()) ?? assert.fail("no picture");
    await page.touchscreen.tap(box.x + box.width / 2, box.y + box.height / 2);
    await page.getByRole("textbox").fill("put a hot air balloon here");
    await page.getByRole("button", { name: "Send" }).tap();
    await page.getByRole("heading", { name: "On its way" }).waitFor();

    const isNew = async () => (await studio.history.head(studio.thread)) !== first.key;
    await until(isNew, "the answer in the thread");
    const head = (await studio.history.head(studio.thread)) ?? assert.fail("no answer");
    // The thread goes on from it a moment before it is shown.
    await until(() => studio.adapter.views(head).at(-1)?.phase === "done", "the finished picture");
    const [before, after] = await Promise.all(
      [first.last, studio.adapter.views(head).at(-1)].map((view) => pixelsOf(view?.images[0]?.bytes)),
    );
    assert.ok(before && after);
    const middle = { left: 0.4, top: 0.4, right: 0.6, bottom: 0.6 };
    assert.ok(distance(before, after, middle) > 0.5, "the painted part changed");
    assert.ok(distance(before, after, { left: 0, top: 0, right: 1, bottom: 0.25 }) < 0.1, "the rest stayed");
    assert.deepEqual(complaints, []);
    await page.reload();
    await page.getByRole("heading", { name: "This page has closed" }).waitFor();
  });

  test("two fingers move and enlarge the picture and paint nothing; one button shows all of it again", async (t) => {
    if (!browser) return t.skip("Chromium is not installed");
    const { page, at } = await start(t);
    const picture = page.getByRole("application").getByRole("img");
    const before = await picture.boundingBox();
    await at.pinch([450, 600], 60, 200);
    const enlarged = await picture.boundingBox();
    assert.ok((enlarged?.width ?? 0) > 2 * (before?.width ?? 0));
    assert.equal(await page.getByRole("button", { name: "Undo" }).isDisabled(), true);
    assert.equal(await page.evaluate("visualViewport.scale"), 1, "the page itself stays as it is");
    await page.getByRole("button", { name: "Fit" }).tap();
    await same(() => picture.boundingBox(), before);
  });

  test("a tap right after a quick stroke is a tap", async (t) => {
    if (!browser) return t.skip("Chromium is not installed");
    const { page, at } = await start(t);
    const undo = page.getByRole("button", { name: "Undo" });
    const { x, y, width, height } = (await undo.boundingBox()) ?? assert.fail("no button");
    await at.flick([200, 300], [700, 300]);
    await page.touchscreen.tap(x + width / 2, y + height / 2);
    await page.getByRole("button", { name: "Redo", disabled: false }).waitFor();
    assert.equal(await undo.isDisabled(), true);
  });

  test("brush, eraser, undo, redo, clear and invert", async (t) => {
    if (!browser) return t.skip("Chromium is not installed");
    const { book, page, at } = await start(t);
    const press = (name: string) => page.getByRole("button", { name, exact: true }).tap();
    await at.touch([
      [200, 300],
      [700, 300],
    ]);
    await press("Undo");
    await press("Redo");
    await page.getByRole("button", { name: "Redo", disabled: true }).waitFor();
    await page.getByRole("slider", { name: "Brush size" }).fill("20");
    await at.touch([[450, 800]]);
    await press("Eraser");
    await page.getByRole("button", { name: "Eraser", pressed: true }).waitFor();
    await page.getByRole("slider", { name: "Brush size" }).fill("5");
    await at.touch([[450, 800]]);
    await press("Invert");
    await at.words.fill("snow");
    await press("Send");
    await page.getByRole("heading", { name: "On its way" }).waitFor();
    const mask = await maskOf(book);
    const isPainted = (x: number, y: number) => mask.data[(y * size.width + x) * 4 + 3] === 0;
    assert.deepEqual(
      [isPainted(450, 300), isPainted(450, 740), isPainted(450, 800), isPainted(100, 1000)],
      [false, false, true, true],
    );
  });

  test("it is one screen on a phone, keyboard up or down, and nothing is too small to be hit", async (t) => {
    if (!browser) return t.skip("Chromium is not installed");
    const { page, at } = await start(t);
    const overflow = () =>
      page.evaluate<number[]>(
        "[document.documentElement.scrollWidth - innerWidth, document.documentElement.scrollHeight - innerHeight]",
      );
    /** What sticks out of the screen or is too small. The page follows a new size with the next frame. */
    const misfits = async () => {
      const { width, height } = page.viewportSize() ?? assert.fail("no screen");
      const beyond = (await overflow()).some((pixels) => pixels !== 0);
      const found = beyond ? ["the page"] : [];
      for (const control of await page.locator("button:visible, input:visible, textarea:visible").all()) {
        const box = await control.boundingBox();
        const isLarge = box && box.height >= 44 && box.width >= 38;
        const isInside = box && box.x >= 0 && box.x + box.width <= width && box.y >= 0;
        if (isLarge && isInside && box.y + box.height <= height) continue;
        found.push(`${await control.getAttribute("aria-label")} ${JSON.stringify(box)}`);
      }
      return found;
    };
    for (const [width, height] of [
      [390, 844],
      [360, 640],
      [320, 568],
      [844, 390],
    ] as const) {
      await page.setViewportSize({ width, height });
      await same(misfits, [], `${width}x${height}`);
    }
    await page.setViewportSize({ width: 390, height: 844 });
    await same(misfits, [], "upright again");
    await at.touch([[450, 600]]);
    await at.words.tap();
    await page.locator("textarea:focus").waitFor();
    await page.setViewportSize({ width: 390, height: 480 }); // the keyboard takes the rest
    await same(overflow, [0, 0]);
    const send = page.getByRole("button", { name: "Send" });
    const bottoms = async () =>
      Promise.all([at.words, send].map(async (one) => bottom((await one.boundingBox()) ?? undefined)));
    await until(async () => Math.max(...(await bottoms())) <= 480, "the words to stand above the keyboard");
    const surface = (await page.getByRole("application").boundingBox()) ?? assert.fail("no picture");
    assert.ok(surface.height > 300, "what was painted can be seen while it is put in words");
    const letters = await page.evaluate<string>("getComputedStyle(document.activeElement).fontSize");
    assert.ok(Number.parseFloat(letters) >= 16, "or an iPhone enlarges the page");
    // The first touch puts the keyboard away and paints nothing.
    await page.touchscreen.tap(surface.x + 100, surface.y + 100);
    assert.equal(await page.locator("textarea:focus").count(), 0);
    await page.getByRole("button", { name: "Undo" }).tap();
    await page.getByRole("button", { name: "Undo", disabled: true }).waitFor();
  });

  test("what is missing is said, and where to say it", async (t) => {
    if (!browser) return t.skip("Chromium is not installed");
    const { book, page, at } = await start(t);
    const send = page.getByRole("button", { name: "Send" });
    await send.tap();
    await page.getByRole("alert").getByText("Paint over the part of the picture").waitFor();
    await at.touch([[450, 600]]);
    const complaint = page.getByRole("alert");
    await until(async () => (await complaint.textContent()) === "", "the complaint to go once it is painted");
    await send.tap();
    await page.getByRole("alert").getByText("Say what should change there.").waitFor();
    assert.equal(await page.locator("textarea:focus").count(), 1);
    await at.words.fill("a boat");
    assert.equal(await page.getByRole("alert").textContent(), "");
    assert.deepEqual(
      book.calls.filter((call) => call === "send"),
      [],
    );
  });

  test("a sending that fails keeps everything and can be tried again; a double tap sends once", async (t) => {
    if (!browser) return t.skip("Chromium is not installed");
    const { book, page, at } = await start(t);
    await at.touch([[450, 600]]);
    await at.words.fill("a boat");
    const send = page.getByRole("button", { name: "Send" });
    book.failWith(new BotError("quota", "OpenAI is out of money. Tell the admin."));
    await send.tap();
    await page.getByRole("alert").getByText("OpenAI is out of money.").waitFor();
    await page.context().setOffline(true);
    await page.evaluate("for (const _ of [1, 2]) document.querySelector('[type=submit]').click()");
    await page.getByRole("alert").getByText("No answer yet. It is sent again").waitFor();
    assert.equal(await at.words.inputValue(), "a boat");
    await page.context().setOffline(false);
    await page.getByRole("heading", { name: "On its way" }).waitFor();
    assert.equal(book.calls.filter((call) => call === "send").length, 2, "the refused one, and one more");
    assert.equal((await maskOf(book)).width, size.width);
  });

  test("when the page runs out under the brush, the next one for the picture goes on from there", async (t) => {
    if (!browser) return t.skip("Chromium is not installed");
    const { book, url, token, page, at } = await start(t);
    await at.touch([
      [300, 400],
      [600, 400],
    ]);
    await at.words.fill("a rainbow");
    book.expire(token);
    await page.getByRole("button", { name: "Send" }).tap();
    await page
      .getByRole("alert")
      .getByText("Press Edit area… again in the chat. What you painted will be there.")
      .waitFor();
    page.on("dialog", (dialog) => dialog.accept()); // "Leave the page?"
    await page.goto(`${url}/area/${token}`);
    await page.getByRole("heading", { name: "This page has closed" }).waitFor();
    await page.getByText("Press Edit area… again in the chat.").waitFor();
    await page.goto(`${url}/area/${book.issue()}`);
    await atEasel(page);
    assert.equal(await page.getByRole("textbox").inputValue(), "a rainbow");
    await page.getByRole("button", { name: "Send" }).tap();
    await page.getByRole("heading", { name: "On its way" }).waitFor();
    const { data } = await maskOf(book);
    assert.equal(data[(400 * size.width + 450) * 4 + 3], 0);
    await page.goto(`${url}/area/${book.issue()}`);
    await atEasel(page);
    assert.equal(await page.getByRole("textbox").inputValue(), "", "what was sent is not kept");
    assert.equal(await page.getByRole("button", { name: "Clear" }).isDisabled(), true);
  });

  test("whoever leaves a painting that was not sent is asked first", async (t) => {
    if (!browser) return t.skip("Chromium is not installed");
    const { page, at } = await start(t);
    const asked: string[] = [];
    page.on("dialog", (dialog) => {
      asked.push(dialog.type());
      void dialog.accept();
    });
    await page.reload();
    const again = await atEasel(page);
    assert.deepEqual(asked, [], "nothing was painted");
    await again.touch([[450, 600]]);
    await page.reload();
    assert.deepEqual(asked, ["beforeunload"]);
    await atEasel(page);
    assert.equal(
      await page.getByRole("button", { name: "Clear" }).isDisabled(),
      false,
      "and it is still there",
    );
    assert.equal(at.box.width, again.box.width);
  });

  test("with a keyboard alone", async (t) => {
    if (!browser) return t.skip("Chromium is not installed");
    const { book, page, at } = await start(t, {});
    const press = async (...keys: string[]) => {
      for (const key of keys) await page.keyboard.press(key);
    };
    await press("Tab");
    assert.equal(await page.locator("[role=application]:focus").count(), 1);
    await press("Enter", "Enter", ...Array(8).fill("ArrowRight"), "Enter", "Control+z");
    await at.words.focus();
    await page.keyboard.type("be");
    await press("Control+z"); // the field's own
    await at.words.fill("a kite");
    await press("Control+Enter");
    await page.getByRole("heading", { name: "On its way" }).waitFor();
    const { data } = await maskOf(book);
    const alpha = (x: number, y: number) => data[(y * size.width + x) * 4 + 3];
    const [x, y] = [size.width / 2, size.height / 2];
    assert.deepEqual([alpha(x, y), alpha(x + 180, y)], [0, 255]);
  });

  test("it follows the system's theme, and its letters can be read in both", async (t) => {
    if (!browser) return t.skip("Chromium is not installed");
    const grounds: number[] = [];
    for (const colorScheme of ["light", "dark"] as const) {
      const { page } = await start(t, { ...phone, colorScheme });
      const style = "getComputedStyle(document.body)";
      const ground = await page.evaluate<string>(`${style}.backgroundColor`);
      const text = await page.evaluate<string>(`${style}.color`);
      grounds.push(luminance(ground));
      const [low, high] = [luminance(ground), luminance(text)].toSorted((a, b) => a - b);
      assert.ok(((high ?? 0) + 0.05) / ((low ?? 1) + 0.05) > 7, `${colorScheme}: ${text} on ${ground}`);
    }
    assert.ok((grounds[0] ?? 0) > 0.8 && (grounds[1] ?? 1) < 0.1);
  });

  test("a picture that does not come is said, and can be asked for again", async (t) => {
    if (!browser) return t.skip("Chromium is not installed");
    const book = createAreaBook(await landscape(size.width, size.height), size.width, size.height);
    const { url } = await startAreas(t, book);
    book.failWith(new BotError("unreachable", "Slack does not answer just now. Try again in a moment."));
    const { page } = await openPage(browser, `${url}/area/${book.issue()}`, phone);
    await page.getByText("Slack does not answer just now.").waitFor();
    await page.getByRole("button", { name: "Try again" }).tap();
    await atEasel(page);
    await page.close();
  });
});

/** Looks until it is as expected: a tap is over before its click, and a page is laid out anew a frame after its size. */
async function same<T>(look: () => Promise<T>, expected: T, message = ""): Promise<void> {
  await until(
    async () => isDeepStrictEqual(await look(), expected),
    async () => `${message} ${JSON.stringify(expected)}; there is ${JSON.stringify(await look())}`,
  );
}

/** The picture on the page, once it is there, in the picture's own pixels. */
async function atEasel(page: Page) {
  const picture = page.getByRole("application").getByRole("img", { name: "Ein Fuchs – 狐" });
  await picture.waitFor();
  let box = { x: 0, y: 0, width: 0, height: 0 };
  await until(async () => {
    box = (await picture.boundingBox()) ?? box;
    return box.width > 0 && box.x >= 0 && box.width <= (page.viewportSize()?.width ?? box.width);
  }, "the picture to lie on the easel");
  const toScreen = async ([x, y]: Point) => {
    const now = (await picture.boundingBox()) ?? box;
    return {
      x: now.x + (x * now.width) / size.width,
      y: now.y + (y * now.height) / size.height,
    };
  };
  const touches = await page.context().newCDPSession(page);
  const dispatch = (
    type: "touchStart" | "touchMove" | "touchEnd",
    points: { x: number; y: number }[],
    timestamp?: number,
  ) =>
    touches.send("Input.dispatchTouchEvent", {
      type,
      touchPoints: points.map((point, id) => ({ ...point, id })),
      ...(timestamp && { timestamp }),
    });

  return {
    box,
    words: page.getByRole("textbox", { name: "What should change here?" }),
    /** One finger from place to place. */
    async touch(points: readonly [Point, ...Point[]]): Promise<void> {
      await dispatch("touchStart", [await toScreen(points[0])]);
      for (const point of points) await dispatch("touchMove", [await toScreen(point)]);
      await dispatch("touchEnd", []);
    },
    /** One finger, as quick as a finger is on any machine, and lifted on the way. */
    async flick(from: Point, to: Point): Promise<void> {
      const [start, end] = [await toScreen(from), await toScreen(to)];
      const steps = 6;
      const now = Date.now() / 1000;
      await dispatch("touchStart", [start], now);
      for (let step = 1; step <= steps; step++) {
        const x = start.x + ((end.x - start.x) * step) / steps;
        await dispatch("touchMove", [{ x, y: start.y }], now + step * 0.016);
      }
      await dispatch("touchEnd", [], now + steps * 0.016 + 0.008);
    },
    /** Two fingers around a place, at first so many pixels of the screen apart and then so many. */
    async pinch(middle: Point, first: number, then: number): Promise<void> {
      const { x, y } = await toScreen(middle);
      const fingers = (apart: number) => [
        { x, y: y - apart / 2 },
        { x, y: y + apart / 2 },
      ];
      const [one] = fingers(first);
      await dispatch("touchStart", one ? [one] : []);
      await dispatch("touchStart", fingers(first));
      for (let step = 1; step <= 10; step++) {
        await dispatch("touchMove", fingers(first + ((then - first) * step) / 10));
      }
      await dispatch("touchEnd", []);
    },
  };
}

async function maskOf({ sent }: AreaBook) {
  const bytes = await sent.at(-1)?.input.attachments[0]?.read(AbortSignal.timeout(1000));
  assert.ok(bytes);
  const { data, info } = await sharp(bytes).raw().toBuffer({ resolveWithObject: true });
  return { data, ...info };
}

async function pixelsOf(bytes: Uint8Array | undefined): Promise<Pixels> {
  const { data, info } = await sharp(bytes).removeAlpha().raw().toBuffer({ resolveWithObject: true });
  return { data, width: info.width, height: info.height };
}

function bottom(box: { y: number; height: number } | undefined): number {
  return box ? box.y + box.height : Number.POSITIVE_INFINITY;
}

/** Of `rgb(1, 2, 3)`, from 0 to 1, as WCAG has it. */
function luminance(color: string): number {
  const [r = 0, g = 0, b = 0] = (color.match(/\d+/g) ?? []).map((channel) => {
    const part = Number(channel) / 255;
    return part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * r + 0.7152 * g + 0.0722 * b;
}
