import { type Fields, isFields, toObjects } from "./fields.ts";

/** Blocks with `block_id` and `action_id` where they had none: Slack makes them up. */
export function fillIds(given: readonly Fields[], newId: () => string): readonly Fields[] {
  const withAction = (element: Fields): Fields =>
    typeof element.type === "string" && !passive.includes(element.type)
      ? { ...element, action_id: element.action_id ?? newId() }
      : element;
  return given.map((block) => ({
    ...block,
    block_id: block.block_id ?? newId(),
    ...(Array.isArray(block.elements) && block.type !== "rich_text"
      ? { elements: toObjects(block.elements).map(withAction) }
      : {}),
    ...(isFields(block.accessory) ? { accessory: withAction(block.accessory) } : {}),
    ...(isFields(block.element) ? { element: withAction(block.element) } : {}),
    ...(block.type === "container" ? { child_blocks: fillIds(toObjects(block.child_blocks), newId) } : {}),
  }));
}

/** The elements of a block, wherever they stand in it. */
export function elementsOf(block: Fields): readonly Fields[] {
  const single = [block.accessory, block.element].filter(isFields);
  const nested = toObjects(block.child_blocks).flatMap(elementsOf);
  return [...toObjects(block.elements), ...single, ...nested];
}

const passive = ["image", "plain_text", "mrkdwn"];
