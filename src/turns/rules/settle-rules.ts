import { noticeView } from "../../answer/views.ts";
import type { Rules } from "../../seam/core.ts";
import { BotError } from "../../seam/errors.ts";
import { type AuditEntry, ruleSpecs, sayRule } from "../../seam/rules.ts";
import type { Place, SettingWish, User } from "../../seam/turn.ts";
import type { View } from "../../seam/view.ts";

/** What can be asked of the rules in words. */
export type RuleWish = Extract<SettingWish, { readonly name: "rules" | "setRule" | "changes" }>;

/** Changes that are told at once. */
const mostTold = 20;

/** Does what is asked of the rules; what to show for it. Throws BotError `bad_option`, `forbidden`. */
export function createSettleRules(rules: Rules): (user: User, place: Place, wish: RuleWish) => Promise<View> {
  async function show(place: Place): Promise<View> {
    const { community, channel } = await rules.of(place);
    const lines = ruleSpecs.map((spec) => {
      const own = sayRule(spec, channel[spec.name]);
      const whole = sayRule(spec, community[spec.name]) ?? `${spec.unset} (not set)`;
      return `\`${spec.name}\` **${spec.label}**: ${whole}${own === undefined ? "" : `; in this channel: ${own}`}`;
    });
    const how =
      "Change one with `settings slow-mode 30`, for this channel alone with `channel settings slow-mode 30`, end it with `settings slow-mode reset`; `settings changes` says who changed what.";
    return noticeView([...lines, how].join("\n"));
  }

  return async (user, place, wish) => {
    switch (wish.name) {
      case "rules":
        if (!user.moderator && !user.admin) {
          throw new BotError("forbidden", "Only a moderator can see the settings.");
        }
        return show(place);
      case "setRule":
        await rules.change(user, place, wish);
        return show(place);
      case "changes": {
        const all = await rules.changes(user, place, mostTold);
        return noticeView(all.length === 0 ? "Nothing has been changed yet." : all.map(sayChange).join("\n"));
      }
    }
  };
}

/** “2026-11-26 10:20 UTC · Mo · Slow mode: 30 s → 60 s”. */
function sayChange({ at, who, where, what, from = "not set", to = "not set" }: AuditEntry): string {
  const when = new Date(at).toISOString().slice(0, 16).replace("T", " ");
  return `${when} UTC · ${who.name} · ${what}${where.channel ? " (one channel)" : ""}: ${from} → ${to}`;
}
