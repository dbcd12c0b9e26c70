import { render } from "lit-html";
import type { AdminEvent } from "../admin/messages.ts";
import { api } from "./admin/api.ts";
import { askBudget } from "./admin/budget.ts";
import { frame } from "./admin/frame.ts";
import { askRule } from "./admin/rule-form.ts";
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
    const [spending, budget] = await Promise.all([api.spending(days, by), api.budget()]);
    // Another choice may have been made meanwhile.
    if (state.spendingOf.days === days && state.spendingOf.by === by) update({ spending, budget });
  },
  async rules() {
    const communities = await api.communities();
    const community = state.community ?? communities[0]?.community;
    update({ communities, ...(community !== undefined && { community }) });
    if (community === undefined) return;
    const rules = await api.rules(community);
    if (state.community === community) update({ rules });
  },
  failures: async () => update({ failures: await api.failures() }),
  async system() {
    const [health, settings] = await Promise.all([api.health(), api.settings()]);
    update({ health, settings });
  },
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
  chooseCommunity(community) {
    const { rules: _, ...rest } = state;
    state = { ...rest, community };
    draw();
    attempt(load.rules);
  },
  changeRule: (rule) =>
    attempt(async () => {
      const { community } = state;
      const changed = community !== undefined && (await askRule(rule));
      if (!changed) return;
      const rules = await api.setRule(community, rule.name, changed.value);
      if (state.community === community) update({ rules });
    }),
  changeBudget: () =>
    attempt(async () => {
      const limits = state.budget && (await askBudget(state.budget));
      if (limits) update({ budget: await api.setBudget(limits) });
    }),
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
  if (state.section !== "system" || !state.isLive || document.hidden) return;
  attempt(async () => update({ health: await api.health() }));
}, healthMs);

/** What was opened of turns that are over is forgotten. */
function stillOpen(turns: readonly { readonly message: string }[]): State["prompts"] {
  const inHand = new Set(turns.map(({ message }) => message));
  return new Map([...state.prompts].filter(([message]) => inHand.has(message)));
}

startClock();
draw();
attempt(async () => update(await api.about()));
