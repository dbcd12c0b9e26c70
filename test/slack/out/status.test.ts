import assert from "node:assert/strict";
import { test } from "node:test";
import { sessionMs, statusMs } from "../../../adapters/slack/wire/limits.ts";
import { takenOver } from "../../../src/fleet/ledger.ts";
import { showWhile } from "../../../src/seam/held.ts";
import type { Reply, View } from "../../../src/seam/view.ts";
import { until } from "../../rig/until.ts";
import { startSlack, view } from "../server.ts";

const working = view("working", { status: "Drawing", actions: ["cancel"] });

/** Shows what is another process's as soon as that is said. */
function createShow({ show }: Reply) {
  let isLost = false;
  const check = () => {
    if (isLost) throw takenOver();
  };
  return {
    show: (given: View) => showWhile(check, () => show(given)),
    lose() {
      isLost = true;
    },
  };
}

test("the assistant's pane does not say again that an answer is at work which another process has taken over", async (t) => {
  t.after(() => t.mock.timers.reset()); // before the adapter stops
  const { simulator, ada, nextPrompt } = await startSlack(t);
  const { channel: pane, threadTs } = simulator.startAssistant(ada);
  await simulator.say(pane, ada, "a fox", { threadTs });
  const fox = createShow((await nextPrompt()).reply);
  const said = () => simulator.statuses.log.filter(({ text }) => text === "is at work: drawing").length;
  t.mock.timers.enable({ apis: ["setInterval"] });
  await fox.show(working);
  await until(() => said() === 1, "it to be said");
  t.mock.timers.tick(statusMs);
  await until(() => said() === 2, "it to be said again");
  fox.lose();
  t.mock.timers.tick(statusMs);
  t.mock.timers.reset();
  await simulator.say(pane, ada, "an owl", { threadTs });
  await (await nextPrompt()).reply.show(view("working", { status: "Waiting" }));
  await until(() => simulator.statuses.log.at(-1)?.text === "is at work: waiting", "the next to be at work");
  assert.equal(said(), 2);
});

test("an agent's session is not set to work again for an answer that another process has taken over and ended", async (t) => {
  t.after(() => t.mock.timers.reset()); // before the adapter stops
  let aheadMs = 0;
  const { simulator, ada, adapter, nextPrompt } = await startSlack(t, {
    simulator: { app: "agent" },
    now: () => Date.now() + aheadMs,
  });
  const { ts } = await simulator.say(simulator.dm(ada), ada, "a fox");
  const fox = createShow((await nextPrompt()).reply);
  const said = () => simulator.sessions.log.filter(({ status }) => status === "processing").length;
  const renew = () => {
    aheadMs += sessionMs;
    t.mock.timers.tick(sessionMs);
  };
  t.mock.timers.enable({ apis: ["setInterval"] });
  await fox.show(working);
  await until(() => said() === 1, "it to be at work");
  renew();
  await until(() => said() === 2, "that to be said again");
  fox.lose();
  renew();
  t.mock.timers.reset();
  await adapter.stop();
  assert.equal(said(), 2);
  assert.equal(simulator.sessions.now({ channel: simulator.dm(ada).id, threadTs: ts }), "active");
});

test("what was lost while it was shown is said to be at work by whoever has it, and set back by that", async (t) => {
  for (const app of ["assistant", "agent"] as const) {
    const { simulator, ada, adapter, nextPrompt } = await startSlack(t, { simulator: { app } });
    const pane =
      app === "assistant"
        ? simulator.startAssistant(ada)
        : { channel: simulator.dm(ada), threadTs: undefined };
    await simulator.say(pane.channel, ada, "a fox", pane.threadTs ? { threadTs: pane.threadTs } : {});
    const { reply } = await nextPrompt();
    let isLost = false;
    // It is lost in the moment in which that is posted.
    const check = () => {
      isLost = simulator.messages(pane.channel).some(({ user }) => user === simulator.bot.id);
      if (isLost) throw takenOver();
    };
    await showWhile(check, () => reply.show(working)).catch(() => {});
    await showWhile(check, () => reply.show(view("working", { status: "Sketch 2" }))).catch(() => {});
    assert.equal(isLost, true);
    await adapter.stop();
    const lines = simulator.statuses.log.filter(({ text }) => text.includes("at work"));
    assert.deepEqual([...lines, ...simulator.sessions.log], []);
  }
});
