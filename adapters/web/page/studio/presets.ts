import { confirmed } from "../look/dialog.ts";
import { openStyleForm } from "../saved-styles/style-form.ts";
import { openStyles } from "../saved-styles/styles.ts";
import { api } from "../server/api.ts";
import { setOption } from "../state/drafts.ts";
import { type createStore, draftOf, setDraft } from "../state/store.ts";
import type { Page } from "./page.ts";

/** The styles and defaults of whoever sits here. */
export type Keeping = ReturnType<typeof createKeeping>;

/** What a person keeps for longer than one picture: styles and defaults. */
export function createKeeping(store: ReturnType<typeof createStore>, page: Page) {
  const keeping = {
    /** Fetches both anew: words such as “style save …” change them too. */
    async loadKept(): Promise<void> {
      await page.attempt(async () => {
        const [styles, defaults] = await Promise.all([api.styles(), api.defaults()]);
        store.update((state) => ({ ...state, styles, defaults }));
      });
    },

    /** Keeps what is in the composer as a style; the composer stays as it is. */
    async saveStyle(): Promise<void> {
      const saved = await openStyleForm(draftOf(store.state), store.state);
      if (!saved) return;
      await keeping.loadKept();
      page.say(`Style “${saved.name}” saved. Pick it under Options, or write --style ${saved.name}.`);
    },

    async showStyles(): Promise<void> {
      await keeping.loadKept();
      const picked = await openStyles(store, async ({ name, scope }) => {
        const text = `“${name}” will be gone for good. Pictures drawn with it stay.`;
        if (!(await confirmed("Remove style?", text, "Remove style"))) return;
        await page.attempt(() => api.removeStyle(name, scope));
        if (draftOf(store.state).options.style === name) {
          store.update((state) => setDraft(state, setOption(draftOf(state), "style", undefined)));
        }
        await keeping.loadKept();
      });
      if (picked === undefined) return;
      store.update((state) => setDraft(state, setOption(draftOf(state), "style", picked)));
      page.focusComposer(false);
    },

    /** Makes the options that are set hold for every prompt; they need not be set here any more. */
    async keepDefaults(): Promise<void> {
      const thread = store.state.open;
      const { options } = draftOf(store.state);
      await page.attempt(async () => {
        const defaults = await api.setDefaults({ ...store.state.defaults.mine, ...options });
        store.update((state) => {
          const now = state.drafts.get(thread);
          return now
            ? setDraft({ ...state, defaults }, { ...now, options: {} }, thread)
            : { ...state, defaults };
        });
        page.say("These options hold from now on, in every thread. Reset them under Options.");
      });
    },

    async resetDefaults(): Promise<void> {
      await page.attempt(async () => {
        const defaults = await api.setDefaults({});
        store.update((state) => ({ ...state, defaults }));
        page.say("Your defaults are reset.");
      });
    },
  };
  return keeping;
}
