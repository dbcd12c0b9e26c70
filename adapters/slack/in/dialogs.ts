import type { types } from "@slack/bolt";
import type { Style } from "../../../src/seam/core.ts";
import type { HeldRules } from "../../../src/seam/rules.ts";
import { withTimeout } from "../../../src/seam/timeout.ts";
import type { MessageKey } from "../../../src/seam/turn.ts";
import { toModal } from "../forms/forms.ts";
import type { Stage } from "../live/stage.ts";
import { say } from "../out/notice.ts";
import { type FormId, toPlace } from "../wire/keys.ts";
import type { ResponseUrl } from "../wire/response-url.ts";
import { toLogged, toTrouble } from "../wire/trouble.ts";

/** Who wants a form, and where they can be told why there is none. */
export interface Wanting {
  readonly userId: string;
  readonly channelId?: string;
  readonly responseUrl?: ResponseUrl | undefined;
}

/** Ms a form may be held back for what it begins with: Slack takes it for 3 s only. */
const earlyMs = 400;

const late = "Slack gave me too little time to open the form. Press again.";
const refused = "Slack did not open the form. Press again.";

/**
 * Opens a form. Where what it is made of does not come soon it is opened without, and changed when that is there; what
 * was typed meanwhile stays in the fields that keep their names.
 */
export async function openForm<T>(
  stage: Stage,
  trigger: string,
  who: Wanting,
  coming: Promise<T>,
  toView: (there: T | undefined, late: boolean) => types.ModalView,
): Promise<void> {
  const { send, log } = stage;
  const early = await withTimeout(coming, earlyMs);
  let viewId = "";
  try {
    viewId = await send.openForm(trigger, toView(early, false));
  } catch (error) {
    log.warn({ error: toLogged(error) }, "slack.form.failed");
    const { userId, channelId = "", responseUrl } = who;
    const words = toTrouble(error) === "expired" ? late : refused;
    return say(stage, { channelId, userId, ...(responseUrl && { responseUrl }) }, words);
  }
  if (early !== undefined) return;
  const there = await coming;
  // It may have been sent or closed by now.
  await send.updateForm(viewId, toView(there, true)).catch((error: unknown) => {
    log.debug({ error: toLogged(error) }, "slack.form.over");
  });
}

/** Opens a form to draw. `prefill`: the picture whose words it begins with. */
export function openDrawing(
  stage: Stage,
  trigger: string,
  id: FormId,
  who: Wanting,
  prefill?: MessageKey,
): Promise<void> {
  const words = prefill ? stage.core.promptOf(prefill).catch(() => undefined) : undefined;
  const coming = Promise.all([
    words,
    stylesOf(stage, who.userId, id.channelId),
    rulesAt(stage, id.channelId),
  ]);
  return openForm(stage, trigger, who, coming, (there, late) => {
    const [text, styles = [], rules = {}] = there ?? [];
    return toModal(id, { styles, rules, late, ...(text && { text }) });
  });
}

/** What admins have laid down there, for what is offered; nothing when it cannot be read: it is looked at again. */
async function rulesAt({ core, me, log }: Stage, channelId = "home"): Promise<HeldRules> {
  try {
    return await core.rules.at(toPlace(me.teamId, channelId));
  } catch (error) {
    log.warn({ error: toLogged(error) }, "slack.rules.unread");
    return {};
  }
}

/** The styles somebody can choose from; none when they cannot be read. `channelId`: where; absent in App Home. */
export async function stylesOf(
  { core, people, send, me, log }: Stage,
  userId: string,
  channelId?: string,
): Promise<readonly Style[]> {
  try {
    const [user, channel] = await Promise.all([people.of(userId), channelId ?? send.openDirect(userId)]);
    return await core.styles.list(user, toPlace(me.teamId, channel));
  } catch (error) {
    log.warn({ error: toLogged(error) }, "slack.styles.unread");
    return [];
  }
}
