import { elementsOf } from "./block-ids.ts";
import { type Fields, isFields } from "./fields.ts";
import type { Files } from "./files.ts";
import { buttonsOf, imagesOf, type SeenButton, type SeenImage, textsOf } from "./seen.ts";
import type { View } from "./views.ts";

/** A modal or Home tab as a person sees it. */
export interface SeenView {
  readonly id: string;
  readonly kind: "modal" | "home";
  /** The id of whose it is. */
  readonly user: string;
  readonly title: string;
  /** What the buttons below say; absent where there is none. */
  readonly submit?: string;
  readonly close?: string;
  readonly text: string;
  readonly blocks: readonly Fields[];
  readonly images: readonly SeenImage[];
  readonly buttons: readonly SeenButton[];
  /** The inputs: block ids, with the element's type and action id. */
  readonly inputs: readonly { readonly blockId: string; readonly actionId: string; readonly type: string }[];
  readonly callbackId: string;
  readonly privateMetadata: string;
  /** Whether the person has it before them. */
  readonly open: boolean;
  /** What stands in red below an input, by block id. */
  readonly errors: Readonly<Record<string, string>>;
  readonly updates: number;
}

/** What a view shows now. */
export function toSeenView(view: View, files: Files): SeenView {
  const { fields, blocks, kind } = view.body;
  const words = (value: unknown) =>
    isFields(value) && typeof value.text === "string" ? value.text : undefined;
  const [submit, close] = [words(fields.submit), words(fields.close)];
  return {
    id: view.id,
    kind,
    user: view.user.id,
    title: words(fields.title) ?? "",
    ...(submit ? { submit } : {}),
    ...(close ? { close } : {}),
    text: blocks.flatMap(textsOf).join("\n"),
    blocks,
    images: blocks.flatMap((block) => imagesOf(block, files)),
    buttons: blocks.flatMap(buttonsOf),
    inputs: blocks
      .filter(({ type }) => type === "input")
      .flatMap((block) =>
        elementsOf(block).map(({ type, action_id }) => ({
          blockId: String(block.block_id),
          actionId: String(action_id),
          type: String(type),
        })),
      ),
    callbackId: String(fields.callback_id ?? ""),
    privateMetadata: String(fields.private_metadata ?? ""),
    open: view.open,
    errors: view.errors,
    updates: view.updates,
  };
}
