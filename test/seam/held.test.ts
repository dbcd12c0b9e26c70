import assert from "node:assert/strict";
import { describe, test } from "node:test";
import {
  afterShown,
  checkHeld,
  likeThis,
  showWhile,
  whetherHeld,
  whetherLost,
  whoeverShows,
} from "../../src/seam/held.ts";

/** Something that is shown, and what becomes of it. */
function createShow() {
  const is = { over: false, inDoubt: false, lost: false };
  const after = () => {
    if (is.inDoubt || is.lost) throw new Error("it may be another's");
  };
  const now = () => {
    after();
    if (is.over) throw new Error("it is over");
  };
  return {
    is,
    show: <T>(work: () => Promise<T>) => showWhile(now, work, { after, isLost: () => is.lost }),
  };
}

describe("what is left to be done once something is shown", () => {
  test("goes on when it is over, and what was begun before does not", async () => {
    const { is, show } = createShow();
    const shown = Promise.withResolvers<void>();
    const check = () => shown.promise.then(checkHeld);
    const begun = await show(async () => [check(), afterShown(check)]);
    is.over = true;
    shown.resolve();
    const [before, left] = await Promise.allSettled(begun);
    assert.equal(before?.status, "rejected");
    assert.equal(left?.status, "fulfilled");
  });

  for (const what of ["inDoubt", "lost"] as const) {
    test(`is not done where it may be another's: ${what}`, async () => {
      const { is, show } = createShow();
      const shown = Promise.withResolvers<void>();
      const left = show(() =>
        afterShown(async () => {
          await shown.promise;
          assert.equal(whetherHeld()?.(), false);
          assert.equal(whetherLost()(), what === "lost");
          checkHeld();
        }),
      );
      is[what] = true;
      shown.resolve();
      await assert.rejects(left, /another's/);
    });
  }

  test("is done unasked beside a show", async () => {
    assert.equal(await afterShown(async () => whetherHeld()), undefined);
    await afterShown(async () => checkHeld());
  });
});

describe("what begins elsewhere, and goes on with what is shown", () => {
  test("is held to the same checks, also within another show", async () => {
    const [one, other] = [createShow(), createShow()];
    const asShown = await one.show(async () => likeThis());
    const look = async () => [whetherHeld()?.(), whetherLost()()];
    assert.deepEqual(await asShown(look), [true, false]);
    one.is.over = true;
    assert.deepEqual(await asShown(look), [false, false]);
    one.is.lost = true;
    assert.deepEqual(await asShown(look), [false, true]);
    assert.deepEqual(await other.show(() => asShown(look)), [false, true]);
    await assert.rejects(
      asShown(async () => checkHeld()),
      /another's/,
    );
    await other.show(async () => checkHeld());
  });

  test("is held to what is around it where nothing was shown", async () => {
    const { is, show } = createShow();
    const asShown = likeThis();
    assert.equal(await asShown(async () => whetherHeld()), undefined);
    is.over = true;
    await assert.rejects(
      show(() => asShown(async () => checkHeld())),
      /over/,
    );
  });
});

describe("whether what is shown is another's for certain", () => {
  test("is known whenever that is asked, also beside the show", async () => {
    const { is, show } = createShow();
    const isLost = await show(async () => whetherLost());
    is.over = true;
    is.inDoubt = true;
    assert.equal(isLost(), false);
    is.lost = true;
    assert.equal(isLost(), true);
  });

  test("is known by the checks where nothing else is said", async () => {
    let [isHeld, isOurs] = [true, true];
    const toCheck = (passes: () => boolean) => () => assert.ok(passes());
    const [now, after] = [toCheck(() => isHeld), toCheck(() => isOurs)];
    const alone = await showWhile(now, async () => whetherLost());
    const both = await showWhile(now, async () => whetherLost(), { after });
    assert.deepEqual([alone(), both()], [false, false]);
    isHeld = false;
    assert.deepEqual([alone(), both()], [true, false]);
    isOurs = false;
    assert.deepEqual([alone(), both()], [true, true]);
  });

  test("is never so beside a show, and of what nobody else can be at", async () => {
    const { is, show } = createShow();
    is.lost = true;
    assert.equal(whetherLost()(), false);
    const [isLost, isHeld] = await show(() => whoeverShows(async () => [whetherLost()(), whetherHeld()?.()]));
    assert.deepEqual([isLost, isHeld], [false, true]);
    await show(() => whoeverShows(() => afterShown(async () => checkHeld())));
  });
});
