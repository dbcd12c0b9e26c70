import { type createStore, type State, setFinished, threadOf } from "../state/store.ts";
import { notify } from "./notify.ts";

/**
 * Says that something was finished where nobody is looking: by a mark in the list and in the tab's title, and by a
 * notification, if those are wanted. To be called whenever the state has changed.
 */
export function createMarks(
  store: () => ReturnType<typeof createStore>,
  open: (thread: string) => void,
): (state: State) => void {
  let drawing: ReadonlySet<string> | undefined;

  document.addEventListener("visibilitychange", () => {
    if (!document.hidden) store().update((state) => setFinished(state, state.open, false));
  });

  return (state) => {
    const before = drawing;
    drawing = new Set(state.threads.filter((thread) => thread.drawing).map(({ id }) => id));
    document.title = titleOf(state);
    if (!before) return;
    for (const thread of state.threads) {
      if (!before.has(thread.id) || thread.drawing) continue;
      if (thread.id === state.open && !document.hidden) continue;
      store().update((now) => setFinished(now, thread.id, true));
      if (document.hidden) notify(thread, () => open(thread.id));
    }
  };
}

/** Whether a page that nobody looks at has something to hear. */
export function isAwaited({ threads, sendings }: State): boolean {
  return sendings.size > 0 || threads.some(({ drawing }) => drawing);
}

function titleOf(state: State): string {
  const thread = threadOf(state);
  const name = thread?.title ? `${thread.title} · Drawbridge` : "Drawbridge";
  if (state.finished.size > 0)
    return `● ${state.finished.size > 1 ? `${state.finished.size} pictures ready` : "Ready"} · ${name}`;
  return state.threads.some(({ drawing }) => drawing) ? `Drawing… · ${name}` : name;
}
