import {
  type APIApplicationCommandBasicOption,
  type APIApplicationCommandInteractionDataOption,
  type APIInteractionDataResolved,
  ApplicationCommandOptionType,
} from "discord.js";
import { type BudgetOf, limitSpecs } from "../../../src/seam/budget.ts";
import { toRoleKey, toUserKey } from "../wire/keys.ts";
import { readFields, toSwitchField } from "./fields.ts";

/** The fields of /budget that say whose it is; none of them: the whole server's. */
const whoseFields = { user: "user", role: "role", channel: "channel", everyone: "everyone" } as const;

/** How a limit is called as a field. */
const limitFields = {
  usdDay: { name: "usd-day", description: "US dollars a day" },
  usdMonth: { name: "usd-month", description: "US dollars a month" },
  picturesDay: { name: "pictures-day", description: "Pictures a day" },
  picturesMonth: { name: "pictures-month", description: "Pictures a month" },
} as const;

const most = 1_000_000;

/** The fields that say whose budget it is. */
export function toWhoseFields(): APIApplicationCommandBasicOption[] {
  const { User, Role } = ApplicationCommandOptionType;
  return [
    { type: User, name: whoseFields.user, description: "This member's, in place of everyone's" },
    { type: Role, name: whoseFields.role, description: "All who have this role, together" },
    toSwitchField(whoseFields.channel, "All in this channel, together"),
    toSwitchField(whoseFields.everyone, "Each member's own"),
  ];
}

/** The fields that say how much. */
export function toLimitFields(): APIApplicationCommandBasicOption[] {
  const { Integer, Number: Decimal } = ApplicationCommandOptionType;
  return limitSpecs.map(({ name, unit }) => {
    const field = { ...limitFields[name], min_value: 0, max_value: most };
    return unit === "usd" ? { ...field, type: Decimal } : { ...field, type: Integer };
  });
}

/** Whose budget is meant, and how much it is to be. Raw. */
export function readBudget(
  options: readonly APIApplicationCommandInteractionDataOption[],
  resolved: APIInteractionDataResolved | undefined,
): { readonly of: BudgetOf; readonly limits: Readonly<Record<string, unknown>> } {
  const fields = readFields(options, resolved);
  const values = fields.optionsBeside(Object.values(whoseFields)) as Readonly<Record<string, unknown>>;
  const limits = limitSpecs.flatMap(({ name }) => {
    const value = values[limitFields[name].name];
    return value === undefined ? [] : [[name, value] as const];
  });
  return { of: whoseOf(fields, resolved), limits: Object.fromEntries(limits) };
}

function whoseOf(
  fields: ReturnType<typeof readFields>,
  resolved: APIInteractionDataResolved | undefined,
): BudgetOf {
  const [user, role] = [fields.text(whoseFields.user), fields.text(whoseFields.role)];
  if (user !== "") {
    const { global_name: shown, username } = resolved?.users?.[user] ?? {};
    return { kind: "person", id: toUserKey(user), name: shown ?? username ?? user };
  }
  if (role !== "")
    return { kind: "role", role: toRoleKey(role), name: resolved?.roles?.[role]?.name ?? role };
  if (fields.isOn(whoseFields.channel)) return { kind: "channel" };
  return { kind: fields.isOn(whoseFields.everyone) ? "everyone" : "community" };
}
