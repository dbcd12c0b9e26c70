import type { TestContext } from "node:test";
import { createSlackAdapter, type SlackOptions } from "../../adapters/slack/index.ts";
import type { Ledger } from "../../src/fleet/ledger.ts";
import { createLog } from "../../src/seam/log.ts";
import { createStandin } from "../../src/standin/index.ts";
import { openStore } from "../../src/store/store.ts";
import { createCable } from "../rig/cable.ts";
import { createCore } from "../rig/core.ts";
import { freePort } from "../rig/free-port.ts";
import { createSevered, type Severed } from "../rig/severed.ts";
import { createMemorySpool } from "../rig/spool.ts";
import { until } from "../rig/until.ts";
import { createSlackSimulator, type SlackSimulatorOptions } from "../simulators/slack/index.ts";

/** A process: the real core with the real adapter and the real Bolt. */
export interface Process {
  readonly store: Severed;
  /** The log so far. */
  readonly lines: readonly string[];
  /** Ends it as `kill -9` does: nothing it does from now on has any effect. */
  kill(): void;
  /** Ends it as SIGTERM does. */
  end(): Promise<void>;
  readonly ledger: Ledger;
}

/** How long a process that is to be killed waits before it tries anything again, in ms: longer than it lives. */
export const patient = { retryMs: [2000] };

/** A Slack, an OpenAI and a store, on which one process after the other lives. */
export async function startLife(t: TestContext, simulated: SlackSimulatorOptions = {}) {
  const simulator = await createSlackSimulator({ ackMs: 1000, retryMs: [0, 60_000, 300_000], ...simulated });
  const standin = await createStandin({ paceMs: 30, flat: true });
  const whole = await openStore("memory:");
  const ada = simulator.addUser({ name: "ada" });
  const channel = simulator.addChannel({ name: "pictures" });
  const spool = createMemorySpool();
  const ends: (() => Promise<void>)[] = [];
  t.after(async () => {
    await Promise.all(ends.map((end) => end()));
    await simulator.close();
    await standin.close();
    await whole.close();
  });

  async function begin(
    given: {
      readonly timing?: SlackOptions["timing"];
      readonly over?: "socket" | "http";
      /** The core's clock between tries to show a last view. */
      readonly wait?: (ms: number, signal: AbortSignal) => Promise<unknown>;
    } = {},
  ): Promise<Process> {
    const [toSlack, toOpenAi] = await Promise.all([
      createCable(portOf(simulator.api)),
      createCable(portOf(standin.url)),
    ]);
    const store = createSevered(whole);
    const port = await freePort();
    const adapter = createSlackAdapter({
      botToken: simulator.token,
      apiUrl: simulator.api.replace(/:\d+/, `:${toSlack.port}`),
      answersAt: simulator.origin,
      mode:
        given.over === "http"
          ? {
              kind: "http",
              signingSecret: simulator.signingSecret,
              host: "127.0.0.1",
              port,
              path: "/slack/events",
            }
          : { kind: "socket", appToken: simulator.appToken },
      painter: { name: "the offline stand-in", standIn: true },
      log: createLog("silent"),
      timing: { paceMs: 50, pollMs: 10, retryMs: [10, 20, 40], settleMs: 50, ...given.timing },
    });
    const core = await createCore({
      ...{ adapter, store: store.store, spool },
      standin: { ...standin, url: standin.url.replace(/:\d+/, `:${toOpenAi.port}`) },
      ...(given.wait && { wait: given.wait }),
    });
    if (given.over === "http") simulator.http.deliverTo(`http://127.0.0.1:${port}/slack/events`);
    await core.bot.resume();
    let over: Promise<void> | undefined;
    const end = async () => {
      await core.bot.drain(0);
      await adapter.stop();
      toSlack.cut();
      toOpenAi.cut();
    };
    ends.push(() => (over ??= end()));
    return {
      store,
      ledger: core.ledger,
      lines: core.lines,
      kill() {
        store.cut();
        toSlack.cut();
        toOpenAi.cut();
        // What is dead is not waited for: its store never answers.
        void core.bot.drain(0);
        void adapter.stop();
        over = Promise.resolve();
      },
      end: () => (over ??= end()),
    };
  }

  return {
    simulator,
    standin,
    ada,
    channel,
    begin,
    /** What everybody sees of the bot in a place, oldest first. */
    posts: (where = channel) =>
      simulator.messages(where).filter(({ byBot, ephemeralTo }) => byBot && !ephemeralTo),
    /** What one person alone sees of it. */
    whispers: (where = channel) =>
      simulator.messages(where).filter(({ byBot, ephemeralTo }) => byBot && ephemeralTo),
    /** Waits for a finished answer among those. */
    async finished(of: () => readonly Shown[]): Promise<Shown> {
      const find = () => of().find(({ images, buttons }) => images.length > 0 && isDone(buttons));
      await until(
        () => find() !== undefined,
        async () => `a picture; there is ${JSON.stringify(of().map(({ text }) => text))}`,
      );
      const [found] = [find()];
      if (!found) throw new Error("it was there a moment ago");
      return found;
    },
    noLitter: () =>
      until(
        () => simulator.litter().length === 0,
        async () => `nothing to be left; there is ${simulator.litter().map(({ name }) => name)}`,
      ),
  };
}

type Shown = ReturnType<Awaited<ReturnType<typeof createSlackSimulator>>["messages"]>[number];

const isDone = (buttons: Shown["buttons"]) => buttons.some(({ actionId }) => actionId === "a:redo");

function portOf(address: string): number {
  return Number(new URL(address).port);
}
