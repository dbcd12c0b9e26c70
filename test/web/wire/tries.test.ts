import assert from "node:assert/strict";
import type { IncomingMessage } from "node:http";
import { test } from "node:test";
import { createProxies } from "../../../adapters/web/wire/door/proxies.ts";
import { createTries, type Outcome } from "../../../adapters/web/wire/door/tries.ts";
import { createLog } from "../../../src/seam/log.ts";

/** Tries that are all in vain, since there is no password: by the address of a connection and by what a proxy says. */
function start(trusted: readonly string[] = []) {
  const clock = { now: 1_000_000 };
  const lines: Record<string, unknown>[] = [];
  const log = createLog("info", { write: (line) => void lines.push(JSON.parse(line)) });
  const proxies = createProxies(trusted);
  const attempt = createTries({ verifier: "none", proxies, log, now: () => clock.now });
  return {
    clock,
    said: (event: string) => lines.filter(({ msg }) => msg === event),
    from: (remoteAddress: string, chain?: string, browser?: string) =>
      attempt(toRequest(remoteAddress, chain), "a guess", browser),
  };
}

function toRequest(remoteAddress: string, chain?: string): IncomingMessage {
  const headers = chain === undefined ? {} : { "x-forwarded-for": chain };
  return { socket: { remoteAddress }, headers } as IncomingMessage; // all that is looked at
}

function waitOf(outcome: Outcome): number {
  return outcome.kind === "wrong" ? outcome.nextMs / 1000 : Number.NaN;
}

test("waits double up to a quarter of an hour, and are forgotten after a day", async () => {
  const { clock, from, said } = start();
  const waits: number[] = [];
  for (let tries = 0; tries < 16; tries += 1) {
    const seconds = waitOf(await from("192.0.2.1"));
    waits.push(seconds);
    if (seconds === 0) continue;
    // To ask before is no try: it is told how long, once in the log, and makes nothing longer.
    clock.now += seconds * 1000 - 1;
    for (let early = 0; early < 3; early += 1) {
      assert.deepEqual(await from("192.0.2.1"), { kind: "wait", waitMs: 1 });
    }
    clock.now += 1;
  }
  assert.deepEqual(waits, [0, 0, 1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 900, 900, 900, 900]);
  assert.equal(said("login.failed").length, 16);
  assert.equal(said("login.waiting").length, 14);
  assert.equal(waitOf(await from("192.0.2.2")), 0, "another address");
  clock.now += 24 * 60 * 60_000;
  assert.equal(waitOf(await from("192.0.2.1")), 0, "a day later");
});

test("many at once are no way around the wait, and only so many are checked at once", async () => {
  const one = start();
  const outcomes = await Promise.all(Array.from({ length: 40 }, () => one.from("192.0.2.1")));
  const count = (kind: Outcome["kind"], of = outcomes) =>
    of.filter((outcome) => outcome.kind === kind).length;
  assert.deepEqual([count("wrong"), count("wait")], [3, 37]);
  const many = start();
  const all = await Promise.all(Array.from({ length: 40 }, (_, i) => many.from(`192.0.2.${i}`)));
  assert.deepEqual([count("wrong", all), count("busy", all)], [9, 31]);
  // Who was sent away had no try.
  for (let tries = 0; tries < 2; tries += 1) assert.equal(waitOf(await many.from("192.0.2.39")), 0);
  assert.equal(waitOf(await many.from("192.0.2.39")), 1);
});

test("browsers that signed in before have lanes and a line of their own", async () => {
  const { from } = start();
  const strangers = Promise.all(Array.from({ length: 40 }, (_, i) => from(`192.0.2.${i}`)));
  assert.equal(waitOf(await from("192.0.2.1", undefined, "known")), 0);
  await strangers;
  for (let tries = 0; tries < 3; tries += 1)
    assert.equal(waitOf(await from("192.0.2.1", undefined, "known")), 0);
  assert.equal(waitOf(await from("192.0.2.1", undefined, "known")), 1, "it is no free pass");
  assert.equal((await from("192.0.2.7", undefined, "known")).kind, "wait", "wherever it is");
  assert.equal(waitOf(await from("192.0.2.1", undefined, "another")), 0);
});

test("the machine that a proxy is on has a lane beside that of all the world behind it", async () => {
  const { from, said } = start();
  for (let tries = 0; tries < 3; tries += 1) await from("127.0.0.1", `203.0.113.${tries}`);
  assert.equal((await from("127.0.0.1", "198.51.100.1")).kind, "wait");
  assert.equal(waitOf(await from("127.0.0.1")), 0);
  assert.equal(said("login.proxy").length, 1);
});

test("one customer of IPv6 counts as one, with all addresses, and later with all networks", async () => {
  const { from } = start();
  for (let tries = 0; tries < 3; tries += 1)
    assert.equal((await from(`2001:db8:1:2:${tries}::9`)).kind, "wrong");
  assert.equal((await from("2001:db8:1:2:ffff::1")).kind, "wait");
  for (let tries = 0; tries < 27; tries += 1) {
    assert.equal((await from(`2001:db8:1:f${tries}::1`)).kind, "wrong", String(tries));
  }
  assert.equal((await from("2001:db8:1:eeee::1")).kind, "wait");
  assert.equal((await from("2001:db8:2::1")).kind, "wrong");
});

test("whom a request is for: what a trusted proxy added, and nothing else", () => {
  const proxies = createProxies(["127.0.0.0/8", "::1", "10.0.0.1", "2001:db8:ffff::/48"]);
  const rows: readonly [peer: string, chain: string | undefined, address: string][] = [
    ["203.0.113.1", undefined, "203.0.113.1"],
    ["::ffff:203.0.113.1", undefined, "203.0.113.1"],
    ["203.0.113.1", "198.51.100.1", "203.0.113.1"],
    ["10.0.0.2", "198.51.100.1", "10.0.0.2"],
    ["127.0.0.1", undefined, "127.0.0.1"],
    ["127.0.0.1", "", "127.0.0.1"],
    ["127.0.0.1", "198.51.100.1", "198.51.100.1"],
    ["::ffff:127.0.0.1", "198.51.100.1", "198.51.100.1"],
    ["::1", "2001:db8::1", "2001:db8::1"],
    ["2001:db8:ffff::7", "198.51.100.1:4711", "198.51.100.1"],
    ["127.0.0.1", "[2001:db8::1]:4711", "2001:db8::1"],
    ["127.0.0.1", "::ffff:198.51.100.1", "198.51.100.1"],
    ["127.0.0.1", "1.1.1.1, 198.51.100.1", "198.51.100.1"],
    ["127.0.0.1", "1.1.1.1, 198.51.100.1 ,10.0.0.1", "198.51.100.1"],
    ["127.0.0.1", "10.0.0.1, 127.0.0.1", "10.0.0.1"],
    ["127.0.0.1", "1.1.1.1, unknown", "127.0.0.1"],
    ["127.0.0.1", "1.1.1.1, unknown, 10.0.0.1", "10.0.0.1"],
    ["127.0.0.1", "3405803777", "127.0.0.1"],
  ];
  for (const [peer, chain, address] of rows) {
    assert.equal(proxies.addressOf(toRequest(peer, chain)), address, `${peer} for ${chain}`);
  }
});
