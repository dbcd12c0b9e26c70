import { pictureTokens, textTokens } from "../../money/tokens.ts";
import { badRequest } from "../errors/api-error.ts";
import { fromDataUrl, keepPicture } from "../kept/pictures.ts";
import type { PictureRef } from "../kept/record.ts";
import type { Store } from "../kept/store.ts";
import type { InputContent, InputMessage } from "../params/items.ts";

/** What a picture costs the text model when it is looked at in low detail. Source: the vision guide. */
const lowDetailTokens = 65;

/** What reading inputs takes. `openUrl` fetches a picture by URL, or is absent: this server is offline. */
export interface InputSources {
  readonly store: Store;
  readonly fileBytes: (id: string) => Uint8Array | undefined;
  readonly openUrl?: (url: string) => Promise<Uint8Array>;
}

/** What a message says and shows. */
export interface Message {
  /** Its words, without the labels of its pictures. */
  readonly text: string;
  readonly pictures: readonly PictureRef[];
  /** Tokens of all its words and pictures. */
  readonly tokens: number;
  /** The message as kept: no bytes. */
  readonly kept: unknown;
}

/** Reads a message, opening its pictures; `at` is where it stands, e.g. `input[0]`. Throws ApiError. */
export async function readMessage(item: InputMessage, at: string, sources: InputSources): Promise<Message> {
  if (typeof item.content === "string") {
    const text = item.content;
    return { text, pictures: [], tokens: textTokens(text), kept: toKept(text, item.role) };
  }
  const words: string[] = [];
  const pictures: PictureRef[] = [];
  const content: unknown[] = [];
  let tokens = 0;
  let label: string | undefined;
  for (const [index, part] of item.content.entries()) {
    const where = `${at}.content[${index}]`;
    switch (part.type) {
      case "input_text":
      case "output_text":
        tokens += textTokens(part.text);
        // "Picture 2:" before a picture says which it is, and asks for nothing.
        if (part.text.endsWith(":") && isPicture(item.content[index + 1])) label = part.text.slice(0, -1);
        else words.push(part.text);
        content.push({ type: part.type, text: part.text });
        break;
      case "refusal":
        content.push(part);
        break;
      case "input_image":
      case "input_file": {
        const { bytes, param, kept } = await open(part, where, sources);
        const picture = await keepPicture(bytes, param, sources.store);
        tokens +=
          part.detail === "low" ? lowDetailTokens : pictureTokens("gpt-image-1.5", picture, false).from;
        pictures.push({ ...picture, ...(label ? { label } : {}) });
        label = undefined;
        content.push(kept);
        break;
      }
    }
  }
  const kept = { type: "message", role: item.role, content };
  return { text: words.join("\n"), pictures, tokens, kept };
}

/** Words alone as a message to keep. */
export function toKept(text: string, role: InputMessage["role"] = "user"): unknown {
  const type = role === "assistant" ? "output_text" : "input_text";
  return { type: "message", role, content: [{ type, text }] };
}

function isPicture(part: InputContent | undefined): boolean {
  return part?.type === "input_image" || part?.type === "input_file";
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
