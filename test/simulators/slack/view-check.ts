import { refuse, refuseWith } from "./api-error.ts";
import { checkBlocks } from "./block-check.ts";
import { fillIds } from "./block-ids.ts";
import { createCheck, createReader } from "./check.ts";
import { type Fields, isFields, toObjects } from "./fields.ts";
import type { FindImage } from "./image-check.ts";
import { limits } from "./limits.ts";
import { checkText } from "./text-check.ts";

/** What a view is made of, ids filled in. */
export interface ViewBody {
  readonly kind: "modal" | "home";
  readonly fields: Fields;
  readonly blocks: readonly Fields[];
}

const shared = ["type", "blocks", "private_metadata", "callback_id", "external_id"];
const modal = ["title", "close", "submit", "clear_on_close", "notify_on_close", "submit_disabled"];

/** Checks a view. Throws `invalid_arguments` with every fault, or `view_too_large`. Source: @slack/types, ModalView, HomeView. */
export function parseView(value: unknown, find: FindImage, newId: () => string): ViewBody {
  if (!isFields(value)) throw refuseWith("invalid_arguments", ["missing required field: view"]);
  if (JSON.stringify(value).length > limits.viewBytes) throw refuse("view_too_large");
  const check = createCheck();
  const view = createReader(check, value, "/view");
  const kind = value.type === "home" ? "home" : "modal";
  if (view) {
    view.text("type", { required: true, oneOf: ["modal", "home"] });
    view.text("private_metadata", { max: limits.metadata });
    view.text("callback_id", { max: limits.id });
    view.text("external_id", { max: limits.id });
    if (kind === "modal") {
      checkText(view, "title", { max: limits.viewTitle, required: true, plain: true });
      checkText(view, "close", { max: limits.viewTitle, plain: true });
      checkText(view, "submit", { max: limits.viewTitle, plain: true });
      view.flag("clear_on_close");
      view.flag("notify_on_close");
    }
    const blocks = view.list("blocks", { required: true }) ?? [];
    checkBlocks(check, blocks, { surface: kind, find, pointer: "/view/blocks" });
    const asks = toObjects(blocks).some(({ type }) => type === "input");
    if (kind === "modal" && asks && value.submit === undefined) view.fail("missing required field: submit");
    view.only(kind === "modal" ? [...shared, ...modal] : shared);
  }
  if (check.messages.length > 0) throw refuseWith("invalid_arguments", check.messages);
  return { kind, fields: value, blocks: fillIds(toObjects(value.blocks), newId) };
}
