import { elementsOf } from "./block-ids.ts";
import type { Fields } from "./fields.ts";
import type { PersonFile } from "./files.ts";
import { limits } from "./limits.ts";
import { optionsOf } from "./options-check.ts";
import { chosenKey, initialState, type ViewState } from "./view-state.ts";

/** What a person puts into one field: text, the value of an option, several of them, or files. Null empties it. */
export type ViewValue = string | readonly string[] | readonly PersonFile[] | null;

/**
 * Fills in a view's inputs as Slack's own form does; what is left out stays as it was typed or prefilled. Keys are block
 * ids or action ids. Throws an Error for what the form would not let a person send.
 */
export async function fillView(
  blocks: readonly Fields[],
  values: Readonly<Record<string, ViewValue>>,
  upload: (file: PersonFile) => Promise<Fields>,
  typed: ViewState = {},
): Promise<Record<string, Record<string, Fields>>> {
  const filled: Record<string, Record<string, Fields>> = {};
  const used = new Set<string>();
  for (const block of blocks)
    for (const element of elementsOf(block)) {
      const [blockId, actionId] = [String(block.block_id), String(element.action_id)];
      const key = blockId in values ? blockId : actionId;
      if (!(block.type === "input") && !(key in values)) continue;
      used.add(key);
      const value = values[key];
      const state =
        value === undefined
          ? (typed[blockId]?.[actionId] ?? initialState(element))
          : await toState(element, value, upload);
      if (typeof state.value === "string") checkTyped(element, state.value);
      if (block.type === "input" && block.optional !== true && isEmpty(state))
        throw new Error(`“${key}” must be filled in.`);
      filled[blockId] = { ...filled[blockId], [actionId]: state };
    }
  const unknown = Object.keys(values).filter((key) => !used.has(key));
  if (unknown.length > 0) throw new Error(`The view has no field called ${unknown.join(", ")}.`);
  return filled;
}

async function toState(
  element: Fields,
  value: ViewValue,
  upload: (file: PersonFile) => Promise<Fields>,
): Promise<Fields> {
  const type = String(element.type);
  switch (type) {
    case "plain_text_input":
    case "number_input":
    case "email_text_input":
    case "url_text_input":
      return { type, value: value === "" ? null : value };
    case "static_select":
    case "radio_buttons":
      return { type, selected_option: pick(element, value) };
    case "multi_static_select":
    case "checkboxes":
      return {
        type,
        selected_options: (Array.isArray(value) ? value : []).map((one) => pick(element, String(one))),
      };
    case "file_input":
      return { type, files: await toFiles(element, value, upload) };
    default:
      return { type, [chosenKey(type)]: value };
  }
}

async function toFiles(
  element: Fields,
  value: ViewValue,
  upload: (file: PersonFile) => Promise<Fields>,
): Promise<readonly Fields[]> {
  const given = (Array.isArray(value) ? value : []).filter((one) => typeof one === "object");
  const most = typeof element.max_files === "number" ? element.max_files : limits.inputFiles;
  if (given.length > most) throw new Error(`No more than ${most} files go in there.`);
  const types = Array.isArray(element.filetypes) ? element.filetypes : undefined;
  for (const { name } of given)
    if (types && !types.includes(name.split(".").at(-1)?.toLowerCase()))
      throw new Error(`${name} is none of ${types.join(", ")}.`);
  return Promise.all(given.map(upload));
}

function checkTyped(
  { type, min_length, max_length, min_value, max_value, is_decimal_allowed }: Fields,
  text: string,
): void {
  const most = typeof max_length === "number" ? max_length : limits.input;
  if (text.length > most || (typeof min_length === "number" && text.length < min_length))
    throw new Error(`“${text.slice(0, 20)}” is too long or too short.`);
  if (type !== "number_input") return;
  const isNumber = (is_decimal_allowed === true ? /^-?\d+(\.\d+)?$/ : /^-?\d+$/).test(text);
  const [least, largest] = [Number(min_value ?? -Infinity), Number(max_value ?? Infinity)];
  if (!isNumber || Number(text) < least || Number(text) > largest)
    throw new Error(`“${text}” is no number between ${least} and ${largest}.`);
}

function pick(element: Fields, value: ViewValue): Fields | null {
  if (value === null) return null;
  const found = optionsOf(element).find((option) => option.value === value);
  if (!found) throw new Error(`There is no option “${String(value)}”.`);
  return found;
}

function isEmpty({ value, selected_option, selected_options, files, ...rest }: Fields): boolean {
  const all = [value, selected_option, selected_options, files].filter((one) => one !== undefined);
  if (all.length === 0) return Object.entries(rest).some(([key, one]) => key !== "type" && one === null);
  return all.every((one) => one === null || (Array.isArray(one) && one.length === 0));
}
