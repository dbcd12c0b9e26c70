import type { TestContext } from "node:test";
import { createSlackAdapter } from "../../../adapters/slack/index.ts";
import { createBus } from "../../../src/fleet/embedded/bus.ts";
import { createShared } from "../../../src/fleet/shared.ts";
import { createLog } from "../../../src/seam/log.ts";
import type { MessageKey, PlatformEvent, Turn } from "../../../src/seam/turn.ts";
import type { Reply } from "../../../src/seam/view.ts";
import { openStore } from "../../../src/store/store.ts";
import { freePort } from "../../rig/free-port.ts";
import { createKeep, noCore } from "../../rig/no-core.ts";
import { until } from "../../rig/until.ts";
import { createSlackSimulator } from "../../simulators/slack/index.ts";

/** So many adapters, as in processes of their own, that share a store, a bus and a Slack. */
export async function startSlackFleet(
  t: TestContext,
  { count, over }: { readonly count: number; readonly over: "socket" | "http" },
) {
  const simulator = await createSlackSimulator();
  const ada = simulator.addUser({ name: "ada" });
  const mo = simulator.addUser({ name: "mo" });
  const channel = simulator.addChannel({ name: "pictures" });
  const store = await openStore("memory:");
  const shared = createShared(store, createBus(createLog("silent")), "slack");
  const keep = createKeep();
  const noted = new Set<string>();
  const events: PlatformEvent[] = [];
  const note = async (event: PlatformEvent) => {
    if (noted.has(event.key)) return undefined;
    noted.add(event.key);
    events.push(event);
    return (work: () => Promise<void>) => work().catch(() => {});
  };
  const removed: { readonly by: number; readonly message: MessageKey }[] = [];
  const heard: { readonly by: number; readonly turn: Turn; readonly reply: Reply }[] = [];
  const stops: (() => Promise<void>)[] = [];
  t.after(async () => {
    await Promise.all(stops.map((stop) => stop()));
    await simulator.close();
    await store.close();
  });

  async function join(by: number) {
    let lines = "";
    const port = await freePort();
    const path = "/slack/events";
    const adapter = createSlackAdapter({
      ...{ botToken: simulator.token, apiUrl: simulator.api },
      mode:
        over === "socket"
          ? { kind: "socket", appToken: simulator.appToken }
          : { kind: "http", signingSecret: simulator.signingSecret, host: "127.0.0.1", port, path },
      painter: { name: "Nobody", standIn: true },
      log: createLog("debug", {
        write: (line) => {
          lines += line;
        },
      }),
      timing: { paceMs: 50, pollMs: 10, retryMs: [10], settleMs: 50, fullMs: 200 },
    });
    await adapter.start(
      noCore(async (turn, reply) => void heard.push({ by, turn, reply }), {
        ...{ note, keep, shared },
        removed: async (message) => void removed.push({ by, message }),
      }),
    );
    stops.push(adapter.stop);
    return { adapter, lines: () => lines, address: `http://127.0.0.1:${port}${path}` };
  }

  const bots: Awaited<ReturnType<typeof join>>[] = [];
  for (let by = 0; by < count; by += 1) bots.push(await join(by));
  const textOf = (turn: Turn) => (turn.kind === "prompt" ? turn.text : turn.kind);
  return {
    ...{ simulator, bots, heard, ada, mo, channel },
    /** What was noted, oldest first. */
    events,
    /** Messages that show nothing any more, as the core is told. */
    removed,
    /** What the adapters keep. */
    keep,
    /** One more, which starts now. */
    join: () => join(bots.length),
    say: (words: string) => simulator.say(channel, ada, `<@${simulator.bot.id}> ${words}`),
    /** From now on Slack brings everything to that process. */
    turnTo: (index: number) => simulator.http.deliverTo(bots[index]?.address ?? ""),
    async answered(words: string) {
      const isIt = ({ turn }: (typeof heard)[number]) => textOf(turn) === words;
      await until(
        () => heard.some(isIt),
        async () => `“${words}”; there is ${heard.map(({ by, turn }) => `${by}: ${textOf(turn)}`)}`,
      );
      return heard.find(isIt) as (typeof heard)[number]; // it has just been there
    },
  };
}
