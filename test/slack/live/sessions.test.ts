import assert from "node:assert/strict";
import { test } from "node:test";
import { webApi } from "@slack/bolt";
import { type AppKind, readAppKind } from "../../../adapters/slack/live/agent/app-kind.ts";
import { readSessions } from "../../../adapters/slack/live/agent/sessions.ts";
import { sessionMs } from "../../../adapters/slack/wire/limits.ts";
import type { Keep } from "../../../src/seam/core.ts";
import { createLog } from "../../../src/seam/log.ts";
import { noCore } from "../../rig/no-core.ts";
import { until } from "../../rig/until.ts";

const log = createLog("silent");
const session = { channelId: "D1", threadTs: "1.1" };

/** Sessions of an agent, and what Slack was told of them; `answer` is its answer, if it is none of all is well. */
async function open(
  given: { keep?: Keep; answer?: (status: string) => void | Promise<void>; app?: AppKind } = {},
) {
  const { keep = noCore().keep, answer = () => {} } = given;
  const app = given.app ?? (await readAppKind(keep, "B1", { log, closing: new AbortController().signal }));
  if (!given.app) app.tell(true);
  const told: string[] = [];
  let at = 0;
  const sessions = await readSessions({
    ...{ keep, app, log, retryMs: [5, 5] },
    now: () => at,
    async tell({ threadTs }, status) {
      told.push(`${threadTs} ${status}`);
      await answer(status);
    },
  });
  return {
    ...{ keep, app, told, sessions },
    later: (ms: number) => {
      at += ms;
    },
    isTold: (lines: readonly string[]) =>
      until(
        () => told.length >= lines.length,
        async () => JSON.stringify(told),
      ).then(() => assert.deepEqual(told, lines)),
  };
}

const refused = (error: string) =>
  new webApi.WebAPIPlatformError({ ok: false, error } as ConstructorParameters<
    typeof webApi.WebAPIPlatformError
  >[0]);

test("an answer that another process goes on with is that one's to end, and to say that it is at work", async () => {
  const { sessions, told, isTold } = await open();
  const [one, other] = [{}, {}];
  sessions.begin(session, one, {});
  sessions.begin(session, other, {});
  await isTold(["1.1 processing"]);
  sessions.leave(session, one);
  sessions.end(session, other);
  await isTold(["1.1 processing", "1.1 active"]);
  sessions.begin(session, one, {});
  await isTold(["1.1 processing", "1.1 active", "1.1 processing"]);
  sessions.leave(session, one);
  sessions.end(session, one);
  assert.equal(told.length, 3, "nothing is said of it any more");
  await sessions.close();
  await isTold(["1.1 processing", "1.1 active", "1.1 processing", "1.1 active"]);
});

test("how long it has been at work counts from when it was said, not from when Slack had taken that", async () => {
  const answered = Promise.withResolvers<void>();
  const { sessions, later, isTold } = await open({ answer: () => answered.promise });
  const answer = {};
  sessions.begin(session, answer, {});
  await isTold(["1.1 processing"]);
  later(sessionMs);
  sessions.begin(session, answer, {}); // to be said again, while the first is on its way
  answered.resolve();
  await isTold(["1.1 processing", "1.1 processing"]);
});

test("it is at work as long as one of its answers is, and is told so once", async () => {
  const { sessions, isTold } = await open();
  const [one, other] = [{}, {}];
  sessions.begin(session, one, {});
  sessions.begin(session, other, {});
  sessions.begin(session, one, {});
  await isTold(["1.1 processing"]);
  sessions.end(session, one);
  sessions.end(session, one);
  sessions.end(session, other);
  await isTold(["1.1 processing", "1.1 active"]);
  sessions.end(session, other);
  sessions.settle(session);
  await isTold(["1.1 processing", "1.1 active", "1.1 active"]);
});

test("that it is at work is said again before Slack no longer believes it", async () => {
  const { sessions, isTold, later } = await open();
  const answer = {};
  sessions.begin(session, answer, {});
  await isTold(["1.1 processing"]);
  later(25 * 60_000);
  sessions.begin(session, answer, {});
  await isTold(["1.1 processing", "1.1 processing"]);
});

test("that it is over is said until Slack hears it, by the next process if need be", async () => {
  let isDown = false;
  const { sessions, keep, told, isTold, app } = await open({
    answer() {
      if (isDown) throw new Error("Slack is down");
    },
  });
  sessions.begin(session, {}, {});
  await isTold(["1.1 processing"]);
  isDown = true;
  await sessions.close();
  assert.equal(told.length, 4, "three times in vain");
  const next = await open({ keep, app });
  await next.isTold(["1.1 active"]);
  await until(async () => JSON.stringify(await keep.get("sessions")) === "[]", "it to be forgotten");
});

test("that it is over is said again where Slack itself has failed", async () => {
  let failures = 2;
  const { sessions, isTold } = await open({
    answer(status) {
      if (status === "processing" || failures === 0) return;
      failures -= 1;
      throw refused("internal_error");
    },
  });
  const answer = {};
  sessions.begin(session, answer, {});
  await isTold(["1.1 processing"]);
  sessions.end(session, answer);
  await isTold(["1.1 processing", "1.1 active", "1.1 active", "1.1 active"]);
});

test("an answer that begins ends the pause before the next try", async () => {
  const down = Promise.withResolvers<void>();
  let isDown = true;
  const { sessions, told } = await open({
    answer(status) {
      if (status === "processing" || !isDown) return;
      if (told.filter((line) => line.endsWith("active")).length === 3) down.resolve(); // the next pause is a minute
      throw new Error("Slack is down");
    },
  });
  const answer = {};
  sessions.begin(session, answer, {});
  await until(() => told.length === 1, "it to be at work");
  sessions.end(session, answer);
  await down.promise;
  isDown = false;
  sessions.begin(session, answer, {});
  await until(() => told.at(-1) === "1.1 processing", "it to be at work again");
  sessions.end(session, answer);
  await until(() => told.at(-1) === "1.1 active", "it to be over");
});

test("what Slack will not know is not said again, and an app that is no agent is known as none", async () => {
  for (const [code, isAgent] of [
    ["feature_disabled", true],
    ["not_authorized", false],
    ["not_agent_app", false],
  ] as const) {
    const { sessions, app, told, isTold } = await open({
      answer() {
        throw refused(code);
      },
    });
    const answer = {};
    sessions.begin(session, answer, {});
    await isTold(["1.1 processing"]);
    await until(() => app.isAgent === isAgent, code);
    sessions.begin(session, answer, {});
    sessions.end(session, answer);
    await sessions.close();
    assert.equal(told.length, 1, code);
  }
});

test("what changes while it is told in vain for the last time is told all the same", async () => {
  const last = Promise.withResolvers<void>();
  let tries = 0;
  const { sessions, told, isTold } = await open({
    async answer(status) {
      if (status === "processing") return;
      tries += 1;
      if (tries === 3) await last.promise; // `close` leaves no later tries
      if (tries <= 3) throw new Error("Slack is down");
    },
  });
  sessions.begin(session, {}, {});
  await isTold(["1.1 processing"]);
  const over = sessions.close();
  await until(() => tries === 3, "the last try");
  sessions.settle(session);
  last.resolve();
  await over;
  assert.equal(told.length, 5);
  assert.equal(told.at(-1), "1.1 active");
});
