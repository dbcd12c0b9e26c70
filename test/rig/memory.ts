import { readdirSync, readFileSync } from "node:fs";
import type { TestContext } from "node:test";

/** Megabytes that this process and those it has started hold now. Linux alone knows; elsewhere 0. */
function heldByAll(): number {
  if (process.platform !== "linux") return 0;
  const parents = new Map<number, { readonly parent: number; readonly kb: number }>();
  for (const name of readdirSync("/proc")) {
    if (!/^\d+$/.test(name)) continue;
    try {
      const status = readFileSync(`/proc/${name}/status`, "utf8");
      const of = (key: string) => Number(new RegExp(`^${key}:\\s+(\\d+)`, "m").exec(status)?.[1] ?? 0);
      parents.set(Number(name), { parent: of("PPid"), kb: of("VmRSS") });
    } catch {
      // it has ended meanwhile
    }
  }
  const isOurs = (pid: number): boolean =>
    pid === process.pid || (parents.has(pid) && isOurs(parents.get(pid)?.parent ?? 0));
  return [...parents].reduce((sum, [pid, { kb }]) => sum + (isOurs(pid) ? kb : 0), 0) / 1024;
}

/** Watches how much memory is taken from now on, by all processes together. */
export function watchMemory(t: TestContext): { readonly start: number; readonly peak: () => number } {
  const start = heldByAll();
  let most = start;
  const timer = setInterval(() => {
    most = Math.max(most, heldByAll());
  }, 20);
  t.after(() => clearInterval(timer));
  return { start, peak: () => most };
}
