import { refuse, refuseWith } from "./api-error.ts";
import { elementsOf, fillIds } from "./block-ids.ts";
import { type Check, createCheck, createReader, type Reader } from "./check.ts";
import { checkElement, type Place } from "./element-check.ts";
import { type Fields, isFields } from "./fields.ts";
import { checkImage, type FindImage } from "./image-check.ts";
import { limits } from "./limits.ts";
import { checkText, checkTextObject } from "./text-check.ts";

/** What blocks are shown on. */
export type Surface = "message" | "modal" | "home";

interface Block {
  readonly fields: readonly string[];
  readonly surfaces?: readonly Surface[];
  check?(block: Reader, find: FindImage, surface: Surface): void;
}

/** Every block that an app may send, and its fields. Source: @slack/types, blocks. */
const blocks: Readonly<Record<string, Block>> = {
  section: {
    fields: ["text", "fields", "accessory", "expand"],
    check(block, find) {
      if (block.fields.text === undefined && block.fields.fields === undefined)
        block.fail("must define either `text` or `fields`");
      checkText(block, "text", { max: limits.sectionText });
      for (const field of block.objects("fields", { min: 1, max: limits.sectionFields }))
        checkTextObject(field, { max: limits.fieldText, plain: false });
      const accessory = block.object("accessory");
      if (accessory) checkElement(accessory, "accessory", find);
    },
  },
  divider: { fields: [] },
  header: {
    fields: ["text"],
    check: (block) => checkText(block, "text", { max: limits.header, required: true, plain: true }),
  },
  image: {
    fields: ["alt_text", "title", "image_url", "slack_file"],
    check(block, find) {
      checkText(block, "title", { max: limits.imageTitle, plain: true });
      checkImage(block, find);
    },
  },
  actions: {
    fields: ["elements"],
    check: (block, find) => checkElements(block, "actions", limits.actions, find),
  },
  context: {
    fields: ["elements"],
    check(block, find) {
      for (const element of block.objects("elements", { required: true, min: 1, max: limits.context }))
        if (element.fields.type === "image") checkElement(element, "context", find);
        else checkTextObject(element, { max: limits.sectionText, plain: false });
    },
  },
  context_actions: {
    fields: ["elements"],
    surfaces: ["message"],
    check: (block, find) => checkElements(block, "context_actions", limits.contextActions, find),
  },
  input: {
    fields: ["label", "element", "hint", "optional", "dispatch_action"],
    surfaces: ["modal", "home"],
    check(block, find, surface) {
      checkText(block, "label", { max: limits.label, required: true, plain: true });
      checkText(block, "hint", { max: limits.label, plain: true });
      block.flag("optional");
      block.flag("dispatch_action");
      const element = block.object("element", true);
      if (!element) return;
      checkElement(element, "input", find);
      if (element.fields.type === "file_input" && surface !== "modal")
        element.fail("unsupported type: file_input", "type");
      if (element.fields.type === "file_input" && block.fields.dispatch_action === true)
        block.fail("file_input does not dispatch actions", "dispatch_action");
    },
  },
  markdown: {
    fields: ["text"],
    surfaces: ["message"],
    check: (block) => void block.text("text", { required: true, min: 1, max: limits.markdown }),
  },
  rich_text: {
    fields: ["elements"],
    check: (block) => void block.objects("elements", { required: true }),
  },
  alert: { fields: ["text", "level"], check: (block) => checkText(block, "text", { required: true }) },
  table: {
    fields: ["rows", "column_settings"],
    surfaces: ["message"],
    check: (block) => void block.list("rows", { required: true, min: 1, max: 100 }),
  },
  container: {
    fields: [
      "title",
      "rich_text_title",
      "subtitle",
      "child_blocks",
      "width",
      "icon",
      "is_collapsible",
      "default_collapsed",
      "has_header_divider",
    ],
    check(block, find, surface) {
      if (block.fields.title === undefined && block.fields.rich_text_title === undefined)
        block.fail("must define either `title` or `rich_text_title`");
      checkText(block, "title", { max: 150, plain: true });
      checkText(block, "subtitle", { max: 150 });
      for (const child of block.objects("child_blocks", { required: true, min: 1, max: 10 }))
        checkBlock(child, find, surface);
    },
  },
  task_card: {
    fields: ["task_id", "title", "details", "output", "sources", "status"],
    surfaces: ["message"],
    check(block) {
      block.text("task_id", { required: true, min: 1 });
      block.text("title", { required: true, min: 1 });
      block.text("status", { required: true, oneOf: ["pending", "in_progress", "complete", "error"] });
    },
  },
  plan: {
    fields: ["title", "tasks"],
    surfaces: ["message"],
    check: (block) => void block.text("title", { required: true, min: 1 }),
  },
};

/** Checks blocks and notes what is wrong. What only a list as a whole can break, too: unique ids, one focus. */
export function checkBlocks(
  check: Check,
  given: readonly unknown[],
  { surface, find, pointer = "/blocks" }: { surface: Surface; find: FindImage; pointer?: string },
): void {
  const most = surface === "message" ? limits.messageBlocks : limits.viewBlocks;
  if (given.length > most) check.add(pointer, `no more than ${most} items allowed`);
  const ids = new Set<unknown>();
  let markdown = 0;
  for (const [index, value] of given.entries()) {
    const block = createReader(check, value, `${pointer}/${index}`);
    if (!block) continue;
    checkBlock(block, find, surface);
    const { block_id, type, text } = block.fields;
    if (block_id !== undefined && ids.has(block_id))
      check.add(`${block.pointer}/block_id`, `\`block_id\` "${String(block_id)}" already exists`);
    ids.add(block_id);
    if (type === "markdown" && typeof text === "string") markdown += text.length;
  }
  if (markdown > limits.markdown) check.add(pointer, `must be less than ${limits.markdown + 1} characters`);
  const focused = given
    .filter(isFields)
    .flatMap(elementsOf)
    .filter(({ focus_on_load }) => focus_on_load === true);
  if (focused.length > 1) check.add(pointer, "only one element may have focus_on_load");
}

/** The blocks of a message, ids filled in. Throws `invalid_blocks`, or `invalid_blocks_format` for what is no list. */
export function parseBlocks(value: unknown, find: FindImage, newId: () => string): readonly Fields[] {
  if (!Array.isArray(value))
    throw refuseWith("invalid_blocks_format", ["must provide an array [json-pointer:/blocks]"]);
  const check = createCheck();
  checkBlocks(check, value, { surface: "message", find });
  if (check.messages.length > 0) throw refuseWith("invalid_blocks", check.messages);
  if (lengthOf(value) > limits.blockText) throw refuse("msg_blocks_too_long");
  return fillIds(value.filter(isFields), newId);
}

function checkBlock(block: Reader, find: FindImage, surface: Surface): void {
  const type = block.text("type", { required: true });
  if (type === undefined) return;
  const known = blocks[type];
  if (!known || (known.surfaces && !known.surfaces.includes(surface)))
    return void block.fail(`unsupported type: ${type}`, "type");
  block.text("block_id", { min: 1, max: limits.id });
  known.check?.(block, find, surface);
  block.only(["type", "block_id", ...known.fields]);
  const ids = new Set<unknown>();
  for (const { action_id } of elementsOf(block.fields)) {
    if (action_id === undefined) continue;
    if (ids.has(action_id)) block.fail(`\`action_id\` "${String(action_id)}" already exists`, "elements");
    ids.add(action_id);
  }
}

function checkElements(block: Reader, place: Place, max: number, find: FindImage): void {
  for (const element of block.objects("elements", { required: true, min: 1, max }))
    checkElement(element, place, find);
}

/** Characters that a person reads, all `text` and `alt_text` together. */
function lengthOf(value: unknown): number {
  if (Array.isArray(value)) return value.reduce((sum: number, one) => sum + lengthOf(one), 0);
  if (!isFields(value)) return 0;
  return Object.entries(value).reduce(
    (sum, [key, one]) =>
      sum + (typeof one === "string" ? (/^(text|alt_text)$/.test(key) ? one.length : 0) : lengthOf(one)),
    0,
  );
}
