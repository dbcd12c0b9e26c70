import assert from "node:assert/strict";
import { test } from "node:test";
import { setImmediate as nextTurn } from "node:timers/promises";
import { firstPlace, mostInTurn, takePlaces, takeShare } from "../../src/seam/share.ts";

const piece = mostInTurn / 16;
const takePlace = () => takePlaces().later;

/** Goes over so many pieces, one after the other, as a stream does. */
async function goOver(pieces: number, place: number, onPiece: () => void = () => {}): Promise<void> {
  for (let done = 0; done < pieces; done += 1) {
    await takeShare(piece, place);
    onPiece();
  }
}

/** Takes all that is left in this turn: who comes now waits. */
function fill(): void {
  while (!takeShare(mostInTurn, firstPlace));
}

test("streams that have all they need end in the order in which they began, and not all at the end", async () => {
  const [count, pieces] = [32, 48];
  const ends: { readonly stream: number; readonly gone: number }[] = [];
  let gone = 0;
  const streams = Array.from({ length: count }, (_, stream) => ({ stream, place: takePlace() }));
  // However they come to ask.
  for (const at of [7, 3, 31, 0]) streams.push(...streams.splice(at, 1));
  await Promise.all(
    streams.map(async ({ stream, place }) => {
      await nextTurn();
      await goOver(pieces, place, () => {
        gone += 1;
      });
      ends.push({ stream, gone });
    }),
  );
  const early = ends.slice(0, count / 2).map(({ stream }) => stream);
  assert.ok(Math.max(...early) < count / 2, `the first to end: ${early}`);
  const half = ends[count / 2 - 1]?.gone ?? 0;
  const all = count * pieces;
  assert.ok(half < 0.6 * all, `half of them were there after ${half} of ${all} pieces`);
});

test("what is nearly done goes before streams that wait", async () => {
  fill();
  const order: string[] = [];
  const stream = goOver(1, takePlace(), () => order.push("stream"));
  const digest = goOver(1, firstPlace, () => order.push("digest"));
  await Promise.all([stream, digest]);
  assert.deepEqual(order, ["digest", "stream"]);
});

test("a stream of which nothing can be seen yet goes before those of which something can, and in its own order", async () => {
  const [before, after, last] = [takePlaces(), takePlaces(), takePlaces()];
  fill();
  const order: string[] = [];
  const went = (who: string) => () => order.push(who);
  await Promise.all([
    goOver(1, before.later, went("seen")),
    goOver(1, last.early, went("last")),
    goOver(1, after.early, went("unseen")),
    goOver(1, firstPlace, went("done")),
  ]);
  assert.deepEqual(order, ["done", "unseen", "last", "seen"]);
});

test("one that has waited for five seconds has a turn whatever its place: its server gives up no stream", async (t) => {
  let now = performance.now();
  t.mock.method(performance, "now", () => now);
  const early = Array.from({ length: 20 }, takePlace);
  const late = takePlace();
  /** They leave nothing to anybody. */
  const goOn = (pieces: number) => Promise.all(early.map((place) => goOver(pieces, place)));
  fill();
  let hadTurn = false;
  const waiting = goOver(1, late, () => {
    hadTurn = true;
  });
  const going = goOn(64);
  await goOver(40, early[0] ?? 0);
  assert.ok(!hadTurn);
  now += 5001;
  await goOver(4, early[0] ?? 0);
  assert.ok(hadTurn);
  await going;
  await waiting;
});

test("a turn's share is the same for all together", async () => {
  fill();
  await nextTurn();
  let inTurn = 0;
  const most: number[] = [];
  const work = Promise.all(
    Array.from({ length: 8 }, () =>
      goOver(32, takePlace(), () => {
        inTurn += piece;
      }),
    ),
  );
  let isOver = false;
  void work.then(() => {
    isOver = true;
  });
  while (!isOver) {
    inTurn = 0;
    await nextTurn();
    most.push(inTurn);
  }
  assert.ok(Math.max(...most) <= 2 * mostInTurn, `${Math.max(...most)} bytes in a turn`);
  assert.ok(most.length >= (8 * 32 * piece) / mostInTurn / 2, `${most.length} turns`);
});
