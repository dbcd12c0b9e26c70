import { draftFileStore } from "./draft-files.ts";
import { draftFiles, emptyDraft, formatDraft, parseDraft, restoreFiles } from "./drafts.ts";
import { type createStore, draftOf, putDraft, type State } from "./store.ts";

/** Keeps what is in the composer, thread by thread, over reloads. */
export interface DraftKeeper {
  /** The state with the draft that was kept for its thread; the files follow in a moment. */
  restore(state: State): State;
  /** To be called whenever the state has changed. */
  keep(state: State): void;
  /** Resolves when the files of the thread's draft have been put back. */
  restored(thread: string): Promise<void>;
  /** The thread is gone, and so is what was to be sent to it. */
  forget(thread: string): void;
  /** Somebody signs out: nothing is kept, nor will be. */
  forgetAll(): Promise<void>;
}

export function createDraftKeeper(store: () => ReturnType<typeof createStore>): DraftKeeper {
  /** Threads whose files have been put back, so that what is kept of them is what is shown. */
  const ready = new Set<string>();
  const kept = new Map<string, unknown>();
  const restoring = new Map<string, Promise<void>>();
  let isOver = false;

  async function restoreKeptFiles(thread: string): Promise<void> {
    const files = await draftFileStore.get(thread);
    ready.add(thread);
    if (!files) return;
    store().update((state) => {
      const draft = state.drafts.get(thread) ?? emptyDraft;
      // Somebody was quicker than the disk: what they attached counts.
      if (draftFiles(draft)) return state;
      return putDraft(
        state,
        restoreFiles(draft, files, (file) => URL.createObjectURL(file)),
        thread,
      );
    });
  }

  return {
    restore(state) {
      const thread = state.open;
      if (state.drafts.has(thread)) return state;
      restoring.set(thread, restoreKeptFiles(thread));
      return putDraft(state, parseDraft(localStorage.getItem(toKey(thread))));
    },
    keep(state) {
      if (isOver) return;
      const thread = state.open;
      const draft = draftOf(state);
      const text = formatDraft(draft);
      if (text === formatDraft(emptyDraft)) localStorage.removeItem(toKey(thread));
      else if (localStorage.getItem(toKey(thread)) !== text) localStorage.setItem(toKey(thread), text);

      if (!ready.has(thread)) return;
      const same =
        kept.get(`${thread} pictures`) === draft.pictures &&
        kept.get(`${thread} mask`) === draft.mask &&
        kept.get(`${thread} aside`) === draft.aside;
      if (same) return;
      kept.set(`${thread} pictures`, draft.pictures).set(`${thread} mask`, draft.mask);
      kept.set(`${thread} aside`, draft.aside);
      void draftFileStore.set(thread, draftFiles(draft));
    },
    restored: (thread) => restoring.get(thread) ?? Promise.resolve(),
    forget(thread) {
      localStorage.removeItem(toKey(thread));
      void draftFileStore.set(thread, undefined);
    },
    async forgetAll() {
      isOver = true;
      for (const key of Object.keys(localStorage)) {
        if (key.startsWith(toKey(""))) localStorage.removeItem(key);
      }
      await draftFileStore.clear();
    },
  };
}

function toKey(thread: string): string {
  return `drawbridge.draft.${thread}`;
}
