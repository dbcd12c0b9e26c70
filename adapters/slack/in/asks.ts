import { describe } from "../../../src/seam/actions.ts";
import { parseDraw, shortcutNames } from "../forms/commands.ts";
import type { Came } from "../live/came.ts";
import type { Stage } from "../live/stage.ts";
import { isDirect, toWhere } from "../live/where.ts";
import { openAnswer } from "../out/answers.ts";
import { usage } from "../out/home.ts";
import { say } from "../out/notice.ts";
import { toMessageKey, toPlace } from "../wire/keys.ts";
import { isBy, picturesOf } from "../wire/pictures.ts";
import { openResponseUrl } from "../wire/response-url.ts";
import { toWords } from "../wire/words.ts";
import { openDrawing } from "./dialogs.ts";
import { draw } from "./drawing.ts";
import type { Command, Shortcut } from "./payloads.ts";

/** /draw: with words it draws, alone it opens the form. */
export async function answerCommand(stage: Stage, body: Command, came: Came): Promise<void> {
  const { channel_id: channelId, user_id: userId, user_name: name, trigger_id: trigger } = body;
  const { text, private: hidden } = parseDraw(toWords(body.text, stage.me.userId));
  const responseUrl = openResponseUrl(body.response_url, came.at);
  if (/^help$/i.test(text)) {
    return say(stage, { channelId, userId, ...(responseUrl && { responseUrl }) }, usage(stage.me.name));
  }
  if (text === "") {
    const id = { form: "draw", channelId, url: body.response_url, ...(hidden && { private: true }) } as const;
    return openDrawing(stage, trigger, id, { userId, channelId, responseUrl });
  }
  const where = { channelId, direct: isDirect({ channel: channelId }), inThread: false };
  return draw(stage, {
    came,
    where,
    userId,
    name,
    text,
    options: {},
    attachments: [],
    private: hidden,
    responseUrl,
  });
}

/** A shortcut: on somebody's message, or the one to draw from anywhere. */
export async function answerShortcut(stage: Stage, body: Shortcut, came: Came): Promise<void> {
  const { core, files, me, people, seen } = stage;
  const { user, trigger_id: trigger, response_url: url, callback_id: name, message } = body;
  if (!message) return openDrawing(stage, trigger, { form: "draw" }, { userId: user.id });
  const channelId = body.channel?.id ?? "";
  const responseUrl = openResponseUrl(url, came.at);
  const form =
    name === shortcutNames.edit ? "edit" : name === shortcutNames.reference ? "reference" : undefined;
  const pictures = picturesOf(message, me);
  const ours = isBy(message, me);
  if (pictures.length === 0 && !(ours && form === "edit")) {
    return say(stage, { channelId, userId: user.id, ...(responseUrl && { responseUrl }) }, describe.nothing);
  }
  const key = toMessageKey({ channelId, ts: message.ts });
  if (pictures.length > 0) seen.set(key, pictures);
  const where = toWhere({
    ...{ channelId, ts: message.ts, direct: isDirect({ channel: channelId }), app: stage.app },
    ...(message.thread_ts && { threadTs: message.thread_ts }),
  });
  const { threadTs } = where;
  if (form) {
    const id = { form, message: key, channelId, ...(threadTs && { threadTs }), ...(url && { url }) } as const;
    return openDrawing(stage, trigger, id, { userId: user.id, channelId, responseUrl });
  }
  const shown = user.username ?? user.name ?? "someone";
  const answer = await openAnswer(stage, {
    ...{ came, where, userId: user.id, name: shown, private: false, words: "Describe" },
    ...(responseUrl && { responseUrl }),
  });
  if (!answer) return;
  await core.handle(
    {
      kind: "prompt",
      event: came.event,
      thread: answer.thread,
      user: await people.of(user.id, shown),
      place: toPlace(me.teamId, channelId, came.from),
      text: describe.words,
      options: { action: "answer" },
      attachments: pictures.map((file) => files.toAttachment(file)),
      addressed: true,
    },
    answer.reply,
  );
}
