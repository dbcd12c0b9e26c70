import { chooseDeleted } from "../gallery/threads.ts";
import { askLine, confirmed } from "../look/dialog.ts";
import { api } from "../server/api.ts";
import { newId, toHash } from "../state/address.ts";
import {
  abandonLoad,
  applyEvent,
  beginLoad,
  type createStore,
  endLoad,
  openThread,
  setThreads,
} from "../state/store.ts";
import type { Page } from "./page.ts";
import type { Keeping } from "./presets.ts";

/** The threads: what is fetched of them, and what a person does with a whole one. */
export function createLibrary(store: ReturnType<typeof createStore>, page: Page, keeping: Keeping) {
  /** The newest fetch of each thread: one that was begun earlier brings what is older. */
  const fetches = new Map<string, symbol>();

  const library = {
    /** Fetches what the server knows, at the start and whenever the line was down. */
    async load(): Promise<void> {
      await page.attempt(async () => {
        const [about, threads, favourites] = await Promise.all([
          api.about(),
          api.threads(),
          api.favourites(),
        ]);
        store.update((state) => setThreads({ ...state, about, favourites: new Set(favourites) }, threads));
        await Promise.all([library.loadThread(store.state.open), keeping.loadKept(), library.loadDeleted()]);
      });
    },

    async loadThread(id: string): Promise<void> {
      // Nobody has written in it yet: nothing to fetch.
      if (!store.state.threads.some((thread) => thread.id === id)) {
        if (!store.state.messages.has(id)) store.update((state) => endLoad(state, id, []));
        return;
      }
      const fetching = Symbol();
      fetches.set(id, fetching);
      store.update((state) => beginLoad(state, id));
      try {
        const { messages } = await api.thread(id);
        if (fetches.get(id) === fetching) store.update((state) => endLoad(state, id, messages));
      } catch (error) {
        if (fetches.get(id) !== fetching) return;
        store.update((state) => abandonLoad(state, id));
        page.tell(error);
      }
    },

    open(id: string): void {
      if (id !== store.state.open) store.update((state) => openThread(state, id));
      page.panel("threads", false);
      if (location.hash !== toHash(id)) location.hash = toHash(id);
      if (!store.state.messages.has(id)) void library.loadThread(id);
      page.focusComposer(false);
    },

    newThread(): void {
      library.open(newId());
      page.focusComposer();
    },

    async renameThread(id: string): Promise<void> {
      const thread = store.state.threads.find((each) => each.id === id);
      const title = await askLine("Rename thread", "Title", thread?.title ?? "");
      if (title && title !== thread?.title) await page.attempt(() => api.rename(id, title));
    },

    async deleteThread(id: string): Promise<void> {
      const title = store.state.threads.find((each) => each.id === id)?.title ?? "this thread";
      const text = `“${title}” and all its pictures will be gone. For an hour they can be brought back.`;
      if (!(await confirmed("Delete thread?", text, "Delete thread"))) return;
      await page.attempt(async () => {
        await api.remove(id);
        if (store.state.open === id) library.newThread();
        page.say(`“${title}” is deleted.`, false, {
          label: "Undo",
          act: () => void library.restoreThread(id),
        });
      });
    },

    async loadDeleted(): Promise<void> {
      const deleted = await api.deleted();
      store.update((state) => ({ ...state, deleted }));
    },

    /** Shows the threads that were deleted lately, to bring them back. */
    async showDeleted(): Promise<void> {
      await page.attempt(async () => {
        await library.loadDeleted();
        const chosen = await chooseDeleted(store.state.deleted);
        if (chosen) await library.restoreThread(chosen);
      });
    },

    /** Brings back a thread that was deleted. */
    async restoreThread(id: string): Promise<void> {
      await page.attempt(async () => {
        const thread = await api.restore(id);
        store.update((state) => applyEvent(state, { type: "thread", thread }));
        library.open(id);
        await Promise.all([library.loadThread(id), library.loadDeleted()]);
      });
    },

    /** The line is down: for want of a password, or because the server is. */
    async lost(): Promise<void> {
      store.update((state) => ({ ...state, link: "lost" }));
      await api.about().catch(page.noteSignedOut);
    },

    /** Back from signing in, in another tab. */
    async returned(): Promise<void> {
      if (!store.state.signedOut) return;
      await api.about().then(
        () => {
          store.update((state) => ({ ...state, signedOut: false }));
          return library.load();
        },
        () => undefined, // not yet
      );
    },
  };
  return library;
}
