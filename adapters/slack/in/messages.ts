import { createOnce } from "../../../src/seam/bounded.ts";
import type { Attachment, MessageKey } from "../../../src/seam/turn.ts";
import type { Stage } from "../live/stage.ts";
import { entitle } from "../out/assistant.ts";
import { createReply } from "../out/reply.ts";
import { isSpot, parseMessageKey, toMessageKey, toPlace, toThreadKey } from "../wire/keys.ts";
import { picturesOf, type RemoteFile, shownIdsOf } from "../wire/pictures.ts";
import { toLogged } from "../wire/trouble.ts";
import { type MessageEvent, parseDeleted, parseMessage, type Said } from "./turn.ts";

/** What there was in a thread before somebody asked in it. */
interface Before {
  /** A picture of ours that the thread hangs on. */
  readonly replyTo?: MessageKey;
  /** Pictures of somebody's that the thread hangs on. */
  readonly files: readonly RemoteFile[];
  /** Nothing of ours is in it yet. */
  readonly fresh: boolean;
}

/** Ms to wait for the messages above. */
const soonMs = 2000;

/** Makes a turn of a message that is for us and hands it over. */
export function createMessages(stage: Stage): (event: MessageEvent, eventId: string) => Promise<void> {
  const { core, files, people, me, send, log, assistants } = stage;
  const isFirst = createOnce(5000);

  async function look({ where }: Said): Promise<Before> {
    const { channelId, direct, threadTs } = where;
    const none: Before = { files: [], fresh: false };
    if (!where.inThread || !threadTs) return { files: [], fresh: true };
    const late = AbortSignal.timeout(soonMs);
    const messages = await Promise.race([
      send.fetchThread(channelId, threadTs),
      new Promise<undefined>((resolve) => late.addEventListener("abort", () => resolve(undefined))),
    ]).catch((error: unknown) => {
      log.debug({ channel: channelId, error: toLogged(error) }, "slack.thread.unread");
    });
    const root = messages?.find(({ ts }) => ts === threadTs);
    if (!messages || !root) return none;
    const answered = messages.some(({ user, ts }) => user === me.userId && ts !== threadTs);
    if (answered) return none;
    const ours = root.user === me.userId;
    if (!ours)
      return {
        files: picturesOf(root).filter(({ mediaType }) => mediaType.startsWith("image/")),
        fresh: true,
      };
    // In a channel the thread is named after that picture already; a direct message has one name for all of them.
    const replyTo = direct && shownIdsOf(root).length > 0 && toMessageKey({ channelId, ts: threadTs });
    return { files: [], fresh: true, ...(replyTo && { replyTo }) };
  }

  async function toTurn(said: Said, event: MessageEvent): Promise<void> {
    const { where, addressed, text, userId } = said;
    const { channelId, threadTs } = where;
    const assistant =
      threadTs !== undefined &&
      (assistants.has(`${channelId}:${threadTs}`) || (where.direct && event.assistant_thread !== undefined));
    const [user, before] = await Promise.all([
      people.of(userId),
      addressed ? look(said) : { files: [], fresh: false, replyTo: undefined },
    ]);
    if (assistant && before.fresh && text) entitle(stage, channelId, threadTs, text);
    const attachments: readonly Attachment[] = [...before.files, ...said.files].map((file) =>
      files.toAttachment(file),
    );
    await core.handle(
      {
        kind: "prompt",
        thread: toThreadKey(channelId, threadTs),
        user,
        place: toPlace(me.teamId, channelId),
        text,
        options: {},
        attachments,
        ...(before.replyTo && { replyTo: before.replyTo }),
        addressed,
      },
      createReply(stage, {
        channelId,
        userId,
        request: event.ts,
        ...(threadTs && { threadTs, inThread: where.inThread }),
        ...(assistant && { assistant }),
      }),
    );
  }

  return async (event, eventId) => {
    if (!isFirst(eventId)) return;
    const deleted = parseDeleted(event);
    if (deleted) return forget(stage, event.channel, deleted);
    const said = parseMessage(event, me);
    // A mention comes as two events, and each of them again when our answer got lost.
    if (!said || said.ids.map(isFirst).includes(false)) return;
    await toTurn(said, event);
  };
}

/** A request that is taken back, or an answer that is taken away: nobody waits for what is being drawn. */
function forget({ live, gone }: Stage, channelId: string, ts: string): void {
  const key = toMessageKey({ channelId, ts });
  if (live.has(key)) gone(key);
  for (const [answer, { request }] of live) {
    const spot = parseMessageKey(answer);
    if (request === ts && isSpot(spot) && spot.channelId === channelId) gone(answer);
  }
}
