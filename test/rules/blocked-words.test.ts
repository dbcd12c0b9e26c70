import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { blockedIn } from "../../src/rules/blocked-words.ts";

const cases: readonly [string, string, boolean][] = [
  ["kill", "kill the dragon", true],
  ["kill", "KILL!", true],
  ["kill", "a skilled painter", false],
  ["kill", "k\u200bi\u00adl\u2060l", true],
  ["kill", "ｋｉｌｌ", true],
  ["kill", "𝓴𝓲𝓵𝓵", true],
  ["kill", "k1ll", true],
  ["kill", "кіll", true],
  ["kill", "k.i.l.l", true],
  ["kill", "k i l l him", true],
  ["kill", "ki ll", false],
  ["bass", "b@$s", true],
  ["io", "$5 for a pint", false],
  ["straße", "STRASSE", true],
  ["cafe", "a café", true],
  ["naked king", "a  Naked\n— KING, laughing", true],
  ["naked king", "a naked man and a king", false],
  ["Σίσυφος", "ο ΣΙΣΥΦΟΣ", true],
  ["血", "流血的月亮", true],
  ["हिंदी", "हिंदी", true],
  ["हिंदी", "हदी", false],
  ["a+b", "a b", true],
  ["(a+)+$", "aaaaaaaaaaaaaaaaaaaaaaaa!", false],
];

describe("a blocked word", () => {
  for (const [phrase, words, isBlocked] of cases) {
    test(`“${phrase}” is ${isBlocked ? "" : "not "}in “${words}”`, () => {
      assert.equal(blockedIn(words, [phrase]), isBlocked ? phrase : undefined);
    });
  }

  test("is the first of those there are; a phrase of signs alone is none", () => {
    assert.equal(blockedIn("red and blue", ["green", "blue", "red"]), "blue");
    assert.equal(blockedIn("!!! ???", ["!!!"]), undefined);
  });
});
