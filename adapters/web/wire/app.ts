import type { HttpBindings } from "@hono/node-server";
import { Hono, type MiddlewareHandler } from "hono";
import { secureHeaders } from "hono/secure-headers";
import type { Log } from "../../../src/seam/log.ts";
import { onlyHealth, type Watch, watchPaths } from "../../../src/seam/watch/watch.ts";
import { packJson } from "./compress.ts";
import type { Login } from "./door/login.ts";
import { toErrorResponse } from "./failure.ts";
import { isNear, ownMachine, ownOrigin } from "./guard.ts";

/** Something that answers HTTP. */
export type App = Hono<{ Bindings: HttpBindings }>;

/** Pages of their own, which stand before all guards. */
export interface OpenPages {
  readonly routes: App;
  /** Of the scripts inside the pages. */
  readonly scriptHashes: readonly string[];
}

/**
 * The whole of the playground's HTTP: who may come in, in this order, then the routes.
 *
 * Without a login only this machine is let in, except to the pages for painting and of shared pictures, which stand before all guards.
 * `scriptHashes` are those of the scripts inside the page.
 */
export function createApp({
  routes,
  area,
  shared,
  admin,
  login,
  fresh,
  scriptHashes,
  watch = onlyHealth,
  log,
}: {
  routes: readonly App[];
  area: OpenPages | undefined;
  /** Pages of single pictures, which stand before all guards, too. */
  shared: App | undefined;
  /** The admin's page, which has guards of its own. */
  admin: App | undefined;
  login: Login | undefined;
  /** What another process has changed is seen after it. */
  fresh: () => Promise<void>;
  scriptHashes: readonly string[];
  watch?: Watch | undefined;
  log: Log;
}): App {
  const app = createBase([...scriptHashes, ...(area?.scriptHashes ?? [])], log);
  if (area) app.route("/", area.routes);
  if (shared) app.route("/", shared);
  if (admin) app.route("/", admin);
  if (!login) app.use(ownMachine());
  app.use(ownOrigin());
  addWatch(app, watch);
  app.use(async (c, next) => {
    if (!isStatic(c.req.path)) await fresh();
    await next();
  });
  if (login) {
    app.use(login.gate);
    app.route("/", login.routes);
  }
  app.use("/api/*", packJson, keptNowhere);
  for (const each of routes) app.route("/", each);
  return app;
}

/** The HTTP of a bot without a playground: there is nothing but the pages for painting, and the admin's. */
export function createAreaApp(
  pages: { readonly area: OpenPages | undefined; readonly admin: App | undefined },
  log: Log,
  watch: Watch = onlyHealth,
): App {
  const { area, admin } = pages;
  const app = createBase(area?.scriptHashes ?? [], log);
  addWatch(app, watch);
  if (area) app.route("/", area.routes);
  if (admin) app.route("/", admin);
  return app;
}

/** What a page is made of, which is the same whatever has happened. */
function isStatic(path: string): boolean {
  return /^\/(page|lib)\//.test(path);
}

/** Stands before the login: who looks after the process has no password, and what is measured has a token. */
function addWatch(app: App, watch: Watch): void {
  for (const path of watchPaths) {
    app.get(path, async (c) => {
      const asked = { isNear: isNear(c), authorization: c.req.header("authorization") };
      const { status, headers, body } = await watch.answer(path, asked);
      return new Response(body, { status, headers });
    });
  }
}

function createBase(scriptHashes: readonly string[], log: Log): App {
  const app: App = new Hono();
  app.onError((error, c) => toErrorResponse(error, c, log));
  app.notFound((c) => c.json({ error: { message: "There is nothing here." } }, 404));
  app.use(createHeaders(scriptHashes));
  return app;
}

/** What somebody asked and drew stays in no cache, unless its route says that it may. */
const keptNowhere: MiddlewareHandler = async (c, next) => {
  await next();
  if (!c.res.headers.has("cache-control")) c.res.headers.set("Cache-Control", "no-store");
};

/** A route that sets a header itself keeps its own. */
function createHeaders(scriptHashes: readonly string[]) {
  return secureHeaders({
    overwrite: false,
    contentSecurityPolicy: {
      defaultSrc: ["'none'"],
      scriptSrc: ["'self'", ...scriptHashes],
      styleSrc: ["'self'"],
      imgSrc: ["'self'", "blob:", "data:"],
      connectSrc: ["'self'"],
      fontSrc: ["'self'"],
      manifestSrc: ["'self'"],
      formAction: ["'self'"],
      baseUri: ["'none'"],
      frameAncestors: ["'none'"],
    },
    permissionsPolicy: { camera: [], microphone: [], geolocation: [], payment: [], usb: [] },
    // Other sites get no referrer either way, but with `no-referrer` a form sends `Origin: null`, which the guard refuses.
    referrerPolicy: "same-origin",
    // Whether the host and its subdomains are for https only is for whoever runs the proxy to say.
    strictTransportSecurity: false,
    xFrameOptions: "DENY",
  });
}
