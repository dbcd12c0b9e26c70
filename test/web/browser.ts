import { existsSync } from "node:fs";
import { type Browser, type BrowserContextOptions, chromium, type Locator, type Page } from "playwright-core";
import sharp from "sharp";

const binary = ["/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome"].find(existsSync);

/** Debian's Chromium without a window; undefined where it is not installed. It talks to nobody but us. */
export async function openBrowser(): Promise<Browser | undefined> {
  if (!binary) return undefined;
  return chromium.launch({
    executablePath: binary,
    args: [
      ...(process.getuid?.() === 0 ? ["--no-sandbox"] : []), // Chromium's sandbox refuses root
      "--disable-gpu",
      "--disable-quic",
      "--no-first-run",
      "--disable-background-networking",
      "--disable-component-update",
      "--disable-sync",
    ],
  });
}

/** A page, with everything it complains of. */
export async function openPage(browser: Browser, url: string, options: BrowserContextOptions = {}) {
  const page = await browser.newPage({ viewport: { width: 1280, height: 800 }, ...options });
  const complaints: string[] = [];
  page.on("console", (message) => {
    if (message.type() === "error" || message.type() === "warning")
      complaints.push(`${message.text()} ${message.location().url}`);
  });
  page.on("pageerror", (error) => complaints.push(error.message));
  await page.goto(url);
  return { page, complaints };
}

/** What a person does in the playground, by the names they read. */
export function atPlayground(page: Page) {
  const answers = page.getByRole("region", { name: "Answer" });
  return {
    answers,
    async draw(prompt: string): Promise<void> {
      await page.getByRole("textbox", { name: "Prompt" }).fill(prompt);
      await page.getByRole("button", { name: "Draw", exact: true }).click();
    },
    /** The nth answer (from 0), once its picture is finished. */
    async finished(nth: number): Promise<Locator> {
      const answer = answers.nth(nth);
      await answer.getByRole("button", { name: "Draw again" }).waitFor();
      return answer;
    },
    /** The pixels of an answer's first picture, as the server has it. */
    async pixels(answer: Locator): Promise<Pixels> {
      // Sketches are WebP; the last of them may still be fading out.
      const src = await answer.locator("img[src$='.png']").first().getAttribute("src");
      const response = await page.request.get(new URL(src ?? "", page.url()).href);
      const { data, info } = await sharp(await response.body())
        .removeAlpha()
        .raw()
        .toBuffer({ resolveWithObject: true });
      return { data, width: info.width, height: info.height };
    },
  };
}

/** RGB, row by row. */
export interface Pixels {
  readonly data: Uint8Array;
  readonly width: number;
  readonly height: number;
}

/** How far two pictures of one size are apart in a part of them: mean difference of a channel, 0 to 255. */
export function distance(
  a: Pixels,
  b: Pixels,
  part: { readonly left: number; readonly top: number; readonly right: number; readonly bottom: number },
): number {
  if (a.width !== b.width || a.height !== b.height) throw new Error("two sizes");
  let [sum, count] = [0, 0];
  for (let y = Math.round(part.top * a.height); y < part.bottom * a.height; y += 1) {
    for (let x = Math.round(part.left * a.width); x < part.right * a.width; x += 1) {
      for (let channel = 0; channel < 3; channel += 1) {
        const at = (y * a.width + x) * 3 + channel;
        sum += Math.abs((a.data[at] ?? 0) - (b.data[at] ?? 0));
        count += 1;
      }
    }
  }
  return sum / count;
}
