import type { Account } from "../../../src/seam/core.ts";
import { BotError } from "../../../src/seam/errors.ts";
import type { ImageOptions } from "../../../src/seam/options.ts";
import type { HeldRules } from "../../../src/seam/rules.ts";
import type { SettingWish } from "../../../src/seam/turn.ts";
import {
  type Filled,
  toChannelModal,
  toDefaultsModal,
  toStyleModal,
  toWaitingModal,
} from "../forms/forms.ts";
import { homeOf, strangerOf } from "../live/access.ts";
import type { Came } from "../live/came.ts";
import type { Stage } from "../live/stage.ts";
import { toUser } from "../live/where.ts";
import { openAside } from "../out/answers.ts";
import { toClosedHome, toHome } from "../out/home.ts";
import { say } from "../out/notice.ts";
import { homeButtons, isHomeButton, parseStyleButton, toPlace } from "../wire/keys.ts";
import { toLogged } from "../wire/trouble.ts";
import { openDrawing, openForm, stylesOf } from "./dialogs.ts";
import type { Pressed, Submitted } from "./payloads.ts";
import { openRule, saveRule } from "./rules-tab.ts";

const notModerator = "Only an admin or owner of this workspace can set a channel's defaults.";
const anotherChannel =
  "I had not looked up that channel's defaults yet, so nothing is changed. Choose it again.";

/**
 * What to tell somebody who may not use the bot where they are alone with it; undefined: they may. `teamId`: their
 * workspace, where that is known.
 */
export async function refusalAtHome(
  { door, people, me }: Stage,
  userId: string,
  teamId?: string,
): Promise<string | undefined> {
  const team = teamId ?? (await people.teamOf(userId)) ?? "";
  return door.refusalAt(homeOf(me.teamId, strangerOf(team, me.teamId)));
}

/**
 * What App Home says now. What cannot be read is left out: it still says how the bot is used. `teamId`: as of
 * `refusalAtHome`.
 */
export async function showHome(stage: Stage, userId: string, teamId?: string): Promise<void> {
  const { send, me, people, painter } = stage;
  const refusal = await refusalAtHome(stage, userId, teamId);
  if (refusal !== undefined) return send.publishHome(userId, toClosedHome(refusal));
  const [account, styles, { moderator = false, admin = false }] = await Promise.all([
    accountOf(stage, toAccountId(userId)),
    stylesOf(stage, userId),
    people.of(userId),
  ]);
  const rules = admin ? await rulesOf(stage) : undefined;
  const home = toHome({
    ...{ name: me.name, painter, styles, moderator },
    ...(account && { account }),
    ...(rules && { rules }),
  });
  await send.publishHome(userId, home);
}

/** Somebody pressed or chose something in App Home, or in a form of ours. */
export async function answerAtHome(
  stage: Stage,
  { user, trigger_id: trigger }: Pressed,
  view: NonNullable<Pressed["view"]>,
  pressed: Pressed["actions"][number],
  came: Came,
): Promise<void> {
  const userId = user.id;
  if (pressed.selected_conversation)
    return showChannel(stage, userId, view.id, pressed.selected_conversation);
  if (!isHomeButton(pressed.action_id)) return;
  const who = { userId };
  const { value: chosen = "" } = pressed.selected_option ?? {};
  switch (pressed.action_id) {
    case homeButtons.draw:
      return openDrawing(stage, trigger, { form: "draw" }, who);
    case homeButtons.defaults: {
      const coming = Promise.all([stage.core.accounts.of(toAccountId(userId)), stylesOf(stage, userId)]);
      return orSay(stage, userId, () =>
        openForm(stage, trigger, who, coming, (there) =>
          there
            ? toDefaultsModal({ now: there[0].defaults, styles: there[1] })
            : toWaitingModal("My defaults"),
        ),
      );
    }
    case homeButtons.reset:
      return saveDefaults(stage, userId, {});
    case homeButtons.forget:
      return settle(stage, came, userId, { name: "forgetMe", sure: false });
    case homeButtons.channel:
      return openForm(stage, trigger, who, Promise.resolve(true), () => toChannelModal());
    case homeButtons.rule:
      return orSay(stage, userId, () => openRule(stage, trigger, userId, chosen));
    case homeButtons.newStyle:
      return openForm(stage, trigger, who, stage.people.of(userId), (person) =>
        toStyleModal(person?.moderator === true),
      );
    case homeButtons.showStyle:
    case homeButtons.removeStyle: {
      const { scope, style } = parseStyleButton(pressed.value ?? "");
      const shows = pressed.action_id === homeButtons.showStyle;
      return settle(
        stage,
        came,
        userId,
        shows ? { name: "showStyle", style } : { name: "removeStyle", style, scope },
      );
    }
  }
}

/** A person's own defaults as their form has them: what it leaves empty is not set any more. */
export function saveDefaults(stage: Stage, userId: string, options: Partial<ImageOptions>): Promise<void> {
  return orSay(stage, userId, async () => {
    await stage.core.accounts.setDefaults(toAccountId(userId), options);
    await showHome(stage, userId);
  });
}

/** The same for a channel. `shown`: the one whose defaults were in the form. */
export function saveChannelDefaults(
  stage: Stage,
  userId: string,
  shown: string | undefined,
  { channelId, options }: Filled,
): Promise<void> {
  return orSay(stage, userId, async () => {
    const { moderator } = await stage.people.of(userId);
    if (!moderator) throw new BotError("forbidden", notModerator);
    if (!shown || (channelId && channelId !== shown)) throw new BotError("bad_option", anotherChannel);
    await stage.core.accounts.setDefaults(toPlace(stage.me.teamId, shown).channel, options);
  });
}

/** A rule from its form. */
export function changeRule(stage: Stage, submitted: Submitted, rule: string | undefined): Promise<void> {
  const userId = submitted.user.id;
  return orSay(stage, userId, async () => {
    await saveRule(stage, submitted, rule);
    await showHome(stage, userId);
  });
}

/** A style from its form. */
export function saveStyle(stage: Stage, came: Came, userId: string, filled: Filled): Promise<void> {
  const { style, text: instruction, options, references, shared } = filled;
  const attachments = references.map((file) => stage.files.toAttachment(file));
  const scope = shared ? "shared" : "mine";
  return settle(stage, came, userId, { name: "saveStyle", scope, style, instruction, options, attachments });
}

/** The channel whose defaults are to be changed has been chosen: they come into the form. */
async function showChannel(stage: Stage, userId: string, viewId: string, channelId: string): Promise<void> {
  await orSay(stage, userId, async () => {
    const [{ defaults }, styles] = await Promise.all([
      stage.core.accounts.of(toPlace(stage.me.teamId, channelId).channel),
      stylesOf(stage, userId, channelId),
    ]);
    await stage.send.updateForm(viewId, toChannelModal({ channelId, now: defaults, styles }));
  });
}

/** What is wished for in App Home is answered in a direct message. */
async function settle(stage: Stage, came: Came, userId: string, wish: SettingWish): Promise<void> {
  const { core, people, send, me } = stage;
  const [user, channelId] = await Promise.all([people.of(userId), send.openDirect(userId)]);
  const place = toPlace(me.teamId, channelId);
  await core.handle({ kind: "setting", user, place, wish }, openAside(stage, came, { channelId, userId }));
  await showHome(stage, userId);
}

async function orSay(stage: Stage, userId: string, work: () => Promise<void>): Promise<void> {
  try {
    await work();
  } catch (error) {
    if (!(error instanceof BotError)) throw error;
    await say(stage, { channelId: "", userId }, error.message);
  }
}

/** What is laid down in the workspace; undefined when it cannot be read. */
async function rulesOf({ core, me, log }: Stage): Promise<HeldRules | undefined> {
  try {
    return (await core.rules.of(toPlace(me.teamId, "home"))).community;
  } catch (error) {
    log.warn({ error: toLogged(error) }, "slack.rules.unread");
    return undefined;
  }
}

async function accountOf({ core, log }: Stage, id: string): Promise<Account | undefined> {
  try {
    return await core.accounts.of(id);
  } catch (error) {
    log.warn({ error: toLogged(error) }, "slack.account.unread");
    return undefined;
  }
}

function toAccountId(userId: string): string {
  return toUser(userId, "").id;
}
