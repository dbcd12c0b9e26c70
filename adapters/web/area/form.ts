import { BotError } from "../../../src/seam/errors.ts";
import { sniffMediaType } from "../../../src/seam/files/media-type.ts";
import type { FormInput } from "../../../src/seam/turn.ts";

const MB = 1024 * 1024;

/** What a page for painting may ask of the server. */
export const areaLimits = {
  /** Letters of the words; the page's field takes no more either. */
  text: 4000,
  /** Bytes of the mask. One of two values a pixel takes a few hundred thousand, even scribbled over. */
  mask: 4 * MB,
  /** Bytes of the form around them. */
  body: 5 * MB,
  /** Pictures on their way to pages at the same time. */
  looks: 8,
  /** Forms that are read at the same time. */
  sendings: 16,
} as const;

/** What was painted and said. Throws BotError `bad_prompt` or `bad_attachment`. */
export async function parseAreaForm(form: FormData): Promise<FormInput> {
  const [text = "", ...moreText] = form.getAll("text");
  const [mask, ...moreMasks] = form.getAll("mask");
  if (typeof text !== "string" || moreText.length > 0) {
    throw new BotError("bad_prompt", "The words could not be read. Reload the page and send them again.");
  }
  // Forms are sent with the line ends of the old telegraphs.
  const words = text.replaceAll("\r\n", "\n").trim();
  if (words === "") throw new BotError("bad_prompt", "Say what should change in the part you painted.");
  if (words.length > areaLimits.text) {
    throw new BotError("bad_prompt", `Say it in ${areaLimits.text} letters at most.`);
  }
  if (!(mask instanceof File) || mask.size === 0 || moreMasks.length > 0) {
    throw new BotError("bad_attachment", "Paint over the part that should change first.");
  }
  if (mask.size > areaLimits.mask) {
    throw new BotError(
      "bad_attachment",
      "That painting is too large. Clear it, and paint with a larger brush.",
    );
  }
  const bytes = await mask.bytes();
  if (sniffMediaType(bytes) !== "image/png") {
    throw new BotError("bad_attachment", "The painting could not be read. Reload the page and paint again.");
  }
  const attachment = {
    name: "mask.png",
    mediaType: "image/png",
    size: bytes.byteLength,
    role: "mask",
    read: async () => bytes,
  } as const;
  return { text: words, options: {}, attachments: [attachment] };
}
