import type { GatewayMessageCreateDispatchData } from "discord.js";
import type { Handle, ThreadKey } from "../../src/adapter.ts";
import { createOnce } from "../../src/bounded.ts";
import { toThread } from "./answers.ts";
import type { Channels } from "./channels.ts";
import { toMessageKey, toThreadKey } from "./keys.ts";
import { discordLimits, toImageLimits } from "./limits.ts";
import { missingForThreads, missingToAnswer, type ThreadMode } from "./permissions.ts";
import { picturesOf, type RemoteFile } from "./pictures.ts";
import { createReply } from "./reply.ts";
import type { Stage } from "./stage.ts";
import { toLogged, toTrouble } from "./trouble.ts";
import { type Me, parseMessage, type Said, toUser, type Where } from "./turn.ts";
import type { Venue } from "./venue.ts";
import { type Message, toLine, toMessage } from "./view.ts";
import { toThreadName } from "./words.ts";

/** What a message that is for us is answered with at once, in a place where each picture has a conversation of its own. */
const started: Message = toMessage(
  { phase: "working", status: "Getting ready", text: "", notes: [], images: [], actions: [] },
  { spoiler: false, edit: 0 },
);

const hiddenHint =
  "Discord hides your words from me unless you mention me. Turn the reply's @ on, mention me, or press Edit… under the picture.";

/** Makes a turn of a message that is for us and hands it over. */
export function createMessages(of: {
  readonly stage: Stage;
  readonly channels: Channels;
  readonly threads: ThreadMode;
  readonly me: Pick<Me, "id" | "readsAll">;
  readonly handle: Handle;
}): (message: GatewayMessageCreateDispatchData) => Promise<void> {
  const { stage, channels, threads, me, handle } = of;
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
    await send.tell(author.id, toLine(words)).catch((error: unknown) => {
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

  /** Where the answer is shown, and the conversation it belongs to. */
  async function open(
    message: GatewayMessageCreateDispatchData,
    said: Said,
    where: Where,
  ): Promise<{ venue: Venue; thread: ThreadKey }> {
    const { channel_id: channelId, id } = message;
    const base = {
      channelId,
      reachable: true,
      private: false,
      spoiler: said.spoiler,
      limits: toImageLimits(channels.uploadBytes(channelId)),
      request: id,
    };
    if (where.kind !== "channel") return { venue: { ...base, posts: true }, thread: toThreadKey(channelId) };
    const held = channels.ownPermissions(channelId);
    const withoutThread = held === undefined ? [] : missingForThreads(held);
    const forThreads = threads !== "off" && where.holdsThreads;
    const picture = said.continues && said.replyTo?.channelId === channelId ? said.replyTo : undefined;
    if (picture && forThreads && withoutThread.length === 0) {
      const opened = await send
        .openThread(picture, toThreadName(said.text, discordLimits.threadName))
        .catch((error: unknown) => {
          log.warn({ channel: channelId, error: toLogged(error) }, "discord.thread.failed");
        });
      if (opened) {
        await send.post(channelId, toLine(`-# I go on in <#${opened}>.`), { answers: id }).catch(() => {});
        const venue = { ...base, channelId: opened, posts: true, elsewhere: true };
        return { venue, thread: toThreadKey(opened) };
      }
    }
    const made = await send.post(channelId, started, { answers: id, once: id });
    return {
      venue: {
        ...base,
        messageId: made.id,
        ...(forThreads && threads === "always" && toThread(said.text, withoutThread)),
      },
      thread: toThreadKey(made.id),
    };
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
    const opened = await open(message, said, where).catch((error: unknown) => {
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
