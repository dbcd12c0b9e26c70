import assert from "node:assert/strict";
import { test } from "node:test";
import { createStudio } from "../rig/studio.ts";

const rolesOf = (input: unknown) =>
  (Array.isArray(input) ? input : []).map((item: { role?: string; type?: string }) => item.role ?? item.type);

test("our rules stand in a conversation once, and again where it began without them", async (t) => {
  const studio = await createStudio();
  t.after(() => studio.close());
  const { key } = await studio.say("a fox");
  await studio.say("give it a hat");
  await studio.say("make it night");
  assert.deepEqual(
    studio.asked().map(({ input }) => rolesOf(input)),
    [["developer", "user"], ["user"], ["user"]],
  );
  const first = await studio.history.find(key);
  assert.ok(first);
  const { rules: _, ...before } = first; // as an earlier version wrote it
  await studio.history.save(before);
  await studio.say("as a woodcut", { replyTo: key });
  assert.deepEqual(rolesOf(studio.asked().at(-1)?.input), ["developer", "user"]);
});
