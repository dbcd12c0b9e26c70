import { setTimeout as sleep } from "node:timers/promises";
import type { APIMessage } from "discord.js";
import { z } from "zod";
import { BotError } from "../../../src/seam/errors.ts";
import { badFile, collect } from "../../../src/seam/files/sent-file.ts";
import type { Attachment, SentFile } from "../../../src/seam/turn.ts";
import type { Spot } from "./keys.ts";
import { downloadMs } from "./limits.ts";
import { everyFileOf, type RemoteFile } from "./pictures.ts";
import { toLogged, toTrouble } from "./trouble.ts";

/** Makes attachments the core can read out of files that Discord keeps. */
export interface Files {
  /** `at`: the message that shows the file, or answers one that does; there it is found when its address has run out. */
  toAttachment(file: RemoteFile, more?: { readonly role?: "mask"; readonly at?: Spot }): Attachment;
  /** What came with an interaction, and is in no message. References first, then masks. */
  toAttachments(references: readonly RemoteFile[], masks: readonly RemoteFile[]): readonly Attachment[];
  /** A file that was handed to the core before a restart. */
  reopen(sent: SentFile): Attachment;
}

/** What is noted of a file, so that another process can read it. Another version may have written it. */
const noted = z.object({
  url: z.string(),
  proxyUrl: z.string().exactOptional(),
  unreadable: z.string().exactOptional(),
  at: z.object({ channelId: z.string(), messageId: z.string() }).exactOptional(),
});

/**
 * Where Discord keeps what people send, and where it shows pictures from elsewhere. Nothing is ever read from other
 * origins, whatever a message says.
 */
const discordOrigins = /^https:\/\/(?:cdn\.discordapp\.com|(?:media|images-ext-\d{1,3})\.discordapp\.net)$/;

/** `other`: the origin of another server to read from, by http as well. */
export function createFiles(
  other: string | undefined,
  fetchMessage: (spot: Spot) => Promise<APIMessage>,
): Files {
  function isAllowed(address: string | undefined): address is string {
    const origin = URL.parse(address ?? "")?.origin;
    return origin !== undefined && (origin === other || discordOrigins.test(origin));
  }

  /** Undefined: it is gone, or the addresses have run out. */
  async function read(file: RemoteFile, signal: AbortSignal): Promise<Uint8Array | undefined> {
    if (file.unreadable) throw badFile(file.name, file.unreadable);
    const addresses = [file.url, file.proxyUrl].filter(isAllowed);
    if (addresses.length === 0) {
      throw badFile(file.name, "is not kept by Discord itself. Save it and attach it as a file.");
    }
    for (const address of addresses) {
      const bytes = await downloadWell(address, file, signal);
      if (bytes) return bytes;
    }
    return undefined;
  }

  /** The same file has the same path; only the signature behind it is new. */
  async function renew({ url }: RemoteFile, at: Spot): Promise<RemoteFile | undefined> {
    const path = URL.parse(url)?.pathname;
    const message = await fetchMessage(at);
    const answered = message.referenced_message;
    const there = [...everyFileOf(message), ...(answered ? everyFileOf(answered) : [])];
    return there.find((file) => URL.parse(file.url)?.pathname === path);
  }

  const toAttachment: Files["toAttachment"] = (file, { role, at } = {}) => {
    const { name, mediaType, size, url, proxyUrl, unreadable } = file;
    return {
      ...{ name, mediaType, size },
      ...(role && { role }),
      source: {
        kind: "platform",
        file: { url, ...(proxyUrl && { proxyUrl }), ...(unreadable && { unreadable }), ...(at && { at }) },
      },
      async read(signal) {
        const bytes = await read(file, signal);
        if (bytes) return bytes;
        const renewed = at && (await renew(file, at).catch((error: unknown) => onUnseen(file, error)));
        const again = renewed && renewed.url !== file.url ? await read(renewed, signal) : undefined;
        if (again) return again;
        throw badFile(file.name, "is no longer kept by Discord. Send it again.");
      },
    };
  };

  return {
    toAttachment,
    toAttachments: (references, masks) => [
      ...references.map((file) => toAttachment(file)),
      ...masks.map((file) => toAttachment(file, { role: "mask" })),
    ],
    reopen({ file, role, ...claims }) {
      const known = noted.safeParse(file).data;
      const asked = role && { role };
      if (!known) return { ...claims, ...asked, read: () => Promise.reject(badFile(claims.name, unknown)) };
      const { at, ...where } = known;
      return { ...toAttachment({ ...claims, ...where }, at && { at }), ...asked };
    },
  };
}

/** What is gone is gone; while Discord is away nobody knows. Throws BotError `bad_attachment` then. */
function onUnseen({ name }: RemoteFile, cause: unknown): undefined {
  if (toTrouble(cause) === "failed") throw badFile(name, failing, new Error(JSON.stringify(toLogged(cause))));
}

const failing = "cannot be read from Discord at the moment. Try again later.";

const unknown = "was noted by another version of me. Send it again.";

/** As `download`, tried again where Discord's file server fails: the file is still there. */
async function downloadWell(
  url: string,
  file: RemoteFile,
  signal: AbortSignal,
): Promise<Uint8Array | undefined> {
  for (let tries = 0; ; tries += 1) {
    try {
      return await download(url, file, AbortSignal.any([signal, AbortSignal.timeout(downloadMs)]));
    } catch (cause) {
      signal.throwIfAborted();
      if (cause instanceof BotError) throw cause;
      const waitMs = retryMs[tries];
      if (waitMs === undefined) throw badFile(file.name, failing, cause);
      await sleep(waitMs, undefined, { signal });
    }
  }
}

/** Ms between tries to read a file. */
const retryMs = [500, 2000];

/** Undefined: it is gone, or the address has run out. Throws BotError `bad_attachment` when it is too large. */
async function download(url: string, file: RemoteFile, signal: AbortSignal): Promise<Uint8Array | undefined> {
  const response = await fetch(url, { signal, redirect: "error" });
  if ([401, 403, 404, 410].includes(response.status)) {
    await response.body?.cancel();
    return undefined;
  }
  if (!response.ok || !response.body) throw new Error(`Discord's file server answered ${response.status}`);
  return collect(response.body as ReadableStream<Uint8Array>, file.name);
}
