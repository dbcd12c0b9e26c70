import { createSlackSimulator, type SlackSimulator } from "../../simulators/slack/index.ts";
import type { Seen } from "../../simulators/slack/seen.ts";
import type { AppKind, Channel, Message, User } from "../../simulators/slack/world.ts";
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

type Said = Awaited<ReturnType<SlackSimulator["say"]>>;
type Doing = ReturnType<SlackSimulator["slash"]>;

/** What an acknowledgement tells who asked: that nothing will come, in words or beside a field. */
function toRefusal(body: unknown): string | undefined {
  const { text, errors } = (body ?? {}) as { readonly text?: string; readonly errors?: object };
  return text ?? (errors && JSON.stringify(errors));
}

/** Slack tries an event that nobody takes again, as it does, only sooner: in ms. */
const retryMs = [50, 1500, 3000, 4000, 5000];

/**
 * A workspace with two channels, and a direct conversation of everybody with the bot, which is that kind of app. `origin`:
 * where what is said is brought to; absent: to the bot's sockets.
 */
export async function createSlackTown(parts: TownParts, app: AppKind, origin?: string): Promise<Town> {
  const { record, people: count } = parts;
  const slack = await createSlackSimulator({ app, retryMs });
  if (origin !== undefined) slack.http.deliverTo(`${origin}/slack/events`);
  const people = Array.from({ length: count }, (_, index) => slack.addUser({ name: nameOf(index) }));
  const channels = [slack.addChannel({ name: "pictures" }), slack.addChannel({ name: "talk" })];
  const places = new Map<string, Channel>();
  for (const channel of [...channels, ...people.map((person) => slack.dm(person))])
    places.set(channel.id, channel);

  /** Turns by the thread that their message begins. */
  const begins = new Map<string, string>();
  /** The bot's first message in each thread: what stands below it may answer somebody else. */
  const firstIn = new Map<string, string>();
  const doings: { readonly doing: Doing; readonly turn: string }[] = [];
  const saidFor = new Map<string, Said>();
  const known = new Map<string, number>();
  const removed = new Set<string>();
  const isHasty = createHaste();
  let closed = false;

  const keyOf = ({ channel, ts }: { channel: string; ts: string }) => `slack:${channel}:${ts}`;
  function refOf(key: string): { channel: string; ts: string } {
    const [, channel = "", ts = ""] = key.split(":");
    return { channel, ts };
  }

  function scan(everything = false): void {
    for (const channel of places.values()) {
      for (const message of channel.messages.values()) {
        if (!message.byBot) continue;
        const ref = { channel: channel.id, ts: message.ts };
        if (message.deleted) {
          if (known.delete(keyOf(ref)))
            record.add({ kind: "gone", message: keyOf(ref), by: removed.has(keyOf(ref)) ? "person" : "bot" });
          continue;
        }
        if (!everything && known.get(keyOf(ref)) === message.updates) continue;
        known.set(keyOf(ref), message.updates);
        note(message);
      }
    }
  }

  function note(message: Message): void {
    const ref = { channel: message.channel.id, ts: message.ts };
    const seen = slack.message(ref);
    if (!seen) return;
    const thread = seen.threadTs ?? "";
    if (thread && !firstIn.has(thread)) firstIn.set(thread, seen.ts);
    const turn =
      (firstIn.get(thread) === seen.ts ? begins.get(thread) : undefined) ??
      doings.find(({ doing }) => doing.messages.some(({ ts }) => ts === seen.ts))?.turn;
    const direct =
      message.channel.kind === "im"
        ? [...message.channel.members].find((id) => id !== slack.bot.id)
        : undefined;
    const to = people.find(({ id }) => id === (seen.ephemeralTo ?? direct))?.name;
    const pictures = [
      ...seen.images.flatMap(({ bytes }) => (bytes ? [hashOf(bytes)] : [])),
      ...seen.files.map(({ bytes }) => hashOf(bytes)),
    ];
    const key = keyOf(ref);
    const face = {
      state: isWaiting(seen.text, labelsOf(seen)) ? ("waiting" as const) : ("ended" as const),
      text: seen.text,
      pictures: [...new Set(pictures)],
    };
    if (JSON.stringify(record.faces.get(key)?.face) === JSON.stringify(face)) return;
    record.add({
      ...{
        kind: "seen",
        message: key,
        place: seen.threadTs ? `${ref.channel}:${seen.threadTs}` : ref.channel,
      },
      ...(to && { to }),
      ...(turn && { turn }),
      face,
    });
  }

  const over = slack.waitFor(
    () => {
      scan();
      return closed;
    },
    { timeoutMs: 2 ** 31 - 1 },
  );

  const labelsOf = (seen: Seen) => seen.buttons.map(({ text }) => text);

  function press(message: string, label: string, user: User): Doing {
    const ref = refOf(message);
    const actionId = slack.message(ref)?.buttons.find(({ text }) => text === label)?.actionId;
    if (!actionId) throw new Error(`there is no ${label} under ${message}`);
    return slack.press(ref, actionId, user);
  }

  /** Waits until Slack is told that the bot has it. */
  async function hear(doing: Doing, turn: string): Promise<void> {
    doings.push({ doing, turn });
    const { ok, reason, body } = await doing.acknowledged();
    const refused = ok ? toRefusal(body) : undefined;
    if (refused !== undefined) record.add({ kind: "turned away", turn, by: refused });
    else if (ok) record.add({ kind: "taken", turn, by: "acknowledged" });
    else record.add({ kind: "turned away", turn, by: doing.trouble ?? reason ?? "" });
  }

  async function ask(request: Request): Promise<void> {
    const { wish, turn, words } = request;
    const user = people[wish.person];
    const channel = channels[wish.person % channels.length];
    if (!user || !channel) throw new Error("there is no such person");
    const files = request.picture ? [{ name: "photo.png", bytes: request.picture }] : [];
    const { twice } = wish;
    const dm = slack.dm(user);
    const base = {
      kind: "asked",
      turn,
      group: turn,
      platform: "slack",
      person: user.name,
      private: false,
    } as const;
    const say = async (where: Channel, how: { mention?: boolean; threadTs?: string }) => {
      const said = await slack.say(where, user, words, { files, ...how });
      saidFor.set(turn, said);
      // Each message to an agent begins a thread, as a mention does.
      if (!how.threadTs && (how.mention || app === "agent")) begins.set(said.ts, turn);
      if (twice) for (const event of said.events) slack.redeliver(event);
      const acks = await Promise.all(said.events.map(({ done }) => done));
      if (acks.length === 0) record.add({ kind: "turned away", turn, by: "the bot is not in the channel" });
      else if (acks.every(({ ok }) => ok))
        record.add({ kind: "taken", turn, by: "the events are acknowledged" });
      else record.add({ kind: "turned away", turn, by: "the events are given up" });
    };
    const needs = ["thread", "vary", "redo", "form"].includes(wish.way);
    const picked = needs ? pickPicture(parts, { platform: "slack", person: wish.person }) : undefined;
    const target = picked?.seen;
    const ref = target && refOf(target.message);
    const shown = ref && slack.message(ref);
    const threadTs = shown?.threadTs ?? shown?.ts;
    const spots = ref && threadTs ? [ref.channel, `${ref.channel}:${threadTs}`] : [channel.id];
    const isPrivate = shown?.ephemeralTo !== undefined;
    switch (shown ? wish.way : needs ? "mention" : wish.way) {
      case "slash":
      case "privately": {
        const hidden = wish.way === "privately";
        record.add({ ...base, way: wish.way, places: [channel.id], private: hidden });
        return hear(slack.slash(channel, user, "/draw", `${words}${hidden ? " --private" : ""}`), turn);
      }
      case "direct":
        record.add({ ...base, way: "direct", places: [dm.id] });
        return say(dm, {});
      case "thread": {
        const where = ref && places.get(ref.channel);
        if (!where || !threadTs || isPrivate) return;
        record.add({ ...base, way: "thread", places: spots });
        return say(where, { threadTs });
      }
      case "vary":
      case "redo": {
        if (!picked || !target) return;
        const label = wish.way === "vary" ? "Vary" : "Draw again";
        if (isHasty(`${target.message} ${label} ${user.name}`)) return;
        const first = press(target.message, label, user);
        record.add({
          ...base,
          group: wish.way === "vary" ? toPressGroup(picked.response) : picked.group,
          way: wish.way,
          places: spots,
          private: isPrivate,
          from: { message: target.message, goesOn: wish.way === "vary" },
        });
        if (twice) doings.push({ doing: press(target.message, label, user), turn });
        return hear(first, turn);
      }
      case "form": {
        if (!target) return;
        const opened = press(target.message, "Edit…", user);
        const { ok } = await opened.acknowledged();
        const view =
          ok && (await slack.waitFor(() => opened.view, { timeoutMs: 3000 }).catch(() => undefined));
        if (!view || !slack.modal(user)) return; // nobody was there: they see no form, and ask for nothing
        record.add({
          ...base,
          way: "form",
          places: spots,
          private: isPrivate,
          from: { message: target.message, goesOn: true },
        });
        return hear(await slack.submitView({ id: view.id }, { prompt: words }), turn);
      }
      default:
        record.add({ ...base, way: "mention", places: [channel.id] });
        return say(channel, { mention: true });
    }
  }

  const bar = createBar(record, "slack");

  /** The bot loses the right to write in the channels. */
  function shutOut(): { readonly struck: number; cancel(): void } {
    const unbar = bar(freshMs);
    const before = new Set(slack.requests);
    for (const channel of channels) slack.kick(channel);
    return {
      get struck() {
        return slack.requests.filter((one) => one.error === "not_in_channel" && !before.has(one)).length;
      },
      cancel() {
        for (const channel of channels) slack.invite(channel);
        unbar();
      },
    };
  }

  function place(
    fault: Exclude<PlatformFault, "barred">,
    times: number,
  ): { readonly struck: number; cancel(): void } {
    const method = /^(chat\.|files\.|upload|response_url|conversations\.)/;
    switch (fault) {
      case "503":
        return slack.fault({ kind: "status", status: 503, times, method });
      case "429":
        return slack.fault({ kind: "rate limit", retryAfterMs: limitMs, times: 1, method });
      case "slow":
        return slack.fault({ kind: "slow", ms: slowMs, times, method });
      case "cut before":
      case "cut after":
      case "reset":
        return slack.fault({
          kind: "drop",
          when: fault === "cut before" ? "before" : "after",
          times,
          method,
        });
    }
  }

  const answerOf = (turn: string) =>
    [...record.faces.values()].find((one) => one.turn === turn && one.message.startsWith("slack:"));

  return {
    env: {
      ...{ SLACK_BOT_TOKEN: slack.token, SLACK_API_URL: slack.api },
      ...(origin === undefined
        ? { SLACK_APP_TOKEN: slack.appToken }
        : { SLACK_SIGNING_SECRET: slack.signingSecret }),
    },
    ask,
    cancel(turn, person) {
      const answer = answerOf(turn);
      const user = people[person];
      const seen = answer && slack.message(refOf(answer.message));
      if (!seen || !user || !labelsOf(seen).includes("Cancel")) return false;
      record.add({ kind: "spared", turn, why: "cancelled" });
      press(answer.message, "Cancel", user);
      return true;
    },
    remove(turn) {
      const answer = answerOf(turn);
      if (!answer || slack.message(refOf(answer.message))?.ephemeralTo) return false;
      record.add({ kind: "spared", turn, why: "deleted" });
      removed.add(answer.message);
      slack.deleteMessage(refOf(answer.message));
      return true;
    },
    edit(turn) {
      const said = saidFor.get(turn);
      if (said && slack.message(said)) slack.editMessage(said, `${said.message.fallback}!`);
    },
    strike: (fault, times) =>
      fault === "barred" ? strikeFor(shutOut()) : strikeFor(place(fault, times), fault === "429" ? 1 : times),
    bar,
    async look() {
      scan(true);
    },
    litter() {
      const all = [...places.values()].flatMap((channel) => slack.messages(channel));
      const shown = new Set(
        all.flatMap(({ images, files }) => [
          ...images.map(({ fileId }) => fileId),
          ...files.map(({ id }) => id),
        ]),
      );
      const files = slack
        .files(slack.bot)
        .filter(({ id }) => !shown.has(id))
        .map(({ id, name, bytes }) => `slack: file ${id} ${name} [${hashOf(bytes)}] is shown by no message`);
      const sessions = new Map(slack.sessions.log.map((one) => [`${one.channel}:${one.threadTs}`, one]));
      const atWork = [...sessions.values()].filter((one) => slack.sessions.now(one) === "processing");
      return [
        ...files,
        ...atWork.map(
          ({ channel, threadTs }) => `slack: the session ${channel}:${threadTs} is still at work`,
        ),
      ];
    },
    async close() {
      closed = true;
      await over;
      await slack.close();
    },
  };
}
