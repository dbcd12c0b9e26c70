import assert from "node:assert/strict";
import { afterEach, beforeEach, test } from "node:test";
import { lookAt } from "../../../src/seam/spare.ts";
import type { Reply, View } from "../../../src/seam/view.ts";
import { refusedOnce } from "../../rig/refused-once.ts";
import { createStudio } from "../../rig/studio.ts";

let studio: Awaited<ReturnType<typeof createStudio>>;
beforeEach(async () => {
  studio = await createStudio({ drawn: true, wait: async () => {} });
});
afterEach(() => studio.close());

/** Bytes of each picture that is shown in the end, when it is shown and when the turn is over. */
async function sizesOf(change: (reply: Reply) => Partial<Reply>, more: { readonly count?: number } = {}) {
  const reply = studio.adapter.reply();
  let then: readonly number[] = [];
  const sizes = ({ images }: View) => images.map(({ bytes }) => bytes.length);
  const show = (view: View) => {
    if (view.phase === "done") then = sizes(view);
    return reply.show(view);
  };
  const changed = { ...reply, show, ...change({ ...reply, show }) };
  const { last } = await studio.say("a red fox in snow", { options: more }, changed);
  assert.equal(last.phase, "done");
  return { then, after: sizes(last) };
}

test("the memory of a picture is free once it is shown, where a platform has done with it", async () => {
  const { then, after } = await sizesOf(() => ({ letsGo: true }));
  assert.ok((then[0] ?? 0) > 4096, `it is whole when it is shown: ${then}`);
  assert.deepEqual(after, [0]);
});

test("of several, each of which is a sketch before, all are whole when they are shown", async () => {
  const { then, after } = await sizesOf(() => ({ letsGo: true }), { count: 2 });
  assert.equal(then.length, 2);
  assert.ok(then.every((size) => size > 4096));
  // One that is on its way to a decoder is not taken from it.
  for (const [at, size] of after.entries()) assert.ok(size === 0 || size === then[at]);
});

test("it stays where the platform may look at them again", async () => {
  const { then, after } = await sizesOf(() => ({}));
  assert.ok((then[0] ?? 0) > 4096);
  assert.deepEqual(after, then);
});

test("it stays while somebody looks at them, whether anybody waits for that or not", async () => {
  const { then, after } = await sizesOf((reply) => ({
    letsGo: true,
    show(view) {
      for (const { bytes } of view.images) lookAt(bytes);
      return reply.show(view);
    },
  }));
  assert.ok((then[0] ?? 0) > 4096);
  assert.deepEqual(after, then);
});

test("what is shown at the second try is whole", async () => {
  let shows = 0;
  const { then } = await sizesOf((reply) => {
    const refused = refusedOnce(async (view) => {
      shows += 1;
      return reply.show(view);
    });
    return { letsGo: true, show: (view) => (view.phase === "done" ? refused(view) : reply.show(view)) };
  });
  assert.equal(shows, 1, "after one that was refused");
  assert.ok((then[0] ?? 0) > 4096);
});
