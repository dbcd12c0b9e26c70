import { render } from "lit-html";
import { followScroll } from "./chat/scroll.ts";
import { createEstimating } from "./composer/estimate.ts";
import { listen } from "./server/events.ts";
import { fetchLost } from "./server/lost-pictures.ts";
import { app } from "./shell/app.ts";
import { startClock } from "./shell/clock.ts";
import { listenToFiles } from "./shell/drop.ts";
import { listenToKeys } from "./shell/keys.ts";
import { createMarks, isAwaited } from "./shell/marks.ts";
import { listenToSignOut } from "./shell/sign-out.ts";
import { newId, parseHash, toHash } from "./state/address.ts";
import { createDraftKeeper } from "./state/draft-keeper.ts";
import { applyEvent, createStore, firstState, type State } from "./state/store.ts";
import { createStudio } from "./studio/studio.ts";

const first = parseHash(location.hash) ?? newId();
history.replaceState(null, "", toHash(first));

const drafts = createDraftKeeper(() => store);
const estimate = createEstimating(() => store);
const store: ReturnType<typeof createStore> = createStore(drafts.restore(firstState(first)), draw);
const studio = createStudio(store, drafts);
const root = document.querySelector<HTMLElement>("#app") ?? document.body;
const stick = followScroll();
const marks = createMarks(
  () => store,
  (thread) => studio.open(thread),
);
/** The last toast that will go by itself. */
let timed = 0;
let shownNode: string | undefined;

draw(store.state);
startClock();
setInterval(studio.redraw, 60_000); // "5 min" becomes "6 min"
listenToKeys(store, studio);
listenToFiles(store, studio);
listenToSignOut(drafts);
addEventListener("hashchange", () => {
  const id = parseHash(location.hash);
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
  fetchLost();
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
  render(app(state, studio), root);
  stick(state.open);
  showNode();
  drafts.keep(state);
  estimate(state);
  for (const { id, failed, offer } of state.toasts) {
    if (id <= timed) continue;
    timed = id;
    setTimeout(() => studio.dismiss(id), failed || offer ? 12_000 : 5000);
  }
}

/** Brings the current version into view in its panel, whenever it is another one. */
function showNode(): void {
  const node = document.querySelector(".node.current");
  if (!node || node.id === shownNode) return;
  shownNode = node.id;
  node.scrollIntoView({ block: "nearest", inline: "nearest" });
}
