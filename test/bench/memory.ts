import { createStudio } from "../rig/studio.ts";
import { print } from "./compare.ts";

/** What three hundred turns in three hundred threads leave in memory. Exact only with `node --expose-gc`. */
export async function benchMemory(): Promise<void> {
  const studio = await createStudio({ paceMs: 0 });
  const measure = () => {
    globalThis.gc?.();
    return process.memoryUsage().heapUsed / 1024 / 1024;
  };
  const sayAll = async (from: number, to: number) => {
    for (let turn = from; turn < to; turn += 1) {
      await studio.say("what is a fox?", { thread: `bench:${turn}` });
    }
  };
  await sayAll(0, 100);
  const before = measure();
  await sayAll(100, 400);
  const after = measure();
  print("300 turns in words, each in a thread of its own");
  print(`  heap before and after ${before.toFixed(1).padStart(32)} MB  ${after.toFixed(1)} MB`);
  print(`  left by one turn ${(((after - before) * 1024) / 300).toFixed(1).padStart(37)} KB`);
  print("");
  await studio.close();
}
