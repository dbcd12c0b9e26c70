import { promptLimit } from "../../openai/engine.ts";
import { fetchBytes } from "../../pictures/inputs.ts";
import type { BotError } from "../../seam/errors.ts";
import { displayName } from "../../seam/files/file-name.ts";
import { badFile } from "../../seam/files/sent-file.ts";
import { claimsText, toText } from "../../seam/files/text-file.ts";
import type { Attachment } from "../../seam/turn.ts";
import { readFlags } from "../../seam/words/flags.ts";

/** A prompt's words and files, with the text files among them read. */
export interface Words {
  readonly text: string;
  /** Words of files that came beside the person's own. Flags in them are words. */
  readonly more: readonly string[];
  /** Those that are no text. */
  readonly files: readonly Attachment[];
  readonly notes: readonly string[];
}

/** Bytes of the longest prompt there can be. */
const mostBytes = 4 * promptLimit;

/**
 * Takes text files for what they are: the words, where there are no others (Discord makes a file of a long paste, Slack
 * a snippet), or more of them. Its bytes decide, where it is called a text or, without words beside it, nothing at all:
 * nobody means a page or a program to be drawn.
 *
 * Rejects as reading does, and with BotError `bad_attachment` for more words than a prompt can have.
 */
export async function readWords(
  text: string,
  attachments: readonly Attachment[],
  signal: AbortSignal,
): Promise<Words> {
  const hasWords = readFlags(text).text !== "";
  const files: Attachment[] = [];
  const texts: { readonly name: string; readonly words: string }[] = [];
  for (const file of attachments) {
    if (file.role === "mask" || !(claimsText(file) || (!hasWords && isUnnamed(file)))) {
      files.push(file);
      continue;
    }
    if (file.size > mostBytes) throw tooLong(file);
    const bytes = await fetchBytes(file, signal);
    if (bytes.byteLength > mostBytes) throw tooLong(file);
    const words = toText(bytes)?.trim();
    if (words) texts.push({ name: displayName(file.name), words });
    else files.push(file); // read again when its time has come: who waits in line holds no bytes
  }
  const all = texts.map(({ words }) => words);
  return {
    text: hasWords ? text : [...all, text].join("\n\n").trim(),
    more: hasWords ? all : [],
    files,
    notes: hasWords ? texts.map(({ name }) => `“${name}” is text, so I added it to your words.`) : [],
  };
}

function isUnnamed({ name, mediaType, size }: Attachment): boolean {
  return !name.includes(".") && mediaType === "application/octet-stream" && size <= mostBytes;
}

function tooLong({ name }: Attachment): BotError {
  const most = promptLimit.toLocaleString("en");
  return badFile(name, `has more words than can be drawn from: ${most} characters is the most. Shorten it.`);
}
