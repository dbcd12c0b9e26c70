import assert from "node:assert/strict";
import { test } from "node:test";
import { createPartials } from "../../../adapters/web/live/partials.ts";
import { measure } from "../../../src/pictures/jobs.ts";
import { flat } from "../../rig/pictures.ts";

async function sketch(colour: string) {
  return { name: "a.png", mediaType: "image/png", alt: "", bytes: await flat(colour, 8, 8) };
}

const fileOf = (src: string | undefined) => (src ?? "").slice("/pictures/".length);

test("stale sketches linger, but only so many", async () => {
  const partials = createPartials(measure, 4, 2);
  const files: string[] = [];
  for (const colour of ["#100", "#200", "#300", "#400"]) {
    const [shown] = await partials.put("one", [await sketch(colour)]);
    files.push(fileOf(shown?.src));
  }
  const found = await Promise.all(files.map(partials.read));
  assert.deepEqual(
    found.map((sketch) => sketch !== undefined),
    [false, true, true, true],
  );
  await partials.retire("one");
  assert.deepEqual(await partials.of("one"), []);
  assert.ok(await partials.read(files[3] ?? ""), "the last one can still be loaded");
});

test("nothing is left of an answer that is dropped", async () => {
  const partials = createPartials(measure);
  const [stale] = await partials.put("one", [await sketch("#100")]);
  const [newest] = await partials.put("one", [await sketch("#200")]);
  await partials.drop("one");
  for (const shown of [stale, newest]) assert.equal(await partials.read(fileOf(shown?.src)), undefined);
});
