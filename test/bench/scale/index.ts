import { readFileSync } from "node:fs";
import { parseArgs } from "node:util";
import { pick } from "../../faults/series.ts";
import { type ServerKind, servers } from "../../faults/stores/server.ts";
import { createWorld, type FleetOptions } from "../../faults/world.ts";
import { isInstalled } from "../../rig/servers.ts";
import { print } from "../compare.ts";
import { machineBusyMs, takenBy } from "../pictures/process.ts";
import { ask, type Load } from "./load.ts";
import { openMeter } from "./meters.ts";

/** A picture in ms, and the turns that are under way at once for each process. */
const paceMs = 500;
const ofEach = 8;
/** Turns of each process that nobody counts: the code is loaded and compiled by then. */
const warmUp = 24;

/** What so many processes did. */
interface Row {
  readonly name: string;
  readonly load: Load;
  /** Ms of the processor: of the bot's processes, of the server's, and of everybody else. */
  readonly cpuMs: number;
  readonly serverMs: number;
  readonly others: number;
  readonly calls?: number;
  /** Bytes. */
  readonly kept?: { readonly lasting: number; readonly passing: number };
}

/**
 * Turns by several processes on one server, beside one alone, and what a rolling restart is to people who ask meanwhile:
 * `npm run bench:scale -- --store=redis --at=1,2,4 --turns=60`.
 */
export async function benchScale(args: readonly string[]): Promise<void> {
  const { values } = parseArgs({
    args: [...args],
    options: {
      store: { type: "string", default: servers.join() },
      at: { type: "string", default: "1,2,4" },
      turns: { type: "string", default: "60" },
    },
  });
  const turns = Number(values.turns);
  const sizes = values.at.split(",").map(Number);
  sayWhere(turns);
  const alone = await measure("alone, SQLite", turns, undefined);
  for (const store of pick(servers, values.store)) {
    if (!isInstalled(store)) {
      print(`${store} is not installed here.`);
      continue;
    }
    const rows = [alone];
    for (const processes of sizes)
      rows.push(await measure(`${processes} on ${store}`, turns, toFleet(processes, store)));
    printRows(rows);
    await benchRoll(store, Math.max(...sizes));
  }
}

function toFleet(processes: number, store: ServerKind): FleetOptions {
  return { processes, store, slackBy: "http" };
}

async function measure(name: string, turns: number, of: FleetOptions | undefined): Promise<Row> {
  const world = await createWorld({
    ...{ paceMs, used: new Set(["slack"] as const), slackApp: "assistant" },
    ...(of && { fleet: of }),
  });
  const { fleet, towns, record, ground, open } = world;
  await using _ = open;
  const town = towns.get("slack");
  if (!town) throw new Error("There is no Slack.");
  fleet.start();
  await fleet.complete();
  const server = ground.server;
  const meter = server && (await openMeter(server.url));
  if (meter) open.defer(() => meter.close());
  const processes = of?.processes ?? 1;
  const parts = { town, record, atOnce: ofEach * processes };
  const warm = warmUp * processes;
  await ask({ ...parts, from: 0, isEnough: (asked) => asked >= warm });
  const look = async () => ({
    bots: fleet.pids().reduce((sum, pid) => sum + takenBy(pid).cpuMs, 0),
    server: server ? takenBy(server.pid()).cpuMs : 0,
    busy: machineBusyMs(),
    own: process.cpuUsage(),
    calls: (await meter?.calls()) ?? 0,
    kept: await meter?.kept(),
  });
  const before = await look();
  const load = await ask({ ...parts, from: warm, isEnough: (asked) => asked >= turns });
  const after = await look();
  const cpuMs = after.bots - before.bots;
  const serverMs = after.server - before.server;
  const ownMs = (after.own.user + after.own.system - before.own.user - before.own.system) / 1000;
  const others = Math.max(0, after.busy - before.busy - cpuMs - serverMs - ownMs);
  return {
    ...{ name, load, cpuMs, serverMs, others: others / Math.max(1, after.busy - before.busy) },
    ...(meter && { calls: after.calls - before.calls }),
    ...(after.kept &&
      before.kept && {
        kept: {
          lasting: after.kept.lasting - before.kept.lasting,
          passing: after.kept.passing - before.kept.passing,
        },
      }),
  };
}

/** Replaces all processes while people ask, and shows what they notice. */
async function benchRoll(store: ServerKind, processes: number): Promise<void> {
  const world = await createWorld({
    ...{ paceMs, used: new Set(["slack"] as const), slackApp: "assistant" },
    fleet: toFleet(processes, store),
  });
  const { fleet, towns, record, open } = world;
  await using _ = open;
  const town = towns.get("slack");
  if (!town) throw new Error("There is no Slack.");
  fleet.start();
  await fleet.complete();
  const parts = { town, record, atOnce: ofEach };
  await ask({ ...parts, from: 0, isEnough: (asked) => asked >= warmUp });
  const quiet = await ask({ ...parts, from: warmUp, isEnough: (asked) => asked >= 30 });
  let seconds: number | undefined;
  const began = performance.now();
  const rolling = fleet.roll().finally(() => {
    seconds = (performance.now() - began) / 1000;
  });
  const load = await ask({ ...parts, from: warmUp + 30, isEnough: () => seconds !== undefined });
  await rolling;
  print(`A rolling restart of ${processes} processes on ${store} in ${(seconds ?? 0).toFixed(0)} s`);
  for (const [name, { timed, unanswered, turnedAway }] of Object.entries({
    before: quiet,
    meanwhile: load,
  })) {
    const beyond = timed.map(toBeyond);
    print(
      `  ${name.padEnd(10)} ${timed.length} turns, ${unanswered} without an answer, ${turnedAway.length} turned away; beyond OpenAI's own time: ${toMs(at(beyond, 0.5))} in the middle, ${toMs(at(beyond, 0.95))} for 95 of 100, ${toMs(at(beyond, 1))} at most`,
    );
  }
  print("");
}

function printRows(rows: readonly Row[]): void {
  const [first] = rows;
  const columns = [
    "turns/s",
    "x",
    "CPU ms/turn",
    "x",
    "turns/s/core",
    "server ms",
    "beyond OpenAI",
    "95 %",
    "calls",
    "KB kept",
    "KB 2 days",
    "others",
  ];
  print(["".padEnd(16), ...columns.map((name) => name.padStart(13))].join(""));
  for (const row of rows) {
    const { load, cpuMs, serverMs, calls, kept, others } = row;
    const count = load.timed.length;
    const perSecond = toPerSecond(row);
    const beyond = load.timed.map(toBeyond);
    const each = (value: number | undefined, digits = 0) =>
      value === undefined ? "" : (value / count).toFixed(digits);
    const cells = [
      perSecond.toFixed(2),
      (perSecond / (first ? toPerSecond(first) : perSecond)).toFixed(2),
      each(cpuMs),
      (cpuMs / count / (first ? first.cpuMs / first.load.timed.length : 1)).toFixed(2),
      ((1000 * count) / cpuMs).toFixed(1),
      each(serverMs, 1),
      toMs(at(beyond, 0.5)),
      toMs(at(beyond, 0.95)),
      each(calls),
      each(kept && kept.lasting / 1024, 1),
      each(kept && kept.passing / 1024, 1),
      `${Math.round(others * 100)} %`,
    ];
    print([row.name.padEnd(16), ...cells.map((cell) => cell.padStart(13))].join(""));
    if (load.unanswered > 0) print(`  ${load.unanswered} were not answered`);
  }
  print("");
}

const toBeyond = ({ ms, openaiMs }: Load["timed"][number]) => ms - openaiMs;
const toPerSecond = ({ load }: Row) => (load.timed.length * 1000) / load.ms;
const toMs = (value: number) => `${Math.round(value)} ms`;

/** The value below which such a share is. */
function at(values: readonly number[], share: number): number {
  const sorted = values.toSorted((one, other) => one - other);
  return sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))] ?? 0;
}

function sayWhere(turns: number): void {
  const cpu = readFileSync("/proc/cpuinfo", "utf8");
  const cores = cpu.match(/^processor/gm)?.length ?? 0;
  const model = /^model name\s*:\s*(.*)$/m.exec(cpu)?.[1] ?? "";
  print(
    `${cores} processors (${model}), Node ${process.versions.node}; ${turns} turns each, on Slack, ${ofEach} under way for each process,`,
  );
  print(
    `a picture in ${paceMs} ms. Slack, OpenAI's stand-in and the server are on the same processors, so what is asked of`,
  );
  print(
    `those is not what counts: CPU a turn is. "others": how much of what the machine did was nobody's of these.`,
  );
  print("");
}
