/** One way to do something; what it returns is thrown away. */
export type Way = () => Promise<unknown>;

/**
 * Runs each way in turn, round after round, so that a busy moment of the machine hits all of them, and prints the
 * medians beside their ratio to the first way. A first round is run and not counted.
 */
export async function compare(
  title: string,
  ways: Readonly<Record<string, Way>>,
  rounds: number,
): Promise<void> {
  const times = new Map(Object.keys(ways).map((name) => [name, [] as number[]]));
  for (let round = 0; round <= rounds; round += 1) {
    for (const [name, way] of Object.entries(ways)) {
      const began = performance.now();
      await way();
      if (round > 0) times.get(name)?.push(performance.now() - began);
    }
  }
  const medians = [...times].map(([name, ms]) => ({ name, ms: median(ms) }));
  const first = medians[0]?.ms ?? 1;
  print(`${title} (median of ${rounds})`);
  for (const { name, ms } of medians) {
    print(`  ${name.padEnd(44)} ${ms.toFixed(2).padStart(9)} ms  ${(ms / first).toFixed(2).padStart(6)} x`);
  }
  print("");
}

export function print(line: string): void {
  process.stdout.write(`${line}\n`);
}

function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = Math.floor(sorted.length / 2);
  const [low = 0, high = 0] = [sorted[Math.ceil(sorted.length / 2) - 1], sorted[middle]];
  return (low + high) / 2;
}
