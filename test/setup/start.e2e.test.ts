import assert from "node:assert/strict";
import { test } from "node:test";
import { createFolder, startDrawbridge } from "../rig/process.ts";

test("the start points it out, also where it cannot start for the want of it", async (t) => {
  const dataDir = await createFolder(t);
  const bot = startDrawbridge(t, { DATA_DIR: dataDir, DISCORD_TOKN: "a.b.c" });
  await bot.url();
  assert.match(bot.output(), /"setting\.idle"/);
  assert.match(bot.output(), /^DISCORD_TOKN is no setting of mine: did you mean DISCORD_TOKEN\?$/m);
  const open = startDrawbridge(t, { DATA_DIR: dataDir, HOST: "0.0.0.0", PLAYGROUND_PASWORD: "long enough" });
  assert.equal(await open.ended(), 1);
  assert.match(open.output(), /HOST: .*set PLAYGROUND_PASSWORD/);
  assert.match(open.output(), /PLAYGROUND_PASWORD is no setting of mine: did you mean PLAYGROUND_PASSWORD\?/);
});
