import { Hono } from "hono";
import { z } from "zod";
import { BotError } from "../../../src/seam/errors.ts";
import type { Admin } from "../../../src/seam/watch/admin.ts";
import type { Day, DayRange } from "../../../src/seam/watch/spending.ts";
import type { App } from "../wire/app.ts";
import type { WireSpending } from "./messages.ts";
import { withNames } from "./names.ts";

/** How many days back the page looks, today among them. */
const spans = [7, 30, 90, 365] as const;

const asked = z.object({
  days: z.coerce
    .number()
    .refine((days): days is (typeof spans)[number] => spans.some((one) => one === days))
    .default(30),
  by: z.enum(["community", "channel", "person", "model"]).default("person"),
});

const dayMs = 24 * 60 * 60_000;

/** What was spent, as sums and as a file. */
export function createSpendingRoutes({
  spending,
  isStandIn,
  nameOf,
}: Pick<Admin, "spending" | "isStandIn" | "nameOf">): App {
  const api: App = new Hono();

  api.get("/spending", async (c) => {
    const { days: back, by } = parse(c.req.query());
    const range = toRange(spending.today(), back);
    const [days, rows] = await Promise.all([
      spending.sums({ ...range, by: "day" }),
      spending.sums({ ...range, by }),
    ]);
    return c.json({ ...range, by, days, rows: withNames(rows, nameOf), isStandIn } satisfies WireSpending);
  });

  api.get("/spending.csv", async (c) => {
    const { from, to } = toRange(spending.today(), parse(c.req.query()).days);
    c.header("Content-Type", "text/csv; charset=utf-8");
    c.header("Content-Disposition", `attachment; filename="drawbridge-spending-${from}-to-${to}.csv"`);
    return c.body(ReadableStream.from(spending.csv({ from, to })).pipeThrough(new TextEncoderStream()));
  });
  return api;
}

function parse(query: Record<string, string>): z.output<typeof asked> {
  const { data } = asked.safeParse(query);
  if (!data) throw new BotError("bad_option", `Ask for one of ${spans.join(", ")} days.`);
  return data;
}

/** So many days up to that one. Days have no time zone here, so that each is as long as the other. */
export function toRange(to: Day, days: number): DayRange {
  return { from: new Date(Date.parse(to) - (days - 1) * dayMs).toISOString().slice(0, 10), to };
}
