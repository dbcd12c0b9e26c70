import assert from "node:assert/strict";
import { describe, test } from "node:test";
import type { SettingWish } from "../../src/seam/turn.ts";
import { parseSetting } from "../../src/seam/words/setting-words.ts";

describe("words about the studio", () => {
  const save = { name: "saveStyle", scope: "mine", style: "cosy", options: {}, attachments: [] } as const;
  const cases: readonly [string, SettingWish][] = [
    ["help", { name: "help" }],
    [" Options ", { name: "help" }],
    ["styles", { name: "styles" }],
    ["  Styles ", { name: "styles" }],
    ["style list", { name: "styles" }],
    ["style save cosy: soft light", { ...save, instruction: "soft light" }],
    ["style save cosy : soft\nlight --size wide", { ...save, instruction: "soft\nlight --size wide" }],
    ["style save cosy --size wide", { ...save, instruction: "--size wide" }],
    ["style save cosy", { ...save, instruction: "" }],
    ["Style share cosy: soft light", { ...save, scope: "shared", instruction: "soft light" }],
    ["style show cosy", { name: "showStyle", style: "cosy" }],
    ["style remove cosy", { name: "removeStyle", style: "cosy", scope: "mine" }],
    ["style unshare cosy", { name: "removeStyle", style: "cosy", scope: "shared" }],
    ["defaults", { name: "defaults" }],
    ["channel defaults", { name: "defaults" }],
    [
      "defaults --size wide --quality low",
      { name: "setDefaults", scope: "mine", options: { size: "1536x1024", quality: "low" } },
    ],
    ["channel defaults --count 2", { name: "setDefaults", scope: "shared", options: { count: 2 } }],
    ["defaults —count 2", { name: "setDefaults", scope: "mine", options: { count: 2 } }],
    ["style save cosy —size wide", { ...save, instruction: "—size wide" }],
    ["defaults reset", { name: "resetDefaults", scope: "mine" }],
    ["channel defaults reset", { name: "resetDefaults", scope: "shared" }],
    ["Usage", { name: "usage" }],
    ["budget", { name: "budgets" }],
    ["budget server off", { name: "removeBudget", of: { kind: "community" } }],
    [
      "budget workspace: $5 a day, 100 pictures per month",
      { name: "setBudget", of: { kind: "community" }, limits: { usdDay: "5", picturesMonth: "100" } },
    ],
    [
      "budget everyone 0,50 dollars/day and 1 picture a day",
      { name: "setBudget", of: { kind: "everyone" }, limits: { usdDay: "0.50", picturesDay: "1" } },
    ],
    [
      "budget person U12 3$/month",
      { name: "setBudget", of: { kind: "person", id: "U12", name: "U12" }, limits: { usdMonth: "3" } },
    ],
  ];
  for (const [text, wish] of cases) {
    test(JSON.stringify(text), () => assert.deepEqual(parseSetting(text), wish));
  }

  const drawn = [
    "style of Monet, a bridge",
    "budget server room full of cables",
    "budget channel $5 a day and a dog",
    "usage of colour in Matisse",
    "styles of hats through the ages",
    "style save the whales poster",
    "style show with dogs",
    "help a turtle across the road",
    "a cosy style",
    "defaults on a loan, as a cartoon",
    "defaults --size wide a boat",
    "channel defaults and a lighthouse",
    "the defaults",
    "",
  ];
  for (const text of drawn) {
    test(`${JSON.stringify(text)} is something to draw`, () => assert.equal(parseSetting(text), undefined));
  }

  test("a default that cannot be is said to be one", () => {
    assert.throws(() => parseSetting("defaults --size huge"), { code: "bad_option" });
    const message = /from 1 to 4, not “9”\.\nI don't know --mood or --ar, so they are no defaults/;
    assert.throws(() => parseSetting("defaults --mood --ar 1 --count 9"), { code: "bad_option", message });
  });
});
