import { randomUUID } from "node:crypto";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { fileURLToPath } from "node:url";
import { getRequestListener } from "@hono/node-server";
import type { Adapter } from "../../src/adapter.ts";
import { BotError } from "../../src/errors.ts";
import { optionSpecs } from "../../src/options.ts";
import { createApp } from "./app.ts";
import { postAsk } from "./ask.ts";
import { type Chat, openChat } from "./chat.ts";
import { createEvents } from "./events.ts";
import { createFormGate } from "./form.ts";
import { isLoopback } from "./guard.ts";
import { askLimits } from "./limits.ts";
import type { Log } from "./log.ts";
import { createLogin } from "./login.ts";
import { openLibrary, openPage, toScriptHashes } from "./page.ts";
import { createPartials } from "./partials.ts";
import { createReply, createUnwanted, type Stage } from "./reply.ts";
import { createApi } from "./routes.ts";
import { createPageRoutes, createPictureRoutes } from "./serve.ts";
import { createSettings } from "./settings.ts";
import { here } from "./turn.ts";
import { toAttachment } from "./uploads.ts";
import { toId, toKey } from "./view.ts";
import type { About } from "./wire.ts";

export interface WebOptions {
  readonly host: string;
  /** 0: any that is free. */
  readonly port: number;
  /** Asked for at the door. Needed when `host` can be reached from other machines. */
  readonly password?: string;
  /** The folder for the chat; made if it is not there. */
  readonly dataDir: string;
  readonly version: string;
  readonly painter: About["painter"];
  readonly log: Log;
  /** Unix time, ms. */
  readonly now?: () => number;
  /** The folder with index.html. */
  readonly pageDir?: string;
}

/** How long requests may go on after `stop`, in ms. */
const graceMs = 2000;

/**
 * The playground: a chat platform of its own, in the browser. `url` is known after `start`.
 *
 * Throws BotError `forbidden` for a public host without a password. `start` rejects with BotError `storage` when the
 * folder cannot be used, and `internal` when the port cannot.
 */
export function createWebAdapter(options: WebOptions): Adapter & { readonly url: string } {
  const { host, port, password, dataDir, version, painter, now = Date.now } = options;
  const { pageDir = fileURLToPath(new URL("page", import.meta.url)) } = options;
  const log = options.log.child({ adapter: "web" });
  if (!password && !isLoopback(host)) {
    throw new BotError("forbidden", `${host} can be reached from other machines: set PLAYGROUND_PASSWORD.`);
  }
  let running: { readonly stage: Stage; readonly server: Server; readonly url: string } | undefined;

  function stage(): Stage {
    if (running) return running.stage;
    throw new BotError("stopped", "The playground is not running.");
  }

  return {
    name: "web",
    get url() {
      return running?.url ?? "";
    },

    async start(core) {
      const [page, library] = await Promise.all([openPage(pageDir), openLibrary()]);
      const html = await page.read("index.html");
      // The port first: of two that are started, the second should hear of the port and not of the folder.
      const server = await listen(host, port);
      let chat: Chat | undefined;
      try {
        chat = openChat(dataDir, now);
        const events = createEvents({ boot: randomUUID() });
        const stage: Stage = { chat, events, partials: createPartials(), log, now };
        const about: About = {
          version,
          painter,
          options: optionSpecs,
          limits: askLimits,
          signedIn: Boolean(password),
        };
        const formGate = createFormGate();
        const app = createApp({
          routes: [
            createApi(stage, about, core, formGate),
            createSettings(chat, core, formGate),
            createPictureRoutes(stage),
            createPageRoutes(page, library),
          ],
          login: password ? createLogin({ password, secret: chat.secret(), now }) : undefined,
          scriptHashes: toScriptHashes(html),
          log,
        });
        server.on("request", getRequestListener(app.fetch));
        running = { stage, server, url: toUrl(host, server) };
      } catch (error) {
        chat?.close();
        server.close();
        throw error;
      }
      log.info({ url: running.url }, "web.listening");
    },

    async stop() {
      if (!running) return;
      const { server, stage } = running;
      running = undefined;
      stage.events.close();
      const cut = setTimeout(() => server.closeAllConnections(), graceMs);
      await new Promise((resolve) => server.close(resolve));
      clearTimeout(cut);
      stage.chat.close();
    },

    reopen(key) {
      const message = stage().chat.message(toId(key));
      if (message?.kind !== "answer") return createUnwanted(log, key);
      const { id, thread, ask } = message;
      return createReply(stage(), { id, thread, ask });
    },

    async below(key) {
      const message = stage().chat.message(toId(key));
      if (!message) throw new BotError("unknown_message", "That picture is no longer here.");
      const { id: replyTo, thread } = message;
      const asked = { thread, replyTo, action: "area", text: "", options: {}, pictures: [] } as const;
      return { thread: toKey(thread), place: here, reply: postAsk(stage(), asked).reply };
    },

    async recall(key) {
      const { chat } = stage();
      const message = chat.message(toId(key));
      if (!message) return [];
      const pictures = message.kind === "ask" ? message.pictures : message.view.images;
      return pictures.map((picture) => toAttachment(picture, chat));
    },
  };
}

async function listen(host: string, port: number): Promise<Server> {
  const server = createServer();
  const listening = Promise.withResolvers<void>();
  server.once("error", listening.reject).listen(port, host, listening.resolve);
  try {
    await listening.promise;
  } catch (error) {
    throw toListenError(error, host, port);
  }
  server.off("error", listening.reject);
  return server;
}

function toListenError(cause: unknown, host: string, port: number): BotError {
  const code = cause instanceof Error && "code" in cause ? cause.code : undefined;
  const message =
    code === "EADDRINUSE"
      ? `Port ${port} is taken. Set PORT to another, e.g. PORT=${port < 65535 ? port + 1 : 8080} npm start.`
      : code === "EACCES"
        ? `Port ${port} is for the system only. Set PORT to one above 1023, e.g. PORT=8080 npm start.`
        : `The playground cannot listen on ${host}. Set HOST to an address of this machine, e.g. HOST=127.0.0.1.`;
  return new BotError("internal", message, { cause });
}

function toUrl(host: string, server: Server): string {
  const { port } = server.address() as AddressInfo; // of a TCP server that listens
  // The address itself, not `localhost`: some systems look that up as ::1, where nobody listens.
  const name = host === "0.0.0.0" || host === "::" || host === "localhost" ? "127.0.0.1" : host;
  return `http://${name.includes(":") ? `[${name}]` : name}:${port}`;
}
