/** A day and what was spent on it, in US dollars. */
export interface Bar {
  readonly day: string;
  readonly usd: number;
}

const dayMs = 24 * 60 * 60_000;

/** Every day from one to another, both among them, also those of which nothing is known. */
export function fillDays(from: string, to: string, known: readonly Bar[]): readonly Bar[] {
  const spent = new Map(known.map(({ day, usd }) => [day, usd]));
  const count = Math.round((Date.parse(to) - Date.parse(from)) / dayMs) + 1;
  return Array.from({ length: Math.max(0, count) }, (_, index) => {
    const date = new Date(Date.parse(from) + index * dayMs).toISOString().slice(0, 10);
    return { day: date, usd: spent.get(date) ?? 0 };
  });
}

/** The next of 1, 2, 5, 10, 20, 50 … that is not less: where an axis ends that people can read. */
export function roundUp(value: number): number {
  if (value <= 0) return 1;
  const power = 10 ** Math.floor(Math.log10(value));
  const step = [1, 2, 5, 10].find((one) => one * power >= value * 0.9999999) ?? 10;
  return step * power;
}
