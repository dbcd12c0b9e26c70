import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { createResending, patienceMs } from "../../../adapters/web/page/server/resend.ts";

/** A clock that runs when somebody waits. */
function createClock() {
  let now = 0;
  const waits: number[] = [];
  return {
    waits,
    now: () => now,
    later(work: () => void, ms: number) {
      waits.push(ms);
      now += ms;
      queueMicrotask(work);
      return () => {};
    },
  };
}

function failure(status: number): Error {
  return Object.assign(new Error(`${status}`), { status });
}

describe("sending again", () => {
  it("goes on until there is an answer, ever more slowly, whoever did not answer", async () => {
    const clock = createClock();
    const answers = [0, 502, 503, 504, 0, 0];
    let lost = 0;
    const send = async () => {
      const status = answers.shift();
      if (status !== undefined) throw failure(status);
      return "taken";
    };
    const onLost = () => {
      lost += 1;
    };
    assert.equal(await createResending(clock.now, clock.later).send(send, { onLost }), "taken");
    assert.deepEqual(clock.waits, [500, 1000, 2000, 4000, 5000, 5000]);
    assert.equal(lost, 6);
  });

  it("takes an answer for an answer", async () => {
    for (const status of [400, 401, 404, 413, 500]) {
      const clock = createClock();
      const refused = createResending(clock.now, clock.later).send(() => Promise.reject(failure(status)));
      await assert.rejects(refused, { status });
      assert.deepEqual(clock.waits, []);
    }
  });

  it("gives up after a while", async () => {
    const clock = createClock();
    const tried = createResending(clock.now, clock.later).send(() => Promise.reject(failure(0)));
    await assert.rejects(tried, { status: 0 });
    assert.ok(clock.now() >= patienceMs && clock.now() < patienceMs + 10_000);
  });

  it("does not wait when the server has been heard, nor when somebody stops it", async () => {
    const never = () => () => {};
    const resending = createResending(() => 0, never);
    let tries = 0;
    const send = async () => {
      tries += 1;
      if (tries === 1) throw failure(0);
      return tries;
    };
    const sent = resending.send(send, { onLost: () => setImmediate(resending.hurry) });
    assert.equal(await sent, 2);

    const stop = new AbortController();
    const stopped = resending.send(() => Promise.reject(failure(0)), {
      onLost: () => setImmediate(() => stop.abort(new Error("stopped"))),
      signal: stop.signal,
    });
    await assert.rejects(stopped, { message: "stopped" });
  });
});
