import assert from "node:assert/strict";
import { test } from "node:test";
import { putTogether, takeApart } from "../../../src/pictures/decoder/crossing.ts";

test("what crosses comes together as it was, and its pictures are not copied into the message", () => {
  const [picture, mask, few] = [Buffer.alloc(100_000, 1), new Uint8Array(20_000).fill(2), Buffer.from("few")];
  const sent = [
    { role: "mask", bytes: picture, none: undefined, ends: [1, { mask }] },
    few,
    "words",
    null,
    true,
  ];
  const { rest, bytes } = takeApart(sent);
  assert.equal(bytes[0], picture);
  assert.ok(JSON.stringify(rest).length < 300);
  const pipe = Buffer.concat(bytes);
  let at = 0;
  const read = (length: number) => {
    at += length;
    return pipe.subarray(at - length, at);
  };
  const [first, ...others] = putTogether(structuredClone(rest), read) as [(typeof sent)[0], ...unknown[]];
  assert.deepEqual(first, {
    role: "mask",
    bytes: picture,
    none: undefined,
    ends: [1, { mask: Buffer.from(mask) }],
  });
  assert.deepEqual(others, [new Uint8Array(few), "words", null, true]);
  assert.equal(at, pipe.length);
});
