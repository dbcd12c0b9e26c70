import type { ImageOptions } from "../../src/options.ts";
import { toDefaultsModal } from "./forms.ts";
import { toHome } from "./home.ts";
import type { Stage } from "./stage.ts";
import { toLogged } from "./trouble.ts";
import { toUser } from "./turn.ts";

/** What App Home says now. Without an account it still says how the bot is used. */
export async function showHome(stage: Stage, userId: string): Promise<void> {
  const { send, accounts, me, painter, log } = stage;
  const account = await accounts.of(toAccountId(userId)).catch((error: unknown) => {
    log.warn({ error: toLogged(error) }, "slack.account.unread");
  });
  await send.publishHome(userId, toHome({ name: me.name, painter, ...(account && { account }) }));
}

/** Somebody pressed one of the buttons below their defaults. */
export async function pressAtHome(
  stage: Stage,
  button: "defaults" | "reset",
  trigger: string,
  userId: string,
): Promise<void> {
  if (button === "reset") return setDefaults(stage, userId, {});
  const { defaults } = await stage.accounts.of(toAccountId(userId));
  await stage.send.openForm(trigger, toDefaultsModal(defaults));
}

export async function setDefaults(
  stage: Stage,
  userId: string,
  defaults: Partial<ImageOptions>,
): Promise<void> {
  await stage.accounts.setDefaults(toAccountId(userId), defaults);
  await showHome(stage, userId);
}

function toAccountId(userId: string): string {
  return toUser(userId, "").id;
}
