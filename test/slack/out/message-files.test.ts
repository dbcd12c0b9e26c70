import assert from "node:assert/strict";
import { test } from "node:test";
import type { Stage } from "../../../adapters/slack/live/stage.ts";
import { createMessageFiles } from "../../../adapters/slack/out/files/message-files.ts";
import { digestOf } from "../../../src/seam/files/digest.ts";
import { logInto } from "../../rig/log-into.ts";

test("what the process before uploaded is not taken away before it is known whether it is what comes", async () => {
  const imageOf = (letter: string) => ({
    ...{ name: "boat", alt: "A boat", mediaType: "image/png" },
    bytes: Buffer.alloc(3_000_000, letter),
  });
  const digest = (await digestOf(imageOf("a").bytes)).toString("base64url");
  const removed: string[] = [];
  const stage = {
    send: {
      upload: () => assert.fail("it is there already"),
      info: async () => ({ mimetype: "image/png" }),
      remove: async (id: string) => removed.push(id),
    },
    uploads: {
      reread: async () => {},
      left: async () => new Map([["F1", { owner: "here", digest, at: 0 }]]),
      note: async () => {},
      forget: () => {},
    },
    ...{ timing: { pollMs: 1 }, tidying: new Set(), now: Date.now, log: logInto().log },
  } as unknown as Stage;
  const files = createMessageFiles(stage, "here");
  await files.adopt(["F1"]);

  const boat = imageOf("a");
  const coming = [boat];
  const { signal } = new AbortController();
  const placed = files.put(boat, { name: "boat.png", signal, patienceMs: 0 });
  files.keep([], coming);
  assert.deepEqual(removed, []);
  assert.equal(await placed, "F1");
  files.keep([], coming);
  assert.deepEqual(removed, []);
  files.keep([]);
  assert.deepEqual(removed, ["F1"]);
});
