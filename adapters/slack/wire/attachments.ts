import { setTimeout as sleep } from "node:timers/promises";
import { z } from "zod";
import { BotError } from "../../../src/seam/errors.ts";
import { badFile, collect } from "../../../src/seam/files/sent-file.ts";
import type { Attachment, SentFile } from "../../../src/seam/turn.ts";
import { downloadMs } from "./limits.ts";
import { scopeWords } from "./permissions.ts";
import { type Picture, type RemoteFile, type SlackFile, toRemoteFile } from "./pictures.ts";
import type { Origins } from "./send/origins.ts";
import { neededScope, toTrouble } from "./trouble.ts";

/** Makes attachments the core can read out of pictures in messages. */
export interface Files {
  toAttachment(picture: Picture, role?: "mask"): Attachment;
  /** A file from before the restart: Slack is asked about it anew. */
  reopen(sent: SentFile): Attachment;
}

/** What is noted of a file of Slack's, so that it can be read again. */
const noted = z.object({
  id: z.string(),
  barred: z.enum(["external", "deleted", "hidden", "foreign"]).exactOptional(),
  own: z.literal(true).exactOptional(),
});

/** Ms between tries for a file that Slack does not have ready yet. */
const againMs = [500, 1500, 3000];

/**
 * `info`: asks Slack about a file. `fromAddress`: a picture that Slack does not keep. `unscoped`: hears of a scope that
 * was missing.
 */
export function createFiles(of: {
  readonly token: string;
  /** The bot's own name, for those who are to invite it. */
  readonly name: string;
  readonly ownId: string;
  info(id: string): Promise<SlackFile>;
  fromAddress(address: string): Attachment;
  unscoped(scope: string): void;
  readonly origins: Pick<Origins, "keepsFiles">;
  readonly wait?: (ms: number) => Promise<unknown>;
}): Files {
  const { token, info, origins, wait = sleep } = of;
  const notInChannel = `is in a channel I am not in, so Slack does not let me read it. Type /invite @${of.name} there, or upload it to a message to me.`;

  async function ask(file: RemoteFile): Promise<RemoteFile> {
    try {
      const found = await info(file.id);
      if (file.own && found.user !== of.ownId) return { ...file, barred: "foreign" };
      // A picture of ours has no name of its own in a message's blocks.
      return { ...toRemoteFile(found), name: found.name || found.title || file.name };
    } catch (error) {
      const trouble = toTrouble(error);
      if (trouble === "unscoped") {
        const scope = neededScope(error) ?? "files:read";
        of.unscoped(scope);
        throw badFile(file.name, `cannot be read: ${scopeWords(scope)}`, error);
      }
      // What somebody has just sent is there: we are not let in.
      if (trouble === "forbidden" || (trouble === "gone" && file.url))
        throw badFile(file.name, notInChannel, error);
      if (trouble === "gone") throw badFile(file.name, "is no longer kept by Slack. Send it again.", error);
      throw error;
    }
  }

  /** A Slack that is down for a moment is asked again. */
  async function askAgain(file: RemoteFile, attempt: number, signal: AbortSignal): Promise<RemoteFile> {
    return ask(file).catch((error: unknown) => {
      signal.throwIfAborted();
      if (error instanceof BotError || attempt >= againMs.length) throw error;
      return { ...file, url: "" };
    });
  }

  async function read(file: RemoteFile, signal: AbortSignal): Promise<Uint8Array> {
    for (let attempt = 0; ; attempt += 1) {
      const found = (file.url || file.barred) && attempt === 0 ? file : await askAgain(file, attempt, signal);
      if (found.barred) throw badFile(found.name, reasons[found.barred]);
      const isLast = attempt >= againMs.length;
      const bytes = found.url
        ? await download(found, found.url, signal).catch((error: unknown) => {
            signal.throwIfAborted();
            if (error instanceof BotError || isLast) throw error;
            return undefined;
          })
        : undefined;
      if (bytes) return bytes;
      if (isLast) throw badFile(found.name, found.url ? notInChannel : notReady);
      await wait(againMs[attempt] ?? 0);
      signal.throwIfAborted();
    }
  }

  /** Undefined: Slack does not let us have it, or not yet. */
  async function download(
    file: RemoteFile,
    address: string,
    signal: AbortSignal,
  ): Promise<Uint8Array | undefined> {
    let url = address;
    for (let hop = 0; hop < 4; hop += 1) {
      if (!origins.keepsFiles(url))
        throw badFile(file.name, "is not kept by Slack itself. Save it and upload it as a file.");
      const headers = { authorization: `Bearer ${token}` };
      const response = await fetch(url, { headers, signal, redirect: "manual" });
      const location = response.headers.get("location");
      if (response.status >= 300 && response.status < 400 && location) {
        await response.text();
        url = new URL(location, url).href;
        if (!origins.keepsFiles(url)) return undefined;
        continue;
      }
      // To those it does not know Slack shows the page to sign in, as if all was well.
      const page = response.headers.get("content-type")?.startsWith("text/html") ?? false;
      if (page || [401, 403, 404, 410].includes(response.status)) {
        await response.text();
        return undefined;
      }
      if (!response.ok || !response.body) throw new Error(`Slack's file server answered ${response.status}`);
      return collect(response.body as ReadableStream<Uint8Array>, file.name);
    }
    return undefined;
  }

  function ofSlack(file: RemoteFile): Attachment {
    return {
      name: file.name,
      mediaType: file.mediaType,
      size: file.size,
      source: { kind: "platform", file: noted.parse(file) },
      async read(signal) {
        const within = AbortSignal.any([signal, AbortSignal.timeout(downloadMs)]);
        return read(file, within).catch((cause: unknown) => {
          signal.throwIfAborted();
          if (cause instanceof BotError) throw cause;
          throw badFile(file.name, "could not be read from Slack just now. Try again in a minute.", cause);
        });
      },
    };
  }

  return {
    toAttachment: (picture, role) => ({
      ...("address" in picture ? of.fromAddress(picture.address) : ofSlack(picture)),
      ...(role && { role }),
    }),
    reopen({ file, role, ...claims }) {
      const known = noted.safeParse(file);
      const found: RemoteFile = known.success ? { ...claims, ...known.data } : { ...claims, id: "" };
      return { ...ofSlack(found), ...(role && { role }) };
    },
  };
}

const notReady = "is not ready in Slack yet. Try again in a minute.";
const reasons: Readonly<Record<NonNullable<RemoteFile["barred"]>, string>> = {
  external: "is kept outside Slack, where I cannot read it. Download it and upload it as a file.",
  deleted: "has been deleted from Slack. Send it again.",
  hidden: "is hidden by the limits of your Slack plan. Upload it again.",
  foreign:
    "was put here by another app, and Slack does not say that everybody here may see it. Download it and upload it as a file.",
};
