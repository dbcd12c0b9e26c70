import assert from "node:assert/strict";
import { test } from "node:test";
import { createParts } from "../../src/fleet/bull/parts.ts";

test("the parts of two texts that come in between each other are put together each", () => {
  const [one, other, hears] = ["one", "other", "hears"].map((name) => createParts(name, 60));
  if (!one || !other || !hears) return assert.fail();
  const texts = [JSON.stringify("aß🦊\n".repeat(40)), JSON.stringify("b".repeat(200))];
  const [first, second] = [one.apart(texts[0] ?? ""), other.apart(texts[1] ?? "")];
  assert.ok([...first, ...second].every((part) => Buffer.byteLength(part) <= 60));
  const length = Math.max(first.length, second.length);
  const mixed = Array.from({ length }, (_, index) => [first[index], second[index]]).flat();
  const heard = mixed.filter((part) => part !== undefined).map(hears.together);
  const whole = heard.filter((text) => text !== undefined);
  assert.deepEqual(
    whole.map((text) => JSON.parse(text)).sort(),
    texts.map((text) => JSON.parse(text)).sort(),
  );
});

test("what is left of a text whose end is lost is let go of, and what is no part is not heard", () => {
  const [speaks, hears] = [createParts("speaks", 50), createParts("hears", 50)];
  const [first = ""] = speaks.apart("c".repeat(100));
  assert.equal(hears.together(first), undefined);
  for (let index = 0; index < 200; index += 1) hears.together(speaks.apart("d".repeat(100))[0] ?? "");
  assert.equal(hears.together("speaks 1 0 end"), "end", "its beginning is forgotten");
  assert.equal(hears.together("something else"), undefined);
});
