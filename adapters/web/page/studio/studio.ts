import type { WireAction, WireAnswer, WireAsk, WireEvent, WirePicture } from "../../wire/messages.ts";
import { confirmed } from "../look/dialog.ts";
import { toTree } from "../panels/tree.ts";
import { toggleNotified } from "../shell/notify.ts";
import { comparablesOf, isComparable } from "../state/comparable.ts";
import type { DraftKeeper } from "../state/draft-keeper.ts";
import { emptyDraft, formatDraft, setTarget } from "../state/drafts.ts";
import { toRetry } from "../state/retry.ts";
import {
  choose,
  type createStore,
  draftOf,
  messagesOf,
  picturesOf,
  type State,
  setDraft,
  threadOf,
} from "../state/store.ts";
import { nameOfPicture } from "../text/format.ts";
import { openCompare } from "../viewer/compare.ts";
import { openLightbox } from "../viewer/lightbox.ts";
import { copyPicture } from "./clipboard.ts";
import { createDrafting } from "./drafting.ts";
import { createEarlier } from "./earlier.ts";
import { createFinding } from "./finding.ts";
import { createLibrary } from "./library.ts";
import { createPage } from "./page.ts";
import { createKeeping } from "./presets.ts";
import { createSending } from "./sending.ts";

/** Everything a person can do on the page. */
export type Studio = ReturnType<typeof createStudio>;

export function createStudio(
  store: ReturnType<typeof createStore>,
  drafts: Pick<DraftKeeper, "restore" | "forget">,
) {
  const page = createPage(store);
  const keeping = createKeeping(store, page);
  const library = createLibrary(store, page, keeping);
  const drafting = createDrafting(store, page);
  const sending = createSending(store, page, library.loadThread);
  const finding = createFinding(store, page, {
    ...{ library, drafting, drafts },
    rephrase: (answer) => studio.rephrase(answer),
    walk: (answer) => studio.walk(answer),
    copy: (picture) => studio.copy(picture),
  });

  const studio = {
    ...page,
    ...keeping,
    ...library,
    ...sending,
    ...drafting,
    ...finding,
    ...createEarlier(store, page),

    /** Sends what is in the composer; if that fails, or a file of it will not be taken, everything stays where it is. */
    async send(): Promise<void> {
      if (await drafting.isTaken()) await sending.send();
    },

    /** A button under an answer: acts at once, or turns the composer into its form. */
    async press(answer: WireAnswer, action: WireAction): Promise<void> {
      if (action.name === "reference") {
        const picture = answer.view.images[answer.view.picked ?? 0];
        if (picture) studio.reuse(picture);
        return;
      }
      if (action.form) {
        const words = answer.view.details?.prompt ?? askText(store.state, answer);
        const target = { answer: answer.id, action: action.name };
        const prefill = action.form.prefill ? words : undefined;
        store.update((state) => setDraft(state, setTarget(draftOf(state), target, prefill)));
        studio.focusComposer();
        return;
      }
      if (action.style === "danger") {
        const text =
          "The picture will be gone. For an hour it can be brought back. What was made from it stays.";
        const picture = answer.view.images[answer.view.picked ?? 0];
        const which = picture ? ` version ${versionOf(store.state, answer.id)}` : "";
        if (!(await confirmed(`${action.label}${which}?`, text, action.label, picture))) return;
      }
      await studio.pressNow(answer, action);
    },

    /** A line with a button, which is pressed on an answer. */
    offer({ text, failed, offer }: Extract<WireEvent, { type: "notice" }>): void {
      if (!offer) return;
      const act = () => void studio.pressNow({ id: offer.message }, offer.action);
      page.say(text, failed, { label: offer.action.label, act });
    },

    /** Turns the composer to an answer's picture, as its own button does. */
    async edit(answer: WireAnswer): Promise<void> {
      const button = answer.view.actions.find(({ name }) => name === "edit");
      if (button) await studio.press(answer, button);
      else studio.aim(answer.id);
    },

    /** Turns the composer to the words of an answer; where it has no such button, puts them there to be sent anew. */
    async rephrase(answer: WireAnswer): Promise<void> {
      const button = answer.view.actions.find(({ name }) => name === "rephrase");
      if (button) return studio.press(answer, button);
      studio.write(answer.view.details?.prompt ?? askText(store.state, answer));
      studio.focusComposer();
    },

    /** Puts what was asked back into the composer, to be changed and sent again. */
    async retry(ask: WireAsk): Promise<void> {
      const held = { ...draftOf(store.state), options: {}, sent: undefined };
      const isFree = !held.mask && formatDraft(held) === formatDraft(emptyDraft);
      const text = "What you have in the composer gives way to what you asked here.";
      if (!isFree && !(await confirmed("Ask this again?", text, "Ask again"))) return;
      await studio.attempt(async () => {
        const draft = await toRetry(ask, store.state);
        store.update((state) => setDraft(state, draft, ask.thread));
        studio.focusComposer();
      });
    },

    /** Words to draw at once, as an example does. */
    drawNow(text: string): void {
      studio.write(text);
      void studio.send();
    },

    async compare(answer: WireAnswer, after = answer.view.images[0]): Promise<void> {
      const { state } = store;
      const { nodes } = toTree(messagesOf(state), threadOf(state)?.head);
      const versionOf = (id: string) => nodes.find((node) => node.id === id)?.number;
      const befores = comparablesOf(state, answer, after, versionOf);
      if (after && befores.length > 0) await openCompare(befores, after);
    },

    async look(src: string): Promise<void> {
      const pictures = picturesOf(store.state);
      const at = pictures.findIndex(({ picture }) => picture.src === src);
      const left = await openLightbox(
        pictures.map(({ answer, picture }) => {
          const name = nameOfPicture(answer, picture, pictures);
          return { picture, name, comparable: isComparable(store.state, answer) };
        }),
        at,
        (picture) => void studio.copy(picture),
      );
      const seen = left && pictures[left.at];
      if (!seen) return;
      if (left.at !== at) studio.walk(seen.answer.id);
      const { answer, picture } = seen;
      if (left.act === "edit") await studio.edit(answer);
      else if (left.act === "reference") studio.reuse(picture);
      else if (left.act === "compare") await studio.compare(answer, picture);
      else if (left.act === "mask") {
        if (answer.view.images.length > 1) await studio.paintOneOf(picture);
        else await studio.paint({ answer: answer.id, picture });
      }
    },

    /** Goes to a version: chooses it, and brings it into view. */
    walk(id: string): void {
      store.update((state) => choose(state, id));
    },

    /** Turns notifications on or off. */
    async notifyMe(): Promise<void> {
      const { text, failed } = await toggleNotified();
      page.say(text, failed);
      page.redraw();
    },

    async copy(picture: WirePicture): Promise<void> {
      await studio.attempt(async () => {
        await copyPicture(picture.src);
        studio.say("Picture copied.");
      });
    },
  };
  return studio;
}

function versionOf(state: State, answer: string): number | undefined {
  return toTree(messagesOf(state), threadOf(state)?.head).nodes.find(({ id }) => id === answer)?.number;
}

function askText(state: State, answer: WireAnswer): string {
  const ask = state.messages.get(answer.thread)?.find(({ id }) => id === answer.ask);
  return ask?.kind === "ask" ? ask.text : (threadOf(state)?.title ?? "");
}
