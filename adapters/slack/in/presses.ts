import { action } from "../../../src/seam/actions.ts";
import type { Came } from "../live/came.ts";
import type { Stage } from "../live/stage.ts";
import { isDirect, toWhere } from "../live/where.ts";
import { openAnswer } from "../out/answers.ts";
import { say } from "../out/notice.ts";
import { createReply } from "../out/reply.ts";
import {
  type FormId,
  filesIn,
  isOurs,
  isSpot,
  parseButtonId,
  parseStandsFor,
  toMessageKey,
  toPlace,
  toThreadKey,
} from "../wire/keys.ts";
import { isShownBy, picturesOf } from "../wire/pictures.ts";
import { openResponseUrl } from "../wire/response-url.ts";
import { openDrawing } from "./dialogs.ts";
import type { Pressed } from "./payloads.ts";

const unknown = "I no longer know that button. Mention me and say what to do.";

/** A button under an answer: it opens a form, draws, or does at once what it says. */
export async function answerPress(stage: Stage, body: Pressed, came: Came): Promise<void> {
  const { core, people, seen, handed, responseUrls, me } = stage;
  const { user, container, message, response_url: url, trigger_id: trigger } = body;
  const [pressed] = body.actions;
  const channelId = container.channel_id ?? body.channel?.id ?? "";
  const ts = container.message_ts ?? message?.ts ?? "";
  const name = parseButtonId(pressed?.action_id ?? "");
  const value = pressed?.value ?? "";
  const stands = parseStandsFor(value);
  const hidden = container.is_ephemeral === true;
  const alone = stands !== undefined && !isSpot(stands); // it was asked for by one who alone sees it
  const within = container.thread_ts ?? message?.thread_ts;
  const responseUrl = openResponseUrl(url, came.at, within);
  const base = { channelId, userId: user.id, ...(responseUrl && { responseUrl }) };
  const files = filesIn(pressed?.block_id ?? "");
  // What names another message is believed where we sealed it, or where it stands on a message of ours.
  const isKnown =
    !stands || (alone ? isOurs(value, files, core.seal) : isShownBy(message ?? {}, pressed, me));
  if (!name || (hidden && !alone) || !isKnown)
    return say(stage, { ...base, ...(within && { threadTs: within, inThread: within !== ts }) }, unknown);
  const key = toMessageKey(stands ?? { channelId, ts });
  const pictures = picturesOf(message ?? {}, me);
  if (pictures.length > 0) seen.set(key, pictures);
  if (alone && responseUrl) responseUrls.set(key, responseUrl);
  if (alone && !handed.has(key)) handed.set(key, files);
  const where = hidden
    ? { channelId, direct: false, inThread: within !== undefined, ...(within && { threadTs: within }) }
    : toWhere({
        ...{ channelId, ts, app: stage.app },
        direct: isDirect({ channel: channelId }),
        ...(within && { threadTs: within }),
      });
  const { threadTs } = where;
  const { form, draws, label } = action(name);
  if (form) {
    const id: FormId = {
      ...{ form: name, message: key, channelId },
      ...(threadTs && { threadTs }),
      ...(url && { url }),
      ...(hidden && { private: true }),
    };
    return openDrawing(stage, trigger, id, base, form.prefill ? key : undefined);
  }
  const who = await people.of(user.id, user.username ?? user.name);
  const press = {
    kind: "press",
    event: came.event,
    user: who,
    place: toPlace(me.teamId, channelId, came.from),
    action: name,
    message: key,
  } as const;
  if (draws) {
    const answer = await openAnswer(stage, {
      ...{ came, where, userId: user.id, name: who.name, private: hidden, words: label, pressed: true },
      ...(responseUrl && { responseUrl }),
    });
    if (answer) await core.handle({ ...press, thread: answer.thread }, answer.reply);
    return;
  }
  const reply = createReply(stage, {
    ...base,
    ...(threadTs && { threadTs, inThread: where.inThread }),
    ...(hidden && alone ? { ephemeral: stands, pressed: true } : { ts }),
  });
  await core.handle({ ...press, thread: hidden ? key : toThreadKey(channelId, threadTs) }, reply);
}
