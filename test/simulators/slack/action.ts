import { elementsOf } from "./block-ids.ts";
import type { Fields } from "./fields.ts";
import { optionsOf } from "./options-check.ts";
import { chosenKey } from "./view-state.ts";

/** What `actions` says of the element a person acts on. Throws an Error when there is none. */
export function toAction(
  blocks: readonly Fields[],
  { actionId, value, ts }: { actionId: string; value: string | undefined; ts: string },
): Fields {
  for (const block of blocks)
    for (const element of elementsOf(block)) {
      if (element.action_id !== actionId) continue;
      const { type, text } = element;
      const base = { type, action_id: actionId, block_id: block.block_id, action_ts: ts };
      if (type === "button")
        return {
          ...base,
          text,
          ...(element.value === undefined ? {} : { value: element.value }),
          ...(element.style ? { style: element.style } : {}),
        };
      // docs: reference/block-kit/blocks/input-block, `dispatch_action`
      if (block.type === "input" && block.dispatch_action !== true)
        throw new Error(`“${actionId}” tells the app nothing before the form is sent.`);
      if (/^(conversations|channels|users)_select$/.test(String(type)))
        return { ...base, [chosenKey(String(type))]: value };
      const selected_option = optionsOf(element).find((option) => option.value === value);
      if (!selected_option) throw new Error(`“${actionId}” has no option “${value}”.`);
      return { ...base, selected_option };
    }
  const there = blocks.flatMap(elementsOf).flatMap(({ action_id }) => (action_id ? [String(action_id)] : []));
  throw new Error(`Nothing there is called “${actionId}”. There are: ${there.join(", ")}.`);
}
