import { textTokens } from "../../money/tokens.ts";
import { badRequest, notFound } from "../errors/api-error.ts";
import { keepPicture } from "../kept/pictures.ts";
import { type Memory, type PictureRef, type ResponseRecord, toRecord } from "../kept/record.ts";
import type { Store } from "../kept/store.ts";
import { parseItem } from "../params/items.ts";
import type { Params } from "../params/params.ts";
import { callId } from "../wire/script.ts";
import { type InputSources, readMessage, toKept } from "./message.ts";

/** What a request says, once its items were read. */
export interface Inputs {
  /** The words of the last message of the user. */
  readonly prompt: string;
  /** The pictures of this turn, in order. */
  readonly pictures: readonly PictureRef[];
  /** What came before: the parent's, or what the items tell of it. */
  readonly memory: Memory;
  /** The items as kept: no bytes. */
  readonly items: readonly unknown[];
  readonly tokens: number;
}

/** Most pictures in one request. Source: the vision guide. */
const mostPictures = 500;
/** Most bytes of pictures in one request. Source: the vision guide. */
const mostBytes = 512 * 1024 * 1024;

/** Reads the input of a request. Throws ApiError. */
export async function readInputs(
  params: Params,
  parent: ResponseRecord | undefined,
  sources: InputSources,
): Promise<Inputs> {
  let memory: Memory = parent?.memory ?? { pictures: [] };
  let tokens = textTokens(params.instructions ?? "");
  if (typeof params.input === "string") {
    const { input: prompt } = params;
    return { prompt, pictures: [], memory, items: [toKept(prompt)], tokens: tokens + textTokens(prompt) };
  }
  if (params.input.length === 0 && !parent) {
    throw badRequest("Missing required parameter: 'input'.", "input", "missing_required_parameter");
  }
  let prompt = "";
  let pictures: readonly PictureRef[] = [];
  let answered = false;
  const items: unknown[] = [];
  const seen: PictureRef[] = [];
  const checkOnce = createOnce(parent, sources.store);
  /** What was said up to an answer is done with; its pictures stay in view. */
  const endTurn = () => {
    if (pictures.length > 0) memory = { pictures };
    pictures = [];
    answered = true;
  };

  for (const [index, raw] of params.input.entries()) {
    const at = `input[${index}]`;
    const parsed = parseItem(raw, at);
    if (parsed.kind === "reference") {
      checkOnce(parsed.id);
      memory = fromItem(parsed.id, sources.store);
      items.push({ type: "item_reference", id: parsed.id });
      continue;
    }
    if (parsed.kind === "call") {
      checkOnce(parsed.item.id);
      endTurn();
      memory = await fromCall(parsed.item.id, parsed.item.result, at, sources.store);
      items.push({ ...parsed.item, result: null });
      continue;
    }
    const { item } = parsed;
    const read = await readMessage(item, at, sources);
    tokens += read.tokens;
    seen.push(...read.pictures);
    checkAmount(seen);
    items.push(read.kept);
    if (item.role === "assistant") endTurn();
    if (item.role !== "user") continue;
    // Words and pictures in messages of their own belong to one turn; later words are the request.
    if (read.text || answered) prompt = read.text;
    answered = false;
    pictures = [...pictures, ...read.pictures];
  }
  return { prompt, pictures, memory, items, tokens };
}

function checkAmount(seen: readonly PictureRef[]): void {
  if (seen.length > mostPictures) {
    throw badRequest(
      `Too many images: at most ${mostPictures} are allowed.`,
      "input",
      "array_above_max_length",
    );
  }
  if (seen.reduce((sum, { bytes }) => sum + bytes, 0) > mostBytes) {
    throw badRequest("The images are too large together: at most 512 MB.", "input", "image_file_too_large");
  }
}

/**
 * Refuses an item that is there already: twice in the input, or in the conversation that `previous_response_id` brings
 * along. Source: what the service answers to both, e.g. in github.com/vercel/ai/pull/15492.
 */
function createOnce(parent: ResponseRecord | undefined, store: Store): (id: string) => void {
  const there = new Set<string>();
  let unread = parent;
  return (id) => {
    while (unread) {
      for (const known of [...callIds(unread), ...unread.items.flatMap(idOf)]) there.add(known);
      const { previous_response_id: previous } = unread.params;
      unread = previous ? toRecord(store.responses.get(previous)) : undefined;
    }
    if (there.has(id)) {
      const message = `Duplicate item found with id ${id}. Remove duplicate items from your input and try again.`;
      throw badRequest(message, "input", null);
    }
    there.add(id);
  };
}

function idOf(item: unknown): readonly string[] {
  return typeof item === "object" && item !== null && "id" in item && typeof item.id === "string"
    ? [item.id]
    : [];
}

/** The picture an earlier call drew, by its item id. Throws ApiError. */
function fromItem(id: string, store: Store): Memory {
  const found = findCall(id, store);
  if (found) return found;
  throw notFound(
    `Item with id '${id}' not found. Items are not persisted when \`store\` is set to false. Try again with \`store\` set to true, or remove this item from your input.`,
    "input",
  );
}

async function fromCall(id: string, result: string | null, at: string, store: Store): Promise<Memory> {
  const found = findCall(id, store);
  if (found) return found;
  if (result === null) return fromItem(id, store);
  const bytes = Buffer.from(result, "base64");
  return { pictures: [await keepPicture(bytes, `${at}.result`, store)] };
}

/** What a call left in view: the picture it drew, or what was there before when it was refused. */
function findCall(id: string, store: Store): Memory | undefined {
  const response = store.responses.ofCall(id);
  const record = response === undefined ? undefined : toRecord(store.responses.get(response));
  if (!record || record.open || record.status === "cancelled") return undefined;
  const draw = record.plan.draws[callIds(record).indexOf(id)];
  if (!draw || draw.refusal) return record.memory;
  return { scene: draw.scene, width: draw.width, height: draw.height, pictures: [] };
}

/** Ids of the calls a response will make, for the store's index. */
export function callIds(record: ResponseRecord): readonly string[] {
  return record.plan.draws.map((_, call) => callId(record.id, call));
}
