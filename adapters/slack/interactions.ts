import { action } from "../../src/actions.ts";
import type { Attachment, Handle, MessageKey } from "../../src/adapter.ts";
import { createOnce } from "../../src/bounded.ts";
import { openAnswer } from "./answers.ts";
import { parseDraw, shortcutNames } from "./commands.ts";
import { parseSubmission, toModal } from "./forms.ts";
import { usage } from "./home.ts";
import { pressAtHome, setDefaults } from "./home-tab.ts";
import {
  type FormId,
  homeButtons,
  isSpot,
  parseButtonId,
  parseFormId,
  parseMessageKey,
  toMessageKey,
  toThreadKey,
} from "./keys.ts";
import { responseUrl } from "./limits.ts";
import type { Command, Pressed, Shortcut, Submitted } from "./payloads.ts";
import { picturesOf, type RemoteFile } from "./pictures.ts";
import { createReply } from "./reply.ts";
import type { Line, Stage } from "./stage.ts";
import { say } from "./tell.ts";
import { toLogged, toTrouble } from "./trouble.ts";
import { isDirect, toWhere, type Where } from "./turn.ts";
import { toWords } from "./words.ts";

/** Everything people do to Slack's own controls. Each has been acknowledged. */
export interface Interactions {
  command(body: Command): Promise<void>;
  press(body: Pressed): Promise<void>;
  shortcut(body: Shortcut): Promise<void>;
  submit(body: Submitted): Promise<void>;
}

const describeWords =
  "Describe this picture in words, so that it could be drawn again from them. Do not draw.";
const noPicture = "I see no picture in that message.";
const unknown = "I no longer know that button. Mention me and say what to do.";
const late = "Slack gave me too little time to open the form. Press again.";

/** Ms a form may be held back for the words it begins with: Slack takes it for 3 s only. */
const earlyMs = 400;

/** Makes turns of what people press, type and fill in, and hands them over. */
export function createInteractions(
  stage: Stage,
  handle: Handle,
  recall: (message: MessageKey) => Promise<readonly Attachment[]>,
): Interactions {
  const { send, files, people, seen, lines, log, me, now } = stage;
  const isFirst = createOnce(5000);

  function toLine(url: string | undefined): Line | undefined {
    return url ? { url, left: responseUrl.uses, until: now() + responseUrl.lifeMs } : undefined;
  }

  function toAttachments(references: readonly RemoteFile[], masks: readonly RemoteFile[] = []) {
    return [
      ...references.map((file) => files.toAttachment(file)),
      ...masks.map((file) => files.toAttachment(file, "mask")),
    ];
  }

  /** `prefill`: the picture whose words the form begins with. They come later where the core is slow. */
  async function ask(
    trigger: string,
    id: FormId,
    person: { readonly userId: string; readonly line?: Line | undefined },
    prefill?: MessageKey,
  ): Promise<void> {
    const words = prefill ? stage.promptOf(prefill).catch(() => undefined) : Promise.resolve("");
    const early = await within(words, earlyMs);
    try {
      const viewId = await send.openForm(trigger, toModal(id, early ? { text: early } : undefined));
      if (early !== undefined) return;
      const text = await words;
      if (text) await send.updateForm(viewId, toModal(id, { text, late: true }));
    } catch (error) {
      const expired = toTrouble(error) === "expired";
      log.warn({ form: id.form, error: toLogged(error) }, "slack.form.failed");
      const { userId, line } = person;
      const place = { channelId: id.channelId ?? "", userId, ...(line && { line }) };
      await say(stage, place, expired ? late : "Slack did not open the form. Press again.");
    }
  }

  async function draw(body: Command): Promise<void> {
    const { channel_id: channelId, user_id: userId, user_name: name, trigger_id: trigger } = body;
    const line = toLine(body.response_url);
    const asked = parseDraw(toWords(body.text, me.userId));
    if (/^help$/i.test(asked.text))
      return say(stage, { channelId, userId, ...(line && { line }) }, usage(me.name));
    if (asked.text === "") {
      const id: FormId = {
        form: "draw",
        channelId,
        url: body.response_url,
        ...(asked.private && { private: true }),
      };
      return ask(trigger, id, { userId, line });
    }
    const where: Where = { channelId, direct: isDirect({ channel: channelId }), inThread: false };
    const answer = await openAnswer(stage, {
      where,
      userId,
      name,
      private: asked.private,
      words: asked.text,
      ...(line && { line }),
    });
    if (!answer) return;
    await handle(
      {
        kind: "prompt",
        thread: answer.thread,
        user: await people.of(userId, name),
        text: asked.text,
        options: {},
        attachments: [],
        addressed: true,
      },
      answer.reply,
    );
  }

  async function onMessage(body: Shortcut, message: NonNullable<Shortcut["message"]>): Promise<void> {
    const { user, trigger_id: trigger, response_url: url, callback_id: name } = body;
    const channelId = body.channel?.id ?? "";
    const line = toLine(url);
    const person = { userId: user.id, line };
    const form =
      name === shortcutNames.edit ? "edit" : name === shortcutNames.reference ? "reference" : undefined;
    const pictures = picturesOf(message);
    const ours = message.user === me.userId || message.bot_id === me.botId;
    if (pictures.length === 0 && !(ours && form === "edit")) {
      return say(stage, { channelId, userId: user.id, ...(line && { line }) }, noPicture);
    }
    const key = toMessageKey({ channelId, ts: message.ts });
    if (pictures.length > 0) seen.set(key, pictures);
    const where = whereOf(channelId, message.ts, message.thread_ts);
    if (form) {
      const { threadTs } = where;
      return ask(
        trigger,
        { form, message: key, channelId, ...(threadTs && { threadTs }), ...(url && { url }) },
        person,
      );
    }
    const shown = user.username ?? user.name ?? "someone";
    const answer = await openAnswer(stage, {
      ...{ where, userId: user.id, name: shown, private: false, words: "Describe" },
      ...(line && { line }),
    });
    if (!answer) return;
    await handle(
      {
        kind: "prompt",
        thread: answer.thread,
        user: await people.of(user.id, shown),
        text: describeWords,
        options: {},
        attachments: toAttachments(pictures),
        addressed: true,
      },
      answer.reply,
    );
  }

  async function press(body: Pressed): Promise<void> {
    const { user, container, message, response_url: url, trigger_id: trigger } = body;
    const [pressed] = body.actions;
    if (!pressed || !isFirst(`${trigger}:${pressed.action_id}:${pressed.action_ts ?? ""}`)) return;
    const atHome = Object.values(homeButtons).find((id) => id === pressed.action_id);
    if (atHome === homeButtons.draw) return ask(trigger, { form: "draw" }, { userId: user.id });
    if (atHome) return pressAtHome(stage, atHome, trigger, user.id);
    const line = toLine(url);
    const channelId = container.channel_id ?? body.channel?.id ?? "";
    const ts = container.message_ts ?? message?.ts ?? "";
    const name = parseButtonId(pressed.action_id);
    const stands = parseMessageKey(pressed.value ?? "");
    const hidden = container.is_ephemeral === true || stands !== undefined;
    const threadTs = container.thread_ts ?? message?.thread_ts;
    const base = { channelId, userId: user.id, ...(line && { line }) };
    if (!name || (hidden && !stands)) return say(stage, { ...base, ...(threadTs && { threadTs }) }, unknown);
    const key = toMessageKey(stands ?? { channelId, ts });
    const pictures = picturesOf(message ?? {});
    if (pictures.length > 0) seen.set(key, pictures);
    if (stands && line) lines.set(key, line);
    const where = hidden
      ? { channelId, direct: false, inThread: false, ...(threadTs && { threadTs }) }
      : whereOf(channelId, ts, threadTs);
    const { form, draws } = action(name);
    if (form) {
      const id: FormId = {
        form: name,
        message: key,
        channelId,
        ...(where.threadTs && { threadTs: where.threadTs }),
        ...(url && { url }),
        ...(hidden && { private: true }),
      };
      return ask(trigger, id, { userId: user.id, line }, form.prefill ? key : undefined);
    }
    const shown = user.username ?? user.name ?? "someone";
    const who = await people.of(user.id, shown);
    if (draws) {
      const { label } = action(name);
      const answer = await openAnswer(stage, {
        ...{ where, userId: user.id, name: who.name, private: hidden, words: label, pressed: true },
        ...(line && { line }),
      });
      if (!answer) return;
      return handle(
        { kind: "press", thread: answer.thread, user: who, action: name, message: key },
        answer.reply,
      );
    }
    const reply = createReply(stage, {
      ...base,
      ...(where.threadTs && { threadTs: where.threadTs }),
      ...(stands && !isSpot(stands) ? { whisper: stands, pressed: true } : { ts }),
    });
    const thread = hidden ? key : toThreadKey(channelId, where.threadTs);
    await handle({ kind: "press", thread, user: who, action: name, message: key }, reply);
  }

  async function submit(body: Submitted): Promise<void> {
    const { user, view } = body;
    if (!isFirst(view.id)) return;
    const form = parseFormId(view.private_metadata);
    if (!form) return log.warn({}, "slack.form.unknown");
    const filled = parseSubmission(view.state.values);
    const { text, options } = filled;
    if (form.form === "defaults") {
      return setDefaults(stage, user.id, options);
    }
    const line = toLine(form.url);
    const who = await people.of(user.id, user.name);
    const channelId = form.channelId ?? filled.channelId ?? (await send.openDirect(user.id));
    const direct = isDirect({ channel: channelId });
    const where = { channelId, direct, inThread: false, ...(form.threadTs && { threadTs: form.threadTs }) };
    const answer = await openAnswer(stage, {
      ...{ where, userId: user.id, name: who.name, words: text },
      private: form.private === true || filled.private,
      ...(form.message && { pressed: true }),
      ...(line && { line }),
    });
    if (!answer) return;
    const { thread, reply } = answer;
    const sent = toAttachments(filled.references, filled.masks);
    const { form: name, message } = form;
    if (name === "draw" || name === "reference" || !message) {
      const attachments = [...(message ? await shownIn(message) : []), ...sent];
      return handle(
        { kind: "prompt", thread, user: who, text, options, attachments, addressed: true },
        reply,
      );
    }
    const input = { text, options, attachments: sent };
    await handle({ kind: "press", thread, user: who, action: name, message, input }, reply);
  }

  async function shownIn(message: MessageKey): Promise<readonly Attachment[]> {
    const known = seen.get(message);
    return known ? toAttachments(known) : recall(message);
  }

  return {
    async command(body) {
      if (isFirst(body.trigger_id)) await draw(body);
    },
    press,
    async shortcut(body) {
      if (!isFirst(body.trigger_id)) return;
      if (body.message) await onMessage(body, body.message);
      else await ask(body.trigger_id, { form: "draw" }, { userId: body.user.id });
    },
    submit,
  };
}

function whereOf(channelId: string, ts: string, threadTs: string | undefined): Where {
  return toWhere({ channelId, ts, direct: isDirect({ channel: channelId }), ...(threadTs && { threadTs }) });
}

/** Undefined: not yet. */
function within<T>(answer: Promise<T>, ms: number): Promise<T | undefined> {
  const { promise, resolve } = Promise.withResolvers<T | undefined>();
  const timer = setTimeout(resolve, ms, undefined);
  answer.then(resolve, () => resolve(undefined)).finally(() => clearTimeout(timer));
  return promise;
}
