import { getRequestListener } from "@hono/node-server";
import type { Adapter } from "../../../src/seam/adapter.ts";
import { BotError } from "../../../src/seam/errors.ts";
import { badFile } from "../../../src/seam/files/sent-file.ts";
import type { Log } from "../../../src/seam/log.ts";
import type { Watch } from "../../../src/seam/watch/watch.ts";
import { type AdminDoor, type AdminPages, createAdminPages } from "../admin/pages.ts";
import { createUnwanted } from "../out/reply.ts";
import { createAreaApp } from "../wire/app.ts";
import { openLibrary, openPage } from "../wire/files.ts";
import { type Listening, listen } from "../wire/listen.ts";
import { createAreaPages } from "./pages.ts";

/**
 * The pages for painting, and the admin's, without the playground: nothing is asked here, so there is no message to be found again.
 *
 * `start` rejects with BotError `internal` when the port cannot be had.
 */
export function createAreaAdapter(options: {
  readonly host: string;
  readonly port: number;
  readonly publicUrl: string | undefined;
  readonly pageDir: string;
  readonly watch: Watch | undefined;
  readonly admin: AdminDoor | undefined;
  readonly log: Log;
  readonly now: () => number;
}): Adapter & { readonly url: string } {
  const { host, port, publicUrl, pageDir, watch, log, now } = options;
  let running: Listening | undefined;
  let admin: AdminPages | undefined;

  return {
    name: "web",
    get url() {
      return running?.url ?? "";
    },
    async start({ areas, rules, shared }) {
      const [page, library] = await Promise.all([openPage(pageDir), openLibrary()]);
      const area =
        areas && publicUrl ? await createAreaPages({ areas, page, library, publicUrl, log }) : undefined;
      running = await listen(host, port);
      admin =
        options.admin &&
        (await createAdminPages(options.admin, { rules, shared, page, library, publicUrl, log, now }));
      const app = createAreaApp({ area, admin: admin?.routes }, log, watch);
      running.answer(getRequestListener(app.fetch));
      log.info({ url: running.url }, "web.listening");
    },
    async stop() {
      admin?.close();
      await running?.close();
      running = undefined;
    },
    reopen: (message) => createUnwanted(log, message),
    async below() {
      throw new BotError("unknown_message", "That picture is no longer here.");
    },
    recall: async () => [],
    // Nothing comes in here but what goes to other platforms.
    replay: async () => {},
    toAttachment: ({ file: _, ...claims }) => ({
      ...claims,
      read: () => Promise.reject(badFile(claims.name, "is no longer here. Send it again.")),
    }),
  };
}
