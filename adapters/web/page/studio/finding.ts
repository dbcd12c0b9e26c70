import type { WireAnswer, WirePicture, WirePlaced } from "../../wire/messages.ts";
import { type Act, chooseAct, showPlaced } from "../gallery/acts.ts";
import { openGallery } from "../gallery/gallery.ts";
import { openShare } from "../gallery/share.ts";
import { chooseThread } from "../gallery/threads.ts";
import { api } from "../server/api.ts";
import { newId } from "../state/address.ts";
import type { DraftKeeper } from "../state/draft-keeper.ts";
import { type createStore, openThread, setFavourite } from "../state/store.ts";
import { fileName } from "../text/format.ts";
import { canCopy, copyText } from "./clipboard.ts";
import type { createDrafting } from "./drafting.ts";
import type { createLibrary } from "./library.ts";
import type { Page } from "./page.ts";

/** How long the field must be still before what is in it is looked for, in ms. */
const stillMs = 200;

/** What a person does to find a picture again, and with one wherever it is. */
export function createFinding(
  store: ReturnType<typeof createStore>,
  page: Page,
  parts: {
    readonly library: ReturnType<typeof createLibrary>;
    readonly drafting: ReturnType<typeof createDrafting>;
    readonly drafts: Pick<DraftKeeper, "restore">;
    /** Turns the composer to the words that an answer was drawn from. */
    readonly rephrase: (answer: WireAnswer) => Promise<void>;
    readonly walk: (answer: string) => void;
    readonly copy: (picture: WirePicture) => Promise<void>;
  },
) {
  const { library, drafting, drafts } = parts;
  let searching = new AbortController();
  let timer: ReturnType<typeof setTimeout> | undefined;

  const answerIn = (thread: string, id: string) => {
    const found = store.state.messages.get(thread)?.find((message) => message.id === id);
    return found?.kind === "answer" ? found : undefined;
  };

  const finding = {
    /** Looks for words in the threads, once they are no longer being typed. */
    search(query: string): void {
      searching.abort();
      clearTimeout(timer);
      store.update((state) => {
        const { found } = state.search;
        return { ...state, search: { query, ...(query.trim() && found && { found }) } };
      });
      if (!query.trim()) return;
      timer = setTimeout(async () => {
        searching = new AbortController();
        const { signal } = searching;
        try {
          const found = await api.search(query, signal);
          if (!signal.aborted) store.update((state) => ({ ...state, search: { query, found } }));
        } catch (error) {
          if (!signal.aborted) page.tell(error);
        }
      }, stillMs);
    },

    async favourite(src: string): Promise<void> {
      const isOne = !store.state.favourites.has(src);
      store.update((state) => setFavourite(state, src, isOne));
      try {
        await api.setFavourite(src, isOne);
      } catch (error) {
        store.update((state) => setFavourite(state, src, !isOne));
        page.tell(error);
      }
    },

    async showGallery(): Promise<void> {
      page.panel("threads", false);
      await openGallery(store, {
        favourite: finding.favourite,
        look: (placed) => {
          const date = new Date(placed.createdAt).toLocaleString(undefined, {
            dateStyle: "long",
            timeStyle: "short",
          });
          return showPlaced(placed, date, () => [
            { icon: "right", label: "Go to it in its thread", leaves: true, act: () => finding.goTo(placed) },
            ...finding.actsOf(placed),
            { icon: "download", label: "Download", act: () => save(placed) },
          ]);
        },
      });
    },

    /** Opens the thread of a picture, with the picture in view. */
    async goTo({ thread, answer }: Pick<WirePlaced, "thread" | "answer">): Promise<void> {
      library.open(thread);
      if (!answerIn(thread, answer)) await library.findThread(thread);
      parts.walk(answer);
    },

    /** What can be done with a picture, wherever it is shown. */
    actsOf(placed: Omit<WirePlaced, "title" | "createdAt">): readonly Act[] {
      const { picture, prompt, thread, answer } = placed;
      const liked = store.state.favourites.has(picture.src);
      const editPrompt = async () => {
        await finding.goTo(placed);
        const found = answerIn(thread, answer);
        if (found) await parts.rephrase(found);
      };
      const ofPrompt: readonly Act[] = [
        { icon: "pencil", label: "Edit prompt…", leaves: true, act: editPrompt },
        { icon: "text", label: "Copy prompt", act: () => finding.copyPrompt(prompt) },
      ];
      const links = store.state.about?.links;
      const share = () => page.attempt(() => openShare(placed, links?.base ?? location.origin));
      const toggle = () => finding.favourite(picture.src);
      return [
        liked
          ? { icon: "starred", label: "Remove from favourites", act: toggle }
          : { icon: "star", label: "Add to favourites", act: toggle },
        ...(prompt ? ofPrompt : []),
        {
          icon: "reference",
          label: "Use as reference in a thread…",
          leaves: true,
          act: () => finding.takeElsewhere(picture),
        },
        ...(links ? [{ icon: "link" as const, label: "Share a link…", act: share }] : []),
      ];
    },

    /** Offers what there is no room for beside a picture in a thread. */
    async more(answer: WireAnswer, at: number): Promise<void> {
      const picture = answer.view.images[at];
      if (!picture) return;
      const { id, thread, view } = answer;
      const prompt = view.details?.prompt ?? "";
      const several = view.images.length > 1;
      await chooseAct(several ? `Picture ${at + 1}` : "Picture", [
        ...(several && canCopy
          ? [{ icon: "copy" as const, label: "Copy picture", act: () => parts.copy(picture) }]
          : []),
        ...finding.actsOf({ answer: id, thread, at, picture, prompt }),
      ]);
    },

    async copyPrompt(prompt: string): Promise<void> {
      await page.attempt(async () => {
        await copyText(prompt);
        page.say("Prompt copied.");
      });
    },

    /** Takes a picture into the composer of a thread that is chosen, or of a new one. */
    async takeElsewhere(picture: WirePicture): Promise<void> {
      const chosen = await chooseThread(store.state);
      if (!chosen) return;
      const thread = chosen === "new" ? newId() : chosen;
      // With what was written there before, which a thread that is opened has only a moment later.
      store.update((state) => drafts.restore(openThread(state, thread)));
      library.open(thread, chosen === "new");
      drafting.reuse(picture);
    },
  };
  return finding;
}

function save({ picture, prompt, at }: WirePlaced): void {
  const link = document.createElement("a");
  link.href = picture.src;
  link.download = fileName(prompt, at + 1, picture.mediaType);
  link.click();
}
