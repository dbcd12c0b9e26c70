import { refuse } from "./api-error.ts";
import { type Args, needObjects } from "./args.ts";
import { parseBlocks } from "./block-check.ts";
import type { Fields } from "./fields.ts";
import type { Files } from "./files.ts";
import type { Ids } from "./ids.ts";
import { limits } from "./limits.ts";

/** What a call wants a message to show; absent is what the call does not mention. */
export interface Content {
  readonly text?: string;
  readonly blocks?: readonly Fields[];
  readonly attachments?: readonly Fields[];
  readonly metadata?: unknown;
}

/** Reads text, blocks and attachments. Throws `invalid_blocks`, `msg_too_long`, and `no_text` when there is nothing. */
export function parseContent(
  args: Args,
  { files, ids }: { files: Files; ids: Ids },
  { allowNothing = false }: { allowNothing?: boolean } = {},
): Content {
  const given = args.json("blocks", "invalid_blocks_format");
  const markdown = args.text("markdown_text");
  const text = args.text("text");
  // docs: reference/methods/chat.postMessage, `markdown_text_conflict`
  if (markdown !== undefined && (text !== undefined || given !== undefined))
    throw refuse("markdown_text_conflict");
  if (markdown !== undefined && markdown.length > limits.markdown) throw refuse("msg_too_long");
  const newId = () => ids.next("B").slice(-5);
  const listed = args.json("attachments", "invalid_attachments");
  const content: Content = {
    ...(text === undefined && markdown === undefined
      ? {}
      : { text: (text ?? markdown ?? "").slice(0, limits.text) }),
    ...(given === undefined ? {} : { blocks: parseBlocks(given, files.isShowable, newId) }),
    ...(markdown === undefined
      ? {}
      : { blocks: parseBlocks([{ type: "markdown", text: markdown }], files.isShowable, newId) }),
    ...(listed === undefined ? {} : { attachments: needObjects(listed, "invalid_attachments") }),
    ...(args.all.metadata === undefined
      ? {}
      : { metadata: args.json("metadata", "invalid_metadata_format") }),
  };
  const isEmpty = !content.text?.trim() && !content.blocks?.length && !content.attachments?.length;
  if (isEmpty && !allowNothing) throw refuse("no_text");
  return content;
}
