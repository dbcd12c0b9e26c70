import { Hono } from "hono";
import type { Rules, Shared } from "../../../src/seam/core.ts";
import type { Log } from "../../../src/seam/log.ts";
import type { Admin } from "../../../src/seam/watch/admin.ts";
import { serve } from "../out/serve.ts";
import type { App } from "../wire/app.ts";
import { createBundles } from "../wire/bundle.ts";
import { packJson } from "../wire/compress.ts";
import { createLogin } from "../wire/door/login.ts";
import { createSharedWaits } from "../wire/door/waits.ts";
import type { Files } from "../wire/files.ts";
import { ownMachine, ownOrigin } from "../wire/guard.ts";
import { createBudgetRoutes } from "./budget.ts";
import { createLive } from "./live.ts";
import { createAdminRoutes } from "./routes.ts";
import { createRuleRoutes } from "./rules.ts";
import { adminSession, createAdminSessions } from "./sessions.ts";
import { createSharedSessions } from "./shared-sessions.ts";
import { createSpendingRoutes } from "./spending.ts";

/** What the admin's page shows and does, and who may. */
export interface AdminDoor {
  readonly admin: Admin;
  /** Asked for at the door; absent: this machine alone is let in. */
  readonly password?: string;
  /** As of the playground. */
  readonly trustedProxies: readonly string[];
}

/** The admin's page, with guards of its own. */
export interface AdminPages {
  readonly routes: App;
  close(): void;
}

const room = {
  ...{ path: "/admin", cookie: "drawbridge-admin", longestMs: adminSession.longestMs, clears: '"cache"' },
  words: "This is for whoever looks after the bot. Say the admin’s password to come in.",
} as const;

const guarded = { what: "The admin's page", setting: "ADMIN_PASSWORD" } as const;

/**
 * All below `/admin`. The playground's session opens none of it, and this one nothing of the playground.
 *
 * `now` is Unix time, ms.
 */
export async function createAdminPages(
  { admin, password, trustedProxies }: AdminDoor,
  parts: {
    readonly rules: Rules;
    /** Other processes know who has signed in at this one. */
    readonly shared: Shared | undefined;
    readonly page: Files;
    readonly library: Files;
    readonly publicUrl: string | undefined;
    readonly log: Log;
    readonly now: () => number;
  },
): Promise<AdminPages> {
  const { rules, shared, page, library, publicUrl, log, now } = parts;
  const sessions = shared ? createSharedSessions(shared, now) : createAdminSessions(now);
  const waits = shared && createSharedWaits(shared, "admin", now);
  const others = shared && { bus: shared.bus, fresh: async () => {} };
  const door = password
    ? await createLogin({
        ...{ password, sessions, waits, others, trustedProxies, publicUrl, now, room },
        log: log.child({ door: "admin" }),
      })
    : undefined;
  const bundles = createBundles(page, library, ["admin"]);
  const live = createLive(admin, now);
  const routes: App = new Hono();

  // The path itself is below it, too.
  if (!door) routes.use("/*", ownMachine(guarded));
  routes.use("/*", ownOrigin());
  if (door) routes.use("/*", door.gate);
  if (door) routes.route("/", door.routes);
  routes.use("/api/*", packJson, async (c, next) => {
    await next();
    c.res.headers.set("Cache-Control", "no-store");
  });
  routes.route("/api", createAdminRoutes(admin, { live, signedIn: door !== undefined }));
  routes.route("/api", createSpendingRoutes(admin));
  routes.route("/api", createBudgetRoutes(admin.budgets, admin.spending, log));
  routes.route("/api", createRuleRoutes(rules, admin));
  routes.get("/", async (c) => serve(c, await page.read("admin.html")));
  routes.get("/page/:name{.+}", async (c) => {
    const name = c.req.param("name");
    return serve(c, (await bundles.read(name)) ?? (await page.read(name)));
  });
  // Nor is there anything of the playground below it.
  routes.all("/*", (c) => c.notFound());
  const all: App = new Hono();
  all.route("/admin", routes);
  return {
    routes: all,
    close() {
      live.close();
      door?.close();
    },
  };
}
