import assert from "node:assert/strict";
import { after, before, describe, type TestContext, test } from "node:test";
import axe from "axe-core";
import type { Browser, Page } from "playwright-core";
import { openBrowser, openPage } from "../browser.ts";
import { startPlayground } from "../playground.ts";
import { createDesk, failureOf, liveTurn, openRules } from "./desk.ts";

/** What axe finds wrong with the page as it is, a line each. */
async function faults(page: Page): Promise<readonly string[]> {
  await page.evaluate(axe.source);
  return page.evaluate<readonly string[]>(`(async () => {
    const { violations } = await axe.run({ resultTypes: ["violations"] });
    return violations.flatMap(({ id, nodes }) => nodes.map(({ html, failureSummary }) =>
      [id, html.slice(0, 200), failureSummary].join(" | ").replace(/\\s+/g, " ")));
  })()`);
}

/** Something in every section. */
function busyDesk() {
  const long = "a.name.that.goes.on.and.on.without.a.single.space.in.it.to.be.broken.at";
  const hour = 3_600_000;
  return createDesk(
    [
      liveTurn("Grace", { phase: "showing", since: Date.now() - 2000 }),
      liveTurn("Ada", { since: Date.now() - 14_000, pictures: 4 }),
      liveTurn("Bob", { phase: "waiting", ahead: 1, adapter: "slack", since: Date.now() - 5000 }),
      liveTurn(long, { phase: "waiting", ahead: 2, place: { channel: "slack:T1:D9", kind: "direct" } }),
    ],
    [
      failureOf("Carl", { cause: "429 You exceeded your current quota", requestId: "req_0123456789abcdef" }),
      failureOf("Dora", {
        ...{ code: "refused", isGrave: false, at: Date.now() - hour },
        ...{ told: "OpenAI's safety check refused this. Say it in other words.", responseIds: ["resp_01"] },
      }),
      failureOf("Erik", { code: "unreachable", outcome: "lost", told: undefined as never }),
    ],
  );
}

describe("the admin's page", () => {
  let browser: Browser | undefined;
  before(async () => {
    browser = await openBrowser();
    assert.ok(browser || !process.env.CI, "Chromium must be installed where CI runs");
  });
  after(() => browser?.close());

  async function open(t: TestContext, chromium: Browser, options: Parameters<typeof openPage>[2] = {}) {
    const desk = busyDesk();
    const door = { admin: desk.admin, trustedProxies: [] };
    const { url } = await startPlayground(t, { admin: door }, { rules: await openRules(t) });
    const opened = await openPage(chromium, `${url}/admin`, { reducedMotion: "reduce", ...options });
    t.after(() => opened.page.close());
    const section = async (name: string, ready: string) => {
      await opened.page.getByRole("link", { name, exact: true }).click();
      await opened.page.getByRole("heading", { level: 1, name }).waitFor();
      await opened.page.getByText(ready).first().waitFor();
    };
    return { ...opened, desk, url, section };
  }

  for (const [width, colorScheme] of [
    [1280, "light"],
    [1280, "dark"],
    [390, "light"],
    [390, "dark"],
  ] as const) {
    test(`is open to everybody at ${width} px, ${colorScheme}, and nothing runs over its edge`, async (t) => {
      if (!browser) return t.skip("Chromium is not installed: apt-get install chromium");
      const { page, complaints, section } = await open(t, browser, {
        viewport: { width, height: 844 },
        colorScheme,
      });
      const check = async (what: string) => {
        assert.deepEqual(await faults(page), [], what);
        const over = await page.evaluate<number>("document.documentElement.scrollWidth - innerWidth");
        assert.ok(over <= 0, `${what} is ${over} px too wide`);
      };
      await page.getByText("Ada").first().waitFor();
      await check("the turns");
      await page.getByRole("button", { name: "Show the words" }).first().click();
      await page.getByText("a fox at night").waitFor();
      await page.getByRole("button", { name: "Take nothing new" }).click();
      await page.getByText("Nothing new is taken.").waitFor();
      await check("the turns, drained, one opened");
      await section("Spending", "Ada");
      await page.getByText("Day by day, as a table").click();
      await page.getByRole("button", { name: "Server" }).click();
      await page.getByText("In no server").waitFor();
      await check("the spending");
      await page.getByRole("button", { name: "Change", exact: true }).click();
      await check("the form of the budget");
      await page.getByRole("button", { name: "Leave as it is" }).click();
      await section("Rules", "Slow mode");
      await check("the rules");
      await page.getByRole("button", { name: "Change Qualities" }).click();
      await page.getByRole("checkbox", { name: "Low" }).check();
      await check("the form of a rule");
      await page.getByRole("button", { name: "Save" }).click();
      await page.getByText("Qualities: not set → Low").waitFor();
      await check("the rules, one of them changed");
      await section("Failures", "req_0123456789abcdef");
      await check("the failures");
      await section("System", "Store answers");
      await page.getByText("DISCORD_TOKEN").waitFor();
      await check("the health and the settings");
      assert.deepEqual(complaints, []);
    });
  }

  test("shows what goes on by itself, and cancels what is asked to, with the keyboard alone", async (t) => {
    if (!browser) return t.skip("Chromium is not installed: apt-get install chromium");
    const { page, desk, complaints } = await open(t, browser);
    await page.getByText("Ada").first().waitFor();
    await page.getByRole("button", { name: "Cancel the turn of Ada" }).focus();
    await page.keyboard.press("Enter");
    const dialog = page.getByRole("dialog");
    await dialog.waitFor();
    await page.keyboard.press("Tab");
    await page.keyboard.press("Enter");
    await page.getByText("Ada").first().waitFor({ state: "detached" });
    assert.deepEqual(desk.cancelled, ["discord:message:Ada"]);

    desk.change([]);
    await page.getByText("Nothing is being drawn.").waitFor();
    desk.change([liveTurn("Zoe")]);
    await page.getByText("Zoe").waitFor();
    await page.getByRole("button", { name: "Take nothing new" }).click();
    await page.getByText("1 turn still to be finished.").waitFor();
    desk.change([]);
    await page.getByText("the bot can be stopped now").waitFor();
    assert.equal(await page.title(), "Draining · Admin · Drawbridge");
    await page.getByRole("button", { name: "Take turns again" }).click();
    await page.getByText("New turns are taken.").waitFor();
    assert.deepEqual(complaints, []);
  });

  test("adds up what was spent, whichever way it is looked at", async (t) => {
    if (!browser) return t.skip("Chromium is not installed: apt-get install chromium");
    const { page, section, complaints } = await open(t, browser);
    await section("Spending", "Ada");
    const rowsOf = async () => {
      const table = page.getByRole("table").last();
      const cells = await table.getByRole("row").allInnerTexts();
      return cells.slice(1).map((row) => Number(/\$([\d.]+)$/.exec(row.trim())?.[1]));
    };
    for (const way of ["Person", "Channel", "Server", "Model"]) {
      await page.getByRole("button", { name: way }).click();
      await page.getByRole("columnheader", { name: way }).waitFor();
      const sums = await rowsOf();
      const total = sums.pop();
      assert.equal(total, 6, way);
      assert.equal(
        sums.reduce((all, one) => all + one, 0),
        total,
        `by ${way}: ${sums}`,
      );
    }
    const label = await page.getByRole("img", { name: /^Dollars a day/ }).getAttribute("aria-label");
    assert.match(label ?? "", /\$6\.00 in all, most on Nov 2, \$4\.50/);
    assert.equal(await page.locator(".plot-day").count(), 30);
    await page.getByText("$6.00 of $50.00").waitFor();
    await page.getByRole("button", { name: "Change", exact: true }).click();
    await page.getByRole("spinbutton", { name: "Dollars a day" }).fill("1.5");
    await page.getByRole("button", { name: "Save" }).click();
    await page.getByText("$0.25 of $1.50").waitFor();
    await page.getByRole("button", { name: "7 days" }).click();
    await page.getByRole("img", { name: /\$0\.25 in all/ }).waitFor();
    assert.equal(await page.locator(".plot-day").count(), 7);
    const [file] = await Promise.all([
      page.waitForEvent("download"),
      page.getByRole("link", { name: "As CSV" }).click(),
    ]);
    assert.equal(file.suggestedFilename(), "drawbridge-spending-2026-11-20-to-2026-11-26.csv");
    assert.deepEqual(complaints, []);
  });

  test("changes each kind of rule, and takes it back", async (t) => {
    if (!browser) return t.skip("Chromium is not installed: apt-get install chromium");
    const { page, section } = await open(t, browser);
    await section("Rules", "Slow mode");
    const change = async (label: string, fill: () => Promise<unknown>, record: string) => {
      await page.getByRole("button", { name: `Change ${label}`, exact: true }).click();
      await fill();
      await page.getByText(record).waitFor();
    };
    const save = () => page.getByRole("button", { name: "Save" }).click();
    await change(
      "Slow mode",
      async () => {
        await page.getByRole("spinbutton").fill("45");
        await save();
      },
      "Slow mode: not set → 45 s",
    );
    await change(
      "Approval above",
      async () => {
        await page.getByRole("spinbutton", { name: "Approval above, in dollars" }).fill("0.25");
        await save();
      },
      "Approval above: not set → $0.25",
    );
    await change(
      "Direct messages",
      async () => {
        await page.getByRole("radio", { name: "off" }).check();
        await save();
      },
      "Direct messages: not set → off",
    );
    await change(
      "Blocked words",
      async () => {
        await page.getByRole("textbox").fill("gore\nblood bath");
        await save();
      },
      "Blocked words: not set → gore, blood bath",
    );
    await change(
      "Slow mode",
      () => page.getByRole("button", { name: "Do not set it" }).click(),
      "Slow mode: 45 s → not set",
    );
  });

  test("lists a failure as it happens, and tells those to be mended from the everyday ones", async (t) => {
    if (!browser) return t.skip("Chromium is not installed: apt-get install chromium");
    const { page, desk, section } = await open(t, browser);
    await section("Failures", "Carl");
    desk.fail(failureOf("Frida", { code: "bad_prompt", isGrave: false, told: "Say what to draw." }));
    await page.getByText("Frida").waitFor();
    await page.getByRole("button", { name: "To be mended" }).click();
    await page.getByText("Frida").waitFor({ state: "detached" });
    assert.equal(await page.getByRole("listitem").count(), 2, "Carl's and Erik's");
  });

  test("asks for its password, and leaves by the button", async (t) => {
    if (!browser) return t.skip("Chromium is not installed: apt-get install chromium");
    const desk = busyDesk();
    const password = "the admin's own words";
    const door = { admin: desk.admin, password, trustedProxies: [] };
    const { url } = await startPlayground(t, { admin: door, playground: false });
    const { page } = await openPage(browser, `${url}/admin`, { reducedMotion: "reduce" });
    t.after(() => page.close());
    assert.deepEqual(await faults(page), [], "the page to sign in");
    await page.getByRole("textbox", { name: "Password" }).fill(password);
    await page.keyboard.press("Enter");
    await page.getByText("Ada").first().waitFor();
    await page.getByRole("button", { name: "Sign out" }).click();
    await page.getByRole("textbox", { name: "Password" }).waitFor();
    await page.goto(`${url}/admin`);
    assert.equal(new URL(page.url()).pathname, "/admin/login");
  });
});
