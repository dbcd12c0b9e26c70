import assert from "node:assert/strict";
import { type TestContext, test } from "node:test";
import type { Core } from "../../../src/seam/core.ts";
import { startDiscord } from "../server.ts";

/** A server whose core keeps what it is given, as a store does, and has been away for a minute at each start. */
async function startKept(t: TestContext) {
  const kept = new Map<string, unknown>();
  const keep: Core["keep"] = {
    get: async (key) => kept.get(key),
    set: async (key, value) => void kept.set(key, JSON.parse(JSON.stringify(value))),
    delete: async (key) => void kept.delete(key),
    async *keys(start) {
      yield [...kept.keys()].filter((key) => key.startsWith(start));
    },
  };
  let starts = 0;
  const server = await startDiscord(t, {
    simulator: { portal: { messageContent: true } },
    core: {
      keep,
      async missed() {
        starts += 1;
        return starts === 1 ? undefined : { forMs: 60_000, places: [] };
      },
    },
  });
  return { ...server, kept };
}

test("the first direct message that somebody ever sends is answered, though no process was there", async (t) => {
  const { simulator, adapter, ada, mo, nextPrompt, start, said } = await startKept(t);
  await adapter.stop();
  await simulator.say(simulator.dm(ada), ada, "a fox");
  const takenBack = await simulator.say(simulator.dm(mo), mo, "a bear");
  simulator.deleteMessage(takenBack);
  await start();
  assert.equal((await nextPrompt()).turn.text, "a fox");
  await simulator.say(simulator.dm(mo), mo, "an owl");
  assert.equal((await nextPrompt()).turn.text, "an owl", "what was taken back is not answered");
  assert.deepEqual(
    said("discord.session.replayed").map(({ fields }) => fields),
    [{ events: 3 }],
  );
});

test("one that the process was killed over is answered, and what could not be caught up with is next time", async (t) => {
  const { simulator, adapter, ada, kept, nextPrompt, start } = await startKept(t);
  simulator.gateway.accept(false);
  simulator.gateway.drop(); // as Discord sees a process that is killed
  const sessions = kept.get("sessions");
  await adapter.stop();
  await simulator.say(simulator.dm(ada), ada, "a fox");
  simulator.gateway.accept(true);
  await start();
  assert.equal((await nextPrompt()).turn.text, "a fox");
  await adapter.stop();
  // The process was killed before it had caught up: both sessions are there.
  kept.set("sessions", [sessions, kept.get("sessions")].flat());
  await simulator.say(simulator.dm(ada), ada, "an owl");
  await start();
  assert.equal((await nextPrompt()).turn.text, "an owl");
});

test("a session that Discord has forgotten is not begun anew", async (t) => {
  const { simulator, adapter, ada, channel, nextPrompt, start, said } = await startKept(t);
  await adapter.stop();
  simulator.gateway.invalidate(false);
  await simulator.say(simulator.dm(ada), ada, "lost");
  const before = simulator.gateway.sessions.length;
  await start();
  await simulator.waitFor(() => said("discord.session.replayed").length > 0);
  assert.deepEqual(said("discord.session.replayed")[0]?.fields, { events: null });
  await simulator.say(channel, ada, `<@${simulator.bot.id}> a fox`);
  assert.equal((await nextPrompt()).turn.text, "a fox");
  assert.equal(simulator.gateway.sessions.length, before + 1, "the process's own");
});
