import assert from "node:assert/strict";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, type TestContext, test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import type { IQueueBackend } from "bullmq";
import { type Claim, createClaims } from "../../src/fleet/bull/claims.ts";
import { type Engine, openEngine } from "../../src/fleet/bull/engine.ts";
import { createLog } from "../../src/seam/log.ts";
import { createRedis, type Server, serverKinds } from "../rig/servers.ts";
import { until } from "../rig/until.ts";

const log = createLog("silent");

/** From now on the server does not hear the first call of that name. Says whether that has been made. */
function deafOnce(backend: IQueueBackend, name: "extendLock" | "moveToDelayed"): () => boolean {
  const call = backend[name].bind(backend) as (...given: never[]) => Promise<never>;
  let hasFailed = false;
  const first = (...given: never[]) => {
    if (hasFailed) return call(...given);
    hasFailed = true;
    return Promise.reject(new Error("the connection was lost"));
  };
  Object.assign(backend, { [name]: first });
  return () => hasFailed;
}

/** The same on a server of each kind, which is there for that test alone. */
function onEach(
  name: string,
  run: (t: TestContext, kind: "redis" | "postgres", server: Server) => Promise<void>,
  kinds = serverKinds,
): void {
  for (const { kind, create, skip } of kinds) {
    test(`${name} (${kind})`, { skip: process.env.CI ? false : skip }, async (t) => {
      const server = await create();
      assert.ok(server, `${kind} must be installed where CI runs`);
      await server.start();
      t.after(() => server.remove());
      await run(t, kind, server);
    });
  }
}

describe("what a process has taken over and lets go of as it ends", () => {
  onEach("is the next one's at once, again and again", async (t, kind, server) => {
    /** A process that would hold a claim for ten minutes, if it went without letting go. */
    async function open() {
      const engine = await openEngine(kind, server.url, { log });
      const parts = { log, mayAnew: async () => true, lifeMs: 600_000 };
      const claims = createClaims(engine, "things", parts);
      const seen: string[] = [];
      const close = () => claims.close().finally(() => engine.close());
      t.after(close); // where the test fails, too
      return {
        claims,
        seen,
        adopt: () => claims.adopt(async ({ key }) => void seen.push(key)),
        close,
      };
    }

    const first = await open();
    assert.ok(await first.claims.take("paper:1", null));
    await first.close();
    for (let turn = 0; turn < 3; turn += 1) {
      const next = await open();
      next.adopt();
      await until(() => next.seen.length === 1, "it to be adopted");
      await next.close();
      assert.deepEqual(next.seen, ["paper:1"], "it is not taken back by who lets go of it");
    }

    const [resting, other] = [await open(), await open()];
    resting.adopt();
    await until(() => resting.seen.length === 1, "it to be adopted");
    await resting.claims.rest();
    await resting.claims.offer("paper:2", null);
    other.adopt();
    await until(() => other.seen.length === 1, "the other to adopt");
    assert.deepEqual([resting.seen, other.seen], [["paper:1"], ["paper:2"]]);
    await resting.close();
    await until(() => other.seen.length === 2, "the rest to be let go of");
    await other.close();
  });
});

describe("what a process has when the server is away for longer than a lease", () => {
  /** Whose it is when the server is back, after two processes were without it. */
  async function seen(
    t: TestContext,
    { kind, server }: { readonly kind: "redis" | "postgres"; readonly server: Server },
    { go, back }: Record<"go" | "back", () => Promise<void>>,
  ) {
    const [lifeMs, parts] = [4000, { log, mayAnew: async () => true }];
    const engines = await Promise.all([1, 2].map(() => openEngine(kind, server.url, { log })));
    t.after(() => Promise.all(engines.map((engine) => engine.close())));
    const [first, second] = engines.map((one) => createClaims(one, "things", { ...parts, lifeMs }));
    assert.ok(first && second);
    t.after(() => Promise.all([first, second].map((one) => one.close())));
    const kept = await first.take("paper:1", null);
    assert.ok(kept);
    const adopted: string[] = [];
    for (const [index, one] of [first, second].entries())
      one.adopt(async ({ key }) => void adopted.push(`${key} by ${index}`));
    await first.offer("paper:0", null);
    await until(() => adopted.splice(0).length > 0, "them to be at work");
    await go();
    await until(() => !kept.isHeld(), "it not to be certain any more");
    await sleep(lifeMs);
    await back();
    await until(() => kept.isHeld() || kept.lost.aborted || adopted.length > 0, "it to be somebody's");
    await sleep(lifeMs / 2); // it is renewed once more
    return { isHeld: kept.isHeld(), isLost: kept.lost.aborted, adopted };
  }
  const own = { isHeld: true, isLost: false, adopted: [] };

  onEach("is its own where that was stopped, though Redis has forgotten all", async (t, kind, server) => {
    assert.deepEqual(await seen(t, { kind, server }, { go: server.stop, back: server.start }), own);
  });
  onEach("is its own where that stood still", async (t, kind, server) => {
    assert.deepEqual(await seen(t, { kind, server }, { go: server.pause, back: server.resume }), own);
  });
});

describe("what a process has not renewed yet when the server is back", () => {
  onEach("is left to it by one that has waited for that to start", async (t, kind, server) => {
    const parts = { log, mayAnew: async () => true, lifeMs: 4000 };
    const first = await openEngine(kind, server.url, { log });
    const next = await openEngine(kind, server.url, { log, wasAway: true });
    t.after(() => Promise.all([first.close(), next.close()]));
    const queue = first.queue("things");
    const deaf: Engine = { ...first, queue: () => queue as never };
    const claims = createClaims(deaf, "things", parts);
    t.after(claims.close);
    const backend = queue.getBackend();
    const changeDelay = backend.changeDelay.bind(backend);
    const kept = await claims.take("paper:1", null);
    assert.ok(kept);
    backend.changeDelay = () => Promise.reject(new Error("the server is away"));
    await until(async () => (await queue.getDelayedCount()) > 0, "it to wait");
    await sleep(3500);
    const adopted: string[] = [];
    let isPutOff = false;
    const seeing: Engine = {
      ...next,
      worker(...given) {
        const worker = next.worker(...given);
        const put = worker.getBackend().moveToDelayed.bind(worker.getBackend());
        worker.getBackend().moveToDelayed = (...of) =>
          put(...of).finally(() => {
            isPutOff = true;
          });
        return worker as never;
      },
    };
    const others = createClaims(seeing, "things", parts);
    t.after(others.close);
    others.adopt(async ({ key }) => void adopted.push(key));
    await until(() => isPutOff || adopted.length > 0, "it to have come due");
    backend.changeDelay = changeDelay;
    await claims.renew(kept);
    assert.deepEqual([kept.isHeld(), kept.lost.aborted, adopted], [true, false, []]);
  });
});

describe("what comes due when the server is back", () => {
  const redis = serverKinds.filter(({ kind }) => kind === "redis"); // PostgreSQL takes longer, and forgets nothing
  onEach(
    "is left to its holder for a while, also by a process that asked nothing of the server meanwhile",
    async (t, kind, server) => {
      const lifeMs = 8000;
      const engine = await openEngine(kind, server.url, { log });
      t.after(engine.close);
      const claims = createClaims(engine, "things", { log, mayAnew: async () => true, lifeMs });
      t.after(claims.close);
      let adoptedAt = 0;
      claims.adopt(async () => {
        adoptedAt = performance.now();
      });
      await claims.offer("paper:1", null);
      await until(() => adoptedAt > 0, "it to be at work");
      adoptedAt = 0;
      await server.stop();
      await server.start();
      const backAt = performance.now();
      await claims.offer("paper:2", null);
      await until(() => adoptedAt > 0, "it to be adopted");
      assert.ok(adoptedAt - backAt > lifeMs / 2, `${Math.round(adoptedAt - backAt)} ms`);
    },
    redis,
  );
});

describe("what was there when the server went", () => {
  onEach("is left to its holder also by a process that came when it was back", async (t, kind, given) => {
    const folder = await mkdtemp(join(tmpdir(), "drawbridge-claims-"));
    const lasting = ["--dir", folder, "--appendonly", "yes", "--appendfsync", "always"];
    const own = kind === "redis" ? await createRedis(...lasting) : undefined;
    t.after(async () => {
      await own?.remove();
      await rm(folder, { recursive: true });
    });
    await own?.start();
    const server = own ?? given; // PostgreSQL has all on its disk as it is
    const parts = { log, mayAnew: async () => true, lifeMs: 8000 };
    const first = await openEngine(kind, server.url, { log });
    const claims = createClaims(first, "things", parts);
    await claims.offer("paper:1", null);
    await sleep(2000); // by how much a server's start is uncertain
    await claims.close();
    await first.close();
    await server.stop();
    const startedAt = performance.now();
    await server.start();
    const engine = await openEngine(kind, server.url, { log });
    t.after(engine.close);
    const next = createClaims(engine, "things", parts);
    t.after(next.close);
    const adopted: { readonly key: string; readonly ms: number }[] = [];
    await next.offer("paper:2", null);
    next.adopt(async ({ key }) => void adopted.push({ key, ms: performance.now() - startedAt }));
    await until(() => adopted.length === 2, "both to be adopted");
    assert.deepEqual(
      adopted.map(({ key }) => key),
      ["paper:2", "paper:1"],
    );
    assert.ok(
      adopted.every(({ key, ms }) => key === "paper:2" || ms > parts.lifeMs / 2),
      JSON.stringify(adopted),
    );
  });
});

describe("what a process has, when the server has forgotten it and another offers it first", () => {
  onEach("is its own as soon as it is renewed", async (t, kind, server) => {
    const engines = await Promise.all([1, 2].map(() => openEngine(kind, server.url, { log })));
    t.after(() => Promise.all(engines.map((engine) => engine.close())));
    const parts = { log, mayAnew: async () => true, lifeMs: 4000 };
    const [first, second] = engines.map((one) => createClaims(one, "things", parts));
    assert.ok(first && second);
    t.after(() => Promise.all([first, second].map((one) => one.close())));
    const adopted: string[] = [];
    for (const one of [first, second]) one.adopt(async ({ key }) => void adopted.push(key));
    const kept = await first.take("paper:1", null);
    const over = await first.take("paper:2", null);
    assert.ok(kept && over);
    await engines[1]?.queue("things").obliterate({ force: true });
    for (const one of [kept, over]) await second.offer(one.key, one.body, 4000);
    await until(async () => (await first.renew(kept)) && (await first.renew(over)), "them to be its own");
    await first.drop(over);
    await sleep(6000);
    assert.deepEqual([kept.isHeld(), kept.lost.aborted, adopted], [true, false, []]);
    assert.deepEqual(await second.all(), [{ key: "paper:1", body: null }]);
  });
});

describe("what a process has taken over and hands on while the server does not hear", () => {
  onEach("goes to the next when that does", async (t, kind, server) => {
    const engine = await openEngine(kind, server.url, { log });
    t.after(() => engine.close());
    const parts = { log, mayAnew: async () => true, lifeMs: 2000 };
    let hasFailed = () => false;
    const deaf: Engine = {
      ...engine,
      worker(...given) {
        const worker = engine.worker(...given);
        hasFailed = deafOnce(worker.getBackend(), "moveToDelayed");
        return worker as never;
      },
    };
    const [first, second] = [deaf, engine].map((one) => createClaims(one, "things", parts));
    assert.ok(first && second);
    t.after(() => Promise.all([first, second].map((one) => one.close())));
    const adopted: Claim[] = [];
    first.adopt(async (claim) => void adopted.push(claim));
    await first.offer("paper:1", null);
    await until(() => adopted.length > 0, "it to be adopted");
    const seen: string[] = [];
    second.adopt(async ({ key }) => void seen.push(key));
    const [claim] = adopted;
    if (claim) await first.handOn(claim);
    await until(() => seen.length > 0, "the next to adopt it");
    assert.ok(hasFailed());
    assert.deepEqual([seen, adopted.length], [["paper:1"], 1]);
  });
});

describe("a process that has just begun when the server goes", () => {
  onEach("takes things up when that is back", async (t, kind, server) => {
    const engine = await openEngine(kind, server.url, { log });
    t.after(() => engine.close());
    const claims = createClaims(engine, "things", { log, mayAnew: async () => true, lifeMs: 2000 });
    t.after(claims.close);
    const seen: string[] = [];
    claims.adopt(async ({ key }) => void seen.push(key));
    await server.kill();
    await server.start();
    await until(
      () =>
        claims.offer("paper:1", null).then(
          () => true,
          () => false,
        ),
      "the server to be there",
    );
    await until(() => seen.length > 0, "it to be adopted");
    assert.deepEqual(seen, ["paper:1"]);
  });
});

describe("what a process takes over and cannot hold", () => {
  onEach("goes to the next", async (t, kind, server) => {
    const engine = await openEngine(kind, server.url, { log });
    t.after(() => engine.close());
    let hasFailed = () => false;
    const deaf: Engine = {
      ...engine,
      queue(name) {
        const queue = engine.queue(name);
        hasFailed = deafOnce(queue.getBackend(), "extendLock");
        return queue as never;
      },
    };
    const claims = [engine, deaf].map((one) =>
      createClaims(one, "things", { log, mayAnew: async () => true, lifeMs: 2000 }),
    );
    t.after(() => Promise.all(claims.map((one) => one.close())));
    const [first, second] = claims;
    const claim = await first?.take("paper:1", { words: "a fox" });
    assert.ok(first && claim);
    const seen: string[] = [];
    second?.adopt(async ({ key }) => void seen.push(key));
    await first.leave(claim);
    await until(() => seen.length > 0, "it to be adopted");
    assert.ok(hasFailed());
    assert.deepEqual(seen, ["paper:1"]);
  });
});
