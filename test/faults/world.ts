import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Balancer, createBalancer, type Target } from "./fleet/balancer.ts";
import type { Served } from "./fleet/bot.ts";
import { createFleet, type Fleet } from "./fleet/fleet.ts";
import { createRecorder, type Platform, type Recorder } from "./history.ts";
import { createOpenAI, type OpenAI } from "./openai.ts";
import type { Schedule } from "./schedule.ts";
import type { Ground } from "./stores/ground.ts";
import { createServerGround, type ServerKind } from "./stores/server.ts";
import { createSqliteGround } from "./stores/sqlite.ts";
import { createDiscordTown } from "./towns/discord.ts";
import { createSlackTown } from "./towns/slack.ts";
import type { Town } from "./towns/town.ts";
import { createWebTown } from "./towns/web.ts";

/** Several processes that share a server. */
export interface FleetOptions {
  readonly processes: number;
  readonly store: ServerKind;
  /** How Slack brings what is said: to any of their sockets, or through a balancer. */
  readonly slackBy: "socket" | "http";
  /** What they may draw at once, all together; absent: as much as they have room for. */
  readonly atOnce?: number;
}

/** People, the machines between, and the bot's processes, which nobody has started yet. */
export interface World {
  readonly record: Recorder;
  readonly openai: OpenAI;
  readonly ground: Ground;
  readonly fleet: Fleet;
  readonly towns: ReadonlyMap<Platform, Town>;
  /** To be disposed of in the end. */
  readonly open: AsyncDisposableStack;
}

interface WorldOptions {
  /** How long a picture takes, in ms. */
  readonly paceMs: number;
  readonly used: ReadonlySet<Platform>;
  readonly slackApp: Schedule["slackApp"];
  /** Absent: one process, with a store of its own. */
  readonly fleet?: FleetOptions;
}

/** How many people there are on each platform. */
export const peopleCount = 12;

/** Rejects where a server is not installed. */
export async function createWorld(options: WorldOptions): Promise<World> {
  const { paceMs, used, fleet: of } = options;
  const open = new AsyncDisposableStack();
  try {
    const record = createRecorder();
    const openai = await createOpenAI(record, paceMs);
    open.defer(() => openai.close());
    const ground = await openGround(of, open);
    const towns = new Map<Platform, Town>();
    const fleet = createFleet(
      record,
      (process) => ({
        ...Object.assign({}, ...[...towns.values()].map(({ env }) => env)),
        ...(of && !used.has("web") && { PLAYGROUND: "off" }),
        ...(of?.atOnce !== undefined && { FLEET_CONCURRENCY: String(of.atOnce) }),
        OPENAI_API_KEY: "sk-storm-0123456789",
        OPENAI_BASE_URL: openai.urlFor(process),
        ...ground.envFor(process),
        ...{ PORT: "0", SLACK_PORT: "0", HEALTH_PORT: "0", LOG_FORMAT: "json" },
        CONCURRENCY: "16",
        // A machine that has much else to do is behind: what people are told then is no wrong of the bot's.
        QUEUE_LIMIT_PERSON: "1000",
      }),
      of?.processes,
    );
    await openTowns(options, { record, openai, fleet, towns, open });
    open.defer(() => fleet.abandon());
    return { record, openai, ground, fleet, towns, open };
  } catch (error) {
    await open.disposeAsync();
    throw error;
  }
}

async function openGround(fleet: FleetOptions | undefined, open: AsyncDisposableStack): Promise<Ground> {
  const dataDir = await mkdtemp(join(tmpdir(), "drawbridge-storm-"));
  open.defer(() => rm(dataDir, { recursive: true, force: true, maxRetries: 5 }));
  const ground = fleet ? await createServerGround(fleet.store, dataDir) : createSqliteGround(dataDir);
  if (!ground) throw new Error(`${fleet?.store} is not installed here`);
  open.defer(() => ground.close());
  return ground;
}

async function openTowns(
  { used, slackApp, fleet: of }: WorldOptions,
  world: {
    readonly record: Recorder;
    readonly openai: OpenAI;
    readonly fleet: Fleet;
    readonly towns: Map<Platform, Town>;
    readonly open: AsyncDisposableStack;
  },
): Promise<void> {
  const { record, openai, fleet, towns, open } = world;
  const parts = { record, openai, people: peopleCount };

  async function balance(address: (served: Served) => string | undefined): Promise<Balancer> {
    const balancer = await createBalancer(() => toTargets(fleet.served(), address));
    open.defer(() => balancer.close());
    return balancer;
  }
  async function settleIn(platform: Platform, create: () => Promise<Town>): Promise<void> {
    if (!used.has(platform)) return;
    const town = await create();
    towns.set(platform, town);
    open.defer(() => town.close());
  }

  await settleIn("discord", () => createDiscordTown(parts));
  await settleIn("slack", async () => {
    if (of?.slackBy !== "http") return createSlackTown(parts, slackApp);
    const { url } = await balance(({ slack }) => slack && new URL(slack).origin);
    return createSlackTown(parts, slackApp, url);
  });
  await settleIn("web", async () => {
    if (!of) return createWebTown(parts, () => fleet.served().at(-1)?.playground);
    const { url } = await balance(({ playground }) => playground);
    return createWebTown(parts, () => url);
  });
}

function toTargets(
  all: readonly Served[],
  address: (served: Served) => string | undefined,
): readonly Target[] {
  return all.flatMap((served) => {
    const to = address(served);
    return to ? [{ health: served.health, to }] : [];
  });
}
