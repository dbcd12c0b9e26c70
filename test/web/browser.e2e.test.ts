import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { networkInterfaces } from "node:os";
import { after, before, describe, test } from "node:test";
import { isDeepStrictEqual } from "node:util";
import type { Browser, Page } from "playwright-core";
import sharp from "sharp";
import { flat } from "../rig/pictures.ts";
import { createFolder, startDrawbridge } from "../rig/process.ts";
import { until } from "../rig/until.ts";
import { atPlayground, distance, openBrowser, openPage } from "./browser.ts";

const all = { left: 0, top: 0, right: 1, bottom: 1 };

/** In the page: what a change of sizes brings about has been seen to. */
const drawnTwice = "new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))";

describe("the playground in a real browser", () => {
  let browser: Browser | undefined;
  before(async () => {
    browser = await openBrowser();
    assert.ok(browser || !process.env.CI, "Chromium must be installed where CI runs");
  });
  after(() => browser?.close());

  test("draws, edits by reply, branches, paints a mask, cancels, reloads and loses nothing", async (t) => {
    if (!browser) return t.skip("Chromium is not installed: apt-get install chromium");
    const env = { DATA_DIR: await createFolder(t) };
    // Slow as long as a test looks at what passes by.
    const slow = startDrawbridge(t, { ...env, STANDIN_PACE_MS: "2500" });
    const url = await slow.url();
    const { page, complaints } = await openPage(browser, url);
    const { answers, draw, finished, pixels } = atPlayground(page);

    await t.test("it says at once that the pictures are not OpenAI's", async () => {
      await page
        .getByText(/offline stand-in, not from OpenAI/)
        .first()
        .waitFor();
    });

    await t.test("one line, and a picture develops in place", async () => {
      await draw("a lighthouse by the sea");
      const sketch = answers.nth(0).locator("img").first();
      await sketch.waitFor();
      await answers.nth(0).getByRole("button", { name: "Cancel" }).waitFor();
      const first = await finished(0);
      assert.equal(await answers.count(), 1);
      const { width, height } = await pixels(first);
      assert.ok(width >= 1024 && height >= 1024);
      assert.ok(
        (await first.locator("img[src$='.png']").first().getAttribute("alt"))?.includes("lighthouse"),
      );
    });

    await t.test("cancel stops a picture that is being drawn", async () => {
      await draw("a mountain in the clouds");
      await answers.nth(1).getByRole("button", { name: "Cancel" }).click();
      await answers.nth(1).getByText("Cancelled").first().waitFor();
      assert.equal(await answers.nth(1).getByRole("button", { name: "Undo" }).count(), 0);
    });

    // From here on only the finished pictures are looked at.
    const thread = page.url();
    await page.emulateMedia({ reducedMotion: "reduce" });
    await page.goto("about:blank");
    await slow.kill("SIGTERM");
    await startDrawbridge(t, { ...env, PORT: new URL(url).port, STANDIN_PACE_MS: "50" }).url();
    await page.goto(thread);
    await finished(0);

    await t.test("an edit keeps the picture and changes what was asked", async () => {
      await draw("make it night");
      const [before, night] = [await pixels(await finished(0)), await pixels(await finished(2))];
      assert.ok(distance(before, night, all) > 10, "it changed");
      const mean = ({ data }: typeof night) => data.reduce((sum, value) => sum + value, 0) / data.length;
      assert.ok(mean(night) < mean(before), "night is darker");
    });

    await t.test("a reply to an older picture branches from it", async () => {
      await answers.nth(0).getByRole("button", { name: "Edit…" }).click();
      await draw("add a red balloon");
      const [root, night, branch] = [
        await pixels(await finished(0)),
        await pixels(await finished(2)),
        await pixels(await finished(3)),
      ];
      assert.ok(distance(root, branch, all) > 0.3, "the balloon is there");
      assert.ok(
        distance(root, branch, all) < distance(night, branch, all),
        "it grew from the first, not the second",
      );
      const versions = page.getByRole("tree", { name: "Versions" }).getByRole("treeitem");
      assert.equal(await versions.count(), 3);
    });

    await t.test("a painted mask limits the change", async () => {
      await answers.nth(0).getByRole("button", { name: "Paint mask" }).click();
      const dialog = page.getByRole("dialog", { name: "Paint mask" });
      const surface = dialog.getByRole("application");
      await surface.waitFor();
      const box = await surface.boundingBox();
      assert.ok(box);
      const [x, y] = [box.x + box.width / 2, box.y + box.height * 0.25];
      await page.mouse.move(x - 40, y);
      await page.mouse.down();
      for (let step = 0; step <= 8; step += 1) await page.mouse.move(x - 40 + step * 10, y + (step % 2) * 20);
      await page.mouse.up();
      await dialog.getByRole("button", { name: "Done" }).click();
      await dialog.waitFor({ state: "hidden" });
      await draw("put a hot air balloon here");
      const [root, masked] = [await pixels(await finished(0)), await pixels(await finished(4))];
      const below = { left: 0, top: 0.7, right: 1, bottom: 1 };
      assert.ok(distance(root, masked, { ...all, bottom: 0.5 }) > 0.5, "the painted part changed");
      assert.ok(distance(root, masked, below) < 2, `the rest stayed: ${distance(root, masked, below)}`);
    });

    await t.test("what was applied, the time, the tokens and the cost can be read", async () => {
      await answers.nth(0).getByRole("button", { name: "Details" }).click();
      await answers.nth(0).getByText("Cost, estimated").waitFor();
      const text = ((await answers.nth(0).textContent()) ?? "").replace(/\s+/g, " ");
      assert.match(text, /Size — (?:Wide|Square|Tall)/);
      assert.match(text, /\$0\.\d/);
      assert.match(text, /Tokens[\d\s,]+in,[\d\s,]+out/);
    });

    await t.test("a hostile prompt stays words", async () => {
      await draw("<img src=x onerror=alert(1)> <script>document.title='owned'</script>");
      await finished(5);
      assert.doesNotMatch(await page.title(), /^owned/);
    });

    await t.test("a reload loses nothing", async () => {
      const before = await answers.count();
      await page.reload();
      await finished(0);
      assert.equal(await answers.count(), before);
    });

    await t.test("a phone can do it too", async () => {
      await page.setViewportSize({ width: 360, height: 740 });
      const overflow = await page.evaluate("document.documentElement.scrollWidth - innerWidth");
      assert.ok(Number(overflow) <= 0, `nothing sticks out: ${overflow}`);
      await draw("a small boat");
      await finished(6);
    });

    assert.deepEqual(complaints, [], "the browser has nothing to complain of");
  });

  test("says the price, keeps styles and defaults, and gives what moves or is to be taken away", async (t) => {
    if (!browser) return t.skip("Chromium is not installed: apt-get install chromium");
    const bot = startDrawbridge(t, { DATA_DIR: await createFolder(t), STANDIN_PACE_MS: "50" });
    const { page, complaints } = await openPage(browser, await bot.url());
    const { answers, draw, finished } = atPlayground(page);
    const prompt = page.getByRole("textbox", { name: "Prompt" });
    const options = page.getByRole("button", { name: "Options", exact: true });
    const set = page.getByRole("group", { name: "Options that are set" });
    const option = (name: string) => page.getByRole("group", { name, exact: true });

    await t.test("the price follows the options, and says that nothing is paid", async () => {
      await prompt.fill("a lighthouse --size square");
      await options.click();
      const price = page.locator("#estimate");
      let before = "";
      const priceAt = async (quality: string) => {
        await option("Quality").getByRole("combobox").selectOption(quality);
        await until(
          async () => (await price.count()) > 0 && (await price.textContent()) !== before,
          async () => `another price than ${before}`,
        );
        before = (await price.textContent()) ?? "";
        assert.match(before, /^would cost .*\$\d/);
        return Number(/[\d.]+$/.exec(before)?.[0]);
      };
      await price.waitFor();
      before = (await price.textContent()) ?? "";
      const [low, high] = [await priceAt("low"), await priceAt("high")];
      assert.ok(low > 0 && high > 2 * low, `${low} and ${high}`);
    });

    await t.test("options that change nothing now say what they are for", async () => {
      await page.locator("summary", { hasText: "File" }).click();
      await option("Frames").getByText("choose GIF above").waitFor();
      await option("Format").getByRole("combobox").selectOption("gif");
      await option("Frames").getByRole("slider").waitFor();
    });

    await t.test("a style is saved from the composer, and what it is made of can be seen", async () => {
      await prompt.fill("loose ink, much white paper");
      await page.getByRole("button", { name: "Save as style…" }).click();
      const form = page.getByRole("dialog", { name: "Save as style" });
      await form.getByRole("textbox", { name: "Name" }).fill("Ink Wash!");
      await form.getByRole("button", { name: "Save style" }).click();
      await form.waitFor({ state: "detached" });
      await option("Options").getByRole("button", { name: "Reset options" }).click();

      await page.getByRole("button", { name: "Look at styles…" }).click();
      const styles = page.getByRole("dialog", { name: "Styles" });
      await styles.getByText("loose ink, much white paper").waitFor();
      await styles.getByText("Format: GIF").waitFor();
      await styles.getByRole("button", { name: "Use ink-wash" }).click();
      await set.getByText("Style: ink-wash").waitFor();
    });

    await t.test("it draws in that style, and the GIF moves", async () => {
      await draw("a red fox --frames 2 --quality low --partials 0");
      const first = await finished(0);
      const shown = first.locator("img[src$='.gif']");
      await shown.waitFor();
      const response = await page.request.get(
        new URL((await shown.getAttribute("src")) ?? "", page.url()).href,
      );
      const { format, pages = 1 } = await sharp(await response.body()).metadata();
      assert.equal(format, "gif");
      assert.ok(pages > 1, `${pages} frames`);
    });

    await t.test("an SVG is shown as a picture, and its source is saved", async () => {
      await set.getByRole("button", { name: "Unset Style" }).click();
      await draw("a green hill --format svg --quality low --partials 0");
      const answer = await finished(1);
      await answer.locator("img[src$='.png']").waitFor();
      const [download] = await Promise.all([
        page.waitForEvent("download"),
        answer.getByRole("button", { name: "Download SVG" }).click(),
      ]);
      assert.match(download.suggestedFilename(), /^a-green-hill.*\.svg$/);
      assert.match(await readFile(await download.path(), "utf8"), /^(<\?xml[^>]*>\s*)?<svg/);
    });

    await t.test("defaults hold from now on, until they are reset", async () => {
      await options.click();
      await option("Size").getByRole("button", { name: "Wide" }).click();
      await page.getByRole("button", { name: "Use these from now on" }).click();
      await page.getByRole("button", { name: "Defaults: Wide" }).waitFor();
      await page.reload();
      await page.getByRole("button", { name: "Defaults: Wide" }).click();
      await page.getByRole("button", { name: "Reset defaults" }).click();
      await page.getByRole("button", { name: "Defaults: Wide" }).waitFor({ state: "detached" });
      await page.keyboard.press("Escape");
    });

    const broken = { name: "fox.png", mimeType: "image/png", buffer: Buffer.from("no picture at all") };
    await t.test("a file that will not be taken is refused when it is chosen", async () => {
      await page.getByLabel("Attach pictures").setInputFiles([broken]);
      await page.getByRole("alert").getByText("“fox.png” is no picture.").waitFor();
      assert.equal(await page.getByRole("list", { name: "Attached pictures" }).count(), 0);
    });

    await t.test("what could not be drawn comes back into the composer, to be put right", async () => {
      const multipart = { text: "a bridge like this fox", attachment: broken };
      await page.request.post(
        `${new URL(page.url()).origin}/api/threads/${page.url().split("/").at(-1)}/prompts`,
        { multipart },
      );
      const failed = answers.nth(2);
      await failed.getByRole("button", { name: "Change and try again" }).click();
      assert.equal(await prompt.inputValue(), "a bridge like this fox");
    });

    await t.test("four at once fit a phone, with what can be done with them", async () => {
      await page.setViewportSize({ width: 390, height: 844 });
      await draw("a small boat --size wide --count 4 --quality low");
      const four = await finished(3);
      const composer = await page.getByRole("form", { name: "Ask for a picture" }).boundingBox();
      const below = async () => {
        const last = await four.getByRole("button", { name: "Details" }).boundingBox();
        return (last?.y ?? Number.POSITIVE_INFINITY) + (last?.height ?? 0) - (composer?.y ?? 0);
      };
      await until(
        async () => (await below()) <= 0,
        async () => `nothing below the composer: ${await below()}`,
      );
      const tools = four.getByRole("group", { name: "Picture 2" });
      const boxes = await Promise.all(
        (await tools.getByRole("button").all()).map((tool) => tool.boundingBox()),
      );
      assert.equal(new Set(boxes.map((box) => box?.y)).size, 1, "one row");
      assert.ok(boxes.every((box) => box && box.x + box.width <= 390));
    });

    await t.test("a button stays under the finger that presses it", async () => {
      await page.setViewportSize({ width: 390, height: 1000 }); // what was left out of the answer is said below it
      await page.evaluate(drawnTwice); // what keeps the end in view has seen it
      await page.evaluate("document.querySelector('#conversation').scrollTop -= 50");
      const edit = answers.nth(3).getByRole("button", { name: "Edit…" });
      const box = (await edit.boundingBox()) ?? assert.fail("no button");
      const movedBy = async () => {
        const { x, y, ...size } = (await edit.boundingBox()) ?? assert.fail("no button");
        assert.deepEqual({ x, ...size }, { x: box.x, width: box.width, height: box.height });
        return Math.abs(y - box.y);
      };
      await page.mouse.move(box.x + box.width / 2, box.y + box.height / 2);
      await page.mouse.down();
      // Less than a pixel is the browser's: it makes up for what grows above in whole pixels.
      assert.ok((await movedBy()) < 1);
      // The end is followed while what is above it grows, though not from under the finger.
      const grow = (by: number) =>
        page.evaluate(`document.querySelector("#conversation .exchange").style.paddingBottom = "${by}px"`);
      await grow(20);
      await page.evaluate(drawnTwice);
      assert.ok((await movedBy()) < 1, "while it grows");
      await page.mouse.up();
      await page.getByRole("button", { name: "Do not edit this picture" }).click();
      await until(
        async () => ((await edit.boundingBox())?.y ?? box.y) < box.y,
        "the end to be followed again",
      );
      await grow(0);
    });

    await t.test("an answer in words says what it would have cost, not what was drawn", async () => {
      await draw("what is in this picture?");
      const words = await finished(4);
      await words.getByText("if OpenAI had answered").waitFor();
    });

    assert.deepEqual(complaints, [], "the browser has nothing to complain of");
  });

  test("a picture that was finished while the server went away comes when it is back", async (t) => {
    if (!browser) return t.skip("Chromium is not installed: apt-get install chromium");
    const env = { DATA_DIR: await createFolder(t), STANDIN_PACE_MS: "50" };
    const bot = startDrawbridge(t, env);
    const url = await bot.url();
    const { page } = await openPage(browser, url);
    const { answers, draw, finished } = atPlayground(page);
    const finals = /\/pictures\/[^/]+\.png/;

    // The last events of a server that stops still arrive; the pictures they name do not.
    await page.route(finals, (route) => route.abort());
    await draw("a lighthouse by the sea");
    await finished(0);
    await bot.kill("SIGTERM");
    await page.getByText("Reconnecting").waitFor();
    await page.unroute(finals);
    await startDrawbridge(t, { ...env, PORT: new URL(url).port }).url();

    const final = answers.nth(0).locator("img[src$='.png']");
    await final.waitFor();
    // Not by waitForFunction, which evaluates in the page: its policy lets nobody.
    const isTrue = (expression: string) => () => page.evaluate<boolean>(expression);
    await until(
      isTrue(`document.images.length >= 4 && [...document.images].every((image) => image.naturalWidth > 0)`),
      "all pictures",
    );
    assert.match((await final.getAttribute("alt")) ?? "", /lighthouse/);

    await answers.nth(0).getByRole("button", { name: "Details" }).click();
    const [facts, composer] = [
      answers.nth(0).getByText("Drawn by"),
      page.getByRole("textbox", { name: "Prompt" }),
    ];
    await until(
      isTrue(`document.querySelector(".details").getBoundingClientRect().top < innerHeight / 2`),
      "the details to come into view",
    );
    const [above, below] = [await facts.boundingBox(), await composer.boundingBox()];
    assert.ok(above && below && above.y + above.height < below.y, "the details are not under the composer");
  });

  test("whoever signs out leaves nothing in the browser, in no tab and over no kind of connection", async (t) => {
    if (!browser) return t.skip("Chromium is not installed: apt-get install chromium");
    const password = "a long password";
    const env = { PLAYGROUND_PASSWORD: password, HOST: "0.0.0.0", STANDIN_PACE_MS: "50" };
    const bot = startDrawbridge(t, { ...env, DATA_DIR: await createFolder(t) });
    const url = await bot.url();
    // A browser does as it is told when somebody signs out on its own machine, and not over http from another one.
    const addresses = Object.values(networkInterfaces()).flatMap((all) => all ?? []);
    const outside = addresses.find(({ internal, family }) => !internal && family === "IPv4")?.address;
    const places = [url, ...(outside === undefined ? [] : [url.replace("127.0.0.1", outside)])];
    for (const place of places) {
      const context = await browser.newContext();
      const page = await context.newPage();
      const signIn = async (tried: string) => {
        await page.getByLabel("Password").fill(tried);
        await page.getByRole("button", { name: "Come in" }).click();
      };
      await page.goto(place);
      await signIn("a wrong one");
      await page.getByRole("alert").getByText("That is not the password.").waitFor();
      await signIn(password);
      const { draw, finished } = atPlayground(page);
      await draw("a lighthouse by the sea");
      const src = await (await finished(0)).locator("img[src$='.png']").first().getAttribute("src");
      const picture = `${src}?as=preview`;
      const fox = { name: "fox.png", mimeType: "image/png", buffer: await flat("red") };
      await page.getByLabel("Attach pictures").setInputFiles([fox]);
      await page.getByRole("textbox", { name: "Prompt" }).fill("what nobody is to read");
      const kept = (of: Page) =>
        of.evaluate<{ drafts: number; files: number; cached: boolean }>(`(async () => ({
          drafts: Object.keys(localStorage).filter((key) => /draft|area/.test(key)).length,
          files: (await indexedDB.databases()).length,
          cached: await fetch(${JSON.stringify(picture)}, { cache: "only-if-cached", mode: "same-origin" })
            .then(({ ok }) => ok, () => false),
        }))()`);
      await until(
        async () => (await kept(page)).files === 1,
        async () => JSON.stringify(await kept(page)),
      );
      assert.deepEqual(await kept(page), { drafts: 1, files: 1, cached: place === url }, place);
      const other = await context.newPage();
      await other.goto(page.url());
      await other.getByRole("textbox", { name: "Prompt" }).waitFor();

      await page.getByRole("button", { name: "Sign out" }).click();
      for (const one of [page, other]) {
        await one.getByLabel("Password").waitFor();
        await until(
          async () => isDeepStrictEqual(await kept(one), { drafts: 0, files: 0, cached: false }),
          async () => `nothing to be kept at ${place}; there is ${JSON.stringify(await kept(one))}`,
        );
      }
      await page.goBack();
      await page.getByLabel("Password").waitFor();
      await context.close();
    }
  });

  test("other tabs hear of a sign-out only when the session is over, so that none comes in again", async (t) => {
    if (!browser) return t.skip("Chromium is not installed: apt-get install chromium");
    const password = "a long password";
    const env = { PLAYGROUND_PASSWORD: password, HOST: "0.0.0.0", DATA_DIR: await createFolder(t) };
    const url = await startDrawbridge(t, env).url();
    const context = await browser.newContext();
    const comeIn = async () => {
      const tab = await context.newPage();
      await tab.goto(url);
      return tab;
    };
    const isIn = (tab: Page) => tab.getByRole("textbox", { name: "Prompt" }).waitFor();
    const page = await comeIn();
    await page.getByLabel("Password").fill(password);
    await page.getByRole("button", { name: "Come in" }).click();
    const other = await comeIn();
    for (const tab of [page, other]) await isIn(tab);

    const ways: string[] = [];
    other.on("framenavigated", (frame) => ways.push(new URL(frame.url()).pathname));
    await page.route("**/logout", async (route) => {
      const third = await comeIn(); // the session goes on
      await isIn(third);
      await third.close();
      await route.continue();
    });
    await page.getByRole("button", { name: "Sign out" }).click();
    for (const tab of [page, other]) await tab.getByLabel("Password").waitFor();
    assert.deepEqual(ways, ["/login"]);
    await page.goBack();
    await page.getByLabel("Password").waitFor();
    await context.close();
  });
});
