import type { WireThread } from "../../wire/messages.ts";
import { chooseDeleted } from "../gallery/threads.ts";
import { askLine, confirmed } from "../look/dialog.ts";
import { turnTo } from "../look/layers.ts";
import { api, cutRequests } from "../server/api.ts";
import { newId, toHash } from "../state/address.ts";
import {
  abandonLoad,
  addThreads,
  applyEvent,
  beginLoad,
  type createStore,
  endLoad,
  fetchedThreads,
  openThread,
  seekChosen,
  setThreads,
} from "../state/store.ts";
import type { Page } from "./page.ts";
import type { Keeping } from "./presets.ts";

/** The threads: what is fetched of them, and what a person does with a whole one. */
export function createLibrary(store: ReturnType<typeof createStore>, page: Page, keeping: Keeping) {
  /** The newest fetch of each thread: one that was begun earlier brings what is older. */
  const fetches = new Map<string, symbol>();
  /** The last one that was fetched of the list, where there may be more. */
  let end: WireThread | undefined;
  let isFetchingMore = false;

  const library = {
    /** Fetches what the server knows, at the start and whenever the line was down. */
    async load(): Promise<void> {
      await page.attempt(async () => {
        const { open } = store.state;
        const limit = Math.min(500, Math.max(page.threadsInView(), fetchedThreads(store.state).length));
        const [about, threads, favourites] = await Promise.all([
          api.about(),
          api.threads(limit, open),
          api.favourites(),
        ]);
        end = threads[limit - 1];
        store.update((state) =>
          setThreads({ ...state, about, favourites: new Set(favourites) }, threads, end !== undefined),
        );
        await Promise.all([library.loadThread(store.state.open), keeping.loadKept(), library.loadDeleted()]);
      });
    },

    /** Fetches the next ones of the list; asked again meanwhile, it does nothing. */
    async moreThreads(): Promise<void> {
      const from = end;
      if (!from || isFetchingMore) return;
      isFetchingMore = true;
      await page.attempt(async () => {
        const limit = page.threadsInView();
        const more = await api.threadsAfter(limit, from);
        if (end === from) end = more[limit - 1];
        store.update((state) => addThreads(state, more, end !== undefined));
      });
      isFetchingMore = false;
    },

    /** Fetches a thread that may be further down the list than has been fetched. */
    async findThread(id: string): Promise<void> {
      if (!store.state.threads.some((thread) => thread.id === id)) {
        await page.attempt(async () => {
          const found = (await api.threads(1, id)).filter((thread) => thread.id === id);
          store.update((state) => addThreads(state, found, state.hasMoreThreads));
        });
      }
      await library.loadThread(id);
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
        if (fetches.get(id) !== fetching) return;
        const isFirst = !store.state.messages.has(id);
        store.update((state) => {
          const loaded = endLoad(state, id, messages);
          return isFirst && id === state.open ? seekChosen(loaded) : loaded;
        });
      } catch (error) {
        if (fetches.get(id) !== fetching) return;
        store.update((state) => abandonLoad(state, id));
        page.tell(error);
      }
    },

    /** `isNew`: there is nothing to fetch of it. */
    open(id: string, isNew = false): void {
      if (id !== store.state.open) store.update((state) => openThread(state, id));
      page.panel("threads", false);
      turnTo(toHash(id));
      if (!store.state.messages.has(id)) void (isNew ? library.loadThread(id) : library.findThread(id));
      page.focusComposer(false);
    },

    newThread(): void {
      library.open(newId(), true);
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
      cutRequests();
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
