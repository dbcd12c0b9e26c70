import { BotError } from "../../../src/seam/errors.ts";
import { badFile, collect } from "../../../src/seam/files/sent-file.ts";
import type { Attachment } from "../../../src/seam/turn.ts";
import { downloadMs } from "./limits.ts";
import type { RemoteFile } from "./pictures.ts";

/** Makes attachments the core can read out of files that Discord keeps. */
export interface Files {
  /** `renew` finds the file again when its address has run out. */
  toAttachment(
    file: RemoteFile,
    more?: { role?: "mask"; renew?: () => Promise<RemoteFile | undefined> },
  ): Attachment;
  /** References first, then masks. */
  toAttachments(references: readonly RemoteFile[], masks: readonly RemoteFile[]): readonly Attachment[];
}

/**
 * Where Discord keeps what people send, and where it shows pictures from elsewhere. Nothing is ever read from other
 * hosts, whatever a message says.
 */
const discordHosts = /^(?:cdn\.discordapp\.com|(?:media|images-ext-\d{1,3})\.discordapp\.net)$/;

/** `fetchHosts`: more hosts to read from, by http as well. */
export function createFiles(fetchHosts: readonly string[] = []): Files {
  function isAllowed(address: string | undefined): address is string {
    const url = URL.parse(address ?? "");
    if (!url) return false;
    return (
      fetchHosts.includes(url.hostname) || (url.protocol === "https:" && discordHosts.test(url.hostname))
    );
  }

  /** Undefined: it is gone, or the addresses have run out. */
  async function read(file: RemoteFile, signal: AbortSignal): Promise<Uint8Array | undefined> {
    if (file.unreadable) throw badFile(file.name, file.unreadable);
    const addresses = [file.url, file.proxyUrl].filter(isAllowed);
    if (addresses.length === 0) {
      throw badFile(file.name, "is not kept by Discord itself. Save it and attach it as a file.");
    }
    for (const address of addresses) {
      const either = AbortSignal.any([signal, AbortSignal.timeout(downloadMs)]);
      const bytes = await download(address, file, either).catch((cause: unknown) => {
        signal.throwIfAborted();
        if (cause instanceof BotError) throw cause;
        throw badFile(file.name, "could not be read from Discord. Send it again.", cause);
      });
      if (bytes) return bytes;
    }
    return undefined;
  }

  const toAttachment: Files["toAttachment"] = (file, { role, renew } = {}) => {
    const { name, mediaType, size } = file;
    return {
      name,
      mediaType,
      size,
      ...(role && { role }),
      async read(signal) {
        const bytes = await read(file, signal);
        if (bytes) return bytes;
        const renewed = await renew?.().catch(() => undefined);
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
  };
}

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
