import { render } from "lit-html";
import { createScroll } from "./chat/scroll.ts";
import { createEstimating } from "./composer/estimate.ts";
import { listenToBack } from "./look/layers.ts";
import { listen } from "./server/events.ts";
import { fetchLost, watchForLost } from "./server/lost-pictures.ts";
import { app } from "./shell/app.ts";
import { startClock } from "./shell/clock.ts";
import { listenToFiles } from "./shell/drop.ts";
import { listenToKeys } from "./shell/keys.ts";
import { createMarks, isAwaited } from "./shell/marks.ts";
import { watchLayers } from "./shell/open-layers.ts";
import { listenToSignOut } from "./shell/sign-out.ts";
import { newId, parseHash, toHash } from "./state/address.ts";
import { createDraftKeeper } from "./state/draft-keeper.ts";
import { applyEvent, createStore, firstState, type State } from "./state/store.ts";
import { createStudio } from "./studio/studio.ts";

const first = parseHash(location.hash) ?? newId();
history.replaceState(history.state, "", toHash(first));

const drafts = createDraftKeeper(() => store);
const estimate = createEstimating(() => store);
const store: ReturnType<typeof createStore> = createStore(drafts.restore(firstState(first)), draw);
const studio = createStudio(store, drafts);
const root = document.querySelector<HTMLElement>("#app") ?? document.body;
const scroll = createScroll();
const marks = createMarks(
  () => store,
  (thread) => studio.open(thread),
);
/** The last toast that will go by itself. */
let timed = 0;
let shownNode: string | undefined;
let sought: State["sought"];

draw(store.state);
startClock();
watchForLost();
setInterval(studio.redraw, 60_000); // "5 min" becomes "6 min"
listenToKeys(store, studio);
listenToFiles(store, studio);
listenToSignOut(drafts);
listenToBack((hash) => {
  const id = parseHash(hash);
  if (id && id !== store.state.open) studio.open(id);
});
addEventListener("focus", () => void studio.returned());
addEventListener("pointerdown", ({ target }) => {
  const inside = target instanceof Element && target.closest(".options, .options-button, dialog");
  if (!inside) studio.panel("options", false);
});
listen(
  {
    event(event) {
      store.update((state) => applyEvent(state, event));
      studio.heard(event.type === "hello");
      if (event.type === "hello") void load();
      if (event.type === "notice" && event.offer && event.thread === store.state.open) studio.offer(event);
      // Words such as “style save …” have been answered.
      if (event.type === "message" && event.message.kind === "answer" && event.message.view.aside) {
        void studio.loadKept();
      }
      if (event.type !== "threadGone") return;
      if (event.id === store.state.open) studio.newThread();
      drafts.forget(event.id);
      void studio.loadDeleted().catch(() => {}); // it is listed after the next load
    },
    lost: () => void studio.lost(),
    isAwaited: () => isAwaited(store.state),
  },
  new AbortController().signal,
);
studio.focusComposer(false);

/** Fetches what is there, and goes on with what was being sent to it. */
async function load(): Promise<void> {
  await studio.load();
  fetchLost(true);
  await drafts.restored(store.state.open);
  studio.heard(false);
  studio.goOn();
}

function draw(state: State): void {
  if (!state.drafts.has(state.open)) {
    store.update(drafts.restore);
    return;
  }
  marks(state);
  // For the dialogs, which lie over the header that says it.
  document.documentElement.toggleAttribute("data-stand-in", state.about?.painter.standIn ?? false);
  const focused = document.activeElement;
  const answer = focused?.closest<HTMLElement>("[data-answer]")?.dataset.answer;
  render(app(state, studio), root);
  if (focused && !focused.isConnected) keepFocus(answer);
  scroll.follow(state.open);
  showSought(state);
  showNode();
  watchLayers(state, studio);
  drafts.keep(state);
  estimate(state);
  for (const { id, failed, offer } of state.toasts) {
    if (id <= timed) continue;
    timed = id;
    setTimeout(() => studio.dismiss(id), failed || offer ? 12_000 : 5000);
  }
}

/** What had the focus is gone, such as a button that was pressed: what it stood on has it, the answer or all of them. */
function keepFocus(answer: string | undefined): void {
  if (document.querySelector("dialog[open]") || document.activeElement !== document.body) return;
  const next = answer && document.querySelector<HTMLElement>(`#answer-${answer}`);
  (next || document.querySelector<HTMLElement>("#conversation"))?.focus({ preventScroll: true });
}

/** Brings what is sought into view, with a ring that goes again, to say which one it was. */
function showSought(state: State): void {
  if (!state.sought || state.sought === sought) return;
  const frame = document.querySelector<HTMLElement>(`#answer-${state.sought.answer} .frame`);
  if (!frame) return; // not fetched yet
  sought = state.sought;
  scroll.show(frame);
  frame.animate(
    [
      { outline: "3px solid var(--accent)", outlineOffset: "3px" },
      { outline: "3px solid transparent", outlineOffset: "7px" },
    ],
    { duration: 1500, easing: "ease-out" },
  );
}

/** Brings the current version into view in its panel, whenever it is another one. */
function showNode(): void {
  const node = document.querySelector(".node.current");
  if (!node || node.id === shownNode) return;
  shownNode = node.id;
  node.scrollIntoView({ block: "nearest", inline: "nearest" });
}
