import { elementsOf } from "./block-ids.ts";
import { type Fields, toObjects } from "./fields.ts";

/** What stands in a view's inputs: by block id, then by action id. */
export type ViewState = Readonly<Record<string, Readonly<Record<string, Fields>>>>;

/** What a person sees in each field: what they have typed or chosen, else what it began with. Menus count anywhere. */
export function stateOf(blocks: readonly Fields[], typed: ViewState): ViewState {
  const state: Record<string, Record<string, Fields>> = {};
  for (const block of blocks) {
    for (const element of elementsOf(block)) {
      if (block.type !== "input" && !/_select$/.test(String(element.type))) continue;
      const [blockId, actionId] = [String(block.block_id), String(element.action_id)];
      state[blockId] = {
        ...state[blockId],
        [actionId]: typed[blockId]?.[actionId] ?? initialState(element),
      };
    }
  }
  return state;
}

/** An input as it begins. */
export function initialState(element: Fields): Fields {
  const type = String(element.type);
  switch (type) {
    case "plain_text_input":
    case "number_input":
    case "email_text_input":
    case "url_text_input":
      return { type, value: element.initial_value ?? null };
    case "static_select":
    case "radio_buttons":
      return { type, selected_option: element.initial_option ?? null };
    case "multi_static_select":
    case "checkboxes":
      return { type, selected_options: toObjects(element.initial_options) };
    case "file_input":
      return { type, files: [] };
    case "multi_users_select":
      return { type, selected_users: element.initial_users ?? [] };
    case "multi_conversations_select":
      return { type, selected_conversations: element.initial_conversations ?? [] };
    default:
      return { type, [chosenKey(type)]: element[chosenKey(type).replace("selected", "initial")] ?? null };
  }
}

/** Under which name a picker has what was chosen. */
export function chosenKey(type: string): string {
  const own = {
    ...{ datepicker: "selected_date", timepicker: "selected_time", users_select: "selected_user" },
    ...{ multi_users_select: "selected_users", multi_conversations_select: "selected_conversations" },
  }[type];
  return own ?? type.replace(/^(.*?)s?_select$/, "selected_$1");
}
