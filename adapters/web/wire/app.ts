import type { HttpBindings } from "@hono/node-server";
import { type Context, Hono } from "hono";
import { HTTPException } from "hono/http-exception";
import { secureHeaders } from "hono/secure-headers";
import type { ContentfulStatusCode } from "hono/utils/http-status";
import { type ErrorCode, toBotError } from "../../../src/seam/errors.ts";
import type { Log } from "../../../src/seam/log.ts";
import type { AreaPages } from "../area/pages.ts";
import { ownHost, ownOrigin } from "./guard.ts";
import type { Login } from "./login.ts";

/** Something that answers HTTP. */
export type App = Hono<{ Bindings: HttpBindings }>;

const statuses: Partial<Readonly<Record<ErrorCode, ContentfulStatusCode>>> = {
  bad_prompt: 400,
  bad_option: 400,
  bad_attachment: 400,
  forbidden: 403,
  unknown_message: 404,
  expired: 410,
  busy: 503,
  stopped: 503,
  unreachable: 503,
};

/**
 * The whole of the playground's HTTP: who may come in, in this order, then the routes.
 *
 * Without a login only this machine is let in, except to the pages for painting, which stand before all guards.
 * `scriptHashes` are those of the scripts inside the page.
 */
export function createApp({
  routes,
  area,
  login,
  scriptHashes,
  log,
}: {
  routes: readonly App[];
  area: AreaPages | undefined;
  login: Login | undefined;
  scriptHashes: readonly string[];
  log: Log;
}): App {
  const app = createBase([...scriptHashes, ...(area?.scriptHashes ?? [])], log);
  if (area) app.route("/", area.routes);
  if (!login) app.use(ownHost());
  app.use(ownOrigin());
  app.get("/health", (c) => c.json({ ok: true }));
  if (login) {
    app.use(login.gate);
    app.route("/", login.routes);
  }
  for (const each of routes) app.route("/", each);
  return app;
}

/** The HTTP of a bot without a playground: there is nothing but the pages for painting. */
export function createAreaApp(area: AreaPages | undefined, log: Log): App {
  const app = createBase(area?.scriptHashes ?? [], log);
  app.get("/health", (c) => c.json({ ok: true }));
  if (area) app.route("/", area.routes);
  return app;
}

/** What went wrong, for a person to read. What we did not foresee is logged, not shown. */
export function toFailure(
  error: unknown,
  c: Context,
  log: Log,
): { readonly status: ContentfulStatusCode; readonly message: string } {
  const known = toBotError(error);
  const status = statuses[known.code] ?? 500;
  // Who has the address of a page for painting can paint on it.
  const path = c.req.path.replace(/(\/area\/)[^/]+/, "$1…");
  if (status === 500) log.error({ error, path }, "request.failed");
  return { status, message: known.message };
}

function createBase(scriptHashes: readonly string[], log: Log): App {
  const app: App = new Hono();
  app.onError((error, c) => toErrorResponse(error, c, log));
  app.notFound((c) => c.json({ error: { message: "There is nothing here." } }, 404));
  app.use(createHeaders(scriptHashes));
  return app;
}

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

/** Any error as a page reads it. */
function toErrorResponse(error: Error, c: Context, log: Log): Response {
  if (error instanceof HTTPException) {
    return c.json({ error: { message: error.message || "That cannot be done." } }, error.status);
  }
  const { status, message } = toFailure(error, c, log);
  return c.json({ error: { message } }, status);
}
