import { randomUUID } from "node:crypto";
import { z } from "zod";
import type { ActionName } from "../../../src/seam/actions.ts";
import { isActionName } from "../../../src/seam/actions.ts";
import { BotError } from "../../../src/seam/errors.ts";
import { badFile } from "../../../src/seam/files/sent-file.ts";
import type { ImageOptions } from "../../../src/seam/options.ts";
import type { Attachment, EventKey, FormInput, Place, Press, Prompt, User } from "../../../src/seam/turn.ts";
import { isPictureFile } from "../live/pictures.ts";
import type { Arrived } from "../live/uploads.ts";
import { toKey } from "../out/view.ts";
import { wireLimits } from "../wire/limits.ts";
import type { WireAsk } from "../wire/messages.ts";
import { type Form, type FormFile, fieldOf } from "./forms.ts";

/** A form as the page sends it, checked. */
export interface AskForm {
  /** Of the ask or the press: the same when it is sent again. */
  readonly id: string;
  readonly text: string;
  readonly options: Partial<ImageOptions>;
  readonly replyTo?: string;
  /** In the order in which they were attached. */
  readonly uploads: readonly Upload[];
}

/** A button, by the ids of the page. */
export interface Pressed {
  readonly thread: string;
  readonly message: string;
  readonly action: ActionName;
}

/** A file that was sent, or the name of a picture that is here already. */
export type Upload =
  | {
      readonly kind: "file";
      readonly name: string;
      /** As it claims. */
      readonly mediaType: string;
      readonly arrived: Arrived;
      readonly role?: "mask";
    }
  | { readonly kind: "reuse"; readonly file: string };

/** Whoever sits at the playground: there is one password, so there is one person. */
export const you: User = { id: "web:playground", name: "You", moderator: true, admin: true };

/** The one room of the playground. */
export const here: Place = { channel: "web:channel", community: "web:community" };

const id = z.string().regex(/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/, "That is no id.");

/** Version 4: another is the answer's, which is made of it. */
const askId = z
  .string()
  .regex(/^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[0-9a-f]{4}-[0-9a-f]{12}$/, "That is no id.");

const fields = z.object({
  id: askId.default(() => randomUUID()),
  text: z
    .string("The words must come as text.")
    .max(wireLimits.text, "That is far too long for a prompt. Make it shorter.")
    // Forms are sent with the line ends of the old telegraphs.
    .transform((text) => text.replaceAll("\r\n", "\n"))
    .default(""),
  replyTo: id.optional(),
});

/** Values of any sense: the core checks them against its table and says what is wrong. */
const rawOptions = z
  .record(z.string().max(40), z.union([z.string().max(200), z.number()]))
  .refine((options) => Object.keys(options).length <= 40);

/** The id of a thread or a message from an address. Throws BotError `unknown_message` for what cannot be one. */
export function parseId(text: string): string {
  if (id.safeParse(text).success) return text;
  throw new BotError("unknown_message", "There is nothing of that name here.");
}

/** Throws BotError `bad_prompt`, `bad_option` or `bad_attachment`. */
export function parseAsk(form: Form): AskForm {
  const uploads = form.flatMap(([field, value]) => toUpload(field, value) ?? []);
  if (uploads.filter((upload) => !isMask(upload)).length > wireLimits.attachments) {
    throw new BotError("bad_attachment", `Send ${wireLimits.attachments} pictures at most.`);
  }
  if (uploads.filter(isMask).length > 1) throw new BotError("bad_attachment", "Send one mask only.");
  const parsed = fields.safeParse({
    id: fieldOf(form, "id") || undefined,
    text: fieldOf(form, "text"),
    replyTo: fieldOf(form, "replyTo") || undefined,
  });
  if (!parsed.success) {
    throw new BotError("bad_prompt", parsed.error.issues[0]?.message ?? "The form could not be read.");
  }
  const { id, text, replyTo } = parsed.data;
  const options = parseOptions(fieldOf(form, "options") ?? "{}");
  return { id, text, options, uploads, ...(replyTo && { replyTo }) };
}

/** Options as JSON, raw, as the seam says. Throws BotError `bad_option` for what has not even their shape. */
export function parseOptions(field: string | FormFile): Partial<ImageOptions> {
  try {
    if (typeof field !== "string" || field.length > 5000) throw new Error("no JSON of a sensible length");
    return rawOptions.parse(JSON.parse(field)) as Partial<ImageOptions>;
  } catch (cause) {
    throw new BotError("bad_option", "The options could not be read.", { cause });
  }
}

/** Throws BotError `bad_prompt` for what is no action. */
export function parseAction(form: Form): ActionName {
  const name = fieldOf(form, "action");
  if (typeof name === "string" && isActionName(name)) return name;
  throw new BotError("bad_prompt", "There is no such button.");
}

/** `toBot`: the message it replies to is an answer. */
export function toPrompt(ask: WireAsk, attachments: readonly Attachment[], toBot: boolean): Prompt {
  return {
    kind: "prompt",
    ...(ask.event && { event: ask.event }),
    thread: toKey(ask.thread),
    user: you,
    place: here,
    text: ask.text,
    options: ask.options,
    attachments,
    ...(ask.replyTo && { replyTo: toKey(ask.replyTo), toBot }),
    addressed: true,
  };
}

/** `event`: what it was noted as. */
export function toPress(press: Pressed, event?: EventKey, input?: FormInput): Press {
  const { thread, message, action } = press;
  return {
    kind: "press",
    ...(event && { event }),
    thread: toKey(thread),
    user: you,
    place: here,
    action,
    message: toKey(message),
    ...(input && { input }),
  };
}

/** A file's name, fit to be shown: the last part of a path, on one line, not too long. */
function toName(claimed: string): string {
  const last = claimed.slice(-5000).split(/[/\\]/).at(-1) ?? "";
  const clean = last.replace(/[\p{Cc}\p{Cf}\p{Co}\p{Cs}\p{Zl}\p{Zp}]/gu, "").trim();
  if (/^\.*$/.test(clean)) return "file";
  const ending = /\.[A-Za-z0-9]{1,8}$/.exec(clean)?.[0] ?? "";
  const stem = [...clean.slice(0, clean.length - ending.length)].slice(0, 100 - ending.length);
  return stem.join("") + ending;
}

function toUpload(field: string, value: string | FormFile): Upload | undefined {
  if (field === "reuse") {
    if (typeof value === "string" && isPictureFile(value)) return { kind: "reuse", file: value };
    throw new BotError("bad_attachment", "There is no picture of that name here.");
  }
  if (field !== "attachment" && field !== "mask") return undefined;
  if (value === "") return undefined; // a file field that was left empty
  if (typeof value === "string" || !value.arrived) {
    throw new BotError("bad_attachment", "A picture must be sent as a file.");
  }
  const name = toName(value.name);
  if (value.isCut) {
    throw badFile(name, `is larger than ${wireLimits.file / 1024 / 1024} MB. Send a smaller one.`);
  }
  const { mediaType, arrived } = value;
  return { kind: "file", name, mediaType, arrived, ...(field === "mask" && { role: "mask" as const }) };
}

function isMask(upload: Upload): boolean {
  return upload.kind === "file" && upload.role === "mask";
}
