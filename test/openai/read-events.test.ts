import assert from "node:assert/strict";
import { Readable } from "node:stream";
import { describe, test } from "node:test";
import { setImmediate as nextTurn } from "node:timers/promises";
import { isDeepStrictEqual } from "node:util";
import { brotliCompressSync, createBrotliDecompress, createUnzip, gzipSync } from "node:zlib";
import { readEvents } from "../../src/openai/stream/read-events.ts";
import { firstPlace, mostInTurn, takeShare } from "../../src/seam/share.ts";
import { giveBack, letGo } from "../../src/seam/spare.ts";
import { createDice } from "../rig/dice.ts";

const { roll } = createDice(15);
const bytes = (length: number) => Buffer.from(Array.from({ length }, () => roll(256)));
const limits = { bytes: 10_000_000, idleMs: 10_000 };

/** What is read of a stream that comes in pieces of so many bytes. */
function read(text: string, size: number, known: readonly string[] = []): Promise<readonly unknown[]> {
  const body = Buffer.from(text);
  const pieces = Array.from({ length: Math.ceil(body.length / size) }, (_, at) =>
    body.subarray(at * size, (at + 1) * size),
  );
  return readAll(Readable.from(pieces, { objectMode: false }), known);
}

async function readAll(stream: Readable, known: readonly string[] = []): Promise<readonly unknown[]> {
  const all: unknown[] = [];
  for await (const event of readEvents(stream, new Headers(), limits, (callId) => known.includes(callId)))
    all.push(event);
  return all;
}

/** Without a word on where they differ: to find that in so many letters takes minutes. */
function same(found: unknown, wanted: unknown): void {
  assert.ok(isDeepStrictEqual(found, wanted), `it is ${JSON.stringify(found)?.slice(0, 300)}`);
}

const picture = bytes(50_000);
const large = picture.toString("base64");
const call = {
  id: "ig_1",
  type: "image_generation_call",
  revised_prompt: "Ein Fuchs – “rot” {so}",
  result: large,
};

describe("a picture in a stream becomes bytes as it comes,", () => {
  for (const size of [1, 13, 4096, 16_384, 1_000_000]) {
    test(`in pieces of ${size}`, async () => {
      const events = [
        { type: "response.image_generation_call.partial_image", partial_image_b64: large, at: 1 },
        { type: "response.output_item.done", item: call },
      ];
      const [partial, done] = await read(
        events.map((one) => `data: ${JSON.stringify(one)}\n\n`).join(""),
        size,
      );
      same(partial, { ...events[0], partial_image_b64: picture });
      same(done, { ...events[1], item: { ...call, result: picture } });
    });
  }

  for (const [rest, padding] of [
    [0, ""],
    [1, "=="],
    [2, "="],
  ] as const) {
    for (const isPadded of [true, false]) {
      test(`${rest} bytes beyond a group of three, ${isPadded ? "padded" : "not padded"}`, async () => {
        const odd = picture.subarray(0, 30_000 + rest);
        const letters = odd.toString("base64");
        assert.ok(letters.endsWith(padding));
        const sent = isPadded ? letters : letters.replace(/=+$/, "");
        const [event] = await read(`data: {"item" : {"result" : "${sent}" }}\r\n\r\n`, 4096);
        same(event, { item: { result: odd } });
      });
    }
  }
});

describe("what is no base64 alone is read as any other string:", () => {
  const sent: readonly [string, string][] = [
    ["a slash that is escaped", large.replaceAll("/", "\\/")],
    ["a plus that is escaped", large.replaceAll("+", "\\u002B")],
    ["words", JSON.stringify(`say “Hallo”, "so" it is. `.repeat(2000)).slice(1, -1)],
    ["lines", `${large.slice(0, 8000)}\\n${large.slice(8000)}`],
    ["one letter too many", `${large.slice(0, 8000)}=${large.slice(8000)}`],
    ["few letters, of which some say nothing", "QR"],
    ["nothing", ""],
  ];
  for (const [what, letters] of sent) {
    for (const size of [17, 5000, 1_000_000]) {
      test(`${what}, in pieces of ${size}`, async () => {
        const json = `{"type":"x","result":"${letters}","after":"${large}"}`;
        const [event] = await read(`data: ${json}\n\n`, size);
        same(event, JSON.parse(json));
      });
    }
  }
});

describe("a picture that is there already", () => {
  const other = { ...call, id: "ig_2", result: bytes(40_000).toString("base64") };
  const { result, ...rest } = call;
  const last = (output: readonly object[]) =>
    `data: ${JSON.stringify({ type: "response.completed", output })}\n\n`;

  test("is passed over, and no other", async () => {
    const plain = { ...call, revised_prompt: "a fox" };
    const [event] = await read(last([plain, other]), 4096, ["ig_1"]);
    same(event, {
      type: "response.completed",
      output: [
        { ...plain, result: "" },
        { ...other, result: Buffer.from(other.result, "base64") },
      ],
    });
  });

  test("is passed over also when its copy comes in the same piece as its end", async () => {
    const plain = { ...call, revised_prompt: "a fox" };
    const text = `data: ${JSON.stringify({ type: "response.output_item.done", item: plain })}\n\n${last([plain])}`;
    const known: string[] = [];
    const all: unknown[] = [];
    const stream = Readable.from([Buffer.from(text)], { objectMode: false });
    for await (const event of readEvents(stream, new Headers(), limits, (callId) => known.includes(callId))) {
      all.push(event);
      known.push("ig_1");
    }
    same(all, [
      { type: "response.output_item.done", item: { ...plain, result: picture } },
      { type: "response.completed", output: [{ ...plain, result: "" }] },
    ]);
  });

  test("is read where it is not sure whose it is", async () => {
    const [named, bare] = await read(last([{ result, ...rest }]) + last([call, { result }]), 4096, ["ig_1"]);
    same(named, { type: "response.completed", output: [{ ...rest, result: picture }] });
    same(bare, {
      type: "response.completed",
      output: [{ ...call, result: picture }, { result: picture }],
    });
  });
});

describe("the memory", () => {
  const partial = { type: "response.image_generation_call.partial_image", partial_image_b64: large };
  const done = { type: "response.output_item.done", item: call };
  const told = { type: "response.completed", text: "on and on ".repeat(5000) };
  const toText = (events: readonly object[]) =>
    events.map((one) => `data: ${JSON.stringify(one)}\n\n`).join("");
  const text = toText([partial, done]);

  test("of what has been read is free, where it is nobody else's", async () => {
    const all = Buffer.from(toText([told, partial, done]));
    const full = Math.floor(all.length / 16_384);
    const whole = Array.from({ length: full }, (_, at) =>
      Buffer.from(Uint8Array.from(all.subarray(at * 16_384, (at + 1) * 16_384)).buffer),
    );
    const small = Buffer.from(`: ${"-".repeat(10)}\n\n`);
    const rest = all.subarray(full * 16_384);
    const pieces = [...whole, rest, all.subarray(0, 20_000), all.subarray(20_000), small];
    const [first, ...others] = await readAll(Readable.from(pieces, { objectMode: false }));
    same(first, told);
    assert.equal(others.length, 5);
    assert.deepEqual(
      whole.map(({ length }) => length),
      whole.map(() => 0),
    );
    assert.ok(all.includes(text));
    assert.equal(small.length, 14);
  });

  for (const [name, packed, unpack] of [
    ["gzip", gzipSync(text.repeat(4)), createUnzip],
    ["br", brotliCompressSync(text.repeat(4)), createBrotliDecompress],
  ] as const) {
    test(`that a stream is unpacked into (${name}) is its own`, async () => {
      const all = await readAll(Readable.from([packed], { objectMode: false }).pipe(unpack()));
      assert.equal(all.length, 8);
      for (const [at, one] of all.entries())
        same(
          one,
          at % 2
            ? { ...done, item: { ...call, result: picture } }
            : { ...partial, partial_image_b64: picture },
        );
    });
  }

  test("of a partial may be given back, and that of a picture be let go of", async () => {
    const [sketch, whole] = (await read(text, 16_384)) as [typeof partial, typeof done];
    const [passing, kept] = [sketch.partial_image_b64, whole.item.result] as unknown as Buffer[];
    for (const one of [passing, kept]) giveBack(one as Buffer);
    assert.deepEqual([passing?.length, kept?.length], [0, picture.length]);
    letGo(kept as Buffer);
    assert.equal(kept?.length, 0);
  });
});

test("lines that end in CR alone are read when the stream is over", async () => {
  const events = [{ type: "a" }, { type: "b", result: large }];
  const read1 = await read(events.map((one) => `event: x\rdata: ${JSON.stringify(one)}\r\r`).join(""), 4096);
  same(read1, [{ type: "a" }, { type: "b", result: picture }]);
});

test("an error in a stream is thrown, with its code", async () => {
  const error = { type: "error", code: "server_error", message: "It is broken." };
  await assert.rejects(read(`event: error\ndata: ${JSON.stringify(error)}\n\n`, 100), {
    code: "server_error",
  });
  await assert.rejects(read(`data: ${JSON.stringify({ error })}\n\n`, 100), { code: "server_error" });
});

test("a stream that is cancelled while others have their turn does not wait for its own", async () => {
  let isOver = false;
  // Leaves nothing to anybody.
  const others = (async () => {
    for (let turns = 0; !isOver && turns < 1000; turns += 1) await takeShare(mostInTurn, firstPlace);
  })();
  await takeShare(1, firstPlace);
  const body = new Readable({ read: () => {} });
  body.push(": alive\n\n");
  const next = readEvents(body, new Headers(), limits, () => false).next();
  const cancelled = assert.rejects(next, { message: "cancelled" }).then(() => {
    isOver = true;
  });
  for (let turns = 0; turns < 20; turns += 1) await nextTurn();
  assert.equal(isOver, false, "it waits");
  body.destroy(new Error("cancelled"));
  for (let turns = 0; turns < 20; turns += 1) await nextTurn();
  assert.equal(isOver, true);
  await Promise.all([cancelled, others]);
});

test("where streams wait for long all sketches of a picture but the first are left out, and pictures never", async (t) => {
  let now = performance.now();
  t.mock.method(performance, "now", () => now);
  const sketches = [0, 1].map((at) => ({
    type: "response.image_generation_call.partial_image",
    partial_image_index: at,
    partial_image_b64: large,
  }));
  const events = [...sketches, { type: "response.output_item.done", item: call }];
  const text = events.map((one) => `data: ${JSON.stringify(one)}\n\n`).join("");
  /** Reads it in one turn, of which it leaves nothing to one that has waited for so many ms by then. */
  async function readWhileOneWaits(ms: number): Promise<readonly unknown[]> {
    while (!takeShare(mostInTurn, firstPlace));
    const all = read(text + ": \n".repeat(mostInTurn / 3), 2 * mostInTurn);
    const other = takeShare(1, Number.MAX_SAFE_INTEGER);
    for (let turns = 0; turns < 3; turns += 1) await Promise.resolve();
    now += ms;
    const found = await all;
    await other;
    return found;
  }
  const [first, second] = sketches.map((one) => ({ ...one, partial_image_b64: picture }));
  const done = { ...events[2], item: { ...call, result: picture } };
  same(await readWhileOneWaits(900), [first, second, done]);
  same(await readWhileOneWaits(1100), [first, { ...second, partial_image_b64: "" }, done]);
});
