import assert from "node:assert/strict";
import { test } from "node:test";
import { startSlack } from "../server.ts";

const hour = 3600 * 1000;

test("who asks comes with their user groups, as Slack has them by then", async (t) => {
  let nowMs = Date.now();
  const { simulator, channel, ada, mo, nextPrompt } = await startSlack(t, { now: () => nowMs });
  const designers = simulator.addGroup("designers", [ada]);
  simulator.addGroup("night-shift", [mo]);
  await simulator.say(channel, ada, "a fox", { mention: true });
  assert.deepEqual((await nextPrompt()).turn.user.roles, [`slack:group:${designers.id}`]);
  designers.users.delete(ada.id);
  nowMs += hour;
  await simulator.say(channel, ada, "a hare", { mention: true });
  assert.deepEqual((await nextPrompt()).turn.user.roles, []);
  assert.equal(simulator.requests.filter(({ method }) => method === "usergroups.list").length, 2);
});

test("without the scope nobody has roles, and the log names it", async (t) => {
  let nowMs = Date.now();
  const { simulator, channel, ada, nextPrompt, said } = await startSlack(t, { now: () => nowMs });
  simulator.addGroup("designers", [ada]);
  await simulator.say(channel, ada, "a fox", { mention: true });
  assert.equal((await nextPrompt()).turn.user.roles?.length, 1);
  simulator.revoke("usergroups:read");
  nowMs += hour;
  await simulator.say(channel, ada, "a hare", { mention: true });
  assert.equal((await nextPrompt()).turn.user.roles, undefined, "what was known is used no more");
  assert.deepEqual(
    said("slack.scopes.missing").map(({ fields }) => "missing" in fields && fields.missing),
    [["usergroups:read"]],
  );
});

test("while Slack is out of order, the groups that it told last count", async (t) => {
  let nowMs = Date.now();
  const { simulator, channel, ada, nextPrompt } = await startSlack(t, { now: () => nowMs });
  simulator.addGroup("designers", [ada]);
  await simulator.say(channel, ada, "a fox", { mention: true });
  assert.equal((await nextPrompt()).turn.user.roles?.length, 1);
  nowMs += hour;
  simulator.fault({ kind: "status", status: 500, method: "usergroups.list" });
  await simulator.say(channel, ada, "a hare", { mention: true });
  assert.equal((await nextPrompt()).turn.user.roles?.length, 1);
});
