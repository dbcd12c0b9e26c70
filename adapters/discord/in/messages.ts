import type { GatewayMessageCreateDispatchData } from "discord.js";
import { createOnce } from "../../../src/seam/bounded.ts";
import type { Attend, Core } from "../../../src/seam/core.ts";
import { BotError, toBotError } from "../../../src/seam/errors.ts";
import type { ThreadKey, User } from "../../../src/seam/turn.ts";
import type { Door } from "../live/access.ts";
import type { Channels } from "../live/channels.ts";
import type { Stage } from "../live/stage.ts";
import { createCover } from "../live/venue.ts";
import { rolesIn, toUser, type Where } from "../live/where.ts";
import { createReply } from "../out/reply.ts";
import type { Venues } from "../out/venues.ts";
import { toLine } from "../out/view.ts";
import { type Spot, toEventKey, toMessageKey } from "../wire/keys.ts";
import { missingToAnswer } from "../wire/permissions.ts";
import { picturesOf } from "../wire/pictures.ts";
import { toLogged, toTrouble } from "../wire/trouble.ts";
import { handOver } from "./attend.ts";
import type { Sight } from "./sight.ts";
import { isTakenBack, takeAway } from "./taken-back.ts";
import { isPersons, type Me, parseMessage, type Said } from "./turn.ts";

const hiddenHint =
  "Discord hides your words from me unless you mention me. Turn the reply's @ on, mention me, or press Edit… under the picture.";

/** Ms before each further try to note a message. */
const noteAgainMs = [1000, 1000];

/** Somebody's message, as the gateway brings it. */
type Message = GatewayMessageCreateDispatchData;

/** What is done with messages. */
export interface Messages {
  /**
   * Notes a message that is for us, makes a turn of it and hands it over. Resolves when that is over; `onTaken` is
   * called when its place in the order of things is certain, or it is not for us.
   */
  take(message: Message, onTaken?: () => void): Promise<void>;
  /** The same for one that was noted: what was done of it already is found. One that is deleted by now is let be. */
  replay(message: Message): Promise<void>;
}

export function createMessages(of: {
  readonly stage: Stage;
  readonly channels: Channels;
  readonly venues: Venues;
  readonly sight: Sight;
  readonly door: Door;
  readonly me: Pick<Me, "id" | "readsAll">;
  readonly core: Pick<Core, "handle" | "note">;
}): Messages {
  const { stage, channels, venues, sight, door, me, core } = of;
  const { send, sights, covers, log, wait } = stage;
  const isFirstHint = createOnce(500);

  /** What keeps the bot from answering is told by what is still possible: here, else to the person alone. */
  async function complain({ channel_id: channelId, id, author }: Message, missing: readonly string[]) {
    log.warn({ channel: channelId, missing }, "discord.permissions.missing");
    const list = missing.join(", ");
    const words = `I cannot answer there: I lack the permission ${list} in <#${channelId}>. Ask an admin to allow it, or use /draw, which works without.`;
    const here = missing.every((name) => name === "Attach Files");
    const once = `c${id}`;
    const posted =
      here && (await send.post(channelId, toLine(words), { answers: id, once }).catch(() => undefined));
    if (posted) return;
    try {
      await send.post(await send.openDirect(author.id), toLine(words), { once });
    } catch (error) {
      log.debug({ error: toLogged(error) }, "discord.tell.failed");
    }
  }

  async function hint({ channel_id: channelId, id }: Message): Promise<void> {
    if (!isFirstHint(channelId)) return;
    log.warn({ channel: channelId }, "discord.intent.missing: a reply came without its words");
    await send
      .post(channelId, toLine(hiddenHint), { answers: id, once: `c${id}` })
      .catch((error: unknown) => {
        log.debug({ error: toLogged(error) }, "discord.hint.failed");
      });
  }

  /** A message has no time in which it is to be acknowledged: a store that does not answer is asked again. */
  async function note(message: Message, thread: ThreadKey | undefined): Promise<Attend | undefined> {
    const event = { key: toEventKey("message", message.id), body: message, ...(thread && { thread }) };
    for (const waitMs of noteAgainMs) {
      try {
        return await core.note(event);
      } catch (error) {
        if (!(error instanceof BotError) || error.code !== "storage") throw error;
        log.warn({ message: message.id, error: toLogged(error) }, "discord.note.again");
        await wait(waitMs);
      }
    }
    return core.note(event);
  }

  /** It could not be noted, so nothing was begun: that is said where it was meant for us without a doubt. */
  async function apologise({ channel_id: channelId, id }: Message, error: unknown): Promise<void> {
    log.error({ channel: channelId, error: toLogged(error) }, "discord.note.failed");
    await send
      .post(channelId, toLine(toBotError(error).message), { answers: id, once: `c${id}` })
      .catch((lost: unknown) => log.debug({ error: toLogged(lost) }, "discord.tell.failed"));
  }

  /** Whoever spoke to the bot where it may not be used is told so, once in a while; nobody else hears of it. */
  async function turnAway({ channel_id: channelId, id }: Message, said: Said, words: string): Promise<void> {
    if (!said.addressed || !door.maySay(channelId)) return;
    await send
      .post(channelId, toLine(words), { answers: id, once: `c${id}` })
      .catch((error: unknown) => log.debug({ error: toLogged(error) }, "discord.refusal.unsaid"));
  }

  function parse(message: Message, where: Where): Said | undefined {
    const role = channels.ownRole(message.guild_id);
    return parseMessage(message, { ...me, ...(role && { role }) }, where);
  }

  /** What was read back comes without the roles of who said it. */
  async function userOf({
    author,
    member,
    guild_id: guildId,
    channel_id: channelId,
  }: Message): Promise<User> {
    const asked = async () => guildId && send.fetchMember(guildId, author.id).catch(() => undefined);
    const known = member ?? ((await asked()) || undefined);
    const heldThere = () => channels.permissionsOf(channelId, { id: author.id, roles: known?.roles ?? [] });
    // The connection that told of the channel may be gone by now.
    const held = heldThere() ?? (await channels.find(channelId).then(heldThere, () => undefined));
    return toUser(author, held ?? 0n, rolesIn(guildId, known?.roles));
  }

  async function answer(message: Message, again: boolean, onTaken = () => {}): Promise<void> {
    const where = await channels.where(message);
    const said = parse(message, where);
    if (!said) return;
    const refusal = door.refusalAt(where.place);
    if (refusal !== undefined) return turnAway(message, said, refusal);
    if (said.hidden) return hint(message);
    const { author, channel_id: channelId } = message;
    const held = channels.ownPermissions(channelId);
    const missing = held === undefined || where.kind === "direct" ? [] : missingToAnswer(held, where.kind);
    if (missing.length > 0) {
      if (again) await takeAway(stage, message);
      return complain(message, missing);
    }
    const replyTo = said.replyTo && toMessageKey(said.replyTo);
    const cover = createCover(said.spoiler, () => replyTo !== undefined && covers.get(replyTo) === true);
    const opened = await venues
      .open({
        where,
        spot: { channelId, messageId: message.id },
        asks: true,
        ...pictureOf(said),
        seen: message.referenced_message ?? undefined,
        words: said.text,
        spoiler: said.spoiler,
        cover,
        asker: author.id,
        again,
      })
      .catch((error: unknown) => {
        const trouble = toTrouble(error);
        if (trouble === "gone") return "gone" as const;
        if (trouble !== "forbidden") throw error;
        return undefined;
      });
    if (opened === "gone") return; // the channel was taken away meanwhile
    if (!opened) return complain(message, ["Send Messages"]);
    const { venue, thread } = opened;
    const user = await userOf(message);
    const over = handOver(
      core.handle,
      {
        kind: "prompt",
        event: toEventKey("message", message.id),
        thread,
        user,
        place: where.place,
        text: said.text,
        options: {},
        attachments: sight.toAttachments({ channelId, messageId: message.id }, said.files),
        ...(replyTo && { replyTo }),
        ...(said.continues && { toBot: true }),
        ...(where.kind !== "channel" && {
          inView: (signal) => sight.inView({ where, channelId, before: message.id, cover }, signal),
        }),
        ...(said.spoiler && { spoiler: true }),
        addressed: said.addressed,
      },
      createReply(stage, venue),
    );
    onTaken();
    await over;
  }

  async function take(message: Message, onTaken: () => void): Promise<void> {
    const pictures = picturesOf(message);
    const isSeen = pictures.some(({ untyped }) => !untyped) || !sights.has(message.channel_id);
    if (message.author.id !== me.id && pictures.length > 0 && isSeen)
      sights.set(message.channel_id, { message });
    if (!isPersons(message)) return;
    // Where Discord does not say where it was said, it is noted all the same, and asked again.
    const where = await channels.where(message).catch((error: unknown) => {
      log.warn({ channel: message.channel_id, error: toLogged(error) }, "discord.where.failed");
    });
    const said = where ? parse(message, where) : undefined;
    if (where && !said) return;
    const refusal = where && door.refusalAt(where.place);
    if (said && refusal !== undefined) return turnAway(message, said, refusal);
    let seeTo: Attend | undefined;
    try {
      const spot = { channelId: message.channel_id, messageId: message.id };
      const thread = said && where ? venues.threadOf({ where, spot, ...pictureOf(said) }) : undefined;
      seeTo = await note(message, thread);
    } catch (error) {
      if (said?.addressed) await apologise(message, error);
      return;
    }
    await seeTo?.(() => answer(message, false, onTaken).finally(onTaken));
  }

  return {
    take: (message, onTaken = () => {}) => take(message, onTaken).finally(onTaken),
    async replay(message) {
      const spot = { channelId: message.channel_id, messageId: message.id };
      await ((await isTakenBack(stage, spot)) ? takeAway(stage, message) : answer(message, true));
    },
  };
}

/** The picture of ours that it goes on from. */
function pictureOf({ branches, replyTo }: Said): { readonly picture?: Spot } {
  return branches && replyTo ? { picture: replyTo } : {};
}
