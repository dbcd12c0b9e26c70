import assert from "node:assert/strict";
import { afterEach, describe, test } from "node:test";
import type { BotError } from "../../../src/seam/errors.ts";
import { holdLease, type Lease, type ServerLatch } from "../../../src/store/lock/lease.ts";
import type { Taken } from "../../../src/store/lock/lock.ts";
import { until } from "../../rig/until.ts";

/** A server that has one lock, and does as it is told. */
function createServer() {
  let answer: () => Promise<Taken> = async () => "anew";
  let doubt = () => {};
  const calls = { take: 0, release: 0 };
  const latch: ServerLatch = {
    name: "redis://r",
    setting: "STORE_URL to another store",
    pollMs: 5,
    take: () => {
      calls.take += 1;
      return answer();
    },
    release: async () => {
      calls.release += 1;
    },
    onDoubt(listener) {
      doubt = listener;
    },
  };
  return {
    latch,
    calls,
    answers(next: typeof answer) {
      answer = next;
    },
    doubt: () => doubt(),
  };
}

describe("a lease", () => {
  let lease: Lease | undefined;
  afterEach(() => lease?.release());

  async function hold(server: ReturnType<typeof createServer>, lifeMs: number) {
    const lost: BotError[] = [];
    const said: string[] = [];
    const takeover = {
      waitMs: 10_000,
      onWait: (words: string) => said.push(words),
      onLost: (error: BotError) => lost.push(error),
    };
    lease = await holdLease(server.latch, takeover, lifeMs);
    return { lease, lost, said };
  }

  test("is waited for, kept by asking again, and given back", async () => {
    const server = createServer();
    server.answers(async () => (server.calls.take < 3 ? { by: "process 7 on other" } : "anew"));
    const { lease, lost, said } = await hold(server, 30);
    assert.deepEqual(said, [
      "Another Drawbridge is at work on redis://r (process 7 on other). I wait for it to end, 10 s at most.",
    ]);
    server.answers(async () => "still");
    const before = server.calls.take;
    await until(() => server.calls.take > before + 3, "it to be asked for again");
    assert.deepEqual(lost, []);
    await lease.release();
    assert.equal(lease.isHeld(), false);
    assert.equal(server.calls.release, 1);
  });

  test("that another has by now is lost, and that is said once", async () => {
    const server = createServer();
    const { lease, lost } = await hold(server, 30);
    server.answers(async () => ({ by: "process 7 on other" }));
    await until(() => lost.length > 0, "the loss");
    assert.equal(lease.isHeld(), false);
    assert.match(
      lost[0]?.message ?? "",
      /Another Drawbridge \(process 7 on other\) has taken over redis:\/\/r/,
    );
    const { take } = server.calls;
    server.doubt();
    await new Promise(setImmediate);
    assert.equal(server.calls.take, take, "it is not asked for any more");
    assert.equal(lost.length, 1);
  });

  test("is not held while the server does not answer, and held again when it does", async () => {
    const server = createServer();
    const { lease, lost } = await hold(server, 30);
    server.answers(async () => {
      throw new Error("no answer");
    });
    await until(() => !lease.isHeld(), "it to run out");
    server.answers(async () => "still");
    await until(() => lease.isHeld(), "it to be ours again");
    assert.deepEqual(lost, []);
  });

  test("that the server had lost is ours again if nobody was at work meanwhile, else it is lost", async () => {
    const server = createServer();
    const { lease, lost } = await hold(server, 60_000);
    let untouched = async (): Promise<boolean> => {
      throw new Error("the store does not answer yet");
    };
    lease.confirmBy(() => untouched());
    server.doubt();
    assert.equal(lease.isHeld(), false, "at once");
    // Asked again after a failure, the server says that it is ours still: that was not confirmed yet.
    await until(() => server.calls.take > 1, "it to be asked for");
    server.answers(async () => "still");
    untouched = async () => true;
    await until(() => lease.isHeld(), "it to be ours");
    server.answers(async () => "anew");
    untouched = async () => false;
    server.doubt();
    await until(() => lost.length === 1, "the loss");
    assert.equal(lease.isHeld(), false);
  });

  test("is not held when the clock says that it was slept through", async (t) => {
    const server = createServer();
    const { lease } = await hold(server, 60_000);
    t.mock.timers.enable({ apis: ["Date"], now: Date.now() + 61_000 });
    assert.equal(lease.isHeld(), false);
  });
});
