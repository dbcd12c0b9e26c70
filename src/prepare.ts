import sharp from "sharp";
import type { Adapter, Attachment } from "./adapter.ts";
import type { Encoded } from "./encode.ts";
import { BotError } from "./errors.ts";
import type { Generation, History } from "./history.ts";
import { inputLimits, type Picture, readInputs } from "./inputs.ts";
import { type Keep, keptMs } from "./keep.ts";
import type { OpenTurn } from "./ledger.ts";
import type { Links } from "./links.ts";
import { fitMask } from "./mask.ts";
import { nearestPictured, recallAll, recallPicked } from "./recall.ts";
import type { StoredInput, StoredUnder } from "./stored.ts";
import type { Uploads } from "./uploads.ts";

/** What a turn goes on from and what it brings, ready to be put into a request. */
export interface Prepared {
  readonly base?: Generation;
  readonly inputs: readonly StoredInput[];
  /** What lies under the mask, to be put back outside of it. */
  readonly under?: StoredUnder;
  /** How many references come before those that the words point to. */
  readonly linksFrom: number;
  readonly notes: readonly string[];
}

export interface PrepareTools {
  readonly adapter: Adapter;
  readonly history: History;
  readonly uploads: Uploads;
  readonly keep: Keep;
  readonly links: Links;
}

/**
 * Finds the generation a turn goes on from and puts its pictures where OpenAI can read them: those of the message it
 * answers where that is none of ours, those attached, those its words point to, and those of its style.
 *
 * Throws BotError `bad_attachment`, `unknown_message`, `stopped` (the files were lost with the process before), and what
 * reading and uploading throw.
 */
export async function prepare(
  turn: OpenTurn,
  attachments: readonly Attachment[],
  tools: PrepareTools,
  signal: AbortSignal,
): Promise<Prepared> {
  const { adapter, history, links } = tools;
  const from = turn.from === undefined ? await history.head(turn.thread) : turn.from;
  const base = from ? await history.base(from) : undefined;
  if (turn.inputs) {
    return {
      ...(base && { base }),
      inputs: turn.inputs,
      ...(turn.under && { under: turn.under }),
      linksFrom: turn.linksFrom ?? 0,
      notes: [],
    };
  }
  if (turn.brought) {
    const styled = await stylePictures(turn, tools.keep, inputLimits.references - turn.brought.length);
    return {
      ...(base && { base }),
      inputs: [...turn.brought, ...(await store(styled, "style", tools.uploads, signal))],
      ...(turn.under && { under: turn.under }),
      linksFrom: turn.linksFrom ?? 0,
      notes: [],
    };
  }
  if (attachments.length < turn.attachments) {
    throw new BotError("stopped", "I was restarted before I had read your pictures. Send them again.");
  }
  const foreign =
    turn.from && !(await history.find(turn.from)) ? await recallAll(adapter, turn.from, signal) : [];
  const linked = links.toAttachments(turn.text);
  const sent = [...foreign, ...attachments, ...linked];
  const { pictures, notes } = await readInputs(sent, signal);
  const masked = pictures.some(({ role }) => role === "mask");
  const bare = masked && pictures.every(({ role }) => role === "mask");
  const shown = base && (await nearestPictured(base, history));
  const under = bare ? await pictureUnder(shown, adapter, signal) : [];
  const fitted = await fitMasks([...under, ...pictures]);
  // A mask lies on the first picture of a request, which must not be another than the one it was made for.
  const isPatched = shown?.pictures[shown.picked ?? 0]?.patched && !masked;
  const current = isPatched ? await readShown(shown, adapter, signal) : [];
  const styled = await stylePictures(turn, tools.keep, inputLimits.references - pictures.length);
  const inputs = [
    ...(await store(current, "current", tools.uploads, signal)),
    ...(await store(fitted.pictures, undefined, tools.uploads, signal)),
    ...(await store(styled, "style", tools.uploads, signal)),
  ];
  const kept = turn.options.outside === "redraw" ? undefined : await keepUnder(fitted.pictures, tools.keep);
  return {
    ...(base && { base }),
    inputs,
    ...(kept && { under: kept }),
    linksFrom: sent.filter(({ role }) => role !== "mask").length - linked.length,
    notes: [...notes, ...fitted.notes],
  };
}

/** A mask on a picture of the conversation: that picture is sent along, so that the mask lies on the right one. */
async function pictureUnder(
  shown: Generation | undefined,
  adapter: Adapter,
  signal: AbortSignal,
): Promise<readonly Picture[]> {
  const pictures = shown ? await readShown(shown, adapter, signal) : [];
  if (pictures.length > 0) return pictures;
  throw new BotError(
    "bad_attachment",
    "A mask needs a picture to lie on. Attach the picture together with its mask.",
  );
}

async function readShown(shown: Generation, adapter: Adapter, signal: AbortSignal) {
  return (await readInputs(await recallPicked(shown, adapter, signal), signal)).pictures;
}

async function fitMasks(
  pictures: readonly Picture[],
): Promise<{ pictures: readonly Picture[]; notes: readonly string[] }> {
  const first = pictures.find(({ role }) => role === "reference");
  const mask = pictures.find(({ role }) => role === "mask");
  if (!first || !mask) return { pictures, notes: [] };
  const { bytes, notes } = await fitMask(mask.bytes, first);
  const { width, height } = first;
  const fitted: Picture = { role: "mask", bytes, mediaType: "image/png", width, height };
  return { pictures: [...pictures.filter((picture) => picture !== mask), fitted], notes };
}

/** Both are needed when the picture is there, perhaps by another process; and when it is drawn again. */
async function keepUnder(pictures: readonly Picture[], keep: Keep): Promise<StoredUnder | undefined> {
  const first = pictures.find(({ role }) => role === "reference");
  const mask = pictures.find(({ role }) => role === "mask");
  if (!first || !mask) return undefined;
  const { width, height } = first;
  return { picture: await keep.put(first, keptMs), mask: await keep.put(mask, keptMs), width, height };
}

async function stylePictures(turn: OpenTurn, keep: Keep, room: number) {
  const ids = (turn.stylePictures ?? []).slice(0, Math.max(0, room));
  const found = await Promise.all(ids.map((id) => keep.get(id)));
  return Promise.all(
    found
      .filter((picture) => picture !== undefined)
      .map(async (picture) => {
        const { width, height } = await sharp(picture.bytes).metadata();
        return { ...picture, width, height };
      }),
  );
}

function store(
  pictures: readonly (Encoded & Pick<Picture, "width" | "height"> & { role?: Picture["role"] })[],
  role: StoredInput["role"] | undefined,
  uploads: Uploads,
  signal: AbortSignal,
): Promise<StoredInput[]> {
  return Promise.all(
    pictures.map(async (picture) => ({
      role: role ?? picture.role ?? "reference",
      width: picture.width,
      height: picture.height,
      source: await uploads.store(picture, signal),
    })),
  );
}
