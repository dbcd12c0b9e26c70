import assert from "node:assert/strict";
import { EventEmitter } from "node:events";
import { describe, test } from "node:test";
import type { Backend, Row } from "../../../src/store/backends/backend.ts";
import { createPatient, type Patience } from "../../../src/store/backends/patient.ts";
import { until } from "../../rig/until.ts";

/** A server that answers when it is told to. */
function createServer(more: Partial<Patience> = {}) {
  const sent: { readonly what: string; answer(): void; lose(): void }[] = [];
  const call = (what: string) => {
    const { promise, resolve, reject } = Promise.withResolvers<undefined>();
    sent.push({ what, answer: () => resolve(undefined), lose: () => reject(new Error("connection lost")) });
    return promise;
  };
  const adapter = Object.assign(new EventEmitter(), {
    opts: {},
    get: (key: string) => call(`get ${key}`),
    set: (key: string, value: string) => call(`set ${key} ${value}`),
    delete: (key: string) => call(`delete ${key}`),
    keys: (start: string) => call(`keys ${start}`),
    clear: async () => {},
    write: (rows: readonly Row[]) => call(`write ${rows.map(({ key }) => key)}`),
    writeIf: (_: unknown, rows: readonly Row[]) => call(`write if ${rows.map(({ key }) => key)}`),
    disconnect: () => call("disconnect"),
  });
  const patience = { limitMs: 40, silentMs: 60_000, mayWrite: () => true, ...more };
  const store = createPatient(adapter as unknown as Backend, patience);
  return {
    store,
    sent,
    names: () => sent.map(({ what }) => what),
    /** From now on there is time enough. */
    takeTime() {
      patience.limitMs = 30_000;
    },
  };
}

const isLate = { message: "there was no answer within 40 ms" };

describe("a server that is slow", () => {
  test("is given up after the limit, whatever it was asked for", async () => {
    const { store } = createServer();
    await Promise.all([
      assert.rejects(store.get("a"), isLate),
      assert.rejects(store.set("b", "1"), isLate),
      assert.rejects(store.delete("c"), isLate),
      assert.rejects(store.write([{ key: "d" }]), isLate),
      assert.rejects(store.writeIf([{ key: "e" }], [{ key: "e" }]), isLate),
      assert.rejects(Promise.resolve(store.disconnect?.()), isLate),
    ]);
  });

  test("is not sent a write before it has answered the one before of the same key", async () => {
    const { store, sent, names, takeTime } = createServer();
    await assert.rejects(store.set("a", "1"), isLate);
    await assert.rejects(
      store.write([
        { key: "a", value: "2" },
        { key: "b", value: "2" },
      ]),
      isLate,
    );
    assert.deepEqual(names(), ["set a 1"], "what was given up before it was sent is never sent");
    takeTime();
    const next = store.delete("a");
    const other = store.set("c", "1");
    await until(() => sent.length > 1, "another key's write");
    assert.deepEqual(names(), ["set a 1", "set c 1"]);
    sent[0]?.answer();
    await until(() => sent.length > 2, "the next write");
    assert.deepEqual(names(), ["set a 1", "set c 1", "delete a"]);
    for (const { answer } of sent) answer();
    await Promise.all([next, other]);
  });

  test("goes on with a key once the connection is lost on which it was written", async () => {
    const { store, sent, names, takeTime } = createServer();
    await assert.rejects(store.set("a", "1"), isLate);
    sent[0]?.lose();
    takeTime();
    const next = store.set("a", "2");
    await until(() => sent.length > 1, "the next write");
    assert.deepEqual(names(), ["set a 1", "set a 2"]);
    sent[1]?.answer();
    await next;
  });

  test("is connected to anew when it gives no answer at all", async () => {
    let anew = 0;
    const { store, sent, takeTime } = createServer({
      silentMs: 80,
      reconnect: () => {
        anew += 1;
        for (const { lose } of sent) lose();
      },
    });
    await assert.rejects(store.get("a"), isLate);
    await until(() => anew > 0, "another connection");
    takeTime();
    const got = store.get("b");
    sent[1]?.answer();
    await got;
    assert.equal(anew, 1);
  });

  test("is written nothing by a process that does not have it to itself, also when it had a moment ago", async () => {
    let isHeld = true;
    const { store, sent, names } = createServer({ limitMs: 30_000, mayWrite: () => isHeld });
    const first = store.set("a", "1");
    const second = store.set("a", "2");
    await until(() => sent.length > 0, "the first write");
    isHeld = false;
    sent[0]?.answer();
    await first;
    const refused = { message: /does not have the store to itself/ };
    await assert.rejects(second, refused);
    await assert.rejects(store.delete("b"), refused);
    await assert.rejects(store.write([{ key: "c" }]), refused);
    await assert.rejects(store.writeIf([], [{ key: "c" }]), refused);
    assert.deepEqual(names(), ["set a 1"]);
    const got = store.get("a");
    sent[1]?.answer();
    await got;
  });
});
