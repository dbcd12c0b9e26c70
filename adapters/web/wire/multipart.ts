import { Busboy, type BusboyFileStream } from "@fastify/busboy";

/** What a file in a form says of itself. */
export interface FileClaim {
  readonly name: string;
  readonly mediaType: string;
}

/** A field of a form and its value; `Kept` is what was made of a file. */
export type Part<Kept> = readonly [field: string, value: string | Kept];

export interface MultipartLimits {
  /** Bytes of it all. */
  readonly body: number;
  readonly parts: number;
  /** Bytes of one file; what is more is not read. */
  readonly file: number;
  /** Bytes of one field that is no file; the value ends there. */
  readonly field: number;
}

/** There is more of it than one may send: more `bytes`, or more `parts`. */
export class TooMuch extends Error {
  override readonly name = "TooMuch";
  readonly what: "bytes" | "parts";

  constructor(what: "bytes" | "parts") {
    super(`more ${what} than one may send`);
    this.what = what;
  }
}

/**
 * Reads a form as it arrives: its parts, in order. `keep` takes in a file, chunk by chunk, and is waited for; `isCut`
 * says afterwards whether it had more bytes than a file may have. No faster than `keep` can, nothing is held.
 *
 * Rejects with TooMuch, as soon as it knows; with what `keep` rejects with, and for what is no form, after the rest has
 * gone by unread: who sends it does not listen before. By then `keep` is over for all files.
 */
export async function readMultipart<Kept>(
  body: AsyncIterable<Uint8Array>,
  contentType: string,
  limits: MultipartLimits,
  keep: (
    field: string,
    claim: FileClaim,
    chunks: AsyncIterable<Uint8Array>,
    isCut: () => boolean,
  ) => Promise<Kept>,
): Promise<readonly Part<Kept>[]> {
  const parser = new Busboy({
    headers: { "content-type": contentType },
    preservePath: true,
    limits: { parts: limits.parts, fileSize: limits.file, fieldSize: limits.field },
  });
  const parts: (Part<Kept> | Promise<Part<Kept>>)[] = [];
  const open = new Set<BusboyFileStream>();
  const over = Promise.withResolvers<void>();
  let failure: Error | undefined;

  function fail(error: unknown): void {
    failure ??= error instanceof Error ? error : new Error("the form could not be read", { cause: error });
    for (const file of open) file.destroy(failure);
    over.resolve();
  }

  async function take(field: string, file: BusboyFileStream, claim: FileClaim): Promise<Part<Kept>> {
    open.add(file);
    file.on("error", fail);
    try {
      return [field, await keep(field, claim, file, () => file.truncated)];
    } finally {
      open.delete(file);
      file.resume();
    }
  }

  parser.on("field", (field, value) => parts.push([field, value]));
  parser.on("file", (field, file, name, _, mediaType) => {
    const part = take(field, file, { name: toName(name), mediaType });
    part.catch(fail);
    parts.push(part);
  });
  parser.on("partsLimit", () => fail(new TooMuch("parts")));
  parser.on("error", fail);
  parser.on("finish", over.resolve);

  let bytes = 0;
  try {
    for await (const chunk of body) {
      bytes += chunk.byteLength;
      if (bytes > limits.body) throw new TooMuch("bytes");
      if (failure || parser.write(chunk)) continue;
      await Promise.race([new Promise((resolve) => parser.once("drain", resolve)), over.promise]);
    }
    if (!failure) parser.end();
    await over.promise;
  } catch (error) {
    fail(error);
  }
  const settled = await Promise.allSettled(parts);
  if (failure) throw failure;
  return settled.flatMap((part) => (part.status === "fulfilled" ? [part.value] : []));
}

/** What browsers write for a quote and a line's end in a name. Source: the HTML standard, “multipart form data”. */
function toName(written: string): string {
  return written.replaceAll("%22", '"').replace(/%0d/gi, "\r").replace(/%0a/gi, "\n");
}
