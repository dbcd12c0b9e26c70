import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import { test } from "node:test";
import type { WireThread } from "../../../adapters/web/wire/messages.ts";
import type { View } from "../../../src/seam/view.ts";
import { type Playground, startPlayground, view } from "../playground.ts";

/** Asks in a new thread, and has it answered so. */
async function ask({ post, next }: Playground, answer: View | undefined): Promise<string> {
  const thread = randomUUID();
  assert.equal((await post(`/api/threads/${thread}/prompts`, { text: "a fox" })).status, 202);
  const { reply } = await next();
  if (answer) await reply.show(answer);
  return thread;
}

test("the list comes in parts, each from where the one before ended", async (t) => {
  let now = 1_000_000;
  const playground = await startPlayground(t, { now: () => now });
  const threads: string[] = [];
  for (let index = 0; index < 7; index += 1) {
    now += index % 3 === 0 ? 1 : 0; // some in the same moment
    threads.unshift(await ask(playground, await view("done", { shade: index })));
  }
  const list = (query: string) => playground.json<WireThread[]>(`/api/threads?${query}`);
  const ids = (found: readonly WireThread[]) => found.map(({ id }) => id);
  assert.deepEqual(ids(await list("")), threads);
  const seen: string[] = [];
  for (let part = await list("limit=3"); part.length > 0; ) {
    seen.push(...ids(part));
    const last = part.at(-1);
    part = await list(`limit=3&before=${last?.updatedAt}&after=${last?.id}`);
  }
  assert.deepEqual(seen, threads);
  const [newest = "", oldest = ""] = [threads[0], threads.at(-1)];
  assert.deepEqual(ids(await list(`limit=2&open=${oldest}`)), [...threads.slice(0, 2), oldest]);
  assert.deepEqual(ids(await list(`limit=2&open=${newest}`)), threads.slice(0, 2));
  assert.deepEqual(ids(await list(`limit=2&open=${randomUUID()}`)), threads.slice(0, 2));
  for (const wrong of ["limit=0", "limit=many", "before=x"]) {
    assert.equal((await playground.get(`/api/threads?${wrong}`)).status, 400, wrong);
  }
});

test("what was refused, and what is about the studio, makes no thread; what was drawn or tried does", async (t) => {
  const playground = await startPlayground(t);
  const settings = await view("done", { text: "You have no styles.", audience: "asker" });
  const refused = await view("failed", { text: "“fox.png” is no picture." });
  const tried = await view("failed", { text: "OpenAI cannot be reached.", actions: ["redo"] });
  const listed: string[] = [];
  for (const [answer, makesOne] of [
    [settings, false],
    [refused, false],
    [undefined, true],
    [tried, true],
    [await view("working"), true],
    [await view("done", { shade: 1 }), true],
  ] as const) {
    const thread = await ask(playground, answer);
    if (makesOne) listed.unshift(thread);
    const all = await playground.json<WireThread[]>("/api/threads");
    assert.deepEqual(
      all.map(({ id }) => id).sort(),
      [...listed].sort(),
      answer ? `${answer.phase} ${answer.text}` : "nothing yet",
    );
    const found = await playground.json<WireThread[]>("/api/search?q=");
    assert.deepEqual(found.map(({ id }) => id).sort(), [...listed].sort(), "nor is it found");
    const open = await playground.json<WireThread[]>(`/api/threads?open=${thread}`);
    assert.equal(open.find(({ id }) => id === thread)?.unlisted, makesOne ? undefined : true);
    assert.ok((await playground.thread(thread)).messages.length > 0, "who has it open goes on seeing it");
  }
});
