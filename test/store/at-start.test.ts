import assert from "node:assert/strict";
import { test } from "node:test";
import { BotError } from "../../src/seam/errors.ts";
import { createStartPatience } from "../../src/store/at-start.ts";
import { StoreAway } from "../../src/store/store-away.ts";

const away = () => new StoreAway("My memory does not answer.", { cause: new Error("no route") });

test("what the start does is done again while the store is away, and the wait is told once", async () => {
  const told: unknown[] = [];
  const hasWaited: boolean[] = [];
  const { signal } = new AbortController();
  const whenStoreAnswers = createStartPatience({ waitMs: 60_000, signal, onWait: (why) => told.push(why) });
  for (const name of ["store", "queues"]) {
    let tries = 0;
    const found = await whenStoreAnswers(async (has) => {
      hasWaited.push(has);
      tries += 1;
      if (tries === 1) throw away();
      return name;
    });
    assert.equal(found, name);
    assert.equal(tries, 2);
  }
  assert.deepEqual(told.map(String), ["Error: no route"]);
  assert.deepEqual(hasWaited, [false, true, true, true]);
});

test("what will not pass ends the start at once, and so does a wait that is over", async () => {
  const { signal } = new AbortController();
  const asks = (waitMs: number, error: Error) => {
    let tries = 0;
    const whenStoreAnswers = createStartPatience({ waitMs, signal, onWait: () => assert.fail("it waits") });
    const work = () => {
      tries += 1;
      return Promise.reject(error);
    };
    return assert.rejects(whenStoreAnswers(work), error).then(() => assert.equal(tries, 1));
  };
  await asks(60_000, new BotError("storage", "The file is another program's."));
  await asks(60_000, new TypeError("our mistake"));
  for (const [message, code] of [
    ["WRONGPASS invalid username-password pair or user is disabled.", undefined],
    ["NOAUTH Authentication required.", undefined],
    ["password authentication failed", "28P01"],
    ["no pg_hba.conf entry", "28000"],
    ["database does not exist", "3D000"],
  ] as const) {
    const cause = Object.assign(new Error(message), code && { code });
    await asks(60_000, new StoreAway("My memory does not let me in.", { cause }));
  }
  await asks(0, away());
});

test("a process that is told to end waits no longer", async () => {
  const stopping = new AbortController();
  const whenStoreAnswers = createStartPatience({
    ...{ waitMs: 60_000, signal: stopping.signal },
    onWait: () => stopping.abort(new Error("told to end")),
  });
  const waited = whenStoreAnswers(() => Promise.reject(away()));
  await assert.rejects(waited, { message: "told to end" });
});
