import type { WireAnswer, WirePicture } from "../../wire/messages.ts";
import { messagesOf, pictured, type State } from "./store.ts";

/** What an answer's picture can be held against: the picture it was made from, and the references. */
export function beforesOf(
  state: State,
  answer: WireAnswer,
): readonly { label: string; picture: WirePicture }[] {
  const parent = pictured(messagesOf(state), answer.view.parent)?.view.images[0];
  const ask = state.messages.get(answer.thread)?.find(({ id }) => id === answer.ask);
  const references =
    ask?.kind === "ask" ? ask.pictures.filter(({ role, src }) => role !== "mask" && src !== parent?.src) : [];
  return [
    ...(parent ? [{ label: "Version before", picture: parent }] : []),
    ...references.map((picture, at) => ({ label: `Reference ${at + 1}`, picture })),
  ];
}
