import type { TestContext } from "node:test";
import { createSlackAdapter, type SlackOptions } from "../../adapters/slack/index.ts";
import type { Account, Accounts, BackTo, Removed, Rules, Style, Styles } from "../../src/seam/core.ts";
import type { Log } from "../../src/seam/log.ts";
import type { Access } from "../../src/seam/trust/access.ts";
import type { Press, Prompt, Setting, Turn } from "../../src/seam/turn.ts";
import type { Image, Reply, View } from "../../src/seam/view.ts";
import { freePort } from "../rig/free-port.ts";
import { noCore, noStyles } from "../rig/no-core.ts";
import { flat } from "../rig/pictures.ts";
import {
  createSlackSimulator,
  type SlackSimulator,
  type SlackSimulatorOptions,
} from "../simulators/slack/index.ts";

/** A turn as the core is given it. */
export interface Taken {
  readonly turn: Turn;
  readonly reply: Reply;
}

/** One line of the log. */
interface Line {
  readonly level: "debug" | "info" | "warn" | "error";
  readonly event: string;
  readonly fields: object;
}

type Shown = ReturnType<SlackSimulator["messages"]>[number];
export type SlackServer = Awaited<ReturnType<typeof startSlack>>;

/** The real adapter and the real Bolt against a loopback Slack, with a core that only writes down its turns. */
export async function startSlack(
  t: TestContext,
  given: Partial<SlackOptions> & {
    readonly simulator?: SlackSimulatorOptions;
    readonly over?: "socket" | "http";
    /** Where the bot may be used: of the ids that there are by then. */
    accessOf?(at: { readonly channel: { readonly id: string }; readonly teamId: string }): Access;
    readonly promptOf?: (message: string) => Promise<string | undefined>;
    readonly backTo?: BackTo;
    readonly removed?: Removed;
    readonly listStyles?: Styles["list"];
    readonly rules?: Rules;
    beforeStart?(simulator: SlackSimulator): void;
  } = {},
) {
  const { simulator: simulated = {}, over = "socket", beforeStart, accessOf, ...options } = given;
  const simulator = await createSlackSimulator(simulated);
  const ada = simulator.addUser({ name: "ada" });
  const mo = simulator.addUser({ name: "mo", admin: true });
  const channel = simulator.addChannel({ name: "pictures" });
  beforeStart?.(simulator);
  const port = await freePort();
  const lines: Line[] = [];
  const adapter = createSlackAdapter({
    botToken: simulator.token,
    apiUrl: simulator.api,
    mode:
      over === "socket"
        ? { kind: "socket", appToken: simulator.appToken }
        : {
            kind: "http",
            signingSecret: simulator.signingSecret,
            host: "127.0.0.1",
            port,
            path: "/slack/events",
          },
    painter: { name: "Nobody", standIn: true },
    log: createLog(lines),
    ...(accessOf && { access: accessOf({ channel, teamId: simulator.teamId }) }),
    ...options,
    timing: { paceMs: 50, pollMs: 10, retryMs: [10, 20, 40], settleMs: 50, ...options.timing },
  });
  const taken: Taken[] = [];
  const waiting: ((one: Taken) => void)[] = [];
  const kept = new Map<string, Account>();
  const accounts: Accounts = {
    of: async (id) => kept.get(id) ?? { defaults: {}, pictures: 0, usd: 0 },
    async setDefaults(id, defaults) {
      kept.set(id, { ...(kept.get(id) ?? { pictures: 0, usd: 0 }), defaults });
    },
  };
  const saved: Style[] = [];
  const styles: Styles = { ...noStyles, list: given.listStyles ?? (async () => saved) };
  const promptOf = given.promptOf ?? (async (message: string) => `the words of ${message.split(":")[2]}`);
  t.after(async () => {
    await adapter.stop();
    await simulator.close();
  });
  if (over === "http") simulator.http.deliverTo(`http://127.0.0.1:${port}/slack/events`);
  const core = noCore(
    async (turn, reply) => {
      const next = waiting.shift();
      if (next) next({ turn, reply });
      else taken.push({ turn, reply });
    },
    {
      promptOf,
      accounts,
      styles,
      ...(given.rules && { rules: given.rules }),
      ...(given.backTo && { backTo: given.backTo }),
      ...(given.removed && { removed: given.removed }),
    },
  );
  await adapter.start(core);

  async function next(): Promise<Taken> {
    const timeout = AbortSignal.timeout(30_000);
    return (
      taken.shift() ??
      new Promise((resolve, reject) => {
        waiting.push(resolve);
        timeout.addEventListener("abort", () => reject(new Error("no turn came")));
      })
    );
  }

  return {
    simulator,
    channel,
    /** A member like others. */
    ada,
    /** An admin of the workspace. */
    mo,
    adapter,
    taken,
    /** What the core keeps of each person, by `User.id`. */
    kept,
    /** What the adapter was started with. */
    core,
    /** The styles there are. */
    saved,
    /** Of a channel, or of a person's direct message with the bot. */
    placeOf: ({ id }: { readonly id: string }) => ({
      channel: `slack:channel:${id}`,
      community: `slack:team:${simulator.teamId}`,
      ...(id.startsWith("D") && { kind: "direct" }),
    }),
    port,
    async nextPrompt(): Promise<{ turn: Prompt; reply: Reply }> {
      const { turn, reply } = await next();
      if (turn.kind !== "prompt") throw new Error(`no prompt: ${JSON.stringify(turn)}`);
      return { turn, reply };
    },
    async nextPress(): Promise<{ turn: Press; reply: Reply }> {
      const { turn, reply } = await next();
      if (turn.kind !== "press") throw new Error(`no press: ${JSON.stringify(turn)}`);
      return { turn, reply };
    },
    async nextSetting(): Promise<{ turn: Setting; reply: Reply }> {
      const { turn, reply } = await next();
      if (turn.kind !== "setting") throw new Error(`no setting: ${JSON.stringify(turn)}`);
      return { turn, reply };
    },
    /** What the log says of an event. */
    said: (event: string) => lines.filter((line) => line.event.startsWith(event)),
    /** What everybody sees of the bot, oldest first. */
    answers: (where = channel): readonly Shown[] =>
      simulator.messages(where).filter(({ byBot, ephemeralTo }) => byBot && !ephemeralTo),
    /** What a person alone sees of it. */
    whispers: (where = channel, who = ada): readonly Shown[] =>
      simulator.messages(where).filter(({ byBot, ephemeralTo }) => byBot && ephemeralTo === who.id),
    /** Names of the files that are the bot's. */
    litter: () => simulator.files(simulator.bot).map(({ name }) => name),
  };
}

/** A small picture; another colour, another picture. */
export async function image(colour = "#c40", name = "a-fox.png"): Promise<Image> {
  return { name, mediaType: "image/png", bytes: await flat(colour, 8, 6), alt: "A red fox in the snow" };
}

export function view(phase: View["phase"], rest: Partial<View> = {}): View {
  return { phase, text: "", notes: [], images: [], actions: [], ...rest };
}

/** A finished picture, as the core shows it. */
export async function done(rest: Partial<View> = {}): Promise<View> {
  return view("done", {
    images: [await image("#fff")],
    actions: ["edit", "vary", "redo", "undo", "details", "delete"],
    details: {
      prompt: "a fox",
      revisedPrompt: "A red fox in the snow",
      options: [
        { name: "size", requested: "1536x1024", applied: "1024x1024" },
        { name: "quality", applied: "high" },
        { name: "fidelity", requested: "high" },
      ],
      elapsedMs: 12_345,
      cost: { usd: 0.0412, pricesOf: "2026-11-01" },
      painter: "OpenAI",
    },
    ...rest,
  });
}

function createLog(lines: Line[]): Log {
  const write = (level: Line["level"]) => (fields: object, event: string) => {
    lines.push({ level, event, fields });
    if (process.env.SHOW_LOG) process.stderr.write(`${level} ${event} ${JSON.stringify(fields)}\n`);
  };
  const log: Log = {
    child: () => log,
    debug: write("debug"),
    info: write("info"),
    warn: write("warn"),
    error: write("error"),
  };
  return log;
}
