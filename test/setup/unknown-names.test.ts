import assert from "node:assert/strict";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { test } from "node:test";
import { loadEnvironment } from "../../src/setup/env-file.ts";
import { findUnknownNames } from "../../src/setup/unknown-names.ts";
import { knownNames } from "../../src/setup/variables.ts";
import { createFolder } from "../rig/process.ts";

const nearestOf = (name: string) => findUnknownNames({ [name]: "x" })[0]?.nearest;

test("a slip of the pen is pointed out with what was meant", () => {
  for (const [wrong, meant] of [
    ["DISCORD_TOKN", "DISCORD_TOKEN"],
    ["DISCORD_TOEKN", "DISCORD_TOKEN"],
    ["DISCORD_BOT_TOKEN", "DISCORD_TOKEN"],
    ["discord_token", "DISCORD_TOKEN"],
    ["SLACK_SIGNING_SECRETS", "SLACK_SIGNING_SECRET"],
    ["OPENAI_KEY", undefined],
    ["OPENAI_APIKEY", "OPENAI_API_KEY"],
    ["OPENAI_API_KEYFILE", "OPENAI_API_KEY_FILE"],
    ["PUBLICURL", "PUBLIC_URL"],
    ["LOGLEVEL", "LOG_LEVEL"],
    ["DATADIR", "DATA_DIR"],
    ["CONCURENCY", "CONCURRENCY"],
    ["SLACK_MOOD", undefined],
  ] as const) {
    assert.deepEqual(
      findUnknownNames({ [wrong]: "x" }).map(({ name }) => name),
      [wrong],
    );
    if (meant) assert.equal(nearestOf(wrong), meant);
  }
  assert.equal(nearestOf("OPENAI_TEMPERATURE"), undefined, "nothing is near");
});

test("what is ours, or somebody else's, is left alone", () => {
  const others = [
    "PATH",
    "HOSTNAME",
    "PORTS",
    "EDITOR",
    "STORE",
    "QUEUE",
    "PWD",
    "LOGNAME",
    "IMAGE",
    "PASSWORD",
  ];
  const libraries = [
    "OPENAI_ORG_ID",
    "OPENAI_PROJECT_ID",
    "NODE_OPTIONS",
    "HTTPS_PROXY",
    "UV_THREADPOOL_SIZE",
  ];
  const engines = ["DRAWBRIDGE_PORT", "DRAWBRIDGE_SERVICE_HOST", "DRAWBRIDGE_PORT_8080_TCP_ADDR"];
  const all = [...knownNames, ...others, ...libraries, ...engines];
  assert.deepEqual(findUnknownNames(Object.fromEntries(all.map((name) => [name, "x"]))), []);
});

test("in .env everything is meant for us, and what does nothing is said to", async (t) => {
  const folder = await createFolder(t);
  await writeFile(join(folder, ".env"), "PROT=80\nTZ=UTC\nDISCORD_CHANNELS=123456789012345678\nHOST=::1\n");
  const { env, idle } = loadEnvironment({ HOST: "127.0.0.1", PROMPT: "x", SLACK_HOST: "0.0.0.0" }, folder);
  assert.equal(env.PROT, "80");
  assert.equal(env.HOST, "127.0.0.1", "the environment wins");
  assert.deepEqual(idle, [
    "PROT is no setting of mine: did you mean PORT?",
    "DISCORD_CHANNELS does nothing while DISCORD_TOKEN is not set",
  ]);
  assert.deepEqual(loadEnvironment({ DISCORD_DMS: "on", DISCORD_TOKEN_FILE: "/x" }, folder).idle.length, 1);
});
