import { isComparable } from "../state/comparable.ts";
import { answerOf, chosenOf, type createStore, picturesOf } from "../state/store.ts";
import type { Studio } from "../studio/studio.ts";
import { openHelp } from "./help.ts";

/** The shortcuts of the page itself; dialogs have their own. */
export function listenToKeys(store: ReturnType<typeof createStore>, studio: Studio): void {
  addEventListener("keydown", (event) => {
    if (event.defaultPrevented || document.querySelector("dialog[open]")) return;
    if (event.key === "Escape") {
      if (store.state.panel.options) studio.panel("options", false);
      else if (store.state.panel.threads) studio.panel("threads", false);
      else if (!studio.clearTarget() && store.state.panel.versions) studio.panel("versions", false);
      return;
    }
    if (event.ctrlKey || event.metaKey || event.altKey || isTyping(event.target)) return;
    const act = shortcut(event.key);
    if (!act) {
      // What is typed where nothing is to be typed is meant for the prompt.
      const isLoose =
        event.target === document.body || event.target === document.querySelector("#conversation");
      if (isLoose && event.key.length === 1 && event.key !== " ") {
        document.querySelector<HTMLElement>("#prompt")?.focus();
      }
      return;
    }
    event.preventDefault();
    act();
  });

  function shortcut(key: string): (() => void) | undefined {
    switch (key.toLowerCase()) {
      case "n":
        return () => studio.newThread();
      case "/":
        return () => studio.focusComposer();
      case "o":
        return () => studio.panel("options", !store.state.panel.options);
      case "s":
        return () => void studio.showStyles();
      case "g":
        return () => void studio.showGallery();
      case "v":
        return () => {
          studio.panel("versions", true);
          requestAnimationFrame(() => document.querySelector<HTMLElement>('.node[tabindex="0"]')?.focus());
        };
      case "?":
        return () => void openHelp();
    }
    const answer = currentAnswer();
    const picture = answer?.view.images[answer.view.picked ?? 0];
    if (!answer || !picture) return undefined;
    switch (key.toLowerCase()) {
      case "e":
        return () => void studio.edit(answer);
      case "m":
        return () => void studio.paint({ answer: answer.id, picture });
      case "f":
        return () => void studio.favourite(picture.src);
      case "p":
        return () => void studio.rephrase(answer);
      case "u":
        return () => studio.reuse(picture);
      case "c":
        return isComparable(store.state, answer) ? () => void studio.compare(answer) : undefined;
      case "d":
        return () => document.querySelector<HTMLElement>(`#answer-${answer.id} a[download]`)?.click();
      default:
        return undefined;
    }
  }

  /** The answer that holds the focus, else the one walked to, else the reply target, else the newest. */
  function currentAnswer() {
    const { state } = store;
    const focused = document.activeElement?.closest<HTMLElement>("[data-answer]")?.dataset.answer;
    const pictures = picturesOf(state);
    const ids = [focused, chosenOf(state)?.id, pictures.at(-1)?.answer.id];
    return ids.map((id) => answerOf(state, id)).find((answer) => answer?.view.images.length);
  }
}

function isTyping(target: EventTarget | null): boolean {
  return target instanceof HTMLElement && target.matches("input, textarea, select, [contenteditable]");
}
