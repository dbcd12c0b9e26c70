import { RequestError } from "../server/api.ts";
import { addToast, type createStore, dropToast, type Offer, type State, setPanel } from "../state/store.ts";

/** Pixels of one in the list. */
const threadHeight = 58;

/** The page itself: its panels, its toasts, where the cursor is. */
export type Page = ReturnType<typeof createPage>;

export function createPage(store: ReturnType<typeof createStore>) {
  const page = {
    panel(name: keyof State["panel"], open: boolean): void {
      store.update((state) => setPanel(state, name, open));
    },

    unfold(answer: string): void {
      store.update((state) => {
        const unfolded = new Set(state.unfolded);
        if (!unfolded.delete(answer)) unfolded.add(answer);
        return { ...state, unfolded };
      });
      // Under the last picture it would open out of sight.
      requestAnimationFrame(() =>
        document.getElementById(`details-${answer}`)?.scrollIntoView({ block: "nearest" }),
      );
    },

    /** Folds the details that were unfolded last. */
    fold(): void {
      store.update((state) => ({ ...state, unfolded: new Set([...state.unfolded].slice(0, -1)) }));
    },

    /** Draws the page again, after something outside the state has changed. */
    redraw(): void {
      store.update((state) => ({ ...state }));
    },

    say(text: string, failed = false, offer?: Offer): void {
      store.update((state) => addToast(state, text, failed, offer));
    },

    tell(error: unknown): void {
      if (page.noteSignedOut(error)) return;
      page.say(error instanceof Error ? error.message : String(error), true);
    },

    /** Whether the server wants the password again; then a line on the page says so. */
    noteSignedOut(error: unknown): boolean {
      const signedOut = error instanceof RequestError && error.status === 401;
      if (signedOut) store.update((state) => ({ ...state, signedOut }));
      return signedOut;
    },

    /** What happened to the chat before was read. */
    readLost(): void {
      store.update((state) => ({ ...state, hasReadLost: true }));
    },

    dismiss(toast: number): void {
      store.update((state) => dropToast(state, toast));
    },

    /**
     * Puts the cursor into the prompt; unless asked to, not on a phone, where it would raise the keyboard, and not where
     * there is little height, which it would take from the picture.
     */
    focusComposer(always = true): void {
      if (!always && !matchMedia("(pointer: fine) and (min-height: 481px)").matches) return;
      requestAnimationFrame(() => document.querySelector<HTMLTextAreaElement>("#prompt")?.focus());
    },

    /** As many threads as there is room for in the list. */
    threadsInView: () => Math.max(6, Math.ceil((innerHeight - 180) / threadHeight)),

    /** Where keys stand for what can be done with pictures; a letter that stands for nothing goes into the prompt. */
    focusConversation(): void {
      if (!matchMedia("(pointer: fine)").matches) return;
      requestAnimationFrame(() =>
        document.querySelector<HTMLElement>("#conversation")?.focus({ preventScroll: true }),
      );
    },

    async attempt(work: () => Promise<unknown>): Promise<void> {
      try {
        await work();
      } catch (error) {
        page.tell(error);
      }
    },
  };
  return page;
}
