import { randomBytes } from "node:crypto";
import type { Changes } from "../discord/changes.ts";
import { refuse } from "./api-error.ts";
import type { Fields } from "./fields.ts";
import type { Ids } from "./ids.ts";
import { limits } from "./limits.ts";
import type { ViewBody } from "./view-check.ts";
import { stateOf, type ViewState } from "./view-state.ts";
import type { User, World } from "./world.ts";

/** A modal, or a person's Home tab. */
export interface View {
  readonly id: string;
  readonly user: User;
  readonly rootId: string;
  readonly previousId?: string;
  body: ViewBody;
  hash: string;
  /** Whether the person sees it: on top of the stack, or as their Home tab. */
  open: boolean;
  /** What a submission was refused with, by block id. */
  errors: Readonly<Record<string, string>>;
  updates: number;
  /** What the person has typed and chosen and not sent. */
  typed: ViewState;
}

/** Every person's stack of modals and Home tab. */
export interface Views {
  readonly all: readonly View[];
  /** Puts a modal before the person; those before it are gone. */
  open(user: User, body: ViewBody): View;
  /** Puts one on top. Throws `push_limit_reached`, or `not_found` when none is open. */
  push(user: User, body: ViewBody): View;
  update(view: View, body: ViewBody, hash?: string): View;
  publish(user: User, body: ViewBody, hash?: string): View;
  /** Takes the top one away, or all of them. */
  close(view: View, all?: boolean): void;
  /** Throws `not_found`. */
  find(key: { readonly id?: string; readonly externalId?: string }): View;
  /** `values`: what stands in its inputs, unless it is what was typed so far. */
  wire(view: View, values?: Fields): Fields;
}

/** docs.slack.dev, surfaces/modals and reference/methods/views.*. */
export function createViews({ world, ids, changes }: { world: World; ids: Ids; changes: Changes }): Views {
  const all: View[] = [];
  const stacks = new Map<string, View[]>();
  const homes = new Map<string, View>();
  const newHash = () => `${ids.ts()}.${randomBytes(4).toString("hex")}`;

  function make(user: User, body: ViewBody, previous?: View): View {
    checkExternal(body);
    const id = ids.next("V");
    const view: View = {
      id,
      user,
      rootId: previous?.rootId ?? id,
      ...(previous ? { previousId: previous.id } : {}),
      body,
      hash: newHash(),
      open: true,
      errors: {},
      updates: 0,
      typed: {},
    };
    all.push(view);
    return view;
  }

  function checkExternal({ fields }: ViewBody, own?: View): void {
    const { external_id } = fields;
    if (external_id === undefined || external_id === "") return;
    if (all.some((one) => one !== own && one.open && one.body.fields.external_id === external_id))
      throw refuse("duplicate_external_id");
  }

  function show(user: User, stack: View[]): void {
    stacks.set(user.id, stack);
    for (const [index, view] of stack.entries()) view.open = index === stack.length - 1;
    changes.happened();
  }

  const views: Views = {
    all,
    open(user, body) {
      for (const old of stacks.get(user.id) ?? []) old.open = false;
      const view = make(user, body);
      show(user, [view]);
      return view;
    },
    push(user, body) {
      const stack = stacks.get(user.id) ?? [];
      const top = stack.at(-1);
      if (!top) throw refuse("not_found");
      if (stack.length >= limits.viewStack) throw refuse("push_limit_reached");
      const view = make(user, body, top);
      show(user, [...stack, view]);
      return view;
    },
    update(view, body, hash) {
      if (hash !== undefined && hash !== view.hash) throw refuse("hash_conflict");
      if (body.kind !== view.body.kind) throw refuse("invalid_arguments");
      checkExternal(body, view);
      // docs: reference/views/modal-views, “Preserving input entry”: what has the same ids shows what it showed.
      view.typed = stateOf(view.body.blocks, view.typed);
      view.body = body;
      view.hash = newHash();
      view.errors = {};
      view.updates += 1;
      changes.happened();
      return view;
    },
    publish(user, body, hash) {
      const home = homes.get(user.id);
      if (home) return views.update(home, body, hash);
      const view = make(user, body);
      homes.set(user.id, view);
      changes.happened();
      return view;
    },
    close(view, everything = view.body.fields.clear_on_close === true) {
      const stack = (stacks.get(view.user.id) ?? []).filter((one) => one !== view);
      view.open = false;
      for (const one of everything ? stack : []) one.open = false;
      show(view.user, everything ? [] : stack);
    },
    find({ id, externalId }) {
      const stacked = (view: View) =>
        homes.get(view.user.id) === view || (stacks.get(view.user.id) ?? []).includes(view);
      const found = all.findLast(
        (view) =>
          stacked(view) && (id !== undefined ? view.id === id : view.body.fields.external_id === externalId),
      );
      if (!found) throw refuse("not_found");
      return found;
    },
    wire: (view, values = stateOf(view.body.blocks, view.typed)) => ({
      id: view.id,
      team_id: world.team.id,
      type: view.body.kind,
      private_metadata: "",
      callback_id: "",
      external_id: "",
      clear_on_close: false,
      notify_on_close: false,
      close: null,
      submit: null,
      ...view.body.fields,
      blocks: view.body.blocks,
      state: { values },
      hash: view.hash,
      previous_view_id: view.previousId ?? null,
      root_view_id: view.rootId,
      app_id: world.appId,
      app_installed_team_id: world.team.id,
      bot_id: world.botId,
    }),
  };
  return views;
}
