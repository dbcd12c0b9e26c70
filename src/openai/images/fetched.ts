import { lookup } from "node:dns/promises";
import { setTimeout as sleep } from "node:timers/promises";
import { createDownload } from "../../pictures/download.ts";
import { BotError } from "../../seam/errors.ts";

/** Fetches a picture that the server has drawn and answered with an address. */
export type FetchPicture = (address: string, signal: AbortSignal) => Promise<Uint8Array>;

/** Tries to fetch one: it is drawn by then, and paid for. */
const tries = 3;

/**
 * From the public web, and from the machine that draws: of our own network no other is asked, wherever the server, or
 * what it leads on to, points. Size and time are bounded as for any picture from an address.
 *
 * Rejects with BotError `unreachable`, or with the signal's reason.
 */
export function createFetchPicture(baseUrl: string, backoffMs: number): FetchPicture {
  const base = new URL(baseUrl);
  const port = Number(base.port || (base.protocol === "https:" ? 443 : 80));

  async function once(url: URL, signal: AbortSignal): Promise<Uint8Array> {
    const host = base.hostname.replace(/^\[|\]$/g, "");
    const own = await lookup(host, { all: true }).catch(() => []);
    const isOwn = (address: string) => own.some((one) => one.address === address);
    const download = createDownload({ allow: isOwn, ports: [80, 443, port] });
    return download(url, "The picture", signal);
  }

  return async (address, signal) => {
    const inline = /^data:image\/[\w.+-]+;base64,/i.exec(address);
    if (inline) return Buffer.from(address.slice(inline[0].length), "base64");
    const url = URL.parse(address, base.href);
    for (let tried = 1; ; tried += 1) {
      try {
        if (url?.protocol !== "http:" && url?.protocol !== "https:") throw new TypeError("no address");
        return await once(url, signal);
      } catch (cause) {
        signal.throwIfAborted();
        if (tried >= tries || !url) throw lost(cause);
        await sleep(backoffMs * 2 ** (tried - 1), null, { signal }).catch(() => signal.throwIfAborted());
      }
    }
  };
}

function lost(cause: unknown): BotError {
  return new BotError(
    "unreachable",
    "The picture is drawn, and I cannot fetch it from where the server has put it. Try again; if it stays, tell the admin.",
    { cause },
  );
}
