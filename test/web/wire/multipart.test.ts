import assert from "node:assert/strict";
import { test } from "node:test";
import { type FileClaim, type Part, readMultipart, TooMuch } from "../../../adapters/web/wire/multipart.ts";
import { createDice } from "../../rig/dice.ts";

interface Kept extends FileClaim {
  readonly text: string;
  readonly isCut: boolean;
}

const limits = { body: 100_000, parts: 10, file: 2000, field: 2000 };

/** Reads a form that comes in pieces of that many bytes. */
function read(
  body: Uint8Array,
  type: string,
  piece: (at: number) => number,
  some: Partial<typeof limits> = {},
) {
  async function* pieces() {
    for (let at = 0; at < body.byteLength; ) {
      const end = at + piece(at);
      yield body.subarray(at, end);
      at = end;
    }
  }
  return readMultipart<Kept>(pieces(), type, { ...limits, ...some }, async (_, claim, chunks, isCut) => {
    const all: Uint8Array[] = [];
    for await (const chunk of chunks) all.push(chunk);
    return { ...claim, text: Buffer.concat(all).toString("latin1"), isCut: isCut() };
  });
}

async function encode(form: FormData): Promise<{ body: Uint8Array; type: string }> {
  const request = new Request("http://x", { method: "POST", body: form });
  return { body: await request.bytes(), type: request.headers.get("content-type") ?? "" };
}

for (let seed = 1; seed <= 25; seed += 1) {
  test(`a form in pieces of any size is what it is as a whole, with seed ${seed}`, async () => {
    const { roll } = createDice(seed);
    const words = (most: number) =>
      Array.from(
        { length: roll(most) },
        () => ["a", "-", "--", "\r\n", "--\r\n", "狐", "\0", "ÿ"][roll(8)],
      ).join("");
    const form = new FormData();
    const expected: Part<Kept>[] = [];
    for (let index = 0; index < 1 + roll(6); index += 1) {
      const text = words(60);
      if (roll(2) === 0) {
        const clean = text.replaceAll(/\r\n/g, " ");
        form.append(`field ${index}`, clean);
        expected.push([`field ${index}`, clean]);
        continue;
      }
      const name = `狐 "${index}"\\.png`;
      form.append("attachment", new File([text], name, { type: "image/png" }));
      const bytes = Buffer.from(text).toString("latin1");
      expected.push(["attachment", { name, mediaType: "image/png", text: bytes, isCut: false }]);
    }
    const { body, type } = await encode(form);
    assert.deepEqual(await read(body, type, () => 1 + roll(40)), expected);
  });
}

test("what is more than allowed is cut or refused, and the rest is read past", async () => {
  const form = new FormData();
  form.append("attachment", new File(["x".repeat(9000)], "large"));
  form.append("attachment", new File(["x".repeat(2000)], "as large as may be"));
  form.append("text", "y".repeat(9000));
  form.append("last", "z");
  const { body, type } = await encode(form);
  const parts = await read(body, type, () => 500);
  assert.deepEqual(
    parts.map(([field, value]) => [
      field,
      typeof value === "string" ? value.length : [value.text.length, value.isCut],
    ]),
    [
      ["attachment", [2000, true]],
      ["attachment", [2000, false]],
      ["text", 2000],
      ["last", 1],
    ],
  );
  await assert.rejects(
    read(body, type, () => 500, { parts: 3 }),
    new TooMuch("parts"),
  );
  await assert.rejects(
    read(body, type, () => 500, { body: body.byteLength - 1 }),
    new TooMuch("bytes"),
  );
});

test("a form that ends anywhere but at its end is none", async () => {
  const form = new FormData();
  form.append("text", "a fox");
  form.append("attachment", new File(["x".repeat(100)], "x.png"));
  const { body, type } = await encode(form);
  for (let end = 1; end < body.byteLength - 4; end += 1) {
    await assert.rejects(
      read(body.subarray(0, end), type, () => 64),
      `whole after ${end} bytes`,
    );
  }
});

test("a file that cannot be kept ends it all, once the rest has gone by", async () => {
  const form = new FormData();
  for (const name of ["a", "b", "c"]) form.append("attachment", new File(["x".repeat(5000)], name));
  const { body, type } = await encode(form);
  let passed = 0;
  async function* pieces() {
    for (let at = 0; at < body.byteLength; at += 100) {
      passed += 1;
      yield body.subarray(at, at + 100);
    }
  }
  const broken = new Error("the disk is full");
  await assert.rejects(
    readMultipart(pieces(), type, limits, async (_, { name }, chunks) => {
      if (name === "b") throw broken;
      for await (const chunk of chunks) void chunk;
    }),
    broken,
  );
  assert.equal(passed, Math.ceil(body.byteLength / 100));
});
