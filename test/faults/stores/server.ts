import { mkdir, readdir, stat, truncate } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { openEngine } from "../../../src/fleet/bull/engine.ts";
import { createLog } from "../../../src/seam/log.ts";
import { createPostgres, createRedis, type Server } from "../../rig/servers.ts";
import { type Ground, lostMs, type Outage } from "./ground.ts";

/** The servers that several processes can share. */
export const servers = ["redis", "postgres"] as const;
export type ServerKind = (typeof servers)[number];

/** How often is looked how long Redis's file is, in ms. */
const lookMs = 50;

/**
 * A server of this machine, with nothing in it, kept as `compose.yaml` keeps it, in a folder in which each process has
 * one of its own. Undefined where it is not installed.
 */
export async function createServerGround(kind: ServerKind, folder: string): Promise<Ground | undefined> {
  const files = join(folder, "server");
  await mkdir(files);
  const server = kind === "redis" ? await createRedis(...toLasting(files)) : await createPostgres();
  if (!server) return undefined;
  await server.start();
  const growth = kind === "redis" ? watchGrowth(files) : undefined;

  const outage: Readonly<Record<Outage, (ms: number) => Promise<void>>> = {
    async paused(ms) {
      await server.pause();
      await sleep(ms);
      await server.resume();
    },
    async stopped(ms) {
      await server.stop();
      await sleep(ms);
      await server.start();
    },
    async killed(ms) {
      await server.kill();
      await sleep(ms);
      await server.start();
    },
    async rewound(ms) {
      await server.kill();
      await growth?.cut();
      await sleep(ms);
      await server.start();
    },
  };

  return {
    server: { url: server.url, pid: server.pid },
    envFor: (process) => ({ STORE_URL: server.url, DATA_DIR: join(folder, `data-${process}`) }),
    async hold(ms) {
      await outage.paused(ms);
      return true;
    },
    async outage(how, ms) {
      await outage[how](ms);
      return true;
    },
    open: () => readOpen(kind, server),
    async close() {
      growth?.stop();
      await server.remove();
    },
  };
}

function toLasting(folder: string): readonly string[] {
  return [
    ...["--dir", folder, "--appendonly", "yes", "--appendfsync", "everysec"],
    ...["--maxmemory-policy", "noeviction", "--auto-aof-rewrite-percentage", "0"],
  ];
}

/** Knows how long the file was to which Redis adds what it is told, and can take its end away. */
function watchGrowth(folder: string): { cut(): Promise<void>; stop(): void } {
  const lengths: { readonly at: number; readonly bytes: number }[] = [];
  const files = join(folder, "appendonlydir");

  async function find(): Promise<string | undefined> {
    const names = await readdir(files).catch(() => []);
    const name = names.find((one) => one.endsWith(".incr.aof"));
    return name === undefined ? undefined : join(files, name);
  }
  async function look(): Promise<void> {
    const file = await find();
    const found = file && (await stat(file).catch(() => undefined));
    if (!found) return;
    lengths.push({ at: performance.now(), bytes: found.size });
    if (lengths.length > (4 * lostMs) / lookMs) lengths.shift();
  }
  const looking = setInterval(() => void look(), lookMs);
  return {
    async cut() {
      const file = await find();
      const before = lengths.findLast(({ at }) => at <= performance.now() - lostMs);
      if (file && before) await truncate(file, before.bytes);
      lengths.length = 0;
    },
    stop: () => clearInterval(looking),
  };
}

/** What some process has claimed, or is to: looked up where the ledger keeps it. */
async function readOpen(kind: ServerKind, { url }: Server): Promise<readonly string[]> {
  const engine = await openEngine(kind, url, { log: createLog("silent", { write: () => {} }) });
  try {
    const jobs = await engine
      .queue<{ readonly key: string }>("turns")
      .getJobs(["delayed", "waiting", "active"], 0, -1, true);
    return jobs.flatMap((job) => job?.data.key ?? []);
  } finally {
    await engine.close();
  }
}
