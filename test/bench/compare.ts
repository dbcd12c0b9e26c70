/** One way to do something; what it returns is thrown away. */
export type Way = () => Promise<unknown>;

interface Taken {
  readonly ms: number;
  /** Of the processor, by all threads of this process: a busy machine changes that least. */
  readonly cpuMs: number;
}

/**
 * Runs each way in turn, round after round, so that a busy moment of the machine hits all of them, and prints the
 * medians of time and of the processor's time beside their ratio to the first way. A first round is run and not counted.
 */
export async function compare(
  title: string,
  ways: Readonly<Record<string, Way>>,
  rounds: number,
): Promise<void> {
  const all = new Map(Object.keys(ways).map((name) => [name, [] as Taken[]]));
  for (let round = 0; round <= rounds; round += 1) {
    for (const [name, way] of Object.entries(ways)) {
      const taken = await measure(way);
      if (round > 0) all.get(name)?.push(taken);
    }
  }
  const medians = [...all].map(([name, taken]) => ({
    name,
    ms: median(taken.map(({ ms }) => ms)),
    cpuMs: median(taken.map(({ cpuMs }) => cpuMs)),
  }));
  const [first] = medians;
  print(`${title} (median of ${rounds})`);
  for (const { name, ms, cpuMs } of medians) {
    const columns = [toColumn(ms, "ms", first?.ms), toColumn(cpuMs, "ms CPU", first?.cpuMs)];
    print(`  ${name.padEnd(44)} ${columns.join("  ")}`);
  }
  print("");
}

async function measure(way: Way): Promise<Taken> {
  const [began, before] = [performance.now(), process.cpuUsage()];
  await way();
  const { user, system } = process.cpuUsage(before);
  return { ms: performance.now() - began, cpuMs: (user + system) / 1000 };
}

function toColumn(value: number, unit: string, first = value): string {
  return `${value.toFixed(2).padStart(9)} ${unit}  ${(value / first).toFixed(2).padStart(6)} x`;
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
