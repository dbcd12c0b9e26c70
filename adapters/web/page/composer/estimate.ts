import { api } from "../server/api.ts";
import { type createStore, draftOf, type State } from "../state/store.ts";

/** How long the composer must be still before a price is asked for, in ms. */
const stillMs = 400;

/** Keeps the price beside *Draw* up with what is in the composer. To be called whenever the state has changed. */
export function createEstimating(store: () => ReturnType<typeof createStore>): (state: State) => void {
  let asked = "";
  let timer: ReturnType<typeof setTimeout> | undefined;
  let request = new AbortController();

  const show = (estimate: string | undefined) =>
    store().update((state) => (state.estimate === estimate ? state : { ...state, estimate }));

  async function ask(wish: string): Promise<void> {
    request = new AbortController();
    const { signal } = request;
    try {
      const { estimate } = await api.estimate(wish, signal);
      if (!signal.aborted) show(estimate);
    } catch {
      // A price is nothing to trouble anybody for: what is wrong with the prompt is said when it is sent.
      if (!signal.aborted) show(undefined);
    }
  }

  return (state) => {
    const { text, options, pictures } = draftOf(state);
    const wish = JSON.stringify({ text: text.trim(), options, pictures: pictures.length });
    // The same wish costs something else with other defaults or another style behind it.
    const key = wish + JSON.stringify([state.open, state.defaults, state.styles]);
    if (key === asked) return;
    asked = key;
    request.abort();
    clearTimeout(timer);
    if (text.trim() || pictures.length > 0) timer = setTimeout(() => void ask(wish), stillMs);
    else show(undefined);
  };
}
