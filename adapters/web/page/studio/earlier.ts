import { api } from "../server/api.ts";
import { type createStore, draftOf, setDraft } from "../state/store.ts";
import type { Page } from "./page.ts";

/** What was asked before, put into the composer again with the arrow keys, as a shell does. */
export function createEarlier(store: ReturnType<typeof createStore>, page: Page) {
  /** What is being walked through, and where: 0 is the latest. */
  let walked:
    | { readonly thread: string; readonly prompts: readonly string[]; readonly at: number }
    | undefined;
  let isFetching = false;

  /** Whether what stands in the composer is what was put there, as it was. */
  const shown = () => {
    if (walked?.thread !== store.state.open) return undefined;
    return draftOf(store.state).text === walked.prompts[walked.at] ? walked : undefined;
  };

  function put(prompts: readonly string[], at: number): void {
    const { open: thread } = store.state;
    walked = { thread, prompts, at };
    store.update((state) => setDraft(state, { ...draftOf(state), text: prompts[at] ?? "" }));
    // The caret belongs at the end of what is there now.
    requestAnimationFrame(() => {
      const field = document.querySelector<HTMLTextAreaElement>("#prompt");
      field?.setSelectionRange(field.value.length, field.value.length);
    });
  }

  async function begin(): Promise<void> {
    isFetching = true;
    const { open: thread } = store.state;
    try {
      const prompts = await api.prompts(thread);
      const isFree = store.state.open === thread && draftOf(store.state).text === "";
      if (prompts.length > 0 && isFree) put(prompts, 0);
    } catch (error) {
      page.tell(error);
    } finally {
      isFetching = false;
    }
  }

  return {
    /** Goes to what was asked before that, or after it; false: the key is the field's own. */
    recall(way: "before" | "after"): boolean {
      const now = shown();
      if (!now) {
        if (way === "after" || draftOf(store.state).text !== "") return false;
        if (!isFetching) void begin();
        return true;
      }
      const to = now.at + (way === "before" ? 1 : -1);
      // After the latest there is the empty field again.
      if (to < now.prompts.length) put(now.prompts, to);
      return true;
    },
  };
}
