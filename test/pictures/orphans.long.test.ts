import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { readdirSync, readFileSync } from "node:fs";
import { describe, test } from "node:test";
import { until } from "../rig/until.ts";

/** Opens something that takes for ever, and says so. */
const program = `
  import { createPool } from ${JSON.stringify(new URL("../../src/pictures/pool.ts", import.meta.url).href)};
  import { endlessSvg } from ${JSON.stringify(new URL("../rig/bombs.ts", import.meta.url).href)};
  const pool = createPool({ mb: 4000, most: 1, patienceMs: 0, idleMs: 60_000, keptMs: 60_000 });
  const bounds = { ms: 600_000, mb: 2000 };
  await pool.run({ name: "makeBlank", args: [] }, bounds);
  pool.run({ name: "rasterise", args: [endlessSvg()] }, bounds).catch(() => {});
  process.on("SIGTERM", () => process.exit(0));
  process.stdout.write("begun");
  setInterval(() => {}, 1000);
`;

/** What is known of a process; undefined when it is over, or only waits to be buried. Linux alone tells. */
function lookAt(pid: number) {
  try {
    // The name in brackets may hold anything. Source: proc_pid_stat(5).
    const fields = readFileSync(`/proc/${pid}/stat`, "utf8").split(") ").at(-1)?.split(" ") ?? [];
    const [state, parent] = fields;
    return state === "Z" || state === "X"
      ? undefined
      : { parent: Number(parent), ticks: Number(fields[11]) + Number(fields[12]) };
  } catch {
    return undefined;
  }
}

function childrenOf(pid: number): readonly number[] {
  const pids = readdirSync("/proc").filter((name) => /^\d+$/.test(name));
  return pids.map(Number).filter((one) => lookAt(one)?.parent === pid);
}

/** Hundredths of a second of the processor's time that it has taken: by then it is in the middle of its work. */
const deepInWork = 150;

describe("a decoder ends with the process that it works for", { skip: process.platform !== "linux" }, () => {
  for (const signal of ["SIGKILL", "SIGTERM"] as const) {
    test(`also in the middle of its work, when that ends by ${signal}`, async (t) => {
      const bot = spawn(
        process.execPath,
        ["--disable-warning=ExperimentalWarning", "--input-type=module", "--eval", program],
        { stdio: ["ignore", "pipe", "inherit"] },
      );
      t.after(() => bot.kill("SIGKILL"));
      await once(bot.stdout, "data");
      const [decoder = 0] = childrenOf(bot.pid ?? 0);
      assert.ok(decoder > 0);
      t.after(() => lookAt(decoder) && process.kill(decoder, "SIGKILL"));
      await until(() => (lookAt(decoder)?.ticks ?? deepInWork) > deepInWork, "the decoder to be at work");
      assert.ok(lookAt(decoder), "it is at work");
      bot.kill(signal);
      await once(bot, "exit");
      await until(() => lookAt(decoder) === undefined, "the decoder to end");
    });
  }
});
