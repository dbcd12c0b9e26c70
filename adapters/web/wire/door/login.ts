import { readFile } from "node:fs/promises";
import { ServerResponse } from "node:http";
import type { HttpBindings } from "@hono/node-server";
import { type Context, Hono, type MiddlewareHandler } from "hono";
import { bodyLimit } from "hono/body-limit";
import type { Shared } from "../../../../src/seam/core.ts";
import type { Log } from "../../../../src/seam/log.ts";
import { isOwnName } from "../guard.ts";
import { createCookie, type Https } from "./cookies.ts";
import { showLogin } from "./login-page.ts";
import { createOpenAnswers } from "./open-answers.ts";
import { isPassword, toVerifier } from "./password.ts";
import { createProxies, type Proxies } from "./proxies.ts";
import { browserMs, longestSessionMs, type Sessions } from "./sessions.ts";
import { createTries } from "./tries.ts";
import type { Waits } from "./waits.ts";

type Visit = Context<{ Bindings: HttpBindings }>;

/** The way in when there is a password. */
export interface Login {
  /** Stops whoever has not signed in, except before what the page to sign in needs. */
  readonly gate: MiddlewareHandler<{ Bindings: HttpBindings }>;
  readonly routes: Hono<{ Bindings: HttpBindings }>;
  close(): void;
}

/** What is behind the password, and what is told apart by that. */
export interface Room {
  /** What all its addresses begin with, e.g. `/admin`; empty for the whole server. */
  readonly path: string;
  /** The name of its cookie. */
  readonly cookie: string;
  /** What is said on the page to sign in. */
  readonly words: string;
  /** How long a session lasts at most, in ms. */
  readonly longestMs: number;
  /** What a browser is told to forget by who signs out: what is of this origin, also in other rooms. */
  readonly clears: string;
}

const playground: Room = {
  ...{ path: "", cookie: "drawbridge", longestMs: longestSessionMs, clears: '"cache", "storage"' },
  words: "The bridge is up. Say the password to come in.",
};

/** Ms between two looks for streams of sessions that are over. */
const sweepMs = 60_000;

/**
 * Sessions are kept on the server: they end by signing out, by idling, with their time, and with the password.
 *
 * `publicUrl` is how people reach this server, `now` Unix time in ms. Rejects with BotError `storage`.
 */
export async function createLogin(parts: {
  readonly password: string;
  readonly sessions: Sessions;
  readonly trustedProxies: readonly string[];
  readonly publicUrl: string | undefined;
  readonly log: Log;
  readonly now: () => number;
  /** How tries are slowed down: by what this process sees, unless said. */
  readonly waits?: Waits | undefined;
  /** Other processes that are told when a session ends; `fresh`: after it `sessions` know of it. */
  readonly others?: { readonly bus: Shared["bus"]; fresh(): Promise<void> } | undefined;
  /** The playground, unless said. */
  readonly room?: Room;
}): Promise<Login> {
  const { password, sessions, publicUrl, log, now, room = playground } = parts;
  const home = room.path || "/";
  const verifier = await keepPassword(password, sessions, log);
  const proxies = createProxies(parts.trustedProxies);
  const isHttps = createIsHttps(proxies, publicUrl);
  const ticket = createCookie(room.cookie, { maxAgeMs: room.longestMs, isHttps });
  const browser = createCookie(`${room.cookie}-browser`, { maxAgeMs: browserMs, isHttps });
  const attempt = createTries({ verifier, proxies, log, now, waits: parts.waits });
  const answers = createOpenAnswers(sessions);
  const sweep = () => answers.sweep().catch((error: unknown) => log.warn({ error }, "sessions.unswept"));
  const sweeping = setInterval(() => void sweep(), sweepMs).unref();
  const { others } = parts;
  const ended = `ended:${room.cookie}`;
  const sweepThen = () => others?.fresh().then(sweep, () => {}); // what is missed now is seen in a minute
  const hearNoMore = others?.bus.hear(ended, () => void sweepThen());
  const routes = new Hono<{ Bindings: HttpBindings }>();

  /** The session's id, while it goes on. Listening to events is nothing that somebody does. */
  async function sessionOf(c: Visit): Promise<string | undefined> {
    const id = ticket.read(c);
    const isActive = c.req.path !== `${room.path}/api/events`;
    return id !== undefined && (await sessions.isOpen(id, isActive)) ? id : undefined;
  }

  /** Ends the session that a request came with, and what is still being sent to it. */
  async function leave(c: Visit): Promise<void> {
    const id = ticket.read(c);
    if (id === undefined) return;
    await sessions.end(id);
    answers.end(id);
    others?.bus.tell(ended, null).catch((error: unknown) => log.warn({ error }, "sessions.unswept"));
  }

  routes.use("/login", async (c, next) => {
    await next();
    c.header("Cache-Control", "no-store");
  });
  routes.get("/login", async (c) => ((await sessionOf(c)) ? c.redirect(home, 303) : showLogin(c, room)));
  routes.get("/login.css", async (c) => {
    return c.body(await readFile(new URL("login.css", import.meta.url)), 200, {
      "Content-Type": "text/css; charset=utf-8",
      "Cache-Control": "no-cache",
    });
  });
  routes.post("/login", bodyLimit({ maxSize: 10_000 }), async (c) => {
    const { password: said } = await c.req.parseBody();
    const cookie = browser.read(c);
    const known = cookie !== undefined && (await sessions.knowsBrowser(cookie)) ? cookie : undefined;
    const outcome = await attempt(c.env.incoming, typeof said === "string" ? said : "", known);
    if (outcome.kind !== "right") return showLogin(c, room, outcome);
    await leave(c);
    ticket.write(c, await sessions.begin());
    browser.write(c, await sessions.rememberBrowser(known));
    return c.redirect(home, 303);
  });
  routes.post("/logout", async (c) => {
    await leave(c);
    ticket.remove(c);
    // Not all cookies: those would be the whole domain's, and the one by which this browser keeps its lane.
    c.header("Clear-Site-Data", room.clears);
    c.header("Cache-Control", "no-store");
    return c.redirect(`${room.path}/login`, 303);
  });

  return {
    routes,
    async gate(c, next) {
      if (isPublic(c.req.path.slice(room.path.length))) return next();
      const session = await sessionOf(c);
      if (session === undefined) {
        if (c.req.path === home) return c.redirect(`${room.path}/login`, 303);
        return c.json({ error: { message: "Sign in first." } }, 401);
      }
      if (c.env.outgoing instanceof ServerResponse) answers.add(session, c.env.outgoing);
      await next();
      // Where a browser does not do as it is told when somebody signs out, it must have nothing that would be left.
      if (!clearsWhenTold(c, isHttps)) c.res.headers.set("Cache-Control", "no-store");
    },
    close() {
      clearInterval(sweeping);
      hearNoMore?.();
    },
  };
}

/** Another password than the last time signs everybody out. Returns what it is known again by. */
async function keepPassword(password: string, sessions: Sessions, log: Log): Promise<string> {
  const before = await sessions.verifier();
  if (before !== undefined && (await isPassword(password, before))) return before;
  const verifier = await toVerifier(password);
  await sessions.setVerifier(verifier);
  if (before !== undefined) log.warn({}, "login.password.changed: everybody is signed out");
  return verifier;
}

/**
 * Whether a browser reached us over https, by what can be known of it: the page that it sends a form from, what a proxy
 * says that is trusted, or the name that it asks for.
 */
function createIsHttps(proxies: Proxies, publicUrl: string | undefined): (c: Context) => Https {
  const outside = URL.parse(publicUrl ?? "");
  return (c: Visit) => {
    const origin = c.req.header("origin");
    const scheme = proxies.schemeOf(c.env.incoming);
    if (origin?.startsWith("https:") || scheme === "https") return "yes";
    if (origin !== undefined || scheme !== undefined) return "no";
    return outside?.protocol === "https:" && c.req.header("host") === outside.host ? "likely" : "no";
  };
}

/** Whether the browser heeds Clear-Site-Data: over https, and on its own machine. Only there it sends Sec-Fetch-Site. */
function clearsWhenTold(c: Context, isHttps: (c: Context) => Https): boolean {
  return (
    c.req.header("sec-fetch-site") !== undefined || isOwnName(c.req.header("host")) || isHttps(c) === "yes"
  );
}

function isPublic(path: string): boolean {
  return /^\/(login|login\.css|logout|health|page\/[\w/-]+\.(css|svg))$/.test(path);
}
