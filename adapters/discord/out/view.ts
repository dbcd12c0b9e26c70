import {
  type APIButtonComponentWithCustomId,
  type APIMessageTopLevelComponent,
  ButtonStyle,
  ComponentType,
  MessageFlags,
} from "discord.js";
import { type ActionName, action } from "../../../src/seam/actions.ts";
import { toExtension, toStem } from "../../../src/seam/files/file-name.ts";
import { toFooter } from "../../../src/seam/footer.ts";
import type { Image, View } from "../../../src/seam/view.ts";
import { isOver } from "../../../src/seam/view.ts";
import { showButtonId, toButtonId, toMark } from "../wire/keys.ts";
import { discordLimits } from "../wire/limits.ts";
import { toSketchName } from "../wire/pictures.ts";
import type { SentFile } from "../wire/request.ts";
import type { Message } from "../wire/send.ts";
import { barsLength, cut, hide, hideNames, hideQuoted, toPlain, withoutPairs } from "../wire/words.ts";
import { fitText, wholeBelow } from "./long-text.ts";

/** How a message is to look, beside what its view says. */
export interface Look {
  /** Hide the pictures until they are clicked. */
  readonly spoiler: boolean;
  /** Differs from one edit to the next, so that a sketch's file name does too. */
  readonly edit: number;
  /** See `ButtonId`. */
  readonly stands?: string;
  readonly from?: string;
  /** What the message is made for, by its id: it is found by that again. */
  readonly madeFor?: string;
  /** One more line below the others. */
  readonly note?: string;
  /** Offer the button that shows how far it is. */
  readonly stalled?: boolean;
}

const styles = {
  plain: ButtonStyle.Secondary,
  primary: ButtonStyle.Primary,
  danger: ButtonStyle.Danger,
} as const;

/** Lengths of what stands around the answer in words, which has all the room that they leave. */
const lengths = { status: 300, notes: 700, prompt: 300, footer: 300, stalled: 150 } as const;

/** Discord fetches nothing and calls nobody because of a message of ours, whatever it says. */
const silent = { parse: [] } as const;

/** A view as Discord shows it, within its limits whatever the view holds. */
export function toMessage(view: View, look: Look): Message {
  const images = view.images.slice(0, discordLimits.galleryItems);
  const pictures = images.map((image, index) => toFile(image, toPictureName(view, image, index, look)));
  const status = view.status && cut(toPlain(view.status), lengths.status);
  const above = text(status && quiet(look.spoiler ? hideQuoted(status) : status));
  const below = toQuietLines(view, look);
  // What went wrong is said openly, and so is what somebody asked to be told alone.
  const hides = look.spoiler && view.phase !== "failed" && view.audience !== "asker";
  const room = roomBeside([...above, ...below]) - (hides ? barsLength : 0);
  const open = look.spoiler ? hideNames(view.text) : view.text;
  const { shown, isCut } = fitText(hides ? withoutPairs(view.text) : open, room);
  const answer = isCut && isOver(view.phase) && pictures.length < discordLimits.files && view.text.trim();
  const places = discordLimits.files - pictures.length - (answer ? 1 : 0);
  const beside = (view.files ?? []).slice(0, places);
  const taken = pictures.map(({ name }) => name);
  const downloads = [
    ...beside.map((file, index) => toFile(file, toDownloadName(file, index, taken, look))),
    ...(answer ? [{ name: "answer.md", data: Buffer.from(answer), contentType: "text/markdown" }] : []),
  ];
  const items = pictures.map(({ name }, index) => ({
    media: { url: `attachment://${name}` },
    description: altOf(images[index], look),
    spoiler: look.spoiler,
  }));
  const files = downloads.map(({ name }) => ({
    type: ComponentType.File as const,
    file: { url: `attachment://${name}` },
    spoiler: look.spoiler,
  }));
  const components: APIMessageTopLevelComponent[] = [
    ...above,
    ...(items.length > 0 ? [{ type: ComponentType.MediaGallery as const, items }] : []),
    ...files.slice(0, beside.length),
    ...text(hides ? hide(shown) : shown),
    ...(answer ? text(quiet(wholeBelow)) : []),
    ...files.slice(beside.length),
    ...below,
    ...(look.stalled ? toStalled() : toRows(view.actions, look)),
  ];
  if (!components.some(({ type }) => type !== ComponentType.ActionRow))
    components.unshift(...text(quiet("…")));
  const [first, ...others] = components;
  const described = [
    ...[...images, ...beside].map((one) => altOf(one, look)),
    ...(answer ? ["The whole answer"] : []),
  ];
  return {
    body: {
      flags: MessageFlags.IsComponentsV2,
      components: first && look.madeFor ? [{ ...first, id: toMark(look.madeFor) }, ...others] : components,
      attachments: described.map((description, index) => ({
        ...{ id: `${index}`, description },
        ...(look.spoiler && { is_spoiler: true }), // the file itself, wherever else it may be shown
      })),
      allowed_mentions: silent,
    },
    files: [...pictures, ...downloads],
  };
}

/** What stands below an answer: what is worth knowing, what was asked, and how it was made. */
function toQuietLines({ details, ...view }: View, look: Look): APIMessageTopLevelComponent[] {
  const plain = [...view.notes, ...(look.note ? [look.note] : [])].map(toPlain);
  // Cut before they are hidden: half a pair of bars hides nothing.
  const room = lengths.notes - plain.length * (quiet(" ").length + barsLength);
  const notes = cut(plain.join("\n"), room).split("\n");
  const told = look.spoiler ? notes.map(hideQuoted) : notes;
  const prompt = details && cut(toPlain(details.prompt), lengths.prompt - barsLength);
  return [
    ...text(told.map(quiet).join("\n")),
    ...text(prompt && quiet(look.spoiler ? hide(prompt) : prompt)),
    ...text(details && quiet(cut(toPlain(toFooter(details)), lengths.footer))),
  ];
}

/** Characters that are left in a message beside these texts and what may yet be said with them. */
function roomBeside(others: readonly APIMessageTopLevelComponent[]): number {
  const used = others.map((one) => (one.type === ComponentType.TextDisplay ? one.content.length : 0));
  return (
    discordLimits.text -
    used.reduce((sum, length) => sum + length, 0) -
    lengths.stalled -
    quiet(wholeBelow).length
  );
}

/** A line of the bot's own, without a view. */
export function toLine(words: string): Message {
  return toMessage(
    { phase: "done", text: words, notes: [], images: [], actions: [] },
    { spoiler: false, edit: 0 },
  );
}

function text(content: string | undefined): APIMessageTopLevelComponent[] {
  return content ? [{ type: ComponentType.TextDisplay, content }] : [];
}

function quiet(line: string): string {
  return line && `-# ${line}`;
}

function toRows(actions: readonly ActionName[], look: Look): APIMessageTopLevelComponent[] {
  const rows: APIMessageTopLevelComponent[] = [];
  for (let start = 0; start < actions.length; start += discordLimits.rowButtons) {
    const components = actions
      .slice(start, start + discordLimits.rowButtons)
      .map((name) => toButton(name, look));
    rows.push({ type: ComponentType.ActionRow, components });
  }
  return rows;
}

function toButton(name: ActionName, { spoiler, stands, from }: Look): APIButtonComponentWithCustomId {
  const { label, style } = action(name);
  return {
    type: ComponentType.Button,
    style: styles[style],
    label: cut(label, discordLimits.buttonLabel),
    custom_id: toButtonId({ action: name, spoiler, ...(stands && { stands }), ...(from && { from }) }),
  };
}

/** Only an interaction can change such a message, and the one that made it has run out: a press is a new one. */
function toStalled(): APIMessageTopLevelComponent[] {
  const show = { type: ComponentType.Button, label: "Show", custom_id: showButtonId } as const;
  return [
    ...text(
      quiet("Discord lets me change this message for 15 minutes only. Press Show to see how far it is."),
    ),
    { type: ComponentType.ActionRow, components: [{ ...show, style: ButtonStyle.Primary }] },
  ];
}

/** A new name with every sketch: under an old name Discord may go on showing the old picture. */
function toPictureName(view: View, image: Image, index: number, { edit, spoiler }: Look): string {
  const extension = toExtension(image.mediaType);
  if (!isOver(view.phase)) return toSketchName(edit, index, extension);
  const stem = spoiler ? "" : toStem(image.name); // it is made of the words
  return `${stem || "picture"}${index > 0 && !/-\d+$/.test(stem) ? `-${index + 1}` : ""}.${extension}`;
}

/** `taken`: names of the pictures, for `attachment://` finds a file by its name alone. */
function toDownloadName(file: Image, index: number, taken: readonly string[], { spoiler }: Look): string {
  const extension = toExtension(file.mediaType);
  const stem = (!spoiler && toStem(file.name)) || "picture";
  const name = `${stem}.${extension}`;
  return index > 0 || taken.includes(name) ? `${stem}-file-${index + 1}.${extension}` : name;
}

function toFile({ bytes, mediaType }: Image, name: string): SentFile {
  return { name, data: bytes, contentType: mediaType };
}

/** Of a hidden picture nothing is told either. */
function altOf(image: Image | undefined, { spoiler }: Look): string {
  if (spoiler) return "A hidden picture";
  return cut(image?.alt.trim() || "A picture", discordLimits.alt);
}
