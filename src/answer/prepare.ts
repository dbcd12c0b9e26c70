import { readInputs } from "../pictures/inputs.ts";
import { fitPair, measure } from "../pictures/jobs.ts";
import type { Links } from "../pictures/links.ts";
import { inputLimits, type Picture } from "../pictures/picture.ts";
import { keptMs, type PictureStore } from "../pictures/picture-store.ts";
import type { Uploads } from "../pictures/uploads.ts";
import type { Adapter } from "../seam/adapter.ts";
import { BotError } from "../seam/errors.ts";
import type { Attachment } from "../seam/turn.ts";
import type { Encoded } from "../seam/view.ts";
import type { Generation, History } from "../store/history.ts";
import type { OpenTurn } from "../store/open-turn.ts";
import type { StoredInput, StoredUnder } from "../store/stored.ts";
import { hasPicture, isUnpicked, nearestPictured, recall, recallAll, recallPicked } from "./recall.ts";
import { toWordsAlone } from "./words-alone.ts";

/** What a turn goes on from and what it brings, ready to be put into a request. */
export interface Prepared {
  readonly base?: Generation;
  /** What the answer stands below: the base, or the picture that a newer one in view was taken in place of. */
  readonly parent?: Generation;
  /** What is seen of it: another where it was answered in words. */
  readonly shown?: Generation;
  /** Nobody answered that one: it is what the thread has come to. */
  readonly isUnanswered?: boolean;
  readonly inputs: readonly StoredInput[];
  /** What lies under the mask, to be put back outside of it. */
  readonly under?: StoredUnder;
  /** How many references come before those that the words point to; absent: the words point to none. */
  readonly linksFrom?: number;
  /** How many of the references, the first ones, are pictures of `shown`, of which none was picked. */
  readonly unpicked?: number;
  readonly notes: readonly string[];
}

export interface PrepareTools {
  readonly adapter: Adapter;
  readonly history: History;
  readonly uploads: Uploads;
  readonly pictureStore: PictureStore;
  readonly links: Links;
}

/**
 * Finds the generation a turn goes on from and puts its pictures where OpenAI can read them: those of the message it
 * answers where that is none of ours, or shows several of which none was picked, those attached, those its words point to, and those of its style.
 *
 * Throws BotError `bad_attachment`, `bad_prompt` (an edit of nothing), `unknown_message`, `stopped` (the files were lost
 * with the process before), and what reading and uploading throw.
 */
export async function prepare(
  turn: OpenTurn,
  attachments: readonly Attachment[],
  tools: PrepareTools,
  signal: AbortSignal,
): Promise<Prepared> {
  const { history } = tools;
  const from = turn.from === undefined ? await history.head(turn.thread) : turn.from;
  const parent = from ? await history.base(from) : undefined;
  const isReplaced = turn.fromView && parent && (await hasPicture(parent, history));
  const base = isReplaced ? undefined : parent;
  const shown = base && (await nearestPictured(base, history));
  const read = turn.inputs
    ? { ...broughtWith(turn), inputs: turn.inputs, notes: [] }
    : await readAll(turn, attachments, shown, tools, signal);
  const prepared = {
    ...(base && { base }),
    ...(parent && { parent }),
    ...(shown && { shown }),
    ...(turn.from === undefined && { isUnanswered: true }),
    ...read,
  };
  if (turn.options.action !== "edit" || read.inputs.some(({ role }) => role === "reference")) return prepared;
  if (base && (await hasPicture(base, history))) return prepared;
  throw new BotError("bad_prompt", "There is no picture to edit. Attach one, or reply to one.");
}

/** Bytes of a picture that is sent on before the next is read: sixteen of the largest are gigabytes, held at once. */
const heavyBytes = 4 * 1024 * 1024;

const unreadYet = "I was restarted before I had read your pictures. Send them again.";
const unseenYet = "I was restarted before I had looked at the picture above. Say it again.";

type Read = Pick<Prepared, "inputs" | "under" | "linksFrom" | "unpicked" | "notes">;

/** What is known already of a turn that is drawn again, or goes on after a restart. */
function broughtWith({ under, linksFrom }: OpenTurn): Pick<Read, "under" | "linksFrom"> {
  return { ...(under && { under }), ...(linksFrom !== undefined && { linksFrom }) };
}

async function readAll(
  turn: OpenTurn,
  attachments: readonly Attachment[],
  shown: Generation | undefined,
  tools: PrepareTools,
  signal: AbortSignal,
): Promise<Read> {
  const { adapter, history, uploads, pictureStore, links } = tools;
  const { brought = [], stylePictures = [] } = turn;
  if (attachments.length < turn.attachments) {
    throw new BotError("stopped", turn.fromView ? unseenYet : unreadYet);
  }
  const isRead = turn.linksFrom !== undefined;
  const foreign =
    !isRead && turn.from && !(await history.find(turn.from))
      ? await recallAll(adapter, turn.from, signal)
      : [];
  const linked = isRead ? [] : links.toAttachments(turn.text);
  const masked = [...brought, ...attachments].some(({ role }) => role === "mask");
  // A mask lies on the first picture of a request, which must not be another than the one it was made for.
  const given = [...foreign, ...brought, ...attachments];
  const isBare = masked && !given.some(({ role = "reference" }) => role === "reference");
  const under = isBare ? await recallUnder(shown, adapter, signal) : [];
  // What is attached, and nothing answered, is what the words are about.
  const isOther = turn.from === undefined && (attachments.length > 0 || linked.length > 0);
  const hasThem = isOther || turn.again || brought.some(({ role }) => role === "reference");
  const unpicked =
    shown && isUnpicked(shown) && !masked && !hasThem ? await recall(adapter, shown.message, signal) : [];
  const isPatched = unpicked.length === 0 && shown?.pictures[shown.picked ?? 0]?.patched && !masked;
  const isThere = brought.some(({ role }) => role === "current");
  const current = shown && isPatched && !isThere ? await readShown(shown, adapter, signal) : [];

  const before = brought.filter(({ role }) => role === "reference").length;
  const along = current.length + brought.filter(({ role }) => role !== "mask").length;
  const room = Math.max(0, inputLimits.references - along);
  const sent = [...foreign, ...under, ...unpicked, ...attachments, ...linked];
  const send = (picture: Picture) => storeOne(picture, undefined, uploads, signal);
  const keep = createKeep(masked, send);
  const { pictures, notes } = await readInputs(sent, signal, room, keep).catch((error: unknown) => {
    signal.throwIfAborted();
    if (!turn.fromView || !(error instanceof BotError) || error.code !== "bad_attachment") throw error;
    return { pictures: [], notes: toWordsAlone({ ...turn, masked }, error) };
  });
  const fitted = await fitMasks(pictures, signal);
  const left = room - fitted.pictures.filter(({ role }) => role !== "mask").length;
  const styled = await readStyle(stylePictures, pictureStore, left);
  const references = sent.filter(({ role }) => role !== "mask").length;
  return {
    inputs: [
      ...(await store(current, "current", uploads, signal)),
      ...brought,
      ...(await store(fitted.pictures, undefined, uploads, signal)),
      ...(await store(styled.pictures, "style", uploads, signal)),
    ],
    ...(await keepUnder(fitted.pictures, turn.user.id, pictureStore)),
    linksFrom: before + references - linked.length,
    ...broughtWith(turn),
    ...(unpicked.length > 0 && { unpicked: unpicked.length }),
    notes: [...notes, ...fitted.notes, ...styled.notes],
  };
}

/** A mask on a picture of the conversation: that picture is sent along, so that the mask lies on the right one. */
async function recallUnder(
  shown: Generation | undefined,
  adapter: Adapter,
  signal: AbortSignal,
): Promise<readonly Attachment[]> {
  const found = shown ? await recallPicked(shown, adapter, signal) : [];
  if (found.length > 0) return found;
  throw new BotError(
    "bad_attachment",
    "A mask needs a picture to lie on. Attach the picture together with its mask.",
  );
}

async function readShown(shown: Generation, adapter: Adapter, signal: AbortSignal) {
  return (await readInputs(await recallPicked(shown, adapter, signal), signal)).pictures;
}

/** Sends on what is heavy, but for what a mask has to be fitted to; the rest is sent at once when all are there. */
function createKeep(masked: boolean, send: (picture: Picture) => Promise<StoredInput>) {
  let isFirst = true;
  return async (picture: Picture): Promise<Picture | StoredInput> => {
    const isOfPair = masked && (isFirst || picture.role === "mask");
    isFirst = false;
    return isOfPair || picture.bytes.byteLength < heavyBytes ? picture : send(picture);
  };
}

/** The picture a mask lies on, and the mask, where both are there. */
function pairOf(pictures: readonly (Picture | StoredInput)[]) {
  const held = pictures.filter((picture) => "bytes" in picture);
  return [held.find(({ role }) => role === "reference"), held.find(({ role }) => role === "mask")] as const;
}

/** Fits the mask to the picture it lies on, and that to the mask. */
async function fitMasks(
  pictures: readonly (Picture | StoredInput)[],
  signal: AbortSignal,
): Promise<{ pictures: readonly (Picture | StoredInput)[]; notes: readonly string[] }> {
  const [first, mask] = pairOf(pictures);
  if (!first || !mask) return { pictures, notes: [] };
  const fitted = await fitPair(first, mask.bytes, signal);
  const rest = pictures.filter((picture) => picture !== first && picture !== mask);
  return { pictures: [fitted.picture, ...rest, fitted.mask], notes: fitted.notes };
}

/** Both are needed when the picture is there, perhaps by another process; and when it is drawn again. */
async function keepUnder(
  pictures: readonly (Picture | StoredInput)[],
  owner: string,
  pictureStore: PictureStore,
): Promise<Pick<Read, "under">> {
  const [first, mask] = pairOf(pictures);
  if (!first || !mask) return {};
  const { width, height } = first;
  const life = { ms: keptMs, owner };
  const ids = { picture: await pictureStore.put(first, life), mask: await pictureStore.put(mask, life) };
  return { under: { ...ids, width, height } };
}

/** The pictures of a style, as far as they are still kept and there is room for them. */
async function readStyle(ids: readonly string[], pictureStore: PictureStore, room: number) {
  const found = await Promise.all(ids.map((id) => pictureStore.get(id)));
  const there = found.filter((picture) => picture !== undefined);
  const taken = there.slice(0, room);
  const pictures = await Promise.all(
    taken.map(async (picture) => {
      const { width, height } = (await measure(picture.bytes)) ?? { width: 0, height: 0 };
      return { ...picture, width, height };
    }),
  );
  return {
    pictures,
    notes: [
      ...(there.length < ids.length
        ? ["The style has lost a picture, so I drew without it. Save the style anew with its pictures."]
        : []),
      ...(taken.length < there.length
        ? [`I can use ${inputLimits.references} pictures at once, so I left out some of the style's.`]
        : []),
    ],
  };
}

type Storable = Encoded & Pick<Picture, "width" | "height"> & { readonly role?: Picture["role"] };

function store(
  pictures: readonly (Storable | StoredInput)[],
  role: StoredInput["role"] | undefined,
  uploads: Uploads,
  signal: AbortSignal,
): Promise<StoredInput[]> {
  return Promise.all(
    pictures.map(async (picture) =>
      "source" in picture ? picture : storeOne(picture, role, uploads, signal),
    ),
  );
}

async function storeOne(
  picture: Storable,
  role: StoredInput["role"] | undefined,
  uploads: Uploads,
  signal: AbortSignal,
): Promise<StoredInput> {
  const { width, height } = picture;
  const source = await uploads.store(picture, signal);
  return { role: role ?? picture.role ?? "reference", width, height, source };
}
