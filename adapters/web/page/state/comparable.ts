import type { WireAnswer, WirePicture } from "../../wire/messages.ts";
import { messagesOf, pictured, picturesOf, type State } from "./store.ts";

/** A picture that another is held against. */
export interface Comparable {
  readonly label: string;
  readonly picture: WirePicture;
}

/**
 * What an answer's picture can be held against: the picture it was made from first, then the references, then every
 * other picture of the thread. `versionOf` is the number that people know an answer by.
 */
export function comparablesOf(
  state: State,
  answer: WireAnswer,
  picture: WirePicture | undefined,
  versionOf: (answer: string) => number | undefined,
): readonly Comparable[] {
  const befores = beforesOf(state, answer);
  const known = new Set([picture?.src, ...befores.map(({ picture }) => picture.src)]);
  const others = picturesOf(state).filter(({ picture }) => !known.has(picture.src));
  return [
    ...befores,
    ...others.map(({ answer: { id, view }, picture }) => {
      const place = view.images.length > 1 ? `, picture ${view.images.indexOf(picture) + 1}` : "";
      return { label: `Version ${versionOf(id) ?? "?"}${place}`, picture };
    }),
  ];
}

/** Whether there is anything to hold an answer's pictures against. */
export function isComparable(state: State, answer: WireAnswer): boolean {
  return picturesOf(state).length > 1 || beforesOf(state, answer).length > 0;
}

/** The picture it was made from, and the references. */
function beforesOf(state: State, answer: WireAnswer): readonly Comparable[] {
  const parent = pictured(messagesOf(state), answer.view.parent)?.view.images[0];
  const ask = state.messages.get(answer.thread)?.find(({ id }) => id === answer.ask);
  const references =
    ask?.kind === "ask" ? ask.pictures.filter(({ role, src }) => role !== "mask" && src !== parent?.src) : [];
  return [
    ...(parent ? [{ label: "Version before", picture: parent }] : []),
    ...references.map((picture, at) => ({ label: `Reference ${at + 1}`, picture })),
  ];
}
