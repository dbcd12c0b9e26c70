import { toAction } from "./action.ts";
import { elementsOf } from "./block-ids.ts";
import type { Ack, Delivered } from "./delivery.ts";
import type { Fields } from "./fields.ts";
import type { FileWire } from "./file-wire.ts";
import type { Files, PersonFile } from "./files.ts";
import { fillView, type ViewValue } from "./fill-view.ts";
import type { Ids } from "./ids.ts";
import type { Interaction, Interactions } from "./interactions.ts";
import type { MessageWire } from "./message-wire.ts";
import { type Seen, toSeen } from "./seen.ts";
import { type SeenView, toSeenView } from "./seen-view.ts";
import { answerSubmission } from "./submission.ts";
import { stateOf } from "./view-state.ts";
import type { View, Views } from "./views.ts";
import { type Channel, type MessageRef, messageAt, type User, type World } from "./world.ts";

/** What follows from something a person did: a command, a press, a form, a shortcut. */
export interface Doing {
  readonly triggerId: string;
  /** Empty for views and global shortcuts. */
  readonly responseUrl: string;
  readonly sent: Delivered;
  /** The acknowledgement, after Slack has carried it out; not `ok` when none came in time. Never rejects for that. */
  acknowledged(): Promise<Ack>;
  /** What Slack tells the person went wrong, e.g. `operation_timeout`. */
  readonly trouble: string | undefined;
  /** What was posted by the acknowledgement and with the response URL. */
  readonly messages: readonly Seen[];
  /** The view that was opened, pushed or updated in answer. */
  readonly view: SeenView | undefined;
}

/** A view in a test's hand: as it was seen. */
export interface ViewRef {
  readonly id: string;
}

/** What people do beside writing. What Slack's own apps would not let them do throws an Error that says why. */
export interface Doings {
  /** Types a slash command; there are none in threads. `command` with its slash. */
  slash(channel: Channel, user: User, command: string, text?: string): Doing;
  /** Presses a button, or chooses an option of a select menu that tells the app at once, in a message or view. */
  press(at: MessageRef | ViewRef, actionId: string, user: User, value?: string): Doing;
  /** Types into a form and does not send it. */
  fillIn(view: ViewRef, values: Readonly<Record<string, ViewValue>>): Promise<void>;
  /** Sends a form. Keys are block ids or action ids; what is left out stays as it was typed or prefilled. */
  submitView(view: ViewRef, values?: Readonly<Record<string, ViewValue>>): Promise<Doing>;
  /** Closes a modal; undefined where the app does not want to know. */
  closeView(view: ViewRef): Doing | undefined;
  messageShortcut(callbackId: string, message: MessageRef, user: User): Doing;
  globalShortcut(callbackId: string, user: User): Doing;
}

/** People, as Slack's own apps let them act. */
export function createDoings(parts: {
  world: World;
  interactions: Interactions;
  views: Views;
  files: Files;
  fileWire: FileWire;
  wire: MessageWire;
  ids: Ids;
}): Doings {
  const { world, interactions, views, files, fileWire, wire, ids } = parts;

  function toDoing(interaction: Interaction, shown?: View): Doing {
    const { trigger, target, sent } = interaction;
    return {
      triggerId: trigger.id,
      responseUrl: String(sent.payload.response_url ?? ""),
      sent,
      acknowledged: () => interaction.acknowledged,
      get trouble() {
        return interaction.trouble;
      },
      get messages() {
        return (target?.posted ?? []).filter(({ deleted }) => !deleted).map((one) => toSeen(one, files));
      },
      get view() {
        const opened = views.all.find(({ id }) => id === trigger.viewId) ?? shown;
        return opened && toSeenView(opened, files);
      },
    };
  }

  function viewAt({ id }: ViewRef): View {
    const view = views.all.find((one) => one.id === id);
    if (!view?.open) throw new Error(`The view ${id} is not before anybody now.`);
    return view;
  }

  function uploadTo({ user }: View): (file: PersonFile) => Promise<Fields> {
    return async (file) => {
      const stored = await files.store(file, user);
      stored.granted = true;
      return fileWire(stored);
    };
  }

  function channelOf(channel: Channel): Fields {
    const name = channel.kind === "private" ? "privategroup" : channel.name;
    return { id: channel.id, name };
  }

  return {
    slash(channel, user, command, text = "") {
      if (!command.startsWith("/")) throw new Error("A command starts with a slash.");
      if (!channel.members.has(user.id)) throw new Error(`${user.name} is not in ${channel.name}.`);
      if (!world.scopes.has("commands")) throw new Error("The app has no commands: the scope is missing.");
      const interaction = interactions.open({
        kind: "slash_commands",
        user,
        at: { channel },
        build: ({ triggerId, responseUrl }) => ({
          token: "legacy",
          team_id: world.team.id,
          team_domain: world.team.domain,
          channel_id: channel.id,
          channel_name: channelOf(channel).name,
          user_id: user.id,
          user_name: user.name,
          command,
          text,
          api_app_id: world.appId,
          is_enterprise_install: "false",
          response_url: responseUrl,
          trigger_id: triggerId,
        }),
      });
      return toDoing(interaction);
    },
    press(at, actionId, user, value) {
      if (!("ts" in at)) {
        const view = viewAt(at);
        if (view.user !== user) throw new Error(`${user.name} does not see that view.`);
        const action = toAction(view.body.blocks, { actionId, value, ts: ids.ts() });
        const { block_id: blockId, action_ts: _, ...state } = action;
        if (state.type !== "button") {
          view.typed = { ...view.typed, [String(blockId)]: { [actionId]: state } };
        }
        const interaction = interactions.open({
          kind: "interactive",
          user,
          fromView: view.id,
          build: ({ triggerId }) => ({
            type: "block_actions",
            ...interactions.common(user),
            container: { type: "view", view_id: view.id },
            trigger_id: triggerId,
            view: views.wire(view),
            actions: [action],
          }),
          apply: () => {},
        });
        return toDoing(interaction, view);
      }
      const message = messageAt(world, at);
      const { channel, ephemeralTo } = message;
      if (ephemeralTo ? ephemeralTo !== user : !channel.members.has(user.id))
        throw new Error(`${user.name} does not see that message.`);
      const action = toAction(message.blocks, { actionId, value, ts: ids.ts() });
      const interaction = interactions.open({
        kind: "interactive",
        user,
        at: { channel, original: message },
        build: ({ triggerId, responseUrl }) => ({
          type: "block_actions",
          ...interactions.common(user),
          container: {
            type: "message",
            message_ts: message.ts,
            channel_id: channel.id,
            is_ephemeral: ephemeralTo !== undefined,
            ...(message.threadTs ? { thread_ts: message.threadTs } : {}),
          },
          trigger_id: triggerId,
          channel: channelOf(channel),
          // Slack keeps no ephemeral message, and so cannot show it.
          ...(ephemeralTo ? {} : { message: wire.message(message) }),
          state: { values: {} },
          response_url: responseUrl,
          actions: [action],
        }),
        // docs: the body of this acknowledgement is not looked at
        apply: () => {},
      });
      return toDoing(interaction);
    },
    async fillIn(ref, values) {
      const view = viewAt(ref);
      const touched = view.body.blocks.flatMap((block) => {
        const given = elementsOf(block).some(({ action_id }) => String(action_id) in values);
        return given || String(block.block_id) in values ? [block] : [];
      });
      view.typed = { ...view.typed, ...(await fillView(touched, values, uploadTo(view))) };
    },
    async submitView(ref, values = {}) {
      const view = viewAt(ref);
      if (view.body.kind !== "modal" || view.body.fields.submit === undefined)
        throw new Error("That view has nothing to submit.");
      const filled = await fillView(view.body.blocks, values, uploadTo(view), view.typed);
      view.errors = {};
      const interaction = interactions.open({
        kind: "interactive",
        user: view.user,
        fromView: view.id,
        build: ({ triggerId }) => ({
          type: "view_submission",
          ...interactions.common(view.user),
          trigger_id: triggerId,
          view: views.wire(view, { ...stateOf(view.body.blocks, view.typed), ...filled }),
          response_urls: [],
        }),
        apply: (body, opened) => answerSubmission(parts, { view, body, interaction: opened }),
      });
      return toDoing(interaction, view);
    },
    closeView(ref) {
      const view = viewAt(ref);
      views.close(view);
      if (view.body.fields.notify_on_close !== true) return undefined;
      const interaction = interactions.open({
        kind: "interactive",
        user: view.user,
        build: () => ({
          type: "view_closed",
          ...interactions.common(view.user),
          view: views.wire(view),
          is_cleared: view.body.fields.clear_on_close === true,
        }),
        apply: () => {},
      });
      return toDoing(interaction, view);
    },
    messageShortcut(callbackId, ref, user) {
      const message = messageAt(world, ref);
      const { channel } = message;
      if (!channel.members.has(user.id) || message.ephemeralTo)
        throw new Error("That message has no shortcuts for them.");
      const interaction = interactions.open({
        kind: "interactive",
        user,
        at: { channel },
        build: ({ triggerId, responseUrl }) => ({
          type: "message_action",
          ...interactions.common(user),
          callback_id: callbackId,
          trigger_id: triggerId,
          action_ts: ids.ts(),
          message_ts: message.ts,
          response_url: responseUrl,
          channel: channelOf(channel),
          message: wire.message(message),
        }),
        apply: () => {},
      });
      return toDoing(interaction);
    },
    globalShortcut(callbackId, user) {
      const interaction = interactions.open({
        kind: "interactive",
        user,
        build: ({ triggerId }) => ({
          type: "shortcut",
          ...interactions.common(user),
          callback_id: callbackId,
          trigger_id: triggerId,
          action_ts: ids.ts(),
        }),
        apply: () => {},
      });
      return toDoing(interaction);
    },
  };
}
