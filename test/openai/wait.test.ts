import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { toWait, toWaitText } from "../../src/openai/wait.ts";

describe("how long OpenAI asks to wait", () => {
  const words: readonly [string, number | undefined][] = [
    ["Rate limit reached for gpt-image-2 on tokens per min. Please try again in 51.84s.", 51_840],
    [
      "Limit 5, Used 5, Requested 1. Please try again in 12s. Visit https://platform.openai.com to see.",
      12_000,
    ],
    ["Please try again in 6m0s.", 360_000],
    ["Please try again in 1h2m3.5s.", 3_723_500],
    ["Please try again in 20 seconds.", 20_000],
    ["Please try again in 320ms.", 320],
    ["Please try again in 1 minute and 30 seconds.", 90_000],
    ["Please retry after 10 seconds.", 10_000],
    ["Please wait 2 minutes before you ask again.", 120_000],
    ["Please retry your request in about 3 hours.", 10_800_000],
    ["Please try again in 1 day, 2 hours.", 93_600_000],
    ["Please try again later.", undefined],
    ["You used 30s of 60s. Try again.", undefined],
    ["", undefined],
  ];
  for (const [sentence, ms] of words) {
    test(`“${sentence}” is ${ms} ms`, () => assert.equal(toWait(undefined, sentence), ms));
  }

  const headers: readonly [Record<string, string>, number | undefined][] = [
    [{ "retry-after-ms": "250.5" }, 250.5],
    [{ "retry-after-ms": "20", "retry-after": "9" }, 20],
    [{ "retry-after-ms": "", "retry-after": "9" }, 9000],
    [{ "retry-after": "600" }, 600_000],
    [{ "retry-after": "-5" }, 0],
    [{ "retry-after": "Wed, 21 Oct 2015 07:28:00 GMT" }, 0],
    [{ "retry-after": "soon" }, undefined],
    [{ "retry-after": "1e999" }, undefined],
    [{}, undefined],
  ];
  for (const [fields, ms] of headers) {
    test(`${JSON.stringify(fields)} is ${ms} ms`, () => assert.equal(toWait(new Headers(fields), ""), ms));
  }

  test("a date is how far off it is", () => {
    const later = new Date(Date.now() + 600_000).toUTCString();
    const wait = toWait(new Headers({ "retry-after": later }), "") ?? 0;
    assert.ok(wait > 590_000 && wait <= 600_000, `${wait} ms`);
  });

  test("a header says more than the words", () => {
    assert.equal(toWait(new Headers({ "retry-after": "3" }), "Please try again in 6m0s."), 3000);
  });

  test("a sentence as long as a book is read as fast as another", () => {
    assert.ok(toWait(undefined, `try again in ${"1s ".repeat(200_000)}x`));
  });

  test("is said as a person reads it", () => {
    assert.deepEqual([undefined, 0, 1, 61_000, 90_000, 600_000, 7_200_000, 86_400_000].map(toWaitText), [
      "a minute",
      "1 s",
      "1 s",
      "61 s",
      "2 minutes",
      "10 minutes",
      "2 hours",
      "24 hours",
    ]);
  });
});
