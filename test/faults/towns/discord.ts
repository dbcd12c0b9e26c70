import { createDiscordSimulator, type DiscordSimulator } from "../../simulators/discord/index.ts";
import { type Seen, toSeen } from "../../simulators/discord/seen.ts";
import { type Channel, channelTypes, type Message, type User } from "../../simulators/discord/world.ts";
import { toPressGroup } from "../openai.ts";
import type { PlatformFault } from "../schedule.ts";
import {
  createBar,
  createHaste,
  freshMs,
  hashOf,
  isWaiting,
  limitMs,
  nameOf,
  pickPicture,
  type Request,
  slowMs,
  strikeFor,
  type Town,
  type TownParts,
} from "./town.ts";

type Doing = Awaited<ReturnType<DiscordSimulator["slash"]>>;

/** A server with two channels, and a direct conversation of everybody with the bot. */
export async function createDiscordTown(parts: TownParts): Promise<Town> {
  const { record, people: count } = parts;
  const discord = await createDiscordSimulator({ portal: { messageContent: true } });
  const guild = discord.addGuild({ name: "The Quay" });
  const channels = [
    discord.addChannel(guild, { name: "pictures" }),
    discord.addChannel(guild, { name: "talk" }),
  ];
  const people = Array.from({ length: count }, (_, index) => discord.addUser({ name: nameOf(index) }));
  const moderator = discord.addUser({ name: "mo" });
  for (const person of people) discord.join(guild, person);
  discord.join(guild, moderator, { permissions: ["MANAGE_MESSAGES"] });
  const places = new Map<string, Channel>();
  for (const channel of [...channels, ...people.map((person) => discord.dm(person))])
    places.set(channel.id, channel);

  /** Turns by the interaction or the message that asked. */
  const askedBy = new Map<string, string>();
  const saidFor = new Map<string, string>();
  const known = new Map<string, { body: Message["body"]; flags: number }>();
  const removed = new Set<string>();
  const isHasty = createHaste();
  let closed = false;

  const keyOf = (id: string) => `discord:${id}`;
  const idOf = (key: string) => key.slice(keyOf("").length);

  function scan(): void {
    for (const channel of places.values()) {
      for (const message of channel.messages.values()) {
        if (message.threadId && !places.has(message.threadId))
          places.set(message.threadId, discord.channel(message.threadId));
        if (message.author !== discord.bot) continue;
        const before = known.get(message.id);
        if (before?.body === message.body && before.flags === message.flags) continue;
        known.set(message.id, { body: message.body, flags: message.flags });
        note(message);
      }
    }
    for (const id of known.keys()) {
      if ([...places.values()].some(({ messages }) => messages.has(id))) continue;
      known.delete(id);
      record.add({ kind: "gone", message: keyOf(id), by: removed.has(id) ? "person" : "bot" });
    }
  }

  function note(message: Message): void {
    const seen = toSeen(message);
    const turn = askedBy.get(message.origin?.id ?? "") ?? askedBy.get(message.replyTo?.messageId ?? "");
    const to = people.find(({ id }) => id === seen.ephemeralTo)?.name ?? ownerOf(message.channel)?.name;
    record.add({
      ...{ kind: "seen", message: keyOf(message.id), place: message.channel.id },
      ...(to && { to }),
      ...(turn && { turn }),
      face: {
        state: seen.loading || isWaiting(seen.text, labelsOf(seen)) ? "waiting" : "ended",
        text: seen.loading ? "" : seen.text,
        pictures: [...seen.files, ...seen.downloads].map(({ bytes }) => hashOf(bytes)),
      },
    });
  }

  const ownerOf = ({ type, recipients }: Channel): User | undefined =>
    type === channelTypes.dm ? recipients.find(({ bot }) => !bot) : undefined;

  const over = discord.waitFor(
    () => {
      scan();
      return closed;
    },
    { timeoutMs: 2 ** 31 - 1 },
  );

  const labelsOf = (seen: Seen) => seen.buttons.filter(({ disabled }) => !disabled).map(({ label }) => label);
  const buttonOf = (seen: Seen, label: string) =>
    seen.buttons.find((one) => one.label === label && !one.disabled);

  /** Waits for the first answer to an interaction. */
  async function hear(doing: Doing, turn: string): Promise<void> {
    try {
      const { kind } = await doing.acknowledged();
      record.add({ kind: "taken", turn, by: `interaction: ${kind}` });
    } catch (error) {
      record.add({ kind: "turned away", turn, by: error instanceof Error ? error.message : String(error) });
    }
  }

  function press(message: string, label: string, user: User): Doing {
    const seen = discord.message(message);
    const customId = seen && buttonOf(seen, label)?.customId;
    if (!customId) throw new Error(`there is no ${label} under ${message}`);
    return discord.press(message, customId, user);
  }

  async function ask(request: Request): Promise<void> {
    const { wish, turn, words } = request;
    const user = people[wish.person];
    const channel = channels[wish.person % channels.length];
    if (!user || !channel) throw new Error("there is no such person");
    const files = request.picture ? [{ name: "photo.png", bytes: request.picture }] : [];
    const { twice } = wish;
    const dm = discord.dm(user);
    const base = {
      kind: "asked",
      turn,
      group: turn,
      platform: "discord",
      person: user.name,
      private: false,
    } as const;
    const say = async (where: Channel, text: string, replyTo?: string) => {
      const said = discord.say(where, user, text, { files, ...(replyTo && { replyTo }) });
      const { id } = await said;
      askedBy.set(id, turn);
      saidFor.set(turn, id);
      if (twice) discord.gateway.redeliver("MESSAGE_CREATE");
    };
    const slash = async (isPrivate: boolean) => {
      const doing = await discord.slash(channel, user, "draw", {
        prompt: words,
        ...(files[0] && { image: files[0] }),
        ...(isPrivate && { private: true }),
      });
      askedBy.set(doing.interaction.id, turn);
      if (twice) discord.gateway.redeliver("INTERACTION_CREATE");
      await hear(doing, turn);
    };
    const isThread = (place: string) => places.get(place)?.type === channelTypes.publicThread;
    const among =
      wish.way === "thread" ? isThread : (place: string) => !isThread(place) || wish.way !== "reply";
    const needs = ["reply", "thread", "vary", "redo", "form"].includes(wish.way);
    const picked = needs
      ? pickPicture(parts, { platform: "discord", person: wish.person, among })
      : undefined;
    const target = picked?.seen;
    const spots = target ? [target.place, idOf(target.message)] : [channel.id];
    switch (picked ? wish.way : needs ? "mention" : wish.way) {
      case "slash":
      case "privately":
        record.add({ ...base, way: wish.way, places: [channel.id], private: wish.way === "privately" });
        return slash(wish.way === "privately");
      case "direct":
        record.add({ ...base, way: "direct", places: [dm.id] });
        return say(dm, words);
      case "reply": {
        if (!target || !places.has(target.place)) return;
        record.add({ ...base, way: "reply", places: spots, from: { message: target.message, goesOn: true } });
        const where = places.get(target.place) ?? channel;
        return say(where, where.guild ? `<@${discord.bot.id}> ${words}` : words, idOf(target.message));
      }
      case "thread":
        if (!target) return;
        record.add({ ...base, way: "thread", places: spots });
        return say(places.get(target.place) ?? channel, words);
      case "vary":
      case "redo": {
        if (!picked || !target) return;
        const label = wish.way === "vary" ? "Vary" : "Draw again";
        if (isHasty(`${target.message} ${label} ${user.name}`)) return;
        const first = press(idOf(target.message), label, user);
        askedBy.set(first.interaction.id, turn);
        record.add({
          ...base,
          group: wish.way === "vary" ? toPressGroup(picked.response) : picked.group,
          way: wish.way,
          places: spots,
          private: target.to !== undefined && !ownerOf(places.get(target.place) ?? channel),
          from: { message: target.message, goesOn: wish.way === "vary" },
        });
        if (twice) askedBy.set(press(idOf(target.message), label, user).interaction.id, turn);
        return hear(first, turn);
      }
      case "form": {
        if (!picked || !target) return;
        const opened = press(idOf(target.message), "Edit…", user);
        const shown = await opened.acknowledged().catch(() => undefined);
        if (shown?.kind !== "modal") return; // nobody was there: they see no form, and ask for nothing
        record.add({
          ...base,
          way: "form",
          places: spots,
          private: target.to !== undefined && !ownerOf(places.get(target.place) ?? channel),
          from: { message: target.message, goesOn: true },
        });
        const sent = await discord.submit(opened, { prompt: words });
        askedBy.set(sent.interaction.id, turn);
        return hear(sent, turn);
      }
      default:
        record.add({ ...base, way: "mention", places: [channel.id] });
        return say(channel, `<@${discord.bot.id}> ${words}`);
    }
  }

  const bar = createBar(record, "discord");
  /** Threads that the bot had opened when it was shut out of them: it may not take them away. */
  const deserted = new Set<string>();
  const emptyThreads = () =>
    [...places.values()].filter(
      ({ type, messages }) => type === channelTypes.publicThread && messages.size === 0,
    );

  /** The bot loses the right to write in the channels. */
  function shutOut(): { readonly struck: number; cancel(): void } {
    const unbar = bar(freshMs);
    const before = new Set(discord.requests);
    for (const channel of channels)
      discord.permit(channel, discord.bot, { deny: ["SEND_MESSAGES", "SEND_MESSAGES_IN_THREADS"] });
    return {
      get struck() {
        return discord.requests.filter((one) => one.status === 403 && !before.has(one)).length;
      },
      cancel() {
        for (const thread of emptyThreads()) deserted.add(thread.id);
        for (const channel of channels)
          discord.permit(channel, discord.bot, { allow: ["SEND_MESSAGES", "SEND_MESSAGES_IN_THREADS"] });
        unbar();
      },
    };
  }

  function place(
    fault: Exclude<PlatformFault, "barred">,
    times: number,
  ): { readonly struck: number; cancel(): void } {
    const path = /\/(messages|callback|webhooks|threads)/;
    switch (fault) {
      case "503":
        return discord.fault({ kind: "status", status: 503, times, path });
      case "429":
        return discord.fault({
          kind: "rate limit",
          retryAfterMs: limitMs,
          scope: "user",
          times: 1,
          path,
        });
      case "slow":
        return discord.fault({ kind: "slow", ms: slowMs, times, path });
      case "cut before":
      case "cut after":
      case "reset":
        return discord.fault({
          kind: "drop",
          when: fault === "cut before" ? "before" : "after",
          ...(fault === "reset" && { reset: true }),
          times,
          path,
        });
    }
  }

  const answerOf = (turn: string) =>
    [...record.faces.values()].find((one) => one.turn === turn && one.message.startsWith("discord:"));

  return {
    env: { DISCORD_TOKEN: discord.token, DISCORD_API_URL: discord.api },
    ask,
    cancel(turn, person) {
      const answer = answerOf(turn);
      const user = people[person];
      const seen = answer && discord.message(idOf(answer.message));
      if (!seen || !user || !buttonOf(seen, "Cancel")) return false;
      record.add({ kind: "spared", turn, why: "cancelled" });
      press(seen.id, "Cancel", user);
      return true;
    },
    remove(turn) {
      const answer = answerOf(turn);
      if (!answer || discord.message(idOf(answer.message))?.ephemeralTo) return false;
      record.add({ kind: "spared", turn, why: "deleted" });
      removed.add(idOf(answer.message));
      discord.deleteMessage(idOf(answer.message));
      return true;
    },
    edit(turn) {
      const id = saidFor.get(turn);
      const said = id && discord.message(id);
      if (said) discord.editMessage(said, `${said.content}!`);
    },
    strike: (fault, times) =>
      fault === "barred" ? strikeFor(shutOut()) : strikeFor(place(fault, times), fault === "429" ? 1 : times),
    bar,
    async look() {
      scan();
    },
    litter: () =>
      emptyThreads()
        .filter(({ id }) => !deserted.has(id))
        .map(({ id, name }) => `discord: thread ${id} “${name}” is empty`),
    async close() {
      closed = true;
      await over;
      await discord.close();
    },
  };
}
