import { isActionName } from "../../../src/seam/actions.ts";
import { BotError } from "../../../src/seam/errors.ts";
import { parseFlags, parseOptions, parseStyleName } from "../../../src/seam/words/flags.ts";
import { parseDraw } from "../forms/commands.ts";
import { fields, parseSubmission } from "../forms/forms.ts";
import type { Came } from "../live/came.ts";
import type { Stage } from "../live/stage.ts";
import { isDirect } from "../live/where.ts";
import { openAnswer } from "../out/answers.ts";
import { say } from "../out/notice.ts";
import { parseFormId, toPlace } from "../wire/keys.ts";
import { openResponseUrl } from "../wire/response-url.ts";
import { draw } from "./drawing.ts";
import { changeRule, saveChannelDefaults, saveDefaults, saveStyle } from "./home-tab.ts";
import type { Submitted } from "./payloads.ts";

const unknownForm = "I no longer know that form. Open it again.";

/** What stands in red below a field, by its block, instead of closing the form; undefined when it can be taken. */
export function faultsOf({ view }: Submitted): Readonly<Record<string, string>> | undefined {
  const { text, style, options } = parseSubmission(view.state.values);
  const checks: Readonly<Record<string, () => unknown>> = {
    [fields.prompt]: () => parseFlags(text),
    [fields.latePrompt]: () => parseFlags(text),
    [fields.style]: () => parseStyleName(style),
    [fields.ownSize]: () => parseOptions({ size: options.size }),
  };
  const faults = Object.fromEntries(
    Object.entries(checks).flatMap(([block, check]) => {
      const fault = block in view.state.values ? faultOf(check) : undefined;
      return fault === undefined ? [] : [[block, fault]];
    }),
  );
  return Object.keys(faults).length > 0 ? faults : undefined;
}

/** A form that was sent. */
export async function answerSubmission(stage: Stage, { user, view }: Submitted, came: Came): Promise<void> {
  const { core, files, me, people, send, log } = stage;
  const form = parseFormId(view.private_metadata, core.seal);
  if (!form) {
    log.warn({}, "slack.form.unknown");
    return say(stage, { channelId: "", userId: user.id }, unknownForm);
  }
  const filled = parseSubmission(view.state.values);
  if (form.form === "defaults") return saveDefaults(stage, user.id, filled.options);
  if (form.form === "channel") return saveChannelDefaults(stage, user.id, form.channelId, filled);
  if (form.form === "rule") return changeRule(stage, { user, view }, form.rule);
  if (form.form === "style") return saveStyle(stage, came, user.id, filled);
  const { options } = filled;
  const { text, private: hides } = parseDraw(filled.text);
  const responseUrl = openResponseUrl(form.url, came.at, form.threadTs);
  const channelId = form.channelId ?? filled.channelId ?? (await send.openDirect(user.id));
  const { threadTs, message } = form;
  const where = {
    ...{ channelId, direct: isDirect({ channel: channelId }), inThread: false },
    ...(threadTs && { threadTs }),
  };
  const attachments = [
    ...filled.references.map((file) => files.toAttachment(file)),
    ...filled.masks.map((file) => files.toAttachment(file, "mask")),
  ];
  const who = await people.of(user.id, user.name);
  const hidden = form.private === true || filled.private || hides;
  if (!message || !isActionName(form.form)) {
    return draw(stage, {
      ...{ came, where, userId: user.id, name: who.name, text, options, attachments, responseUrl },
      private: hidden,
    });
  }
  const answer = await openAnswer(stage, {
    ...{ came, where, userId: user.id, name: who.name, words: text, private: hidden, pressed: true },
    ...(responseUrl && { responseUrl }),
  });
  if (!answer) return;
  const { thread, reply } = answer;
  const place = toPlace(me.teamId, channelId, came.from);
  const input = { text, options, attachments };
  await core.handle(
    { kind: "press", event: came.event, thread, user: who, place, action: form.form, message, input },
    reply,
  );
}

function faultOf(check: () => unknown): string | undefined {
  try {
    check();
    return undefined;
  } catch (error) {
    if (error instanceof BotError) return error.message;
    throw error;
  }
}
