import type { TestContext } from "node:test";
import sharp from "sharp";
import { createDiscordAdapter, type DiscordOptions } from "../../adapters/discord/index.ts";
import { createLeases } from "../../src/fleet/embedded/leases.ts";
import type { Core } from "../../src/seam/core.ts";
import type { Log } from "../../src/seam/log.ts";
import type { Access } from "../../src/seam/trust/access.ts";
import type { Press, Prompt, Setting, Turn } from "../../src/seam/turn.ts";
import type { Image, Reply, View } from "../../src/seam/view.ts";
import { noCore } from "../rig/no-core.ts";
import { createDiscordSimulator, type DiscordSimulatorOptions } from "../simulators/discord/index.ts";

/** A turn as the core is given it. */
export interface Taken {
  readonly turn: Turn;
  readonly reply: Reply;
}

/** One line of the log. */
export interface Line {
  readonly level: "debug" | "info" | "warn" | "error";
  readonly event: string;
  readonly fields: object;
}

type Simulator = Awaited<ReturnType<typeof createDiscordSimulator>>;
type Guild = ReturnType<Simulator["addGuild"]>;
type Channel = ReturnType<Simulator["addChannel"]>;
export type DiscordServer = Awaited<ReturnType<typeof startDiscord>>;

/** The real adapter and the real discord.js against a loopback Discord, with a core that only writes down its turns. */
export async function startDiscord(
  t: TestContext,
  {
    simulator: simulated = {},
    core = {},
    beforeStart,
    accessOf,
    ...options
  }: Partial<DiscordOptions> & {
    readonly simulator?: DiscordSimulatorOptions;
    readonly core?: Partial<Core>;
    /** Where the bot may be used: of the ids that there are by then. */
    accessOf?(at: { readonly guild: Guild; readonly channel: Channel }): Access;
    beforeStart?(simulator: Awaited<ReturnType<typeof createDiscordSimulator>>): void;
  } = {},
) {
  const simulator = await createDiscordSimulator(simulated);
  const guild = simulator.addGuild({ name: "The Quay" });
  const channel = simulator.addChannel(guild, { name: "pictures" });
  const ada = simulator.addUser({ name: "ada" });
  const mo = simulator.addUser({ name: "mo" });
  simulator.join(guild, ada);
  simulator.join(guild, mo, { permissions: ["MANAGE_MESSAGES"] });
  beforeStart?.(simulator);
  const lines: Line[] = [];
  const adapter = createDiscordAdapter({
    leases: createLeases(createLog(lines)),
    identifyMs: 0,
    token: simulator.token,
    apiUrl: simulator.api,
    threads: "off",
    painter: { name: "Nobody", standIn: true },
    log: createLog(lines),
    ...(accessOf && { access: accessOf({ guild, channel }) }),
    ...options,
  });
  const taken: Taken[] = [];
  const waiting: ((one: Taken) => void)[] = [];
  const start = () =>
    adapter.start(
      noCore(
        async (turn, reply) => {
          const next = waiting.shift();
          if (next) next({ turn, reply });
          else taken.push({ turn, reply });
        },
        { promptOf: async (message) => `the words of ${message.split(":")[2]}`, ...core },
      ),
    );
  t.after(async () => {
    await adapter.stop();
    await simulator.close();
  });
  await start();

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
    guild,
    channel,
    /** A member like others. */
    ada,
    /** A member who moderates. */
    mo,
    adapter,
    lines,
    taken,
    start,
    next,
    async nextPrompt(): Promise<{ turn: Prompt; reply: Reply }> {
      const { turn, reply } = await next();
      if (turn.kind !== "prompt") throw new Error(`a ${turn.kind}`);
      return { turn, reply };
    },
    async nextPress(): Promise<{ turn: Press; reply: Reply }> {
      const { turn, reply } = await next();
      if (turn.kind !== "press") throw new Error(`a ${turn.kind}`);
      return { turn, reply };
    },
    async nextSetting(): Promise<{ turn: Setting; reply: Reply }> {
      const { turn, reply } = await next();
      if (turn.kind !== "setting") throw new Error(`a ${turn.kind}`);
      return { turn, reply };
    },
    /** Something said that must lead to nothing: what comes next is the one said after it. */
    said: (event: string) => lines.filter((line) => line.event.startsWith(event)),
  };
}

/** A small real picture; another `shade`, another picture. */
export function png(shade = 0, width = 8, height = 6): Promise<Buffer<ArrayBuffer>> {
  const background = { r: shade, g: 10, b: 200 };
  return sharp({ create: { width, height, channels: 3, background } })
    .png()
    .toBuffer() as Promise<Buffer<ArrayBuffer>>;
}

export async function image(shade = 0, name = "a-fox.png"): Promise<Image> {
  return { name, mediaType: "image/png", bytes: await png(shade), alt: "A red fox in the snow" };
}

export function view(phase: View["phase"], rest: Partial<View> = {}): View {
  return { phase, text: "", notes: [], images: [], actions: [], ...rest };
}

/** A finished picture, as the core shows it. */
export async function done(rest: Partial<View> = {}): Promise<View> {
  return view("done", {
    images: [await image(200)],
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
