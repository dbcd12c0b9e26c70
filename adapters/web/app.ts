import type { HttpBindings } from "@hono/node-server";
import { type Context, Hono } from "hono";
import { HTTPException } from "hono/http-exception";
import { secureHeaders } from "hono/secure-headers";
import { type ErrorCode, toBotError } from "../../src/errors.ts";
import { ownHost, ownOrigin } from "./guard.ts";
import type { Log } from "./log.ts";
import type { Login } from "./login.ts";

/** Something that answers HTTP. */
export type App = Hono<{ Bindings: HttpBindings }>;

const statuses: Partial<Readonly<Record<ErrorCode, 400 | 403 | 404 | 503>>> = {
  bad_prompt: 400,
  bad_option: 400,
  bad_attachment: 400,
  forbidden: 403,
  unknown_message: 404,
  busy: 503,
  stopped: 503,
};

/**
 * The whole of the playground's HTTP: who may come in, in this order, then the routes.
 *
 * Without a login only this machine is let in. `scriptHashes` are those of the scripts inside the page.
 */
export function createApp({
  routes,
  login,
  scriptHashes,
  log,
}: {
  routes: readonly App[];
  login: Login | undefined;
  scriptHashes: readonly string[];
  log: Log;
}): App {
  const app: App = new Hono();
  app.onError((error, c) => toErrorResponse(error, c, log));
  app.notFound((c) => c.json({ error: { message: "There is nothing here." } }, 404));
  app.use(createHeaders(scriptHashes));
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

/** Any error as the page reads it. What we did not foresee is logged, not shown. */
function toErrorResponse(error: Error, c: Context, log: Log): Response {
  if (error instanceof HTTPException) {
    return c.json({ error: { message: error.message || "That cannot be done." } }, error.status);
  }
  const known = toBotError(error);
  const status = statuses[known.code] ?? 500;
  if (status === 500) log.error({ error, path: c.req.path }, "request.failed");
  return c.json({ error: { message: known.message } }, status);
}
