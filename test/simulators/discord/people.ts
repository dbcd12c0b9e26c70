import { type Acknowledgement, type Choice, type Interaction, interactionTypes } from "./answers.ts";
import type { Cdn, NewFile } from "./cdn.ts";
import type { Clock } from "./clock.ts";
import type { Commands } from "./commands.ts";
import { componentTypes, walk } from "./component-types.ts";
import { type FormValue, fillForm } from "./fill-form.ts";
import { fillOptions, type OptionValue } from "./fill-options.ts";
import type { Fields } from "./form.ts";
import type { Interactions } from "./interactions.ts";
import { messageFlags } from "./limits.ts";
import { canSee, findChosen, findOffered, optionsOf, typeOf } from "./offer.ts";
import type { PersonFile } from "./person-file.ts";
import { callAll, type Posts } from "./posts.ts";
import type { Scene } from "./scene.ts";
import { type Seen, toSeen } from "./seen.ts";
import type { Wire } from "./wire.ts";
import {
  type Channel,
  findMessage,
  isForum,
  type Message,
  type Sticker,
  type User,
  type World,
} from "./world.ts";

/** A message in a test's hand: as it was seen, or only its id. */
export type MessageRef = string | { readonly id: string };

/** What follows from something a person did: a command, a press, a form. */
export interface Doing {
  readonly interaction: Interaction;
  /** The bot's first answer; rejects when none comes in time. */
  acknowledged(): Promise<Acknowledgement>;
  /** The answer as it is now: `@original`. Absent before there is one. */
  readonly message: Seen | undefined;
  readonly followUps: readonly Seen[];
}

/** Everything a person can do. What Discord's own apps would not let them do throws an Error that says why. */
export interface People {
  say(
    channel: Channel,
    user: User,
    text: string,
    how?: {
      readonly files?: readonly PersonFile[];
      readonly replyTo?: MessageRef;
      /** Whether the reply calls its author; true unless said. */
      readonly ping?: boolean;
      readonly stickers?: readonly Sticker[];
      /** Previews of links that Discord has opened before: others come with `unfurl`. */
      readonly previews?: readonly Fields[];
      /** What only apps can send. */
      readonly embeds?: readonly Fields[];
      readonly components?: readonly Fields[];
    },
  ): Promise<Seen>;
  /** A post in a forum or media channel: a thread that begins with a message of its own, which has its id. */
  post(
    forum: Channel,
    user: User,
    post: { readonly name: string; readonly text?: string; readonly files?: readonly PersonFile[] },
  ): Promise<Channel>;
  /** A picture elsewhere on the web, which previews and apps can show by its address. */
  addOutside(address: string, bytes: Uint8Array): Promise<void>;
  /** Discord opens a link that was posted, and shows what is there. docs: resources/message, "Embed Structure". */
  unfurl(message: MessageRef, embeds: readonly Fields[]): void;
  /** Passes a message on to another channel. */
  forward(message: MessageRef, channel: Channel, user: User): Seen;
  editMessage(message: MessageRef, text: string): void;
  deleteMessage(message: MessageRef): void;
  /** `name`: that of the command, and of its subcommand behind a space. */
  slash(
    channel: Channel,
    user: User,
    name: string,
    options?: Readonly<Record<string, OptionValue>>,
  ): Promise<Doing>;
  /** Types into an option and asks for suggestions; resolves with them. */
  autocomplete(
    channel: Channel,
    user: User,
    name: string,
    typed: {
      readonly option: string;
      readonly value: string;
      readonly others?: Readonly<Record<string, string>>;
    },
  ): Promise<readonly Choice[]>;
  messageCommand(name: string, message: MessageRef, user: User): Doing;
  press(message: MessageRef, customId: string, user: User): Doing;
  /** Chooses values in a select menu of texts. */
  choose(message: MessageRef, customId: string, values: readonly string[], user: User): Doing;
  /** Sends the form that an answer has shown. Fields left out stay as the form prefilled them. */
  submit(shown: Doing, fields: Readonly<Record<string, FormValue>>): Promise<Doing>;
  /** The same with an id that the form does not have: what a client would do that is not Discord's own. */
  forgeForm(shown: Doing, customId: string, fields: Readonly<Record<string, FormValue>>): Promise<Doing>;
  /** Presses a button that the message does not have. */
  forgePress(message: MessageRef, customId: string, user: User): Doing;
}

/** People, as Discord's own apps let them act. */
export function createPeople(parts: {
  world: World;
  wire: Wire;
  cdn: Cdn;
  posts: Posts;
  commands: Commands;
  interactions: Interactions;
  clock: Clock;
  scene: Pick<Scene, "addThread">;
  newId: () => string;
  /** Whether the portal grants MESSAGE_CONTENT. */
  content: boolean;
}): People {
  const { world, wire, cdn, posts, interactions, clock, scene, newId, content } = parts;

  function at(ref: MessageRef): Message {
    const found = findMessage(world, typeof ref === "string" ? ref : ref.id);
    if (!found) throw new Error("There is no such message, or no longer.");
    return found;
  }

  function toDoing(interaction: Interaction): Doing {
    return {
      interaction,
      acknowledged: () => interaction.acknowledged,
      get message() {
        return interaction.original && toSeen(interaction.original);
      },
      get followUps() {
        return interaction.followUps.filter(({ deleted }) => !deleted).map(toSeen);
      },
    };
  }

  function toNewFile(file: PersonFile): NewFile {
    return { ...file, bytes: Buffer.from(file.bytes) };
  }

  async function upload(file: PersonFile, channel: Channel, user: User): Promise<Fields & { id: string }> {
    if (file.bytes.length > interactions.fileBytes(user, channel))
      throw new Error(`${file.name} is too large for ${user.name} to upload here.`);
    const stored = await cdn.store(toNewFile(file), { channelId: channel.id, ephemeral: true });
    return { ...wire.attachment(stored) };
  }

  function press(ref: MessageRef, customId: string, user: User, values?: readonly string[]): Doing {
    const message = at(ref);
    if (message.ephemeralTo && message.ephemeralTo !== user)
      throw new Error(`${user.name} does not see that message.`);
    const found = [...walk(message.body.components)].find((component) => component.custom_id === customId);
    const wanted = values ? componentTypes.stringSelect : componentTypes.button;
    if (!found || found.type !== wanted) {
      const there = toSeen(message).buttons.map(({ customId }) => customId);
      throw new Error(`Nothing there is called “${customId}”. Buttons: ${there.join(", ")}.`);
    }
    if (found.disabled === true) throw new Error(`“${customId}” is disabled.`);
    return toDoing(
      interactions.open({
        type: interactionTypes.component,
        user,
        channel: message.channel,
        source: message,
        data: {
          component_type: found.type,
          custom_id: customId,
          id: found.id,
          ...(values ? { values } : {}),
        },
      }),
    );
  }

  return {
    async say(channel, user, text, how = {}) {
      const {
        files = [],
        replyTo,
        ping = true,
        stickers = [],
        previews = [],
        embeds = [],
        components = [],
      } = how;
      if (!canSee(channel, user)) throw new Error(`${user.name} is not here.`);
      if (isForum(channel)) throw new Error(`${channel.name} takes posts, and no messages.`);
      if (!user.bot && embeds.length + components.length > 0) throw new Error("Only apps send those.");
      const answered = replyTo === undefined ? undefined : at(replyTo);
      const where = { channelId: channel.id, ephemeral: false };
      const stored = await Promise.all(files.map((file) => cdn.store(toNewFile(file), where)));
      const message = posts.add(
        {
          channel,
          author: user,
          fileBytes: Infinity,
          ...(answered ? { replyTo: answered } : {}),
          allowed: { ...callAll, repliedUser: ping },
          ...(components.length > 0 ? { flags: messageFlags.componentsV2 } : {}),
        },
        { body: { content: text, embeds: [...previews, ...embeds], components, files: stored }, stickers },
      );
      return toSeen(message);
    },
    async post(forum, user, { name, text = "", files = [] }) {
      if (!isForum(forum)) throw new Error(`${forum.name} takes messages, and no posts.`);
      if (!canSee(forum, user)) throw new Error(`${user.name} is not here.`);
      const id = newId();
      const thread = scene.addThread(forum, { name, ownerId: user.id, id });
      const where = { channelId: thread.id, ephemeral: false };
      const stored = await Promise.all(files.map((file) => cdn.store(toNewFile(file), where)));
      const body = { content: text, embeds: [], components: [], files: stored };
      posts.add({ channel: thread, author: user, fileBytes: Infinity, id }, { body });
      return thread;
    },
    addOutside: (address, bytes) => cdn.addOutside(address, Buffer.from(bytes)),
    unfurl(ref, embeds) {
      const message = at(ref);
      message.body = { ...message.body, embeds };
      posts.updated(message);
    },
    forward(ref, channel, user) {
      const body = { content: "", embeds: [], components: [], files: [] };
      return toSeen(
        posts.add(
          { channel, author: user, fileBytes: 0, flags: messageFlags.hasSnapshot },
          { body, snapshot: at(ref) },
        ),
      );
    },
    editMessage(ref, text) {
      const message = at(ref);
      message.body = { ...message.body, content: text };
      message.edits += 1;
      message.editedMs = clock.now();
      posts.updated(message);
    },
    deleteMessage: (ref) => posts.remove(at(ref)),
    async slash(channel, user, name, given = {}) {
      const { command, chosen, wrap } = findChosen(parts, { channel, user }, name);
      const filled = await fillOptions(
        chosen,
        given,
        (file) => upload(file, channel, user),
        resolveIn(channel),
      );
      return toDoing(
        interactions.open({
          type: interactionTypes.command,
          user,
          channel,
          commandName: name,
          data: {
            id: command.id,
            name: command.name,
            type: 1,
            ...filled,
            options: wrap(filled.options),
            ...(command.guild_id ? { guild_id: command.guild_id } : {}),
          },
        }),
      );
    },
    async autocomplete(channel, user, name, { option: key, value, others = {} }) {
      const { command, chosen, wrap } = findChosen(parts, { channel, user }, name);
      const option = optionsOf(chosen).find((one) => one.name === key);
      if (option?.autocomplete !== true) throw new Error(`“${key}” of /${name} suggests nothing.`);
      const options = [
        ...Object.entries(others).map(([other, filled]) => ({
          name: other,
          type: typeOf(chosen, other),
          value: filled,
        })),
        { name: key, type: option.type, value, focused: true },
      ];
      const asked = interactions.open({
        type: interactionTypes.autocomplete,
        user,
        channel,
        commandName: name,
        data: { id: command.id, name: command.name, type: 1, options: wrap(options) },
      });
      return (await asked.acknowledged).choices ?? [];
    },
    messageCommand(name, ref, user) {
      const target = at(ref);
      const command = findOffered(parts, { channel: target.channel, user }, 3, name);
      const messages = { [target.id]: wire.message(target, { content, whole: true }) };
      return toDoing(
        interactions.open({
          type: interactionTypes.command,
          user,
          channel: target.channel,
          commandName: name,
          targetId: target.id,
          data: { id: command.id, name, type: 3, target_id: target.id, resolved: { messages } },
        }),
      );
    },
    press: (ref, customId, user) => press(ref, customId, user),
    choose: (ref, customId, values, user) => press(ref, customId, user, values),
    submit: (shown, fields) => submit(shown, fields),
    forgeForm: (shown, customId, fields) => submit(shown, fields, customId),
    forgePress(ref, customId, user) {
      const message = at(ref);
      const data = { component_type: componentTypes.button, custom_id: customId, id: 99 };
      const { channel } = message;
      return toDoing(
        interactions.open({ type: interactionTypes.component, user, channel, source: message, data }),
      );
    },
  };

  /** docs: interactions/receiving-and-responding, "Resolved Data Structure". */
  function resolveIn({ guild }: Channel) {
    return (input: Fields, id: string): { readonly kind: string; readonly value: Fields } => {
      const [channel, role, user] = [world.channels.get(id), guild?.roles.get(id), world.users.get(id)];
      const isOf = (...types: readonly number[]) => types.includes(Number(input.type));
      const { channelSelect, mentionableSelect, roleSelect, userSelect } = componentTypes;
      if (channel && channel.guild === guild && isOf(channelSelect))
        return { kind: "channels", value: { id, type: channel.type, name: channel.name } };
      if (role && isOf(roleSelect, mentionableSelect)) return { kind: "roles", value: wire.role(role, 1) };
      if (user && guild?.members.has(id) && isOf(userSelect, mentionableSelect))
        return { kind: "users", value: { ...wire.user(user) } };
      throw new Error(`There is nothing with the id ${id} to be chosen there.`);
    };
  }

  async function submit(
    shown: Doing,
    fields: Readonly<Record<string, FormValue>>,
    customId?: string,
  ): Promise<Doing> {
    const { interaction } = shown;
    const modal = interaction.acknowledgement?.modal;
    if (!modal) throw new Error("No form was shown.");
    const { user, channel } = interaction;
    const filled = await fillForm(modal, fields, (file) => upload(file, channel, user), resolveIn(channel));
    return toDoing(
      interactions.open({
        type: interactionTypes.modal,
        user,
        channel,
        ...(interaction.source ? { source: interaction.source } : {}),
        data: { custom_id: customId ?? modal.customId, ...filled },
      }),
    );
  }
}
