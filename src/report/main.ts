import { parseArgs } from "node:util";
import { ConfigError, parseConfig } from "../config.ts";
import { createCalendar } from "../money/spending/calendar.ts";
import { createSpending } from "../money/spending/spending.ts";
import { BotError } from "../seam/errors.ts";
import type { DayRange, Spending } from "../seam/watch/spending.ts";
import { loadEnvironment } from "../setup/env-file.ts";
import { lookAtSqliteFile, sqlitePath } from "../store/backends/sqlite-file.ts";
import { openStore } from "../store/store.ts";

const usage = `npm run --silent spending                                       what was spent this month, as CSV
npm run --silent spending -- --from 2026-11-01 --to 2026-11-30  the same of other days

It only reads, also beside a bot that runs. It ends with 0, with 1 where that cannot be read, and with 2 where it was
called in another way.
`;

/** Writes what was spent to standard output, a page at a time. The exit code. */
async function main(): Promise<number> {
  const asked = parseOptions();
  if (!asked) return say(2, usage);
  try {
    const { storeUrl, budget } = parseConfig(loadEnvironment(process.env).env);
    if (storeUrl.startsWith("memory:")) return say(1, "Nothing is kept: STORE_URL is memory:.\n");
    if (storeUrl.startsWith("sqlite:") && !lookAtSqliteFile(sqlitePath(storeUrl)))
      return say(1, "Nothing has been kept yet: there is no store where STORE_URL and DATA_DIR lead.\n");
    const store = await openStore(storeUrl, { readsOnly: true });
    try {
      const spending = createSpending({ store, calendar: createCalendar(budget.timeZone), now: Date.now });
      for await (const lines of spending.csv(toRange(asked, spending))) await write(lines);
    } finally {
      await store.close();
    }
    return 0;
  } catch (error) {
    if (!(error instanceof BotError || error instanceof ConfigError)) throw error;
    return say(1, `${error.message}\n`);
  }
}

function parseOptions(): Partial<DayRange> | undefined {
  try {
    const { from, to } = parseArgs({ options: { from: { type: "string" }, to: { type: "string" } } }).values;
    return { ...(from !== undefined && { from }), ...(to !== undefined && { to }) };
  } catch {
    return undefined;
  }
}

/** This month up to today, where nothing else is said. */
function toRange({ to, from }: Partial<DayRange>, spending: Spending): DayRange {
  const last = to ?? spending.today();
  return { from: from ?? `${last.slice(0, 7)}-01`, to: last };
}

/** As fast as whoever reads takes it. */
function write(lines: string): Promise<void> {
  return new Promise((resolve, reject) => {
    process.stdout.write(lines, (error) => (error ? reject(error) : resolve()));
  });
}

function say(code: number, words: string): number {
  process.stderr.write(words);
  return code;
}

process.exitCode = await main();
