import { refuse } from "./api-error.ts";
import { createForm, type Fields } from "./form.ts";
import { limits } from "./limits.ts";
import type { Modal } from "./modals.ts";
import type { Channel, Message, User } from "./world.ts";

/** Interaction types, as Discord numbers them. */
export const interactionTypes = { command: 2, component: 3, autocomplete: 4, modal: 5 } as const;

/** What a person did: a command, a press, typing, a form. */
export type InteractionType = (typeof interactionTypes)[keyof typeof interactionTypes];

/** One thing a person did with a command, a button or a form. */
export interface Interaction {
  readonly id: string;
  readonly token: string;
  readonly type: InteractionType;
  readonly user: User;
  readonly channel: Channel;
  readonly createdMs: number;
  readonly owners: Readonly<Record<string, string>>;
  /** The message a button or a form belongs to. */
  readonly source?: Message;
  readonly fileBytes: number;
  /** What the bot may not change: its answer is for the asker alone. */
  readonly forcedEphemeral: boolean;
  /** Only the user's own install counts: nothing but interaction answers works. */
  readonly personal: boolean;
  readonly commandName?: string;
  readonly targetId?: string;
  acknowledgement?: Acknowledgement;
  original?: Message;
  readonly followUps: Message[];
  followUpCount: number;
  /** Resolves with the first answer; rejects when none comes in time, as the person sees it. */
  readonly acknowledged: Promise<Acknowledgement>;
}

/** What the bot answered first, and how soon. */
export interface Acknowledgement {
  readonly kind: "reply" | "defer" | "defer update" | "update" | "choices" | "modal";
  /** From the event to the answer. */
  readonly tookMs: number;
  /** Only the asker sees the answer. */
  readonly ephemeral: boolean;
  readonly modal?: Modal;
  readonly choices?: readonly Choice[];
}

/** A suggestion under an option that is being typed. */
export interface Choice {
  readonly name: string;
  readonly value: string | number;
}

/** What the bot can answer first, by number. docs: the same page, "Interaction Callback Type". */
export const kinds = {
  4: "reply",
  5: "defer",
  6: "defer update",
  7: "update",
  8: "choices",
  9: "modal",
} as const satisfies Record<number, Acknowledgement["kind"]>;

/** The number of an answer, checked against those this interaction may have. Throws ApiError. */
export function parseType(
  interaction: { readonly type: InteractionType; readonly source?: object },
  body: Fields,
): keyof typeof kinds {
  const form = createForm();
  const reader = form.read(body, []);
  const allowed: Record<InteractionType, readonly number[]> = {
    2: [4, 5, 9],
    3: [4, 5, 6, 7, 9],
    4: [8],
    5: interaction.source ? [4, 5, 6, 7] : [4, 5],
  };
  const type = reader?.whole("type", { oneOf: allowed[interaction.type], required: true });
  form.check();
  if (type === undefined || !isKind(type)) throw refuse("unknownInteraction");
  return type;
}

function isKind(type: number): type is keyof typeof kinds {
  return type in kinds;
}

/** The suggestions of an answer. Throws ApiError. */
export function parseChoices(data: Fields, strict: boolean): readonly Choice[] {
  const form = createForm(strict);
  const reader = form.read(data, ["data"]);
  const choices = (reader?.list("choices", { max: limits.autocomplete, required: true }) ?? []).map(
    (item, index): Choice => {
      const choice = form.read(item, ["data", "choices", index]);
      const name = choice?.text("name", { min: 1, max: limits.choiceText, required: true }) ?? "";
      const value = choice?.fields.value;
      if (typeof value === "number") return { name, value };
      return { name, value: choice?.text("value", { max: limits.choiceText, required: true }) ?? "" };
    },
  );
  form.check();
  return choices;
}
