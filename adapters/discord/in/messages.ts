import type { GatewayMessageCreateDispatchData } from "discord.js";
import { createOnce } from "../../../src/seam/bounded.ts";
import type { Handle } from "../../../src/seam/core.ts";
import type { Channels } from "../live/channels.ts";
import type { Stage } from "../live/stage.ts";
import { createCover } from "../live/venue.ts";
import { toUser } from "../live/where.ts";
import { createReply } from "../out/reply.ts";
import type { Venues } from "../out/venues.ts";
import { toLine } from "../out/view.ts";
import { toMessageKey } from "../wire/keys.ts";
import { missingToAnswer } from "../wire/permissions.ts";
import { picturesOf, saidPicturesOf } from "../wire/pictures.ts";
import { toLogged, toTrouble } from "../wire/trouble.ts";
import type { Sight } from "./sight.ts";
import { type Me, parseMessage } from "./turn.ts";

const hiddenHint =
  "Discord hides your words from me unless you mention me. Turn the reply's @ on, mention me, or press Edit… under the picture.";

/** Makes a turn of a message that is for us and hands it over. */
export function createMessages(of: {
  readonly stage: Stage;
  readonly channels: Channels;
  readonly venues: Venues;
  readonly sight: Sight;
  readonly me: Pick<Me, "id" | "readsAll">;
  readonly handle: Handle;
}): (message: GatewayMessageCreateDispatchData) => Promise<void> {
  const { stage, channels, venues, sight, me, handle } = of;
  const { send, sights, covers, log } = stage;
  const isFirst = createOnce(2000);
  const isFirstHint = createOnce(500);

  /** What keeps the bot from answering is told by what is still possible: here, else to the person alone. */
  async function complain(
    message: GatewayMessageCreateDispatchData,
    missing: readonly string[],
  ): Promise<void> {
    const { channel_id: channelId, id, author } = message;
    log.warn({ channel: channelId, missing }, "discord.permissions.missing");
    const list = missing.join(", ");
    const words = `I cannot answer there: I lack the permission ${list} in <#${channelId}>. Ask an admin to allow it, or use /draw, which works without.`;
    const here = missing.every((name) => name === "Attach Files");
    const posted =
      here && (await send.post(channelId, toLine(words), { answers: id }).catch(() => undefined));
    if (posted) return;
    await send.direct(author.id, toLine(words)).catch((error: unknown) => {
      log.debug({ error: toLogged(error) }, "discord.tell.failed");
    });
  }

  async function hint(channelId: string, messageId: string): Promise<void> {
    if (!isFirstHint(channelId)) return;
    log.warn({ channel: channelId }, "discord.intent.missing: a reply came without its words");
    await send.post(channelId, toLine(hiddenHint), { answers: messageId }).catch((error: unknown) => {
      log.debug({ error: toLogged(error) }, "discord.hint.failed");
    });
  }

  return async (message) => {
    if (!isFirst(message.id)) return;
    const isOther = message.author.id !== me.id;
    const isSeen = saidPicturesOf(message).length > 0 || !sights.has(message.channel_id);
    if (isOther && isSeen && picturesOf(message).length > 0) sights.set(message.channel_id, { message });
    const where = await channels.where(message);
    const role = channels.ownRole(message.guild_id);
    const said = parseMessage(message, { ...me, ...(role && { role }) }, where);
    if (!said) return;
    if (said.hidden) return hint(message.channel_id, message.id);
    const { author, channel_id: channelId } = message;
    const held = channels.ownPermissions(channelId);
    const missing = held === undefined || where.kind === "direct" ? [] : missingToAnswer(held, where.kind);
    if (missing.length > 0) return complain(message, missing);
    const replyTo = said.replyTo && toMessageKey(said.replyTo);
    const cover = createCover(said.spoiler, () => replyTo !== undefined && covers.get(replyTo) === true);
    const opened = await venues
      .open({
        where,
        spot: { channelId, messageId: message.id },
        asks: true,
        ...(said.branches && said.replyTo && { picture: said.replyTo }),
        words: said.text,
        spoiler: said.spoiler,
        cover,
      })
      .catch((error: unknown) => {
        if (toTrouble(error) !== "forbidden") throw error;
      });
    if (!opened) return complain(message, ["Send Messages"]);
    const { venue, thread } = opened;
    const permissions = channels.permissionsOf(channelId, {
      id: author.id,
      roles: message.member?.roles ?? [],
    });
    await handle(
      {
        kind: "prompt",
        thread,
        user: toUser(author, permissions ?? 0n),
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
  };
}
