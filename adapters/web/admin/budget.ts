import { Hono } from "hono";
import { bodyLimit } from "hono/body-limit";
import { z } from "zod";
import { BotError } from "../../../src/seam/errors.ts";
import type { Log } from "../../../src/seam/log.ts";
import type { WholeBudget } from "../../../src/seam/watch/admin.ts";
import type { Spending } from "../../../src/seam/watch/spending.ts";
import type { App } from "../wire/app.ts";
import type { WireBudget } from "./messages.ts";

const dollars = z.number().min(0).max(10_000_000).exactOptional();
const pictures = z.number().int().min(0).max(1_000_000_000).exactOptional();
const limits = z.object({
  usdDay: dollars,
  usdMonth: dollars,
  picturesDay: pictures,
  picturesMonth: pictures,
});

/** What the whole bot may spend, and what it has. */
export function createBudgetRoutes(budgets: WholeBudget, spending: Spending, log: Log): App {
  const api: App = new Hono();

  async function read(): Promise<WireBudget> {
    const to = spending.today();
    const [limits, days] = await Promise.all([
      budgets.all(),
      spending.sums({ from: `${to.slice(0, 8)}01`, to, by: "day" }),
    ]);
    const today = days.find(({ of }) => of === to);
    const sum = (pick: "usd" | "pictures") => days.reduce((all, day) => all + day[pick], 0);
    const used = {
      ...{ usdDay: today?.usd ?? 0, picturesDay: today?.pictures ?? 0 },
      ...{ usdMonth: sum("usd"), picturesMonth: sum("pictures") },
    };
    return { ...limits, used };
  }

  api.get("/budget", async (c) => c.json(await read()));
  api.post("/budget", bodyLimit({ maxSize: 10_000 }), async (c) => {
    const { data } = limits.safeParse(await c.req.json().catch(() => undefined));
    if (!data) {
      throw new BotError(
        "bad_option",
        "A limit is a number, 0 or more; pictures are whole. Leave out what is not limited.",
      );
    }
    await budgets.setAll(data);
    log.warn({ limits: data }, "admin.budget");
    return c.json(await read());
  });
  return api;
}
