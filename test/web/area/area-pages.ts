import type { TestContext } from "node:test";
import sharp from "sharp";
import { createWebAdapter, type WebOptions } from "../../../adapters/web/index.ts";
import type { Areas } from "../../../src/seam/core.ts";
import { BotError } from "../../../src/seam/errors.ts";
import type { Log } from "../../../src/seam/log.ts";
import type { FormInput } from "../../../src/seam/turn.ts";
import { noCore } from "../../rig/no-core.ts";
import { createFolder } from "../playground.ts";

export const silent: Log = { child: () => silent, debug() {}, info() {}, warn() {}, error() {} };

export type AreaBook = ReturnType<typeof createAreaBook>;

/** The core's pages for painting, as strict as the real ones: a token opens one picture, until it is spent. */
export function createAreaBook(picture: Buffer<ArrayBuffer>, width: number, height: number) {
  const open = new Set<string>();
  const sent: { readonly token: string; readonly input: FormInput }[] = [];
  const calls: string[] = [];
  let failure: Error | undefined;

  async function check(token: string): Promise<void> {
    if (!open.has(token)) {
      throw new BotError(
        "expired",
        "This page has run out or was used already. Press Edit area… again in the chat.",
      );
    }
  }
  function failOnce(): void {
    const error = failure;
    failure = undefined;
    if (error) throw error;
  }

  const areas: Areas = {
    async check(token) {
      calls.push("check");
      await check(token);
    },
    async look(token) {
      calls.push("look");
      await check(token);
      failOnce();
      return {
        name: "picture",
        mediaType: "image/png",
        alt: "Ein Fuchs – 狐",
        bytes: picture,
        width,
        height,
      };
    },
    async send(token, input) {
      calls.push("send");
      await check(token);
      failOnce();
      open.delete(token);
      sent.push({ token, input });
    },
  };
  return {
    areas,
    sent,
    /** What was asked of the core, in order. */
    calls,
    /** A new page's token. */
    issue(token = `token-${open.size + sent.length}.${"s".repeat(43)}`): string {
      open.add(token);
      return token;
    },
    /** The next look or sending that gets that far is refused. */
    failWith(error: Error): void {
      failure = error;
    },
    expire: (token: string) => open.delete(token),
  };
}

/** The real adapter on a free port, with such pages or with none. */
export async function startAreas(
  t: TestContext,
  book: Pick<AreaBook, "areas"> | undefined,
  options: Partial<WebOptions> = {},
) {
  const adapter = createWebAdapter({
    host: "127.0.0.1",
    port: 0,
    playground: false,
    publicUrl: "https://draw.example",
    dataDir: `${await createFolder(t)}/data`,
    version: "1.2.3",
    painter: { name: "Nobody", standIn: true },
    log: silent,
    ...options,
  });
  await adapter.start(noCore(async () => {}, book ? { areas: book.areas } : {}));
  t.after(() => adapter.stop());
  return { adapter, url: adapter.url };
}

/** A picture to paint on: a hill and a sun. */
export function landscape(width: number, height: number): Promise<Buffer<ArrayBuffer>> {
  const sky = `<linearGradient id="s" x2="0" y2="1"><stop stop-color="#2f6f9f"/><stop offset="1" stop-color="#f6c98b"/></linearGradient>`;
  const svg = `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 100 100" preserveAspectRatio="none" width="${width}" height="${height}"><defs>${sky}</defs>
    <rect width="100" height="100" fill="url(#s)"/><circle cx="70" cy="30" r="9" fill="#fff3c9"/>
    <path d="M0 70Q30 45 55 68T100 60V100H0Z" fill="#3d6b4a"/><path d="M0 82Q40 66 100 84V100H0Z" fill="#25492f"/></svg>`;
  return sharp(Buffer.from(svg)).png().toBuffer() as Promise<Buffer<ArrayBuffer>>;
}
