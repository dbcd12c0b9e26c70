import { join } from "node:path";
import { createWebAdapter } from "../../../adapters/web/index.ts";
import { createSpool } from "../../../src/pictures/spool.ts";
import { createLog } from "../../../src/seam/log.ts";
import type { Standin } from "../../../src/standin/index.ts";
import { openStore, type Store } from "../../../src/store/store.ts";
import { createCore } from "../../rig/core.ts";

// The playground over the real core, in a process that kills itself at one point of a turn's life. Its arguments: a
// folder, the stand-in's address, and the point; "never" for none.
const [folder = "", standin = "", point = "never"] = process.argv.slice(2);

function die(at: string): void {
  if (at === point) process.kill(process.pid, "SIGKILL");
}

/** Dies when an event is about to be called over that has become a shown answer. */
function watch(store: Store, isShown: () => boolean): Store {
  return {
    ...store,
    table(name, schema) {
      const table = store.table(name, schema);
      return {
        ...table,
        async set(key, value, lifeMs) {
          if (name === "event" && isShown() && JSON.stringify(value).includes('"over":true')) die("shown");
          return table.set(key, value, lifeMs);
        },
      };
    },
  };
}

let shown = false;
const web = createWebAdapter({
  ...{ host: "127.0.0.1", port: 0, dataDir: join(folder, "playground"), version: "1" },
  ...{ painter: { name: "the stand-in", standIn: true }, log: createLog("silent") },
});
const store = await openStore(`sqlite:${join(folder, "store.db")}`);
const { bot } = await createCore({
  adapter: {
    ...web,
    start: (core) =>
      web.start({
        ...core,
        async note(event) {
          const seeTo = await core.note(event);
          die("noted");
          return seeTo;
        },
        async handle(turn, reply) {
          die("stored");
          if (point === "taken") return new Promise(() => {}); // the test kills it when it has its answer
          return core.handle(turn, {
            ...reply,
            async show(view) {
              const key = await reply.show(view);
              shown ||= view.phase === "done";
              return key;
            },
          });
        },
      }),
  },
  standin: { url: standin } as Standin,
  store: watch(store, () => shown),
  spool: await createSpool(join(folder, "spool")),
});
await bot.resume();
process.stdout.write(`${web.url}\n`);
