import { ApiError } from "./api-error.ts";
import { type Fields, isFields } from "./fields.ts";
import type { Files } from "./files.ts";
import type { Ids } from "./ids.ts";
import type { Interaction } from "./interactions.ts";
import { parseView } from "./view-check.ts";
import type { View, Views } from "./views.ts";

/** Carries out what acknowledged a form: `response_action`. Throws ApiError for what Slack cannot carry out. docs: surfaces/modals, "Respond to submission". */
export function answerSubmission(
  { views, files, ids }: { views: Views; files: Files; ids: Ids },
  { view, body, interaction }: { view: View; body: Fields; interaction: Interaction },
): void {
  const parse = () => parseView(body.view, files.isShowable, () => ids.next("B").slice(-5));
  switch (body.response_action) {
    case undefined:
      views.close(view, false);
      return;
    case "clear":
      views.close(view, true);
      return;
    case "update":
      views.update(view, parse());
      return;
    case "push":
      interaction.trigger.viewId = views.push(view.user, parse()).id;
      return;
    case "errors": {
      const errors = isFields(body.errors) ? body.errors : {};
      const inputs = view.body.blocks.filter(({ type }) => type === "input").map(({ block_id }) => block_id);
      const strange = Object.keys(errors).find((id) => !inputs.includes(id));
      if (strange !== undefined || Object.keys(errors).length === 0) throw new ApiError("invalid_errors");
      view.errors = Object.fromEntries(Object.entries(errors).map(([id, words]) => [id, String(words)]));
      return;
    }
    default:
      throw new ApiError("invalid_response_action");
  }
}
