import type { Metadata } from "sharp";
import { BotError } from "../../seam/errors.ts";
import { displayName } from "../../seam/files/file-name.ts";
import { badFile } from "../../seam/files/sent-file.ts";
import { inputLimits, type Picture } from "../picture.ts";
import { damaged, ofFile } from "../refusals.ts";
import { isSendable, type Opened, open } from "./formats/open.ts";
import { rasterise } from "./formats/svg.ts";
import { isSound, toUpright } from "./formats/upright.ts";

/** A file that somebody sent, by its bytes a picture. */
export interface SentPicture {
  readonly source: Uint8Array;
  /** What the bytes say. */
  readonly mediaType: string;
  readonly name: string;
  readonly role: Picture["role"];
}

/** What came of it: a picture fit to be sent, and what was put right, in a sentence. */
export interface Made {
  /** Without bytes where they are those that were sent: they need not go back. */
  readonly picture: Omit<Picture, "bytes"> & Partial<Pick<Picture, "bytes">>;
  readonly note?: string;
}

/** Checks a picture to its last line and puts right what can be put right. Throws BotError `bad_attachment`. */
export async function makeInput({ source, mediaType, name, role }: SentPicture): Promise<Made> {
  if (mediaType === "image/svg+xml") return makeDrawing(source, name, role);
  const opened = await open(source, mediaType, name);
  const { bytes, meta, seen } = opened;
  const changes = changesFor(opened);
  const isWhole = changes.length === 0 && isSendable(meta) && (await isSound(bytes));
  const picture = isWhole
    ? {
        ...{ mediaType: `image/${meta.format}` as const, width: meta.width, height: meta.height },
        ...(bytes !== source && { bytes }),
      }
    : await toUpright(opened).catch((cause: unknown) => {
        throw damaged(name, cause);
      });
  if (role === "reference" && Math.min(picture.width, picture.height) < inputLimits.least) {
    const most = `Send one with ${inputLimits.least} pixels a side at least.`;
    throw badFile(name, `is too small: ${seen.width}x${seen.height} pixels. ${most}`);
  }
  const said = changes.filter((change) => change !== "");
  const note = `“${displayName(name)}”: ${said.join(", ")}.`;
  return { picture: { role, ...picture }, ...(said.length > 0 && { note }) };
}

/** An SVG, as the picture that it shows. */
async function makeDrawing(source: Uint8Array, name: string, role: Picture["role"]): Promise<Made> {
  try {
    const picture = { role, ...(await rasterise(source)) };
    return { picture, note: `“${displayName(name)}”: I turned it from SVG into a picture.` };
  } catch (cause) {
    if (!(cause instanceof BotError)) throw cause;
    throw ofFile(name, cause);
  }
}

/** What has to be done to a picture, in words; an empty word for what nobody needs to hear of. */
function changesFor({ meta, bytes, seen, was, isTidied }: Opened): readonly string[] {
  const changes: string[] = [];
  if ((meta.pages ?? 1) > 1 || isMovingPng(meta, bytes)) changes.push("it moves, so I took its first frame");
  else if (was) changes.push(`I turned it from ${was} into a type OpenAI takes`);
  if (Math.max(seen.width, seen.height) > inputLimits.side) {
    changes.push(
      `it was ${seen.width}x${seen.height}, so I scaled it to ${inputLimits.side} pixels on the long side`,
    );
  }
  if (isTidied || (meta.orientation ?? 1) > 1) changes.push("");
  // Photos carry the place where they were taken; OpenAI has no need to know.
  if (meta.exif || meta.xmp || meta.iptc || meta.space === "cmyk") changes.push("");
  return changes;
}

/** libvips knows the first picture only. Source: the PNG specification, third edition: `acTL` stands before `IDAT`. */
function isMovingPng({ format }: Metadata, source: Uint8Array): boolean {
  if (format !== "png") return false;
  const bytes = Buffer.from(source.buffer, source.byteOffset, source.byteLength);
  return bytes.subarray(0, Math.max(0, bytes.indexOf("IDAT"))).includes("acTL");
}
