import assert from "node:assert/strict";
import { test } from "node:test";
import { Agent, setGlobalDispatcher } from "undici";
import { done, startDiscord } from "../server.ts";

// As in a process that serves Slack too: another version of undici than discord.js's own came first.
setGlobalDispatcher(new Agent());

test("pictures can be uploaded to Discord beside Slack's client", async (t) => {
  const { simulator, channel, ada, nextPrompt } = await startDiscord(t);
  const doing = await simulator.slash(channel, ada, "draw", { prompt: "a fox" });
  const { reply } = await nextPrompt();
  await reply.show(await done());
  assert.equal(doing.message?.files[0]?.name, "a-fox.png");
});
