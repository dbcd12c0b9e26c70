import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { isSoundPng, sizeOfPng } from "../../src/seam/files/png.ts";
import { flat, noise } from "../rig/pictures.ts";

const whole = await noise(300, 200).png().toBuffer();
const small = await flat("#abc", 30, 20);

describe("a PNG as its encoder wrote it", () => {
  test("is sound, and says its size", () => {
    assert.deepEqual([isSoundPng(whole), sizeOfPng(whole)], [true, { width: 300, height: 200 }]);
    assert.deepEqual([isSoundPng(small), sizeOfPng(small)], [true, { width: 30, height: 20 }]);
  });

  test("may have something behind it", () => {
    assert.ok(isSoundPng(Buffer.concat([whole, Buffer.from("and more")])));
  });

  test("is not sound with one bit changed, wherever that is", () => {
    for (const at of [0, 12, 20, 29, 100, Math.floor(whole.length / 2), whole.length - 1, whole.length - 6]) {
      const changed = Buffer.from(whole);
      changed[at] = (changed[at] ?? 0) ^ 4;
      assert.equal(isSoundPng(changed), false, `at ${at}`);
    }
  });

  test("is not sound where something is missing", () => {
    for (const length of [0, 7, 20, 60, whole.length - 13, whole.length - 1]) {
      assert.equal(isSoundPng(whole.subarray(0, length)), false, `${length} bytes of it`);
    }
  });

  test("has no size of its own where it is to be turned", async () => {
    const turned = await noise(300, 200).withMetadata({ orientation: 6 }).png().toBuffer();
    assert.equal(sizeOfPng(turned), undefined);
    assert.equal(isSoundPng(turned), false, "which a decoder has to say");
  });
});

test("no other kind is one", async () => {
  for (const bytes of [await noise(30, 20).jpeg().toBuffer(), Buffer.from("<svg/>"), new Uint8Array()]) {
    assert.deepEqual([isSoundPng(bytes), sizeOfPng(bytes)], [false, undefined]);
  }
});
