import type { OptionName } from "../../../../src/seam/options.ts";
import type { WirePicture } from "../../wire/messages.ts";
import { paintMask } from "../mask/painter.ts";
import {
  addPictures,
  anchorMask,
  changeMask,
  type Draft,
  type DraftPicture,
  movePicture,
  removePicture,
  setOption,
  setTarget,
  strokesOn,
  toReuse,
} from "../state/drafts.ts";
import { type createStore, draftOf, picturesOf, setDraft } from "../state/store.ts";
import { problemOf } from "./check-file.ts";
import type { Page } from "./page.ts";

/** What a person does in the composer before sending. */
export function createDrafting(store: ReturnType<typeof createStore>, page: Page) {
  const draft = (change: (draft: Draft) => Draft) =>
    store.update((state) => setDraft(state, change(draftOf(state))));

  /** Files that are being looked at; each says whether it was refused. */
  const checking = new Set<Promise<boolean>>();

  /** Takes a file out of the composer that will not be taken, and says why; whether it was one. */
  async function refuse(picture: DraftPicture & { readonly kind: "file" }, thread: string): Promise<boolean> {
    const problem = await problemOf(picture.file, picture.name);
    if (problem === undefined) return false;
    store.update((state) => {
      const now = state.drafts.get(thread);
      return now ? setDraft(state, removePicture(now, picture.key), thread) : state;
    });
    release(picture);
    page.say(problem, true);
    return true;
  }

  const drafting = {
    write(text: string): void {
      draft((now) => ({ ...now, text }));
    },

    /** What is written next is about that answer. */
    aim(answer: string): void {
      draft((now) => setTarget(now, { answer }));
      page.focusComposer();
    },

    /** Lets go of the reply target; says whether there was one. */
    clearTarget(): boolean {
      if (!draftOf(store.state).target) return false;
      draft((now) => setTarget(now, undefined));
      return true;
    },

    /** Attaches files, and takes out again those that will not be taken. */
    attach(files: Iterable<File>): void {
      const thread = store.state.open;
      const pictures = [...files].map((file) => {
        const src = URL.createObjectURL(file);
        return { kind: "file", key: src, name: file.name || "Pasted picture", src, file } as const;
      });
      drafting.add(pictures);
      const held = new Set(draftOf(store.state).pictures);
      for (const picture of pictures.filter((each) => held.has(each))) {
        const checked = refuse(picture, thread).finally(() => checking.delete(checked));
        checking.add(checked);
      }
    },

    /** Whether all will be taken that is being looked at just now. */
    async isTaken(): Promise<boolean> {
      const refused = await Promise.all(checking);
      return !refused.includes(true);
    },

    reuse(picture: WirePicture): void {
      drafting.add([toReuse(picture)]);
      page.focusComposer();
    },

    add(pictures: readonly DraftPicture[]): void {
      const { state } = store;
      const { draft: next, problems } = addPictures(draftOf(state), pictures, state.about?.limits);
      for (const picture of pictures) if (!next.pictures.includes(picture)) release(picture);
      store.update((now) => setDraft(now, next));
      for (const problem of problems) page.say(problem, true);
    },

    removePicture(picture: DraftPicture): void {
      draft((now) => removePicture(now, picture.key));
      release(picture);
    },

    movePicture(picture: DraftPicture, to: number): void {
      draft((now) => movePicture(now, picture.key, to));
    },

    setOption(name: OptionName, value: string | number | undefined): void {
      draft((now) => setOption(now, name, value));
    },

    resetOptions(): void {
      draft((now) => ({ ...now, options: {} }));
    },

    /** Paints a mask on an answer's only picture (which is then the one to change) or on one in the composer. */
    async paint(on: { answer: string; picture: WirePicture } | DraftPicture): Promise<void> {
      const thread = store.state.open;
      const { src, alt } = "answer" in on ? on.picture : { src: on.src, alt: on.name };
      const painted = await paintMask(src, alt, strokesOn(draftOf(store.state), src));
      if (painted === undefined || thread !== store.state.open) return;
      const mask = painted && "answer" in on ? { ...painted, answer: on.answer } : painted;
      draft((now) => {
        const aimed =
          mask && "answer" in on && now.target?.answer !== on.answer
            ? setTarget(now, { answer: on.answer })
            : now;
        return anchorMask(changeMask(aimed, mask ?? undefined));
      });
      page.focusComposer();
    },

    /** Paints on one of several pictures: it goes along as the first reference, so that it is clear which is meant. */
    async paintOneOf(picture: WirePicture): Promise<void> {
      const thread = store.state.open;
      const mask = await paintMask(picture.src, picture.alt, strokesOn(draftOf(store.state), picture.src));
      if (!mask || thread !== store.state.open) return;
      draft((now) => {
        const held = now.pictures.some(({ src }) => src === picture.src);
        const pictures = held ? now.pictures : [toReuse(picture), ...now.pictures];
        return anchorMask({ ...changeMask(now, mask), pictures });
      });
      page.focusComposer();
    },

    /** Opens the painter again on the picture the mask was painted on. */
    async repaint(): Promise<void> {
      const { mask, pictures } = draftOf(store.state);
      const attached = pictures.find(({ src }) => src === mask?.src);
      const shown = picturesOf(store.state).find(({ picture }) => picture.src === mask?.src);
      if (attached) await drafting.paint(attached);
      else if (shown) await drafting.paint({ answer: shown.answer.id, picture: shown.picture });
    },

    removeMask(): void {
      draft((now) => ({ ...now, mask: undefined }));
    },
  };
  return drafting;
}

/** Lets the browser forget a file's address. */
export function release(picture: DraftPicture): void {
  if (picture.kind === "file") URL.revokeObjectURL(picture.src);
}
