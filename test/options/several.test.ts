import assert from "node:assert/strict";
import { test } from "node:test";
import { createRefusals } from "../../src/options/refusals.ts";
import { createStyles } from "../../src/options/styles.ts";
import { createAside } from "../../src/pictures/aside.ts";
import { createPictureStore } from "../../src/pictures/picture-store.ts";
import { openStore } from "../../src/store/store.ts";
import { ada, place } from "../rig/studio.ts";

test("what two processes learn of a model is known to the next", async () => {
  const store = await openStore("memory:");
  const [one, two] = [await createRefusals(store, false), await createRefusals(store, false)];
  await Promise.all([
    one.learn("paint-1", "quality", "max"),
    two.learn("paint-1", "format", "webp"),
    one.learn("paint-1", "background"),
  ]);
  const next = await createRefusals(store, false);
  assert.equal(next.has("paint-1", "quality", "max"), true);
  assert.equal(next.has("paint-1", "format", "webp"), true);
  assert.equal(next.has("paint-1", "background", "transparent"), true);
  await store.close();
});

test("of the styles that two processes save at once none is lost", async () => {
  const store = await openStore("memory:");
  const books = [1, 2].map(() => createStyles(store, createPictureStore(store), createAside(4)));
  const signal = new AbortController().signal;
  await Promise.all(
    Array.from({ length: 8 }, (_, index) =>
      books[index % 2]?.save(
        { ...ada, moderator: true, admin: true },
        place,
        "shared",
        { style: `style-${index}`, instruction: "in ink", options: {}, attachments: [] },
        signal,
      ),
    ),
  );
  const all = (await books[0]?.list(ada, place)) ?? [];
  assert.deepEqual(
    all.map(({ name }) => name),
    Array.from({ length: 8 }, (_, index) => `style-${index}`),
  );
  await store.close();
});
