import assert from "node:assert/strict";
import { test } from "node:test";
import { createAudit } from "../../src/rules/audit.ts";
import type { AuditEntry } from "../../src/seam/rules.ts";
import { openStore } from "../../src/store/store.ts";

const mo = { id: "x:mo", name: "Mo" };

function entry(at: number, more: Partial<AuditEntry> = {}): AuditEntry {
  return { at, who: mo, where: { community: "x:one" }, what: "Slow mode", to: "30 s", ...more };
}

test("what was changed is listed, the newest first, each community for itself", async (t) => {
  const store = await openStore("memory:");
  t.after(() => store.close());
  const audit = createAudit(store);
  assert.deepEqual(await audit.list("x:one", 10), []);
  const all = [
    entry(1),
    entry(2, { from: "30 s", to: "60 s" }),
    entry(3, { where: { community: "x:one", channel: "x:c" } }),
  ];
  // At once: none takes the place of another.
  await Promise.all(all.map((one) => audit.record(one)));
  await audit.record(entry(4, { where: { community: "x:two" } }));
  assert.deepEqual(await audit.list("x:one", 10), all.toReversed());
  assert.deepEqual(
    await createAudit(store).list("x:one", 2),
    all.slice(1).toReversed(),
    "by another process",
  );
  assert.equal((await audit.list("x:two", 10)).length, 1);
});

test("of who made it no more is kept than who they are", async (t) => {
  const store = await openStore("memory:");
  t.after(() => store.close());
  const audit = createAudit(store);
  const who = { ...mo, moderator: true, roles: ["x:role"] };
  await audit.record({ ...entry(1), who });
  assert.deepEqual((await audit.list("x:one", 1))[0]?.who, mo);
});
