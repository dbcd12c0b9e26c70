/** A button under a message. */
export interface Action {
  readonly label: string;
  readonly hint: string;
  readonly style: "plain" | "primary" | "danger";
  /** Who may press it: anyone in the channel, the asker and those who moderate, or those who moderate alone. */
  readonly who: "anyone" | "asker" | "moderator";
  /** It is answered with a message of its own; else by what is there already, or by a line to the one who pressed. */
  readonly draws: boolean;
  /** The form it opens first; without one it acts at once. */
  readonly form?: Form;
}

/** What a form asks for. The options are those of the options table. */
export interface Form {
  readonly title: string;
  readonly prompt: string;
  /** Start from the words of the picture, to be changed, instead of from an empty field. */
  readonly prefill: boolean;
  readonly submit: string;
}

function pick(place: number) {
  return {
    label: `${place}`,
    hint: `Go on from picture ${place}`,
    style: "plain",
    who: "anyone",
    draws: false,
  } as const;
}

/** Every button there is. An adapter draws the ones a view names, in the view's order. */
export const actions = {
  pick1: pick(1),
  pick2: pick(2),
  pick3: pick(3),
  pick4: pick(4),
  cancel: { label: "Cancel", hint: "Stop drawing this picture", style: "plain", who: "asker", draws: false },
  /** Under what waits for a moderator. */
  approve: {
    label: "Approve",
    hint: "Have it drawn: it waits for a moderator",
    style: "primary",
    who: "moderator",
    draws: false,
  },
  decline: {
    label: "Decline",
    hint: "Have it not drawn",
    style: "danger",
    who: "moderator",
    draws: false,
  },
  edit: {
    label: "Edit…",
    hint: "Say what to change in this picture",
    style: "primary",
    who: "anyone",
    draws: true,
    form: { title: "Edit this picture", prompt: "What should change?", prefill: false, submit: "Edit" },
  },
  area: {
    label: "Edit area…",
    hint: "Paint over the part that should change",
    style: "plain",
    who: "anyone",
    draws: false,
  },
  vary: {
    label: "Vary",
    hint: "Draw a new picture from this one",
    style: "plain",
    who: "anyone",
    draws: true,
  },
  /** Called *Redo* once: that is on the buttons of old messages. */
  redo: {
    label: "Draw again",
    hint: "Draw another picture from the same words and the same start",
    style: "plain",
    who: "anyone",
    draws: true,
  },
  reference: {
    label: "Use as reference…",
    hint: "Take this picture along into a new one",
    style: "plain",
    who: "anyone",
    draws: true,
    form: {
      title: "Use as reference",
      prompt: "What should I draw with it?",
      prefill: false,
      submit: "Draw",
    },
  },
  rephrase: {
    label: "Edit prompt…",
    hint: "Change the words and draw again from the same start",
    style: "plain",
    who: "anyone",
    draws: true,
    form: { title: "Edit the prompt", prompt: "Prompt", prefill: true, submit: "Draw" },
  },
  undo: {
    label: "Undo",
    hint: "Go on from the picture before this one",
    style: "plain",
    who: "anyone",
    draws: false,
  },
  forward: {
    label: "Redo",
    hint: "Take the last Undo back",
    style: "plain",
    who: "anyone",
    draws: false,
  },
  details: {
    label: "Details",
    hint: "The words it was drawn from, what was applied, time and cost",
    style: "plain",
    who: "anyone",
    draws: false,
  },
  /** Only where a platform keeps what was deleted for a while. */
  restore: {
    label: "Bring back",
    hint: "Bring the deleted picture back",
    style: "plain",
    who: "asker",
    draws: false,
  },
  /** Under what is said of *Forget me*. */
  forget: {
    label: "Forget me",
    hint: "Delete all that is kept of you",
    style: "danger",
    who: "asker",
    draws: false,
  },
  delete: { label: "Delete", hint: "Take this picture away", style: "danger", who: "asker", draws: false },
} as const satisfies Record<string, Action>;

/** Asks for any message's picture in words, and what is said of a message without one. */
export const describe = {
  words: "Describe this picture in words, so that it could be drawn again from them.",
  nothing: "I see no picture in that message.",
} as const;

export type ActionName = keyof typeof actions;

/** The action of that name, with the fields every action has. */
export function action(name: ActionName): Action {
  return actions[name];
}

/** Whether a string from outside names an action. */
export function isActionName(name: string): name is ActionName {
  return Object.hasOwn(actions, name);
}
