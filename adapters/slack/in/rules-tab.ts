import { BotError } from "../../../src/seam/errors.ts";
import { ruleSpecOf } from "../../../src/seam/rules.ts";
import { toWaitingModal } from "../forms/forms.ts";
import { parseRuleForm, peopleIn, toRuleModal } from "../forms/rule-form.ts";
import type { Stage } from "../live/stage.ts";
import { toPlace } from "../wire/keys.ts";
import { openForm } from "./dialogs.ts";
import type { Submitted } from "./payloads.ts";

const notAdmin = "Only an admin or owner of this workspace can change its settings.";

/** The channel that stands for a workspace as a whole. */
const whole = "home";

/** An admin has chosen a rule in App Home. Rejects with BotError `forbidden`. */
export async function openRule(stage: Stage, trigger: string, userId: string, rule: string): Promise<void> {
  const { core, me, people } = stage;
  const spec = ruleSpecOf(rule);
  if (!spec) return;
  if (!(await people.of(userId)).admin) throw new BotError("forbidden", notAdmin);
  const coming = Promise.all([core.rules.of(toPlace(me.teamId, whole)), people.groups.all()]);
  await openForm(stage, trigger, { userId }, coming, (there) =>
    there ? toRuleModal(spec, there[0].community, there[1]) : toWaitingModal("Settings"),
  );
}

/** A rule's form was sent. Rejects with BotError `bad_option`, `forbidden`. */
export async function saveRule(stage: Stage, { user, view }: Submitted, rule = ""): Promise<void> {
  const { core, me, people } = stage;
  const spec = ruleSpecOf(rule);
  if (!spec) return;
  const groups = (await people.groups.all()) ?? [];
  const chosen = await Promise.all(
    peopleIn(view.state.values).map(async (id) => [id, (await people.of(id)).name] as const),
  );
  const names = new Map([...chosen, ...groups.map(({ id, handle = id }) => [id, handle] as const)]);
  const { value, channelId } = parseRuleForm(spec, view.state.values, names);
  const place = toPlace(me.teamId, channelId ?? whole);
  const scope = channelId ? "channel" : "community";
  await core.rules.change(await people.of(user.id), place, { rule, scope, value });
}
