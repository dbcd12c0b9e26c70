import { refuse } from "./api-error.ts";
import type { Args } from "./args.ts";
import type { Files } from "./files.ts";
import type { Ids } from "./ids.ts";
import type { Method } from "./method.ts";
import type { Triggers } from "./triggers.ts";
import { parseView, type ViewBody } from "./view-check.ts";
import type { View, Views } from "./views.ts";
import type { World } from "./world.ts";

/** `views.*`. Source: docs.slack.dev, reference/methods/views.open and its neighbours. */
export function createViewMethods(parts: {
  world: World;
  views: Views;
  triggers: Triggers;
  files: Files;
  ids: Ids;
}): readonly Method[] {
  const { world, views, triggers, files, ids } = parts;
  const body = (args: Args): ViewBody =>
    parseView(args.json("view", "invalid_arguments"), files.isShowable, () => ids.next("B").slice(-5));
  const answer = (view: View) => ({ view: views.wire(view) });

  function modal(args: Args): ViewBody {
    const parsed = body(args);
    if (parsed.kind !== "modal") throw refuse("invalid_arguments");
    return parsed;
  }

  return [
    {
      name: "views.open",
      tier: 4,
      run(args) {
        // The trigger is spent only by a view that can be shown.
        const parsed = modal(args);
        const trigger = triggers.exchange(args.need("trigger_id"));
        const view = views.open(trigger.user, parsed);
        trigger.viewId = view.id;
        return answer(view);
      },
    },
    {
      name: "views.push",
      tier: 4,
      run(args) {
        const parsed = modal(args);
        const trigger = triggers.exchange(args.need("trigger_id"));
        if (!trigger.fromView) throw refuse("not_found");
        const view = views.push(trigger.user, parsed);
        trigger.viewId = view.id;
        return answer(view);
      },
    },
    {
      name: "views.update",
      tier: 4,
      run(args) {
        const [id, externalId] = [args.text("view_id"), args.text("external_id")];
        const view = views.find({ ...(id ? { id } : {}), ...(externalId ? { externalId } : {}) });
        return answer(views.update(view, body(args), args.text("hash")));
      },
    },
    {
      name: "views.publish",
      tier: 4,
      run(args) {
        const user = world.users.get(args.need("user_id"));
        if (!user) throw refuse("user_not_found");
        const parsed = body(args);
        if (parsed.kind !== "home") throw refuse("invalid_arguments");
        return answer(views.publish(user, parsed, args.text("hash")));
      },
    },
  ];
}
