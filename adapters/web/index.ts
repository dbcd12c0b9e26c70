import { randomUUID } from "node:crypto";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { getRequestListener } from "@hono/node-server";
import type { Adapter } from "../../src/seam/adapter.ts";
import type { Shared } from "../../src/seam/core.ts";
import { BotError } from "../../src/seam/errors.ts";
import type { Log } from "../../src/seam/log.ts";
import { optionSpecs } from "../../src/seam/options.ts";
import { withTimeout } from "../../src/seam/timeout.ts";
import type { Watch } from "../../src/seam/watch/watch.ts";
import { type AdminDoor, type AdminPages, createAdminPages } from "./admin/pages.ts";
import { createAreaAdapter } from "./area/adapter.ts";
import { createAreaPages } from "./area/pages.ts";
import { postAsk } from "./in/ask.ts";
import { type Asks, createAsks } from "./in/asks.ts";
import { forget } from "./in/forget.ts";
import { createFormGate } from "./in/forms.ts";
import { createGalleryRoutes } from "./in/gallery.ts";
import { createLinkRoutes } from "./in/links.ts";
import { createApi } from "./in/routes.ts";
import { createSettings } from "./in/settings.ts";
import { here } from "./in/turn.ts";
import { toAttachment, toSent } from "./in/uploads.ts";
import { type Archive, openArchive } from "./live/archive.ts";
import type { Chat } from "./live/chat.ts";
import { createEvents, type Events } from "./live/events.ts";
import { createLinks } from "./live/gallery/links.ts";
import { createSessions } from "./live/sessions.ts";
import type { Stage } from "./live/stage.ts";
import { createThumbnails } from "./live/thumbnails.ts";
import { createTrouble } from "./live/trouble.ts";
import { createReopened } from "./out/reply.ts";
import { createPageRoutes, createPictureRoutes } from "./out/serve.ts";
import { createToShown } from "./out/shown.ts";
import { toId, toKey } from "./out/view.ts";
import { createSharedPages } from "./shared/pages.ts";
import { createApp } from "./wire/app.ts";
import { createLogin, type Login } from "./wire/door/login.ts";
import { createSharedWaits } from "./wire/door/waits.ts";
import { openLibrary, openPage, toScriptHashes } from "./wire/files.ts";
import { isLoopback } from "./wire/guard.ts";
import { askLimits } from "./wire/limits.ts";
import { type Listening, listen } from "./wire/listen.ts";
import type { About } from "./wire/messages.ts";

export interface WebOptions {
  readonly host: string;
  /** 0: any that is free. */
  readonly port: number;
  /** False: the pages for painting and the admin's alone, which need no chat. True unless said. */
  readonly playground?: boolean;
  /** Where people reach this server from outside, e.g. `https://draw.example.com`; absent: no pages for painting. */
  readonly publicUrl?: string;
  /** Asked for at the door. Needed when the playground can be reached from other machines. */
  readonly password?: string;
  /** How long who has signed in may do nothing until they are asked again, in ms; a week unless said. */
  readonly idleMs?: number;
  /** How long after the last word in it a thread is kept, in ms; for good unless said. */
  readonly keepMs?: number;
  /** Addresses and networks of proxies that are believed when they say for whom they ask. */
  readonly trustedProxies?: readonly string[];
  /** Single pictures can be given addresses by which others see them. */
  readonly sharedLinks?: boolean;
  /** The folder for the chat and for what is sent; made if it is not there. */
  readonly dataDir: string;
  readonly version: string;
  readonly painter: About["painter"];
  /** What those who look after the process are told. */
  readonly watch?: Watch;
  /** The page for whoever looks after it; absent: there is none. */
  readonly admin?: AdminDoor;
  readonly log: Log;
  /** Unix time, ms. */
  readonly now?: () => number;
  /** The folder with index.html. */
  readonly pageDir?: string;
}

/** What there is while it runs. */
interface Running {
  readonly stage: Stage;
  readonly asks: Asks;
  readonly server: Listening;
  readonly archive: Archive;
  readonly login: Login | undefined;
  readonly admin: AdminPages | undefined;
  /** Looks for what was deleted long enough ago. */
  readonly emptying: NodeJS.Timeout;
}

/** How often what was deleted is looked through, in ms. */
const emptyMs = 60_000;

/** Ms that the store may take for a last look. */
const lastMs = 1500;
const weekMs = 7 * 24 * 60 * 60_000;

/**
 * The playground: a chat platform of its own, in the browser; and the pages on which people of other platforms paint
 * an area. `url` is known after `start`.
 *
 * Throws BotError `forbidden` for a playground that can be reached without a password. `start` rejects with BotError
 * `storage` when the folder cannot be used, and `internal` when the port cannot.
 */
export function createWebAdapter(options: WebOptions): Adapter & { readonly url: string } {
  const { host, port, publicUrl, password, dataDir, version, painter, now = Date.now } = options;
  const { pageDir = fileURLToPath(new URL("page", import.meta.url)), watch } = options;
  const log = options.log.child({ adapter: "web" });
  if (options.playground === false) {
    return createAreaAdapter({ host, port, publicUrl, pageDir, watch, admin: options.admin, log, now });
  }
  // Behind a proxy that asks for us as localhost, nothing else would tell the world from this machine.
  const open = [host, publicUrl && new URL(publicUrl).hostname].find((name) => name && !isLoopback(name));
  if (!password && open) {
    throw new BotError("forbidden", `${open} can be reached from other machines: set PLAYGROUND_PASSWORD.`);
  }
  let running: Running | undefined;

  function parts() {
    if (running) return running;
    throw new BotError("stopped", "The playground is not running.");
  }

  return {
    name: "web",
    get url() {
      return running?.server.url ?? "";
    },

    async start(core) {
      const { areas } = core;
      const [page, library] = await Promise.all([openPage(pageDir), openLibrary()]);
      const html = await page.read("index.html");
      // The port first: of two that are started, the second should hear of the port and not of the folder.
      const server = await listen(host, port);
      let archive: Archive | undefined;
      let events: Events | undefined;
      let login: Login | undefined;
      let admin: AdminPages | undefined;
      let emptying: NodeJS.Timeout | undefined;
      try {
        const { measure, shared } = core;
        archive = await openArchive(shared, { folder: dataDir, measure, log, now });
        const { database, chat, uploads, partials } = archive;
        const { aside } = database;
        if (aside) log.error({ aside: `${join(dataDir, "playground.db")}${aside}` }, "chat.damaged");
        events = createEvents({ boot: randomUUID() });
        if (shared) events = await shareEvents(events, { shared, chat, partials, log });
        const oldest = options.keepMs === undefined ? undefined : () => now() - (options.keepMs ?? 0);
        emptying = emptyTrash({ chat, events, log, oldest });
        const trouble = createTrouble(events, log);
        const thumbnails = createThumbnails({ chat, toThumbnail: core.toThumbnail, log });
        const stage: Stage = { chat, uploads, events, partials, thumbnails, trouble, measure, log, now };
        const asks = createAsks(stage, core);
        const about: About = {
          version,
          painter,
          options: optionSpecs,
          limits: askLimits,
          signedIn: Boolean(password),
          ...(options.sharedLinks && { links: { ...(publicUrl && { base: publicUrl }) } }),
          ...(aside && { lost: sayLost(aside) }),
        };
        const formGate = createFormGate();
        if (password) {
          const sessions = createSessions(database, { idleMs: options.idleMs ?? weekMs, now });
          const { trustedProxies = [] } = options;
          const waits = shared && createSharedWaits(shared, "playground", now);
          const others = shared && { bus: shared.bus, fresh: chat.fresh };
          login = await createLogin({
            password,
            sessions,
            waits,
            others,
            trustedProxies,
            publicUrl,
            log,
            now,
          });
        }
        admin =
          options.admin &&
          (await createAdminPages(options.admin, {
            rules: core.rules,
            shared,
            page,
            library,
            publicUrl,
            log,
            now,
          }));
        const links = options.sharedLinks ? createLinks(database, now) : undefined;
        const app = createApp({
          routes: [
            createApi(stage, about, { handle: core.handle, asks, formGate }),
            createSettings(stage, core, formGate),
            createGalleryRoutes(stage),
            ...(links ? [createLinkRoutes(stage, links)] : []),
            createPictureRoutes(stage),
            createPageRoutes(page, library),
          ],
          area:
            areas && publicUrl ? await createAreaPages({ areas, page, library, publicUrl, log }) : undefined,
          shared: links && (await createSharedPages(stage, links, publicUrl)),
          admin: admin?.routes,
          login,
          fresh: chat.fresh,
          scriptHashes: toScriptHashes(html),
          watch,
          log,
        });
        server.answer(getRequestListener(app.fetch));
        running = { stage, asks, server, archive, login, admin, emptying };
      } catch (error) {
        clearInterval(emptying);
        admin?.close();
        login?.close();
        events?.close();
        archive?.uploads.close();
        archive?.database.close();
        await server.close();
        throw error;
      }
      log.info({ url: server.url }, "web.listening");
    },

    async stop() {
      if (!running) return;
      const { server, stage, archive, login, admin, emptying } = running;
      running = undefined;
      clearInterval(emptying);
      admin?.close();
      login?.close();
      archive.uploads.close();
      stage.events.close();
      await server.close();
      // What the store's server has lost of what was said here lately nobody else may know.
      await withTimeout(stage.chat.fresh(), lastMs);
      archive.database.close();
    },

    nameOf: (key) => (key === here.community || key === here.channel ? "Playground" : undefined),
    replay: async (event) => parts().asks.replay(event),
    toAttachment: (file) => toSent(file, parts().stage),
    reopen: (key) => createReopened(parts().stage, key),

    async below(key) {
      const { stage } = parts();
      await stage.chat.fresh();
      const message = stage.chat.message(toId(key));
      if (!message) throw new BotError("unknown_message", "That picture is no longer here.");
      const { id: replyTo, thread } = message;
      const asked = { thread, replyTo, action: "area", text: "", options: {}, pictures: [] } as const;
      const posted = await postAsk(stage, { id: randomUUID(), ...asked });
      if (!posted) throw new BotError("internal", "That could not be asked. Try again."); // the id is new
      return { thread: toKey(thread), place: here, reply: posted.reply };
    },

    forget: (userId) => forget(parts().stage, userId),

    async recall(key) {
      const { chat } = parts().stage;
      await chat.fresh();
      const message = chat.message(toId(key));
      if (!message) return [];
      const pictures = message.kind === "ask" ? message.pictures : message.view.images;
      return pictures.map((picture) => toAttachment(picture, chat));
    },
  };
}

/** Throws away what was deleted long enough ago, and what is too old: now, and from time to time. */
function emptyTrash(of: {
  readonly chat: Chat;
  readonly events: Events;
  readonly log: Log;
  /** Threads in which nothing was said since then are too old; Unix time, ms. */
  readonly oldest: (() => number) | undefined;
}): NodeJS.Timeout {
  const { chat, events, log, oldest } = of;
  const empty = async () => {
    try {
      await chat.emptyTrash();
      const gone = oldest ? await chat.expire(oldest()) : [];
      for (const id of gone) events.emit({ type: "threadGone", id });
      if (gone.length === 0) return;
      log.info({ threads: gone.length }, "swept");
      await chat.purge();
    } catch (error) {
      if (chat.isOpen) log.error({ error }, "trash.failed");
    }
  };
  void empty();
  return setInterval(() => void empty(), emptyMs).unref();
}

/** Tells the pages that are open at the other processes, too. What is needed for that is loaded only then. */
async function shareEvents(
  own: Events,
  parts: Pick<Stage, "chat" | "partials" | "log"> & { readonly shared: Shared },
): Promise<Events> {
  const { createSharedEvents } = await import("./live/shared/events.ts");
  const { shared, chat, partials, log } = parts;
  return createSharedEvents({
    ...{ own, name: randomUUID(), bus: shared.bus },
    ...{ chat, toShown: createToShown(partials), log },
  });
}

/** What is said on the page of a chat that was damaged. */
function sayLost(aside: string): string {
  return `The chat that was here is damaged. It was set aside as playground.db${aside}, its pictures beside it, and a new one begun.`;
}
