import assert from "node:assert/strict";
import { afterEach, beforeEach, describe, test } from "node:test";
import { createAudit } from "../../src/rules/audit.ts";
import { createRules } from "../../src/rules/rules.ts";
import type { Rules } from "../../src/seam/core.ts";
import type { Place, User } from "../../src/seam/turn.ts";
import { openStore, type Store } from "../../src/store/store.ts";

const place: Place = { channel: "x:room", community: "x:house" };
const admin: User = { id: "x:ann", name: "Ann", admin: true };
const ada: User = { id: "x:ada", name: "Ada", roles: ["x:role:artists"] };
const artists = { key: "x:role:artists", name: "@artists", role: true } as const;

let store: Store;
let rules: Rules;
beforeEach(async () => {
  store = await openStore("memory:");
  rules = createRules({ store, audit: createAudit(store), now: () => 7 });
});
afterEach(() => store.close());

const set = (rule: string, value?: unknown, scope: "community" | "channel" = "community", where = place) =>
  rules.change(admin, where, { rule, scope, ...(value !== undefined && { value }) });

describe("what is laid down", () => {
  test("holds in the community, and a channel's own takes its place there", async () => {
    await set("slow-mode", "30");
    await set("slow-mode", 60, "channel");
    await set("models", "gpt-image-2");
    assert.deepEqual(await rules.of(place), {
      community: { "slow-mode": 30, models: ["gpt-image-2"] },
      channel: { "slow-mode": 60 },
    });
    assert.deepEqual(await rules.at(place), { "slow-mode": 60, models: ["gpt-image-2"] });
    assert.deepEqual(await rules.at({ ...place, channel: "x:other" }), {
      "slow-mode": 30,
      models: ["gpt-image-2"],
    });
    assert.deepEqual(await rules.at({ channel: "x:dm", kind: "direct", ruledBy: "x:house" }), {
      "slow-mode": 30,
      models: ["gpt-image-2"],
    });
    assert.deepEqual(await rules.at({ channel: "x:room2", community: "x:elsewhere" }), {});
  });

  test("is written down with who did, from what, to what; what changes nothing is not", async () => {
    await set("slow-mode", 30);
    await set("slow-mode", "30 s");
    await set("slow-mode", 60, "channel");
    await set("slow-mode");
    const [newest, ...older] = await rules.changes({ ...ada, moderator: true }, place, 10);
    const who = { id: "x:ann", name: "Ann" };
    const where = { community: "x:house" };
    assert.deepEqual(newest, { at: 7, who, where, what: "Slow mode", from: "30 s" });
    assert.deepEqual(older, [
      { at: 7, who, where: { ...where, channel: "x:room" }, what: "Slow mode", to: "60 s" },
      { at: 7, who, where, what: "Slow mode", to: "30 s" },
    ]);
    assert.deepEqual((await rules.of(place)).community, {}, "it is laid down no more");
  });

  test("is an admin's to change, and a moderator's to look into", async () => {
    const change = { rule: "slow-mode", scope: "community", value: 5 } as const;
    const moderator = { ...ada, moderator: true };
    await assert.rejects(rules.change(moderator, place, change), { code: "forbidden" });
    await assert.rejects(rules.changes(ada, place, 5), { code: "forbidden" });
    assert.deepEqual(await rules.at(place), {});
  });

  const wrong: readonly [string, unknown, RegExp][] = [
    ["slow", 1, /There is no setting “slow”\. There are: allowed, .*slow-mode/],
    ["slow-mode", "soon", /Slow mode is a whole number from 0 to 86400\./],
    ["slow-mode", -1, /whole number/],
    ["most-pictures", 5, /from 1 to 4/],
    ["approval-above", "a lot", /is a sum from 0 to 100/],
    ["models", "gpt-image-99", /Models can hold: gpt-image-2\.5-sunburst, /],
    ["sizes", "other", /one that has a name/],
    ["dms", "perhaps", /is on or off/],
    ["blocked-words", "fine, ???", /a letter or a digit/],
    ["blocked-words", "x".repeat(101), /100 characters/],
    ["allowed", "@ada", /chosen in the form/],
    ["allowed", [{ key: "ada", name: "Ada" }], /chosen in the form/],
  ];
  for (const [rule, value, words] of wrong) {
    test(`is nothing that cannot be: ${rule} ${JSON.stringify(value).slice(0, 30)}`, async () => {
      await assert.rejects(set(rule, value), { code: "bad_option", message: words });
    });
  }

  test("can be for a channel only where that makes sense, and nowhere but in a community", async () => {
    await assert.rejects(set("dms", false, "channel"), { message: /for all channels only/ });
    const direct: Place = { channel: "x:dm", community: "x:house", kind: "direct" };
    await assert.rejects(set("slow-mode", 5, "channel", direct), { message: /for all channels only/ });
    await assert.rejects(set("slow-mode", 5, "community", { channel: "x:dm" }), {
      message: /belong to a server or a workspace/,
    });
  });

  test("that cannot be read lets nobody through", async () => {
    await store.table("rules", (await import("zod")).z.unknown()).set("x:house", { denied: "everybody" });
    await assert.rejects(rules.refusal(ada, place), { code: "storage" });
  });
});

describe("who may draw", () => {
  test("everybody, where nothing is laid down", async () => {
    assert.equal(await rules.refusal(ada, place), undefined);
  });

  test("those that are named, by their role or by themselves; who is denied may not all the same", async () => {
    await set("allowed", [artists]);
    assert.equal(await rules.refusal(ada, place), undefined);
    assert.match((await rules.refusal({ ...ada, roles: [] }, place)) ?? "", /^Only @artists may draw here\./);
    await set("denied", [{ key: ada.id, name: "Ada" }]);
    assert.match((await rules.refusal(ada, place)) ?? "", /^You may not draw here\./);
    await set("denied", [{ key: "x:eve", name: "Eve" }]);
    assert.equal(await rules.refusal(ada, place), undefined);
    await set("allowed", [{ key: ada.id, name: "Ada" }], "channel");
    assert.equal(await rules.refusal({ ...ada, roles: [] }, place), undefined, "a channel's own");
  });

  test("nobody whose roles are not known, where it depends on them", async () => {
    const { roles: _, ...unseen } = ada;
    await set("denied", [artists]);
    assert.match((await rules.refusal(unseen, place)) ?? "", /^I cannot see which roles/);
    await set("denied", [{ key: "x:eve", name: "Eve" }]);
    assert.equal(await rules.refusal(unseen, place), undefined);
    await set("allowed", [artists]);
    assert.match((await rules.refusal(unseen, place)) ?? "", /^I cannot see which roles/);
    await set("allowed", [artists, { key: ada.id, name: "Ada" }]);
    assert.equal(await rules.refusal(unseen, place), undefined, "by name");
  });

  test("in the channels that are named, and not in those that are closed", async () => {
    const [room, other] = [place, { ...place, channel: "x:other" }] as const;
    await set("channels", [{ key: "x:other", name: "#other" }]);
    assert.match((await rules.refusal(ada, room)) ?? "", /in this channel\. Ask me in #other\./);
    assert.equal(await rules.refusal(ada, other), undefined);
    await set("closed-channels", [{ key: "x:other", name: "#other" }]);
    assert.match((await rules.refusal(ada, other)) ?? "", /in this channel\. Whoever runs/);
  });

  test("alone with the bot, and by an installation of their own, unless that is off", async () => {
    const direct: Place = { channel: "x:dm", kind: "direct", ruledBy: "x:house" };
    const carried: Place = { ...direct, kind: "carried" };
    await set("channels", [{ key: "x:other", name: "#other" }]);
    assert.equal(await rules.refusal(ada, direct), undefined, "which is no channel");
    await set("dms", "off");
    assert.match((await rules.refusal(ada, direct)) ?? "", /in direct messages/);
    assert.equal(await rules.refusal(ada, carried), undefined);
    await set("user-installs", false);
    assert.match((await rules.refusal(ada, carried)) ?? "", /only where I have been let in/);
  });
});
