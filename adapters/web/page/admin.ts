import { render } from "lit-html";
import type { AdminEvent } from "../admin/messages.ts";
import { api } from "./admin/api.ts";
import { frame } from "./admin/frame.ts";
import { type Actions, type State, toSection } from "./admin/state.ts";
import { confirmed } from "./look/dialog.ts";
import { toggleTheme } from "./look/theme.ts";
import { listen } from "./server/events.ts";
import { startClock } from "./shell/clock.ts";

/** How often the process is asked how it is, while somebody looks at that, in ms. */
const healthMs = 5000;

const root = document.querySelector<HTMLElement>("#admin") ?? document.body;

let state: State = {
  section: toSection(location.hash),
  isLive: true,
  gravesOnly: false,
  spendingOf: { days: 30, by: "person" },
  prompts: new Map(),
  signedIn: false,
};

function update(change: Partial<State>): void {
  state = { ...state, ...change };
  draw();
}

function draw(): void {
  render(frame(state, actions), root);
  document.title = `${state.now?.isDraining ? "Draining · " : ""}Admin · Drawbridge`;
}

/** Does something, and says so where it does not work. */
function attempt(work: () => Promise<void>): void {
  work().catch((error: unknown) => {
    update({ trouble: error instanceof Error ? error.message : String(error) });
  });
}

/** What is fetched for a section when it is opened. */
const load: Readonly<Record<State["section"], () => Promise<void>>> = {
  now: async () => update({ now: await api.now() }),
  async spending() {
    const { days, by } = state.spendingOf;
    const spending = await api.spending(days, by);
    // Another choice may have been made meanwhile.
    if (state.spendingOf.days === days && state.spendingOf.by === by) update({ spending });
  },
  failures: async () => update({ failures: await api.failures() }),
  health: async () => update({ health: await api.health() }),
  settings: async () => update({ settings: await api.settings() }),
};

const actions: Actions = {
  open: (message) =>
    attempt(async () => {
      const { text } = await api.prompt(message);
      update({ prompts: new Map([...state.prompts, [message, text]]) });
    }),
  shut(message) {
    update({ prompts: new Map([...state.prompts].filter(([one]) => one !== message)) });
  },
  cancel: (message, whose) =>
    attempt(async () => {
      const words = "They see that it was cancelled. What OpenAI has drawn by then may be paid for.";
      if (await confirmed(`Cancel the turn of ${whose}?`, words, "Cancel it")) await api.cancel(message);
    }),
  drain: () => attempt(async () => update({ now: await api.drain() })),
  take: () => attempt(async () => update({ now: await api.take() })),
  showGraves: (gravesOnly) => update({ gravesOnly }),
  showSpending(of) {
    update({ spendingOf: { ...state.spendingOf, ...of } });
    attempt(load.spending);
  },
  dismiss: dismissed,
  retry() {
    dismissed();
    attempt(load[state.section]);
  },
  turnTheme() {
    toggleTheme();
    draw();
  },
};

function dismissed(): void {
  const { trouble: _, ...rest } = state;
  state = rest;
  draw();
}

addEventListener("hashchange", () => {
  update({ section: toSection(location.hash) });
  scrollTo(0, 0);
  attempt(load[state.section]);
});

listen<AdminEvent>(
  {
    event(event) {
      switch (event.type) {
        case "hello":
          update({ isLive: true });
          attempt(load.now);
          return attempt(load[state.section]);
        case "now":
          return update({ now: event.now, prompts: stillOpen(event.now.turns) });
        case "failures":
          if (state.section === "failures") attempt(load.failures);
      }
    },
    lost: () => update({ isLive: false }),
    isAwaited: () => false,
  },
  new AbortController().signal,
  "/admin/api/events",
);

setInterval(() => {
  if (state.section === "health" && state.isLive && !document.hidden) attempt(load.health);
}, healthMs);

/** What was opened of turns that are over is forgotten. */
function stillOpen(turns: readonly { readonly message: string }[]): State["prompts"] {
  const inHand = new Set(turns.map(({ message }) => message));
  return new Map([...state.prompts].filter(([message]) => inHand.has(message)));
}

startClock();
draw();
attempt(async () => update(await api.about()));
