import type { APIApplicationCommandOptionChoice } from "discord.js";
import type { Style, Styles } from "../../../src/seam/core.ts";
import { optionSpecs } from "../../../src/seam/options.ts";
import { withTimeout } from "../../../src/seam/timeout.ts";
import type { Place, User } from "../../../src/seam/turn.ts";
import { discordLimits, suggestMs } from "../wire/limits.ts";
import { cut } from "../wire/words.ts";
import { settingFields } from "./commands.ts";
import { suggest } from "./sizes.ts";

type Choice = APIApplicationCommandOptionChoice<string>;

/** What to offer below a field that is being typed into; nothing where the core takes longer than Discord waits. */
export async function suggestFor(
  { name, typed }: { readonly name: string; readonly typed: string },
  { styles, user, place }: { readonly styles: Styles; readonly user: User; readonly place: Place },
): Promise<readonly Choice[]> {
  const spec = optionSpecs.find((one) => one.name === name);
  if (name === settingFields.style || spec?.kind === "style") {
    return suggestStyles((await withTimeout(styles.list(user, place), suggestMs)) ?? [], typed);
  }
  return spec ? suggest(spec, typed) : [];
}

/** The styles whose names or words hold what is typed so far, those first whose names begin with it. */
function suggestStyles(styles: readonly Style[], typed: string): readonly Choice[] {
  const wanted = typed.trim().toLowerCase();
  const matching = styles.filter(({ name, instruction }) =>
    `${name} ${instruction}`.toLowerCase().includes(wanted),
  );
  const first = matching.filter(({ name }) => name.startsWith(wanted));
  return [...first, ...matching.filter((style) => !first.includes(style))]
    .slice(0, discordLimits.choices)
    .map(({ name, scope, instruction }) => {
      const words = instruction.replace(/\s+/g, " ").trim();
      const shown = `${name}${scope === "shared" ? " (shared)" : ""}${words ? `: ${words}` : ""}`;
      return { name: cut(shown, discordLimits.choice), value: name };
    });
}
