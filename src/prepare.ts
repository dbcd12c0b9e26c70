import type { Adapter, Attachment, MessageKey } from "./adapter.ts";
import { BotError } from "./errors.ts";
import type { Generation, History } from "./history.ts";
import { type Picture, readInputs } from "./inputs.ts";
import type { OpenTurn } from "./ledger.ts";
import { fitMask } from "./mask.ts";
import type { Painter } from "./painter.ts";
import type { StoredInput } from "./stored.ts";

/** What a turn goes on from and what it brings, ready to be put into a request. */
export interface Prepared {
  readonly base?: Generation;
  readonly inputs: readonly StoredInput[];
  readonly notes: readonly string[];
}

interface Tools {
  readonly adapter: Adapter;
  readonly history: History;
  readonly painter: Painter;
}

/**
 * Finds the generation a turn goes on from and puts its pictures where OpenAI can read them.
 *
 * A message that is not one of our generations is read for its pictures: they become references. Throws BotError
 * `bad_attachment`, `unknown_message`, `stopped` (the files were lost with the process before), and what reading and
 * uploading throw.
 */
export async function prepare(
  turn: OpenTurn,
  attachments: readonly Attachment[],
  tools: Tools,
  signal: AbortSignal,
): Promise<Prepared> {
  const { adapter, history, painter } = tools;
  const from = turn.from === undefined ? await history.head(turn.thread) : turn.from;
  const base = from ? await history.base(from) : undefined;
  if (turn.inputs) return { ...(base && { base }), inputs: turn.inputs, notes: [] };
  if (attachments.length < turn.attachments) {
    throw new BotError("stopped", "I was restarted before I had read your pictures. Send them again.");
  }
  const foreign =
    turn.from && !(await history.find(turn.from)) ? await recallAll(adapter, turn.from, signal) : [];
  const { pictures, notes } = await readInputs([...foreign, ...attachments], signal);
  const masked = pictures.some(({ role }) => role === "mask");
  const references = pictures.some(({ role }) => role === "reference");
  const under = masked && !references ? await pictureUnder(base, tools, signal) : [];
  const fitted = await fitMasks([...under, ...pictures]);
  const inputs = await store(fitted.pictures, painter, signal);
  return { ...(base && { base }), inputs, notes: [...notes, ...fitted.notes] };
}

/** The picture of a generation, stored anew: for when OpenAI has forgotten the conversation. */
export async function recallInputs(
  base: Generation,
  { adapter, painter, history }: Tools,
  signal: AbortSignal,
): Promise<readonly StoredInput[]> {
  const shown = await nearestPictured(base, history);
  const { pictures } = await readInputs(shown ? await recallPicked(shown, adapter, signal) : [], signal);
  return store(pictures, painter, signal);
}

async function recallAll(
  adapter: Adapter,
  message: MessageKey,
  signal: AbortSignal,
): Promise<readonly Attachment[]> {
  const found = await recall(adapter, message, signal);
  if (found.length > 0) return found;
  throw new BotError(
    "unknown_message",
    "I cannot find a picture in the message you answered. Attach the picture to your message instead.",
  );
}

/** A mask on a picture of the conversation: that picture is sent along, so that the mask lies on the right one. */
async function pictureUnder(
  base: Generation | undefined,
  tools: Tools,
  signal: AbortSignal,
): Promise<readonly Picture[]> {
  const shown = base && (await nearestPictured(base, tools.history));
  const { pictures } = await readInputs(
    shown ? await recallPicked(shown, tools.adapter, signal) : [],
    signal,
  );
  if (pictures.length === 0) {
    throw new BotError(
      "bad_attachment",
      "A mask needs a picture to lie on. Attach the picture together with its mask.",
    );
  }
  return pictures;
}

/** One picture: the one that was picked, or the first. */
async function recallPicked(
  { message, picked = 0 }: Generation,
  adapter: Adapter,
  signal: AbortSignal,
): Promise<readonly Attachment[]> {
  const shown = await recall(adapter, message, signal);
  return shown.slice(picked, picked + 1);
}

/** A platform that does not answer holds up neither a cancel nor a shutdown. */
function recall(adapter: Adapter, message: MessageKey, signal: AbortSignal): Promise<readonly Attachment[]> {
  signal.throwIfAborted();
  const aborted = new Promise<never>((_, reject) => {
    signal.addEventListener("abort", () => reject(signal.reason), { once: true });
  });
  return Promise.race([adapter.recall(message), aborted]);
}

/** A question about a picture is answered in words: the picture is further up. */
async function nearestPictured(generation: Generation, history: History): Promise<Generation | undefined> {
  let found: Generation | undefined = generation;
  while (found && found.pictures.length === 0) found = found.parent && (await history.base(found.parent));
  return found;
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

function store(pictures: readonly Picture[], painter: Painter, signal: AbortSignal): Promise<StoredInput[]> {
  return Promise.all(
    pictures.map(async (picture) => {
      const fileId = await painter.upload(picture, signal);
      const { role, width, height, mediaType, bytes } = picture;
      const source = fileId
        ? { fileId }
        : { dataUrl: `data:${mediaType};base64,${Buffer.from(bytes).toString("base64")}` };
      return { role, width, height, source };
    }),
  );
}
