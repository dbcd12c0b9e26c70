import type { GatewayMessageCreateDispatchData } from "discord.js";
import { createOnce } from "../../../src/seam/bounded.ts";
import type { Handle } from "../../../src/seam/core.ts";
import type { Channels } from "../live/channels.ts";
import type { Stage } from "../live/stage.ts";
import { toUser } from "../live/where.ts";
import { createReply } from "../out/reply.ts";
import type { Venues } from "../out/venues.ts";
import { toLine } from "../out/view.ts";
import { toMessageKey } from "../wire/keys.ts";
import { missingToAnswer } from "../wire/permissions.ts";
import { picturesOf, type RemoteFile } from "../wire/pictures.ts";
import { toLogged, toTrouble } from "../wire/trouble.ts";
import { type Me, parseMessage } from "./turn.ts";

const hiddenHint =
  "Discord hides your words from me unless you mention me. Turn the reply's @ on, mention me, or press Edit… under the picture.";

/** Makes a turn of a message that is for us and hands it over. */
export function createMessages(of: {
  readonly stage: Stage;
  readonly channels: Channels;
  readonly venues: Venues;
  readonly me: Pick<Me, "id" | "readsAll">;
  readonly handle: Handle;
}): (message: GatewayMessageCreateDispatchData) => Promise<void> {
  const { stage, channels, venues, me, handle } = of;
  const { send, files, log } = stage;
  const isFirst = createOnce(2000);
  const isFirstHint = createOnce(500);

  function toAttachment(message: GatewayMessageCreateDispatchData, file: RemoteFile) {
    const spot = { channelId: message.channel_id, messageId: message.id };
    const path = URL.parse(file.url)?.pathname;
    // The same file has the same path; only the signature behind it is new.
    const renew = async () =>
      picturesOf(await send.fetchMessage(spot)).find(({ url }) => URL.parse(url)?.pathname === path);
    return files.toAttachment(file, { renew });
  }

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
    const where = await channels.where(message);
    const role = channels.ownRole(message.guild_id);
    const said = parseMessage(message, { ...me, ...(role && { role }) }, where);
    if (!said) return;
    if (said.hidden) return hint(message.channel_id, message.id);
    const { author, channel_id: channelId } = message;
    const held = channels.ownPermissions(channelId);
    const missing = held === undefined || where.kind === "direct" ? [] : missingToAnswer(held, where.kind);
    if (missing.length > 0) return complain(message, missing);
    const opened = await venues
      .open({
        where,
        spot: { channelId, messageId: message.id },
        asks: true,
        ...(said.continues && said.replyTo && { picture: said.replyTo }),
        words: said.text,
        spoiler: said.spoiler,
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
        attachments: said.files.map((file) => toAttachment(message, file)),
        ...(said.replyTo && { replyTo: toMessageKey(said.replyTo) }),
        addressed: said.addressed,
      },
      createReply(stage, venue),
    );
  };
}
