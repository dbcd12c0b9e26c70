import assert from "node:assert/strict";
import { once } from "node:events";
import { connect, createServer } from "node:net";
import { test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { setAlarm, withLimit, withTimeout } from "../../src/seam/timeout.ts";
import { stand } from "../rig/stand.ts";

test("what has come while the process stood is heard, though the time for it was over", async (t) => {
  const server = createServer((socket) => void socket.pipe(socket)).listen(0, "127.0.0.1");
  t.after(() => server.close());
  await once(server, "listening");
  const address = server.address();
  assert.ok(address && typeof address === "object");
  const socket = connect(address.port, "127.0.0.1");
  t.after(() => socket.destroy());
  await once(socket, "connect");
  for (const wait of [withLimit, <T>(ms: number, ask: () => Promise<T>) => withTimeout(ask(), ms)]) {
    const answer = wait(100, async () => {
      socket.write("hello");
      const [bytes] = await once(socket, "data");
      return String(bytes);
    });
    stand(300);
    assert.equal(await answer, "hello");
  }
});

test("what does not come is given up, by who has stood there a moment later", async () => {
  const never = () => new Promise<string>(() => {});
  const alive = setTimeout(() => {}, 5000);
  await assert.rejects(withLimit(20, never), /no answer within 20 ms/);
  const late = withLimit(20, never);
  stand(200);
  await assert.rejects(late, /no answer within 20 ms/);
  assert.equal(await withTimeout(never(), 20), undefined);
  clearTimeout(alive);
});

test("an alarm that is cleared does not ring, also in the moment in which it looks again", async () => {
  let rung = 0;
  const ring = () => {
    rung += 1;
  };
  const first = setAlarm(20, ring);
  const second = setAlarm(20, ring);
  first.clear();
  stand(200);
  await sleep(50);
  second.clear();
  await sleep(400);
  assert.equal(rung, 0);
});
