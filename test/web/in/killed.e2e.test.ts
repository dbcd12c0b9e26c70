import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { randomUUID } from "node:crypto";
import { once } from "node:events";
import { type TestContext, test } from "node:test";
import { fileURLToPath } from "node:url";
import type { WireMessage } from "../../../adapters/web/wire/messages.ts";
import { createStandin } from "../../../src/standin/index.ts";
import { askedOf } from "../../rig/core.ts";
import { until } from "../../rig/until.ts";
import { createFolder, png, toFormData } from "../playground.ts";

const mortal = fileURLToPath(new URL("mortal.ts", import.meta.url));

/** A process on those files that dies at a point. */
async function start(t: TestContext, folder: string, standin: string, point: string) {
  const child = spawn(
    process.execPath,
    ["--disable-warning=ExperimentalWarning", mortal, folder, standin, point],
    {
      stdio: ["ignore", "pipe", "inherit"],
    },
  );
  const exit = once(child, "exit");
  t.after(() => child.kill("SIGKILL"));
  const [line] = await Promise.race([once(child.stdout, "data"), exit]);
  return {
    url: String(line).trim(),
    async killed() {
      child.kill("SIGKILL");
      await exit;
    },
    died: exit,
  };
}

async function messagesOf(url: string, thread: string): Promise<readonly WireMessage[]> {
  const response = await fetch(`${url}/api/threads/${thread}`);
  return response.ok ? ((await response.json()) as { messages: WireMessage[] }).messages : [];
}

const points: readonly (readonly [point: string, when: string])[] = [
  ["noted", "after the note and before the ask is stored"],
  ["stored", "after the ask is stored and before the page is told"],
  ["taken", "after the page is told and before the turn is noted"],
  ["drawing", "in mid-drawing"],
  ["shown", "after the picture is stored and before the ledger forgets the turn"],
];

for (const [point, when] of points) {
  test(`killed ${when}, it ends in one picture`, async (t) => {
    const folder = await createFolder(t);
    const standin = await createStandin({ paceMs: 10, flat: true });
    t.after(() => standin.close());
    const [id, thread] = [randomUUID(), randomUUID()];
    const attachment = new File([await png(7, 64, 64)], "fox.png", { type: "image/png" });
    /** As the page does it: undefined where no answer came. */
    const send = (url: string) =>
      fetch(`${url}/api/threads/${thread}/prompts`, {
        method: "POST",
        body: toFormData({ id, text: "make it night", attachment }),
      }).then(
        async (response) => [response.status, await response.json()],
        () => undefined,
      );

    const after = "response.image_generation_call.partial_image";
    const held = point === "drawing" ? standin.fault({ kind: "stall", after }) : undefined;
    const first = await start(t, folder, standin.url, point);
    const told = await send(first.url);
    if (point === "drawing") {
      const isDrawn = async () => {
        const [, answer] = await messagesOf(first.url, thread);
        return answer?.kind === "answer" && answer.view.images.length > 0;
      };
      await until(isDrawn, "a sketch");
    }
    if (point === "taken" || point === "drawing") await first.killed();
    await first.died;
    held?.release();

    const second = await start(t, folder, standin.url, "never");
    assert.equal(told === undefined, point === "noted" || point === "stored");
    assert.deepEqual(await send(second.url), [202, { ask: id }], "sent again, or once too often");
    const last = async () => (await messagesOf(second.url, thread)).at(-1);
    const isDone = async () => {
      const answer = await last();
      return answer?.kind === "answer" && answer.view.phase === "done";
    };
    await until(isDone, async () => `the picture; there is ${JSON.stringify(await last())}`);
    const messages = await messagesOf(second.url, thread);
    assert.deepEqual(
      messages.map(({ kind }) => kind),
      ["ask", "answer"],
    );
    const [, answer] = messages;
    assert.ok(answer?.kind === "answer" && answer.view.images.length === 1);
    assert.equal(askedOf(standin).length, 1, "drawn once");

    await second.killed();
    const third = await start(t, folder, standin.url, "never");
    assert.deepEqual(await messagesOf(third.url, thread), messages, "and it stays as it was");
    assert.equal(askedOf(standin).length, 1);
  });
}
