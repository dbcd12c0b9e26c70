import { badRequest, notFound } from "./api-error.ts";
import { type InputContent, type InputMessage, parseItem } from "./items.ts";
import type { Params } from "./params.ts";
import { fromDataUrl, keepPicture } from "./pictures.ts";
import { type Memory, type PictureRef, type ResponseRecord, toRecord } from "./record.ts";
import { callId } from "./script.ts";
import type { Store } from "./store.ts";
import { pictureTokens, textTokens } from "./usage.ts";

/** What a request says, once its items were read. */
export interface Inputs {
  /** The words of the last message of the user. */
  readonly prompt: string;
  /** The pictures of this turn, in order. */
  readonly pictures: readonly PictureRef[];
  /** What came before: the parent's, or what the items name. */
  readonly memory: Memory;
  /** The items as kept: no bytes. */
  readonly items: readonly unknown[];
  readonly tokens: number;
}

/** What reading inputs takes. `openUrl` fetches a picture by URL, or is absent: this server is offline. */
export interface InputSources {
  readonly store: Store;
  readonly fileBytes: (id: string) => Uint8Array | undefined;
  readonly openUrl?: (url: string) => Promise<Uint8Array>;
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
  const before: Memory = parent?.memory ?? { pictures: [] };
  if (typeof params.input === "string") {
    return {
      prompt: params.input,
      pictures: [],
      memory: before,
      items: [toKept(params.input)],
      tokens: textTokens(params.input) + textTokens(params.instructions ?? ""),
    };
  }
  if (params.input.length === 0 && !parent) {
    throw badRequest("Missing required parameter: 'input'.", "input", "missing_required_parameter");
  }
  let memory = before;
  let prompt = "";
  let pictures: PictureRef[] = [];
  let tokens = textTokens(params.instructions ?? "");
  const items: unknown[] = [];
  const seen: PictureRef[] = [];

  for (const [index, raw] of params.input.entries()) {
    const at = `input[${index}]`;
    const parsed = parseItem(raw, at);
    if (parsed.kind === "reference") {
      memory = fromItem(parsed.id, sources.store);
      items.push({ type: "item_reference", id: parsed.id });
      continue;
    }
    if (parsed.kind === "call") {
      memory = await fromCall(parsed.item.id, parsed.item.result, at, sources.store);
      items.push({ ...parsed.item, result: null });
      continue;
    }
    const { item } = parsed;
    const read = await readMessage(item, at, sources);
    tokens += textTokens(read.text);
    tokens += read.pictures.reduce((sum, { width, height }) => sum + pictureTokens(width, height, false), 0);
    seen.push(...read.pictures);
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
    items.push(read.kept);
    if (item.role !== "user") continue;
    // Words and pictures in messages of their own belong to one turn; later words are the request.
    if (read.text) prompt = read.text;
    pictures = [...pictures, ...read.pictures];
  }
  return { prompt, pictures, memory, items, tokens };
}

async function readMessage(item: InputMessage, at: string, sources: InputSources) {
  if (typeof item.content === "string") {
    return { text: item.content, pictures: [], kept: toKept(item.content, item.role) };
  }
  const words: string[] = [];
  const pictures: PictureRef[] = [];
  const content: unknown[] = [];
  for (const [index, part] of item.content.entries()) {
    const where = `${at}.content[${index}]`;
    switch (part.type) {
      case "input_text":
      case "output_text":
        words.push(part.text);
        content.push({ type: part.type, text: part.text });
        break;
      case "refusal":
        content.push(part);
        break;
      case "input_image":
      case "input_file": {
        const { bytes, param, kept } = await open(part, where, sources);
        pictures.push(await keepPicture(bytes, param, sources.store));
        content.push(kept);
        break;
      }
    }
  }
  return { text: words.join("\n"), pictures, kept: { type: "message", role: item.role, content } };
}

async function open(
  part: Extract<InputContent, { type: "input_image" | "input_file" }>,
  at: string,
  { fileBytes, openUrl }: InputSources,
): Promise<{ bytes: Uint8Array; param: string; kept: unknown }> {
  const [data, url, name] =
    part.type === "input_image"
      ? ([part.image_url, part.image_url, "image_url"] as const)
      : ([part.file_data, part.file_url, "file_url"] as const);
  const detail = part.detail ?? "auto";
  if (part.file_id && (data || url)) {
    throw badRequest(
      `Mutually exclusive parameters: 'file_id' and '${name}'. Provide only one.`,
      at,
      "mutually_exclusive_parameters",
    );
  }
  if (part.file_id) {
    const bytes = fileBytes(part.file_id);
    if (!bytes) {
      throw badRequest(`File with id '${part.file_id}' not found.`, `${at}.file_id`, "image_file_not_found");
    }
    return { bytes, param: `${at}.file_id`, kept: { type: part.type, detail, file_id: part.file_id } };
  }
  if (part.type === "input_file" && data) {
    const bytes = fromDataUrl(
      data.startsWith("data:") ? data : `data:image/png;base64,${data}`,
      `${at}.file_data`,
    );
    return { bytes, param: `${at}.file_data`, kept: { type: part.type, filename: part.filename ?? null } };
  }
  if (part.type === "input_image" && url?.startsWith("data:")) {
    return {
      bytes: fromDataUrl(url, `${at}.image_url`),
      param: `${at}.image_url`,
      kept: { type: part.type, detail, image_url: null },
    };
  }
  if (!url) {
    throw badRequest(
      `Missing required parameter: '${at}.${name}'.`,
      `${at}.${name}`,
      "missing_required_parameter",
    );
  }
  return {
    bytes: await download(url, `${at}.${name}`, openUrl),
    param: `${at}.${name}`,
    kept: { type: part.type, detail, [name]: url },
  };
}

async function download(url: string, param: string, openUrl: InputSources["openUrl"]): Promise<Uint8Array> {
  if (!/^https?:\/\//i.test(url)) {
    throw badRequest(
      `Invalid '${param}'. Expected a valid URL, but got a value with an invalid format.`,
      param,
      "invalid_value",
    );
  }
  try {
    if (openUrl) return await openUrl(url);
  } catch {
    // The same answer as for any address that cannot be reached.
  }
  throw badRequest(`Error while downloading ${url}.`, param, "failed_to_download_image");
}

/** The picture an earlier call drew, by its item id. Throws ApiError. */
function fromItem(id: string, store: Store): Memory {
  const record = findCall(id, store);
  if (record) return record.memory;
  throw notFound(
    `Item with id '${id}' not found. Items are not persisted when \`store\` is set to false. Try again with \`store\` set to true, or remove this item from your input.`,
    "input",
  );
}

async function fromCall(id: string, result: string | null, at: string, store: Store): Promise<Memory> {
  const record = findCall(id, store);
  if (record) return record.memory;
  if (result === null) return fromItem(id, store);
  const bytes = Buffer.from(result, "base64");
  return { pictures: [await keepPicture(bytes, `${at}.result`, store)] };
}

function findCall(id: string, store: Store): ResponseRecord | undefined {
  const response = store.responses.ofCall(id);
  return response === undefined ? undefined : toRecord(store.responses.get(response));
}

function toKept(text: string, role = "user"): unknown {
  return { type: "message", role, content: [{ type: "input_text", text }] };
}

/** Ids of the calls a response will make, for the store's index. */
export function callIds(record: ResponseRecord): readonly string[] {
  return record.plan.draws.map((_, call) => callId(record.id, call));
}
