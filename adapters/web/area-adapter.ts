import { getRequestListener } from "@hono/node-server";
import type { Adapter } from "../../src/adapter.ts";
import { BotError } from "../../src/errors.ts";
import type { Log } from "../../src/log.ts";
import { createAreaApp } from "./app.ts";
import { createAreaPages } from "./area.ts";
import { type Listening, listen } from "./listen.ts";
import { openLibrary, openPage } from "./page.ts";
import { createUnwanted } from "./reply.ts";

/**
 * The pages for painting without the playground: nothing is asked here, so there is no message to be found again.
 *
 * `start` rejects with BotError `internal` when the port cannot be had.
 */
export function createAreaAdapter(options: {
  readonly host: string;
  readonly port: number;
  readonly publicUrl: string | undefined;
  readonly pageDir: string;
  readonly log: Log;
}): Adapter & { readonly url: string } {
  const { host, port, publicUrl, pageDir, log } = options;
  let running: Listening | undefined;

  return {
    name: "web",
    get url() {
      return running?.url ?? "";
    },
    async start({ areas }) {
      const [page, library] = await Promise.all([openPage(pageDir), openLibrary()]);
      const area =
        areas && publicUrl ? await createAreaPages({ areas, page, library, publicUrl, log }) : undefined;
      running = await listen(host, port);
      running.answer(getRequestListener(createAreaApp(area, log).fetch));
      log.info({ url: running.url }, "web.listening");
    },
    async stop() {
      await running?.close();
      running = undefined;
    },
    reopen: (message) => createUnwanted(log, message),
    async below() {
      throw new BotError("unknown_message", "That picture is no longer here.");
    },
    recall: async () => [],
  };
}
