import { type ChildProcess, spawn } from "node:child_process";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { chromium } from "playwright-core";
import sharp from "sharp";

/**
 * Takes the README's screenshot: a fresh playground with the offline stand-in, a picture, two branches of it; and that of
 * docs/admin.md: the admin's page, with turns in hand; and that of docs/privacy.md: what is said before somebody is
 * forgotten.
 */
const prompt = "a wide view of a lighthouse at dusk, with a small sailing boat";
const edits = ["make it night", "add a red hot air balloon"];
const next = "give the boat striped sails";

const wanted = ["a harbour in the rain", "a heron made of paper", "the same town in winter"];

const dataDir = await mkdtemp(join(tmpdir(), "drawbridge-screenshot-"));
const bots: ChildProcess[] = [];
const browser = await chromium.launch({
  executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium",
  args: process.getuid?.() === 0 ? ["--no-sandbox"] : [],
});
try {
  const page = await browser.newPage({ viewport: { width: 1280, height: 930 }, deviceScaleFactor: 1.3 });
  await page.goto(await start("playground", { STANDIN_PACE_MS: "500" }));
  const answers = page.getByRole("region", { name: "Answer" });
  const draw = async (words: string, nth: number) => {
    await page.getByRole("textbox", { name: "Prompt" }).fill(words);
    await page.getByRole("button", { name: "Draw", exact: true }).click();
    await answers.nth(nth).getByRole("button", { name: "Draw again" }).waitFor();
  };
  await draw(prompt, 0);
  for (const [index, edit] of edits.entries()) {
    await answers.nth(0).getByRole("button", { name: "Edit…" }).click();
    await draw(edit, index + 1);
  }
  await page.getByRole("textbox", { name: "Prompt" }).fill(next);
  await page.locator("#estimate").waitFor();
  await page.mouse.move(0, 0);
  await sleep(1500); // the last sketch fades out
  await sharp(await page.screenshot())
    .png({ palette: true, quality: 90 })
    .toFile("docs/playground.png");

  await page.setViewportSize({ width: 1000, height: 640 });
  await page.getByRole("textbox", { name: "Prompt" }).fill("forget me");
  await page.getByRole("button", { name: "Draw", exact: true }).click();
  await page.getByRole("button", { name: "Forget me" }).waitFor();
  await page.mouse.move(0, 0);
  await sleep(1500); // it scrolls there
  await sharp(await page.screenshot())
    .png({ palette: true, quality: 90 })
    .toFile("docs/forget.png");

  const url = await start("admin", { STANDIN_PACE_MS: "600000", CONCURRENCY: "2" });
  for (const words of wanted) {
    const body = new FormData();
    body.set("id", crypto.randomUUID());
    body.set("text", words);
    await fetch(`${url}/api/threads/${crypto.randomUUID()}/prompts`, { method: "POST", body });
  }
  await page.setViewportSize({ width: 1000, height: 640 });
  await page.goto(`${url}/admin`);
  await page.getByText("Next ·").waitFor();
  await sharp(await page.screenshot())
    .png({ palette: true, quality: 90 })
    .toFile("docs/admin.png");
} finally {
  await browser.close();
  for (const bot of bots) bot.kill("SIGKILL"); // nothing of them is kept
  await rm(dataDir, { recursive: true, force: true, maxRetries: 5 });
}

/** Another bot, in a folder of that name; the address of its playground. */
async function start(name: string, env: Readonly<Record<string, string>>): Promise<string> {
  const bot = spawn(process.execPath, ["--disable-warning=ExperimentalWarning", "src/main.ts"], {
    env: { PATH: process.env.PATH, DATA_DIR: join(dataDir, name), PORT: "0", ...env },
    stdio: ["ignore", "pipe", "inherit"],
  });
  bots.push(bot);
  let output = "";
  for await (const text of bot.stdout) {
    output += text;
    const url = /Playground\s+(http:\S+)/.exec(output)?.[1];
    if (url) return url;
  }
  throw new Error("the playground did not start");
}
