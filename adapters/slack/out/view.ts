import type { types } from "@slack/bolt";
import { type ActionName, action } from "../../../src/seam/actions.ts";
import { toExtension, toStem } from "../../../src/seam/files/file-name.ts";
import { toFooter } from "../../../src/seam/footer.ts";
import type { Image, View } from "../../../src/seam/view.ts";
import { isOver } from "../../../src/seam/view.ts";
import { toBlockId, toButtonId } from "../wire/keys.ts";
import { slackLimits } from "../wire/limits.ts";
import type { Message } from "../wire/send/posts.ts";
import { altOf, cut, toEscaped, toLine } from "../wire/words.ts";
import { fitWords } from "./long-text.ts";
import { withoutLinks } from "./markdown.ts";

/** How a message is to look, beside what its view says. */
export interface Look {
  /** Differs from one edit to the next, so that the blocks' names do too: else Slack may go on showing the old picture. */
  readonly id: string;
  /** The files of the view's pictures, in their order; a picture without one is left out. */
  readonly files: readonly string[];
  /** Who asked for what, where the channel does not show it. */
  readonly asked?: { readonly name: string; readonly words?: string };
  /** The name of ours for a message that Slack has no name for. */
  readonly stands?: string;
  /** Why it stands here, in Slack's own markup. */
  readonly line?: string;
  /** Files that came with it elsewhere: a message that Slack does not keep says it when it is pressed on. */
  readonly handed?: readonly string[];
}

export function toMessage(view: View, look: Look): Message {
  const { above, pieces, below } = fit(view, look);
  const blocks: types.KnownBlock[] = [...above, ...pieces.map(toSection), ...below];
  if (!blocks.some(({ type }) => type !== "actions")) blocks.unshift(...quiet("…"));
  return {
    text: toEscaped(toFallback(view)),
    blocks: blocks.map((block, index) => ({
      ...block,
      block_id: toBlockId(`${look.id}.${index}`, look.handed ?? []),
    })),
  };
}

/** Whether all words of a view stand in its message. */
export function isWhole(view: View, look: Look): boolean {
  return !fit(view, look).isCut;
}

/** The words, and what stands around them. */
function fit(view: View, look: Look) {
  const { asked } = look;
  const pictures = view.images
    .slice(0, slackLimits.images)
    .flatMap((image, index) =>
      toPicture(image, look.files[index], view.images.length > 1 ? index + 1 : undefined),
    );
  const words = view.details?.prompt ?? asked?.words;
  const wanted = [asked?.name, words && cut(toLine(words), slackLimits.fallbackText)]
    .filter(Boolean)
    .join(": ");
  const above = [
    ...(look.line ? [toLineBlock(look.line)] : []),
    ...quiet(view.details ? undefined : wanted),
    ...quiet(view.status),
    ...pictures,
  ];
  const below = [
    ...quiet(view.notes.map(toLine).join("\n")),
    ...quiet(view.details && wanted),
    ...quiet(view.details && toFooter(view.details)),
    ...toRows(view.actions, look.stands),
  ];
  return { above, below, ...fitWords(view.text, JSON.stringify([above, below]).length) };
}

/** Slack's name for a picture: what people save it as. */
export function toFileName(view: Pick<View, "phase">, image: Image, index: number): string {
  if (!image.mediaType.startsWith("image/")) return image.name;
  const extension = toExtension(image.mediaType);
  const stem = toStem(image.name);
  return isOver(view.phase) ? `${stem || "picture"}.${extension}` : `sketch-${index + 1}.${extension}`;
}

/** Plain text: nothing in it is parsed, nobody is named. */
function quiet(line: string | undefined): types.KnownBlock[] {
  const text = cut((line ?? "").trim(), slackLimits.contextText);
  return text ? [{ type: "context", elements: [{ type: "plain_text", text, emoji: false }] }] : [];
}

function toLineBlock(text: string): types.KnownBlock {
  return { type: "context", elements: [{ type: "mrkdwn", text, verbatim: true }] };
}

/** `verbatim` keeps Slack from finding names of people and channels in it. */
function toSection(text: string): types.KnownBlock {
  return { type: "section", text: { type: "mrkdwn", text, verbatim: true }, expand: true };
}

/** Where there are several, each has the number by which it is picked. */
function toPicture(image: Image, file: string | undefined, place: number | undefined): types.KnownBlock[] {
  if (!file) return [];
  const title = place !== undefined && {
    title: { type: "plain_text", text: `${place}`, emoji: false } as const,
  };
  return [{ type: "image", slack_file: { id: file }, alt_text: altOf(image), ...title }];
}

function toRows(actions: readonly ActionName[], stands: string | undefined): types.KnownBlock[] {
  const rows: types.KnownBlock[] = [];
  for (let start = 0; start < actions.length; start += slackLimits.rowButtons) {
    const names = actions.slice(start, start + slackLimits.rowButtons);
    rows.push({ type: "actions", elements: names.map((name) => toButton(name, stands)) });
  }
  return rows;
}

function toButton(name: ActionName, stands: string | undefined): types.Button {
  const { label, hint, style } = action(name);
  return {
    type: "button",
    action_id: toButtonId(name),
    text: { type: "plain_text", text: cut(label, slackLimits.buttonLabel), emoji: false },
    accessibility_label: cut(hint, slackLimits.buttonLabel),
    ...(style !== "plain" && { style }),
    ...(stands && { value: stands }),
  };
}

function toFallback(view: View): string {
  const [picture] = view.images;
  const words =
    toLine(view.status ?? "") || toLine(withoutLinks(view.text)) || (picture ? altOf(picture) : "");
  const told = picture && isOver(view.phase) && !view.status ? altOf(picture) : words;
  return cut(told || "…", slackLimits.fallbackText);
}
