import { render } from "lit-html";
import { app } from "./app.ts";
import { startClock } from "./clock.ts";
import { emptyDraft, formatDraft, parseDraft } from "./drafts.ts";
import { listen } from "./events.ts";
import { listenToFiles } from "./files.ts";
import { listenToKeys } from "./keys.ts";
import { followScroll } from "./scroll.ts";
import { applyEvent, createStore, draftOf, firstState, type State, setDraft, threadOf } from "./store.ts";
import { createStudio, newId, parseHash, toHash } from "./studio.ts";

const first = parseHash(location.hash) ?? newId();
history.replaceState(null, "", toHash(first));

const store = createStore(withDraft(firstState(first)), draw);
const studio = createStudio(store);
const root = document.querySelector<HTMLElement>("#app") ?? document.body;
const stick = followScroll();

draw(store.state);
startClock();
listenToKeys(store, studio);
listenToFiles(store, studio);
addEventListener("hashchange", () => {
  const id = parseHash(location.hash);
  if (id && id !== store.state.open) studio.open(id);
});
addEventListener("pointerdown", ({ target }) => {
  const inside = target instanceof Element && target.closest(".options, .options-button");
  if (!inside) studio.panel("options", false);
});
listen(
  {
    event(event) {
      store.update((state) => applyEvent(state, event));
      if (event.type === "hello") void studio.load();
      if (event.type === "threadGone" && event.id === store.state.open) studio.newThread();
    },
    lost: () => store.update((state) => ({ ...state, link: "lost" })),
  },
  new AbortController().signal,
);
studio.focusComposer(false);

function draw(state: State): void {
  if (!state.drafts.has(state.open)) {
    store.update(withDraft);
    return;
  }
  document.title = titleOf(state);
  render(app(state, studio), root);
  stick(state.open);
  keepDraft(state);
}

function titleOf(state: State): string {
  const title = threadOf(state)?.title;
  return title ? `${title} · Drawbridge` : "Drawbridge";
}

function withDraft(state: State): State {
  if (state.drafts.has(state.open)) return state;
  return setDraft(state, parseDraft(localStorage.getItem(draftKey(state.open))));
}

function keepDraft(state: State): void {
  const draft = draftOf(state);
  const text = formatDraft(draft);
  const key = draftKey(state.open);
  if (text === formatDraft(emptyDraft)) localStorage.removeItem(key);
  else if (localStorage.getItem(key) !== text) localStorage.setItem(key, text);
}

function draftKey(thread: string): string {
  return `drawbridge.draft.${thread}`;
}
