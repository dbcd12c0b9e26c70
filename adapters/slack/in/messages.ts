import { pointsAtPicture } from "../../../src/seam/words/pointing.ts";
import { parsePrivacy } from "../forms/commands.ts";
import type { Came } from "../live/came.ts";
import type { Stage } from "../live/stage.ts";
import { venueOf } from "../live/venue.ts";
import type { Where } from "../live/where.ts";
import type { Word } from "../live/word.ts";
import { aloud } from "../out/answers.ts";
import { entitle } from "../out/assistant.ts";
import { say } from "../out/notice.ts";
import { createReply } from "../out/reply.ts";
import { toMessageKey, toPlace, toThreadKey } from "../wire/keys.ts";
import { slackLimits } from "../wire/limits.ts";
import { isBy } from "../wire/pictures.ts";
import { toTitle } from "../wire/words.ts";
import { type Above, createAbove } from "./above.ts";
import { picturesBeside } from "./agent/beside.ts";
import { lastWord } from "./sight.ts";
import { isTakenBack, takeAway } from "./taken-back.ts";
import type { MessageEvent, Said } from "./turn.ts";

const seenByAll =
  "Nothing is drawn: everybody here would see it. A picture that you alone see is made by `/draw … --private` only, in a channel, not in a thread.";

/** Makes a turn of a message that is for us, or may be, and hands it over. */
export function createMessages(stage: Stage): (said: Said, event: MessageEvent, came: Came) => Promise<void> {
  const { core, files, people, me, app, assistants, told, unanswered, strangers } = stage;

  /**
   * What the bot said last in a thread, if that was to this person. Slack is asked about a thread once; from then on what
   * is said there goes through our hands.
   */
  async function wordTo({ where, userId }: Said, above: Above | undefined): Promise<Word | undefined> {
    const { channelId, threadTs } = where;
    if (!above) return undefined;
    const thread = toThreadKey(channelId, threadTs);
    if (!told.has(thread)) {
      const messages = await above.soon();
      if (messages) told.set(thread, lastWord(messages, me, channelId));
    }
    const word = told.get(thread);
    return word && (word.userId === undefined || word.userId === userId) ? word : undefined;
  }

  /** Whether the bot has a part in that thread, or it is not known that it has none. */
  async function isOurs(above: Above | undefined): Promise<boolean> {
    const messages = await above?.soon();
    return !messages || messages.some((message) => isBy(message, me));
  }

  /** In a direct message a thread begins with what it hangs on; in a channel it is named after that already. */
  async function beginningOf({ channelId, direct, threadTs }: Where, above: Above | undefined) {
    if (!above || !direct) return { fresh: !above };
    const messages = (await above.soon()) ?? [];
    const [root, ...below] = messages;
    const fresh = messages.length > 0 && !below.some((message) => isBy(message, me));
    const isOurRoot = fresh && root !== undefined && root.ts === threadTs && isBy(root, me);
    return { fresh, ...(isOurRoot && { root: toMessageKey({ channelId, ts: root.ts }) }) };
  }

  return async (said, event, came) => {
    const { where, userId } = said;
    const { channelId, direct, threadTs, inThread } = where;
    const to = { channelId, ...(threadTs && { threadTs }) };
    if (came.again && (await isTakenBack(stage, to, event.ts))) return takeAway(stage, to, came);
    const { text, wish } = parsePrivacy(said.text);
    const thread = toThreadKey(channelId, threadTs);
    const toAgent = direct && app.isAgent;
    const assistant =
      !app.isAgent &&
      threadTs !== undefined &&
      (assistants.has(`${channelId}:${threadTs}`) || (direct && event.assistant_thread !== undefined));
    const above =
      threadTs && inThread ? createAbove(stage, { channelId, threadTs, before: event.ts }) : undefined;
    const isKnown = told.has(thread);
    const isTop = direct && threadTs === undefined;
    const around = above ?? (isTop ? createAbove(stage, { channelId, before: event.ts }) : undefined);
    const [user, word, { fresh, root }] = await Promise.all([
      people.of(userId),
      said.addressed ? undefined : wordTo(said, above),
      beginningOf(where, above),
    ]);
    if (wish === "asked" && !direct) {
      const isForUs = said.addressed || word !== undefined || (await isOurs(above));
      if (!isForUs) return;
      told.set(thread, { userId });
      return say(stage, { channelId, userId, ...(threadTs && { threadTs, inThread }) }, seenByAll);
    }
    if (assistant && fresh && text) entitle(stage, channelId, threadTs, text);
    // Who is asked something by an agent may say it below, or where all begins.
    const asked = toAgent && !inThread ? unanswered.get(channelId) : undefined;
    unanswered.delete(channelId);
    const replyTo = word?.message ?? (assistant ? undefined : (root ?? asked));
    if (!said.addressed && !isKnown && !(await isOurs(above))) strangers.set(thread, true);
    // The next words answer something else.
    if (told.get(thread)?.userId === userId || word) told.set(thread, { userId });
    // What one looks at beside a conversation is meant where one says so, and the conversation shows no picture.
    const pointsBeside = event.app_context !== undefined && pointsAtPicture(text);
    const reply = createReply(stage, {
      ...venueOf(came),
      channelId,
      userId,
      request: event.ts,
      ...(threadTs && { threadTs, inThread }),
      ...(assistant && { assistant }),
      ...(toAgent && { title: toTitle(text, slackLimits.sessionTitle) }),
    });
    await core.handle(
      {
        kind: "prompt",
        event: came.event,
        thread,
        user,
        place: toPlace(me.teamId, channelId, came.from),
        text,
        options: {},
        attachments: said.files.map((file) => files.toAttachment(file)),
        ...(replyTo && { replyTo, toBot: true }),
        ...((around || pointsBeside) && {
          async inView(signal) {
            const found = await around?.pictures(signal);
            if (found) return found.map((picture) => files.toAttachment(picture));
            return pointsBeside ? picturesBeside(stage, event, came, signal) : [];
          },
        }),
        addressed: said.addressed || word !== undefined,
      },
      // Slack shows nobody what is for them alone in a thread that has only just begun, and here nobody else is.
      toAgent ? aloud(reply) : reply,
    );
  };
}
