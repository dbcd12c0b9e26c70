import assert from "node:assert/strict";
import { type TestContext, test } from "node:test";
import { createDiscordAdapter } from "../../../adapters/discord/index.ts";
import { createLeases } from "../../../src/fleet/embedded/leases.ts";
import { takenOver } from "../../../src/fleet/ledger.ts";
import type { Core } from "../../../src/seam/core.ts";
import { showWhile } from "../../../src/seam/held.ts";
import { createLog } from "../../../src/seam/log.ts";
import type { MessageKey } from "../../../src/seam/turn.ts";
import { noCore } from "../../rig/no-core.ts";
import { until } from "../../rig/until.ts";
import { type DiscordServer, done, startDiscord, view } from "../server.ts";

/** Another process of the bot's finishes an answer, and is gone. */
async function finishElsewhere({ simulator }: DiscordServer, key: MessageKey, venue: unknown): Promise<void> {
  const log = createLog("silent");
  const adapter = createDiscordAdapter({
    ...{ token: simulator.token, apiUrl: simulator.api, threads: "off", identifyMs: 0 },
    ...{ leases: createLeases(log), painter: { name: "Nobody", standIn: true }, log },
  });
  await adapter.start(noCore());
  try {
    await adapter.reopen(key, JSON.parse(JSON.stringify(venue))).show(await done());
  } finally {
    await adapter.stop();
  }
}

/**
 * An answer that one process began to show, and another has taken over and finished; what people do then is heard by the
 * first. `isCertain`: that has heard of it.
 */
async function takeOver(t: TestContext, given: { core?: Partial<Core>; isCertain: boolean }) {
  const { core = {}, isCertain } = given;
  const server = await startDiscord(t, { core });
  const { simulator, channel, ada, nextPrompt } = server;
  const asked = await simulator.say(channel, ada, `<@${simulator.bot.id}> a fox`);
  const { reply } = await nextPrompt();
  let isTaken = false;
  const check = () => {
    if (isTaken) throw takenOver();
  };
  const working = view("working", { status: "Drawing", actions: ["cancel"] });
  const key = await showWhile(check, () => reply.show(working), { isLost: () => isTaken && isCertain });
  isTaken = true;
  await finishElsewhere(server, key, reply.venue);
  return { ...server, asked, key, id: key.split(":")[2] ?? "" };
}

for (const isCertain of [true, false]) {
  const what = isCertain ? "has taken over" : "may have taken over";
  test(`a press under a picture that another process ${what} and finished leaves it there`, async (t) => {
    const { simulator, mo, id, nextPress, key } = await takeOver(t, { isCertain });
    simulator.press(id, "a:details", mo);
    const { turn } = await nextPress();
    assert.deepEqual([turn.action, turn.message], ["details", key]);
    const seen = simulator.message(id);
    assert.deepEqual(
      seen?.files.map(({ name }) => name),
      ["a-fox.png"],
    );
    assert.doesNotMatch(seen?.text ?? "", /Drawing/);
  });
}

test("of a picture that another process has taken over and finished, and somebody deletes, the core is told", async (t) => {
  const removed: string[] = [];
  const core = { removed: async (message: string) => void removed.push(message) };
  const { simulator, asked, key, id, taken } = await takeOver(t, { core, isCertain: true });
  simulator.deleteMessage(asked);
  simulator.deleteMessage(id);
  await until(() => removed.includes(key), "the core to be told");
  assert.deepEqual(taken, [], "what is finished is not cancelled");
});
