import { ApiError, refuse } from "./api-error.ts";
import { checkComponents } from "./components.ts";
import { checkEmbeds } from "./embeds.ts";
import type { Form, Reader } from "./form.ts";
import { limits, messageFlags } from "./limits.ts";
import { namedFiles } from "./media.ts";
import { type FilePlan, type PostRequest, planFiles } from "./uploads.ts";
import type { Body } from "./world.ts";

/** A message as it would be after a request, its files not stored yet. */
export interface Draft extends Omit<Body, "files"> {
  readonly reader: Reader;
  readonly files: FilePlan;
  /** The flags asked for, of those a bot may set. */
  readonly asked: number;
  readonly nonce: string | number | undefined;
}

/** docs: resources/message, "Create Message"; resources/webhook, "Execute Webhook". */
const fields = [
  "content",
  "nonce",
  "tts",
  "embeds",
  "allowed_mentions",
  "message_reference",
  "components",
  "sticker_ids",
  "attachments",
  "flags",
  "enforce_nonce",
  "poll",
  "username",
  "avatar_url",
] as const;

/** Flags a bot may set. */
const ownFlags = messageFlags.suppressEmbeds | messageFlags.suppressNotifications | messageFlags.componentsV2;

/**
 * Checks a request that makes or changes a message; what it leaves out stays as in `old`. The faults are noted in the
 * form, for the caller to throw before any file is stored.
 */
export function checkMessage(
  form: Form,
  request: PostRequest,
  old: { readonly body: Body; readonly flags: number },
  fileBytes: number,
): Draft {
  const { body: before, flags } = old;
  const reader = form.read(request.body, []);
  if (!reader) throw refuse("badJson");
  reader.only(fields);
  if (request.files.some(({ bytes }) => bytes.length > fileBytes)) throw refuse("tooLarge");
  const asked = (reader.whole("flags", { min: 0 }) ?? 0) & ownFlags;
  // The V2 flag never goes away again. docs: components/reference, "Using Components V2".
  const v2 = ((asked | flags) & messageFlags.componentsV2) !== 0;
  const files = planFiles(form, reader, request.files, before.files);
  const content = reader.has("content")
    ? (reader.text("content", { max: limits.content }) ?? "")
    : "content" in reader.fields
      ? ""
      : before.content;
  const embeds = "embeds" in reader.fields ? checkEmbeds(form, reader.list("embeds") ?? []) : before.embeds;
  const names = new Set(files.names);
  const components =
    "components" in reader.fields
      ? checkComponents(form, reader.list("components") ?? [], { v2, files: names })
      : before.components;
  if (!("components" in reader.fields)) {
    for (const name of namedFiles(before.components))
      if (!names.has(name))
        form.add(
          ["attachments"],
          "UNFURLED_MEDIA_ITEM_REFERENCED_ATTACHMENT_NOT_FOUND",
          "The referenced attachment could not be found",
        );
  }
  if (reader.has("poll")) throw notSimulated("polls");
  if ((reader.list("sticker_ids") ?? []).length > 0) throw notSimulated("stickers");
  if (v2) checkV2(form, { content, embeds, components });
  return { reader, content, embeds, components, files, asked, nonce: parseNonce(reader) };
}

/** docs: components/reference, "Using Components V2": content and embeds are not to be had with it. */
function checkV2(form: Form, draft: Pick<Body, "content" | "embeds" | "components">): void {
  const legacy = (key: string) =>
    form.add(
      [key],
      "MESSAGE_CANNOT_USE_LEGACY_FIELDS_WITH_COMPONENTS_V2",
      `The '${key}' field cannot be used when using MessageFlags.IS_COMPONENTS_V2`,
    );
  if (draft.content !== "") legacy("content");
  if (draft.embeds.length > 0) legacy("embeds");
  if (draft.components.length === 0) form.add(["components"], "BASE_TYPE_REQUIRED", "This field is required");
}

function parseNonce(reader: Reader): string | number | undefined {
  const { nonce } = reader.fields;
  if (nonce === undefined || nonce === null) return undefined;
  if (typeof nonce === "number" && Number.isInteger(nonce)) return nonce;
  return reader.text("nonce", { max: limits.nonce });
}

/** Discord has more than is simulated here: whoever needs it must add it, not be misled. */
function notSimulated(what: string): ApiError {
  return new ApiError(400, 0, `The simulator does not simulate ${what}.`);
}
