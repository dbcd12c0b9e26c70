import type { Quality } from "./models.ts";
import { type OptionName, optionSpecs } from "./options.ts";
import type { ChannelKey, CommunityKey, RoleKey, RuleScope, User } from "./turn.ts";

/** A person, a role, a channel, as an admin chose it, with what it was called then. */
export interface Named<Key extends string = string> {
  readonly key: Key;
  readonly name: string;
  /** It is a role, or a user group. */
  readonly role?: true;
}

/** What an admin can lay down, by the names that are typed. What is absent is not laid down. */
export interface RuleValues {
  /** People, by `User.id`, and roles. */
  readonly allowed: readonly Named<RoleKey>[];
  readonly denied: readonly Named<RoleKey>[];
  readonly channels: readonly Named<ChannelKey>[];
  readonly "closed-channels": readonly Named<ChannelKey>[];
  readonly dms: boolean;
  readonly "user-installs": boolean;
  readonly models: readonly string[];
  readonly qualities: readonly Quality[];
  /** Those that the options table names, and `other`. */
  readonly sizes: readonly string[];
  readonly "most-pictures": number;
  /** Seconds. */
  readonly "slow-mode": number;
  readonly "blocked-words": readonly string[];
  readonly "blocked-message": string;
  /** US dollars. */
  readonly "approval-above": number;
  readonly "approval-models": readonly string[];
  readonly "approval-qualities": readonly Quality[];
  /** Days. */
  readonly "approval-days": number;
}

export type RuleName = keyof RuleValues;

/** Those that are laid down. */
export type HeldRules = Partial<RuleValues>;

/** One row of the rules table: what a form, a command and the docs need to know. */
export interface RuleSpec {
  readonly name: RuleName;
  /** At most 45 characters, which is what a field of a form holds. */
  readonly label: string;
  /** At most 100 characters. */
  readonly hint: string;
  readonly kind: "people" | "channels" | "choices" | "switch" | "number" | "words" | "text";
  readonly scopes: readonly RuleScope[];
  /** For `choices`: of that option, whose values they are. */
  readonly option?: OptionName;
  readonly values?: readonly { readonly value: string; readonly label: string }[];
  /** Inclusive, for `number`. */
  readonly min?: number;
  readonly max?: number;
  readonly unit?: "$" | "s" | "days";
  /** Characters, for `text`, and for each of the `words`. */
  readonly length?: number;
  /** What holds when it is not set, in words. */
  readonly unset: string;
}

/** How many people, channels, words or values a rule names at most. */
export const mostNamed = 25;
export const mostWords = 200;

/** Days after which nobody is waited for any more, when the admin did not say. */
export const usualApprovalDays = 3;

/** A size that is none of those with a name. */
export const otherSizes = "other";

const everywhere = ["community", "channel"] as const;
const whole = ["community"] as const;

function valuesOf(option: OptionName) {
  return optionSpecs.find(({ name }) => name === option)?.values ?? [];
}

const choices = { kind: "choices", scopes: everywhere } as const;
const models = { ...choices, option: "model" } as const;
const qualities = { ...choices, option: "quality", values: valuesOf("quality") } as const;

/** Every rule, in the order in which a form shows them. */
export const ruleSpecs: readonly RuleSpec[] = [
  {
    ...{ name: "allowed", label: "Who may draw", kind: "people", scopes: everywhere },
    hint: "People and roles; nobody else may",
    unset: "everybody",
  },
  {
    ...{ name: "denied", label: "Who may not draw", kind: "people", scopes: everywhere },
    hint: "People and roles; they may not, whatever else is said",
    unset: "nobody",
  },
  {
    ...{ name: "channels", label: "Channels to draw in", kind: "channels", scopes: whole },
    hint: "With their threads; nowhere else",
    unset: "all",
  },
  {
    ...{ name: "closed-channels", label: "Channels not to draw in", kind: "channels", scopes: whole },
    hint: "With their threads",
    unset: "none",
  },
  {
    ...{ name: "dms", label: "Direct messages", kind: "switch", scopes: whole },
    hint: "Whether people may draw alone with me",
    unset: "on",
  },
  {
    ...{ name: "user-installs", label: "Own installations", kind: "switch", scopes: whole },
    hint: "Whether people may take me along to where I was not let in",
    unset: "on",
  },
  {
    ...models,
    ...{ name: "models", label: "Models" },
    hint: "The image models that may draw",
    get values() {
      return valuesOf("model");
    },
    unset: "all",
  },
  {
    ...qualities,
    ...{ name: "qualities", label: "Qualities" },
    hint: "Without Auto, who says nothing gets the first of them",
    unset: "all",
  },
  {
    ...choices,
    ...{ name: "sizes", label: "Sizes", option: "size" },
    hint: "Without Auto, who says nothing gets the first of them",
    values: [...valuesOf("size"), { value: otherSizes, label: "Any other" }],
    unset: "all",
  },
  {
    ...{ name: "most-pictures", label: "Pictures at once", kind: "number", scopes: everywhere },
    hint: "How many one request may ask for",
    ...{ min: 1, max: 4 },
    unset: "4",
  },
  {
    ...{ name: "slow-mode", label: "Slow mode", kind: "number", scopes: everywhere },
    hint: "Seconds between a person's requests; moderators do not wait",
    ...{ min: 0, max: 86_400, unit: "s" },
    unset: "off",
  },
  {
    ...{ name: "blocked-words", label: "Blocked words", kind: "words", scopes: whole },
    hint: "Words or phrases, as they are; a line or a comma between them",
    length: 100,
    unset: "none",
  },
  {
    ...{ name: "blocked-message", label: "What is said of a blocked word", kind: "text", scopes: whole },
    hint: "In place of my own sentence",
    length: 500,
    unset: "a sentence of mine",
  },
  {
    ...{ name: "approval-above", label: "Approval above", kind: "number", scopes: everywhere },
    hint: "What may cost more than so many dollars, or an unknown sum, waits for a moderator",
    ...{ min: 0, max: 100, unit: "$" },
    unset: "off",
  },
  {
    ...models,
    ...{ name: "approval-models", label: "Approval for models" },
    hint: "What one of these draws waits for a moderator",
    get values() {
      return valuesOf("model");
    },
    unset: "none",
  },
  {
    ...qualities,
    ...{ name: "approval-qualities", label: "Approval for qualities" },
    hint: "What is asked for in these waits for a moderator",
    unset: "none",
  },
  {
    ...{ name: "approval-days", label: "Approval is waited for", kind: "number", scopes: whole },
    hint: "Days until a request that nobody let through is forgotten",
    ...{ min: 1, max: 14, unit: "days" },
    unset: `${usualApprovalDays} days`,
  },
];

/** The row of that name; undefined for a string from outside that names none. */
export function ruleSpecOf(name: string): RuleSpec | undefined {
  return ruleSpecs.find((one) => one.name === name);
}

/** A rule's value in words; undefined where nothing is laid down. */
export function sayRule(spec: RuleSpec, value: RuleValues[RuleName] | undefined): string | undefined {
  if (value === undefined) return undefined;
  if (typeof value === "boolean") return value ? "on" : "off";
  if (typeof value === "number") return sayNumber(spec, value);
  if (typeof value === "string") return value;
  return value.map((one) => (typeof one === "string" ? labelOf(spec, one) : one.name)).join(", ");
}

function sayNumber({ unit }: RuleSpec, value: number): string {
  if (unit === "$") return `$${value}`;
  if (unit === "days") return value === 1 ? "1 day" : `${value} days`;
  return unit ? `${value} ${unit}` : `${value}`;
}

function labelOf({ values = [] }: RuleSpec, value: string): string {
  return values.find((one) => one.value === value)?.label ?? value;
}

/** One change of what holds for many: who made it, and what it was before. */
export interface AuditEntry {
  /** Unix time, ms. */
  readonly at: number;
  readonly who: Pick<User, "id" | "name">;
  readonly where: {
    readonly community: CommunityKey;
    /** Absent: it holds for the whole community. */
    readonly channel?: ChannelKey;
  };
  /** What was changed, and from what to what, in the words that moderators read; absent: nothing was set. */
  readonly what: string;
  readonly from?: string;
  readonly to?: string;
}
