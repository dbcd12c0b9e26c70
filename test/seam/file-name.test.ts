import assert from "node:assert/strict";
import { test } from "node:test";
import { toExtension, toStem } from "../../src/seam/files/file-name.ts";
import { typeByName } from "../../src/seam/files/media-type.ts";

test("a name's ending speaks of a media type, or of none", () => {
  assert.equal(typeByName("Holiday.JPG"), "image/jpeg");
  assert.equal(typeByName("heic"), "image/heic");
  for (const name of ["notes.txt", "picture", "", "a.constructor"])
    assert.equal(typeByName(name), "application/octet-stream", name);
});

test("a picture's ending and stem are such that no platform changes them", () => {
  const types = ["image/png", "image/jpeg", "image/svg+xml"];
  assert.deepEqual(types.map(toExtension), ["png", "jpg", "svg"]);
  assert.equal(toStem("Ünïcode & co.tar.PNG"), "n-code-co-tar");
  assert.equal(toStem("_.png"), "");
});
