import assert from "node:assert/strict";
import { describe, test } from "node:test";
import type { Response, ResponseOutputItem, ResponseStreamEvent } from "openai/resources/responses/responses";
import sharp from "sharp";
import type { PaintEvent } from "../../src/openai/painted.ts";
import { newProgress, type Progress, toPaintEvents } from "../../src/openai/responses/paint-events.ts";
import { flat } from "../rig/pictures.ts";

const png = (await flat("#fff", 4, 4)).toString("base64");

/** An event as it comes over the wire: unchecked. */
function event(type: string, fields: object = {}): ResponseStreamEvent {
  return { type, sequence_number: 0, ...fields } as unknown as ResponseStreamEvent;
}

function response(fields: object = {}): Response {
  return { id: "resp_1", status: "completed", output: [], ...fields } as unknown as Response;
}

function call(fields: object = {}): ResponseOutputItem {
  const item = { id: "ig_1", type: "image_generation_call", status: "completed", result: png, ...fields };
  return item as unknown as ResponseOutputItem;
}

const created = event("response.created", { response: response({ status: "in_progress" }) });
const done = (item: ResponseOutputItem) => event("response.output_item.done", { item });
const completed = (...output: ResponseOutputItem[]) =>
  event("response.completed", { response: response({ output }) });
const blocked = { code: "moderation_blocked", message: "no", param: null, type: "image_generation_error" };

/** What comes out of the events, numbered as OpenAI numbers them. */
function paint(events: readonly ResponseStreamEvent[], progress: Progress = newProgress()): PaintEvent[] {
  return events.flatMap((given, index) => [...toPaintEvents({ ...given, sequence_number: index }, progress)]);
}

const kinds = (painted: readonly PaintEvent[]) => painted.map(({ kind }) => kind);

describe("a stream of events", () => {
  test("of one picture: its start, its sketches, the picture once, and the end", () => {
    const painted = paint([
      created,
      event("response.in_progress", { response: response() }),
      event("response.output_item.added", { item: call({ result: null, status: "in_progress" }) }),
      event("response.image_generation_call.generating", { item_id: "ig_1" }),
      event("response.image_generation_call.partial_image", {
        partial_image_index: 0,
        partial_image_b64: png,
      }),
      event("response.image_generation_call.partial_image", {
        partial_image_index: 1,
        partial_image_b64: png,
      }),
      // One that was left out where there is too much to do.
      event("response.image_generation_call.partial_image", {
        partial_image_index: 2,
        partial_image_b64: "",
      }),
      done(
        call({
          size: "1024x1024",
          quality: "low",
          background: "opaque",
          output_format: "png",
          action: "edit",
          revised_prompt: "A fox.",
        }),
      ),
      completed(call()),
    ]);
    assert.deepEqual(kinds(painted), ["started", "partial", "partial", "picture", "final"]);
    const [, first, second, last] = painted;
    assert.ok(first?.kind === "partial" && second?.kind === "partial" && last?.kind === "picture");
    assert.deepEqual([first.index, second.index], [0, 1]);
    assert.equal(Buffer.from(first.bytes).toString("base64"), png);
    const { bytes, ...picture } = last.picture;
    assert.equal(Buffer.from(bytes).toString("base64"), png);
    assert.deepEqual(picture, {
      callId: "ig_1",
      mediaType: "image/png",
      revisedPrompt: "A fox.",
      applied: { size: "1024x1024", quality: "low", background: "opaque", format: "png", action: "edit" },
    });
  });

  test("of a picture that only the end holds gives it all the same", () => {
    assert.deepEqual(kinds(paint([created, completed(call())])), ["started", "picture", "final"]);
  });

  test("of ten pictures gives each of them once", () => {
    const calls = Array.from({ length: 10 }, (_, index) => call({ id: `ig_${index}` }));
    const painted = paint([created, ...calls.map(done), ...calls.map(done), completed(...calls)]);
    const ids = painted.flatMap((given) => (given.kind === "picture" ? given.picture.callId : []));
    assert.deepEqual(
      ids,
      calls.map(({ id }) => id),
    );
  });

  test("of words gives them as they come", () => {
    const words = ["It ", "is ", "a fox."].map((delta) => event("response.output_text.delta", { delta }));
    const painted = paint([created, ...words, completed()]);
    assert.equal(painted.map((given) => (given.kind === "text" ? given.delta : "")).join(""), "It is a fox.");
  });

  test("of words and a picture gives both", () => {
    const painted = paint([
      created,
      event("response.output_text.delta", { delta: "Here." }),
      completed(call()),
    ]);
    assert.deepEqual(kinds(painted), ["started", "text", "picture", "final"]);
  });

  test("of a refusal in words gives the words", () => {
    const painted = paint([created, event("response.refusal.delta", { delta: "I cannot." }), completed()]);
    assert.deepEqual(painted[1], { kind: "text", delta: "I cannot." });
  });

  test("of what is new to us is passed over", () => {
    assert.deepEqual(paint([event("response.steered.maybe", { x: 1 }), event("keepalive")]), []);
  });

  test("from a server that numbers nothing goes on as if nothing had been seen", () => {
    const progress = newProgress();
    const { sequence_number: _, ...bare } = created as { sequence_number: number } & object;
    assert.deepEqual(kinds([...toPaintEvents(bare as ResponseStreamEvent, progress)]), ["started"]);
    assert.equal(progress.sequence, -1);
  });

  test("keeps the place, so that another connection can go on from it", () => {
    const progress = newProgress();
    paint([created, event("response.queued"), event("response.in_progress")], progress);
    assert.deepEqual([progress.responseId, progress.sequence, progress.ended], ["resp_1", 2, false]);
    paint([completed(call())], progress);
    assert.equal(progress.ended, true);
  });

  test("says that something is drawn from the first sketch on", () => {
    const progress = newProgress();
    paint([created, event("response.output_text.delta", { delta: "x" })], progress);
    assert.equal(progress.drawn, false);
    paint(
      [
        event("response.image_generation_call.partial_image", {
          partial_image_index: 0,
          partial_image_b64: png,
        }),
      ],
      progress,
    );
    assert.equal(progress.drawn, true);
  });
});

describe("an event that is not as it should be", () => {
  const partial = (fields: object) => event("response.image_generation_call.partial_image", fields);
  const half = png.slice(0, Math.floor(png.length / 8) * 4);
  const gap = Buffer.from(png, "base64");
  const broken: readonly [string, unknown][] = [
    ["nothing", null],
    ["a number", 7],
    ["a word", "response.completed"],
    ["a list", [completed(call())]],
    ["an event of no type", { sequence_number: 3 }],
    ["a start without a response", event("response.created")],
    ["a start without a name", event("response.created", { response: {} })],
    ["a sketch without a picture", partial({ partial_image_index: 0 })],
    ["a sketch without a number", partial({ partial_image_b64: png })],
    ["half a sketch", partial({ partial_image_index: 0, partial_image_b64: half })],
    ["a sketch that is no base64", partial({ partial_image_index: 0, partial_image_b64: `!${png}` })],
    ["an empty sketch", partial({ partial_image_index: 0, partial_image_b64: "" })],
    ["words that are none", event("response.output_text.delta", { delta: { text: "x" } })],
    ["an item that is missing", event("response.output_item.done")],
    ["an item of no type", event("response.output_item.done", { item: {} })],
    ["a picture that is a number", event("response.output_item.done", { item: call({ result: 7 }) })],
    ["half a picture", done(call({ result: half }))],
    ["a picture with letters amiss", done(call({ result: `${png.slice(0, 8)}!${png.slice(8)}` }))],
    [
      "a picture with a gap",
      done(call({ result: Buffer.concat([gap.subarray(0, 40), gap.subarray(43)]).toString("base64") })),
    ],
    ["an end without a response", event("response.completed")],
    ["an end without a name", event("response.completed", { response: { status: "completed", output: [] } })],
  ];
  for (const [what, sent] of broken) {
    test(`means nothing: ${what}`, () => {
      const progress = newProgress();
      assert.deepEqual([...toPaintEvents(sent, progress)], []);
      assert.equal(progress.ended, false);
      assert.equal(progress.pictures.size, 0);
    });
  }

  test("does not keep the others from being what they are", () => {
    const progress = newProgress();
    const events = [created, ...broken.slice(0, -2).map(([, sent]) => sent), completed(call())];
    const painted = events.flatMap((sent) => [...toPaintEvents(sent, progress)]);
    assert.deepEqual(kinds(painted), ["started", "picture", "final"]);
  });

  for (const [what, fields] of [
    ["output", { output: "none" }],
    ["status", { status: 7 }],
    ["usage", { usage: { input_tokens: "many", output_tokens: -1 } }],
    ["price of the picture", { tool_usage: { image_gen: { input_tokens: null } } }],
  ] as const) {
    test(`in the ${what} of a response is an end all the same, and costs what is not known`, () => {
      const painted = paint([
        created,
        done(call()),
        event("response.completed", { response: response({ output: [call()], ...fields }) }),
      ]);
      assert.deepEqual(painted.at(-1), { kind: "final", responseId: "resp_1" });
    });
  }

  test("for want of an id is told from others by its place", () => {
    const [one, two] = [call({ id: undefined }), call({ id: undefined, size: "1x1" })];
    const painted = paint([
      created,
      event("response.output_item.done", { output_index: 0, item: one }),
      event("response.output_item.done", { output_index: 1, item: two }),
      completed(one, two),
    ]);
    assert.deepEqual(kinds(painted), ["started", "picture", "picture", "final"]);
  });

  for (const [mediaType, format] of [
    ["image/jpeg", "jpeg"],
    ["image/webp", "webp"],
    ["image/gif", "gif"],
    ["image/png", "png"],
  ] as const) {
    test(`is no ${format} when its end is missing, and one when it is there`, async () => {
      const bytes = await sharp({ create: { width: 64, height: 64, channels: 3, background: "#808080" } })
        .toFormat(format)
        .toBuffer();
      const sent = (part: Buffer) => paint([created, done(call({ result: part.toString("base64") }))]);
      const [, painted] = sent(bytes);
      assert.ok(painted?.kind === "picture" && painted.picture.mediaType === mediaType);
      assert.deepEqual(kinds(sent(bytes.subarray(0, bytes.length - 3))), ["started"]);
    });
  }

  test("is no SVG when its end is missing, and one when it is there", () => {
    const svg = '<svg xmlns="http://www.w3.org/2000/svg"><path d="M0 0"/></svg>';
    const sent = (text: string) =>
      kinds(paint([created, done(call({ result: Buffer.from(text).toString("base64") }))]));
    assert.deepEqual(sent(`${svg}\n`), ["started", "picture"]);
    assert.deepEqual(sent(svg.slice(0, -8)), ["started"]);
  });
});

describe("the usage", () => {
  const usage = {
    input_tokens: 10,
    input_tokens_details: { cached_tokens: 4 },
    output_tokens: 3,
    output_tokens_details: { reasoning_tokens: 1 },
    total_tokens: 13,
  };
  const image_gen = {
    input_tokens: 30,
    input_tokens_details: { image_tokens: 20, text_tokens: 10 },
    output_tokens: 272,
    total_tokens: 302,
  };

  function usageOf(fields: object) {
    const last = paint([event("response.completed", { response: response(fields) })]).at(-1);
    assert.ok(last?.kind === "final");
    return last.usage;
  }

  test("has the model's part and the picture's", () => {
    assert.deepEqual(usageOf({ usage, tool_usage: { image_gen } }), {
      base: { input: 10, cached: 4, output: 3 },
      image: { inputText: 10, inputImage: 20, output: 272 },
    });
  });

  test("counts input whose kind is not told as words", () => {
    const { input_tokens_details: _, ...rest } = image_gen;
    assert.deepEqual(usageOf({ usage, tool_usage: { image_gen: rest } })?.image, {
      inputText: 30,
      inputImage: 0,
      output: 272,
    });
  });

  test("of words has no part of a picture", () => {
    assert.deepEqual(usageOf({ usage }), { base: { input: 10, cached: 4, output: 3 } });
  });

  test("that a server keeps to itself is not known to be nothing", () => {
    assert.equal(usageOf({}), undefined);
    assert.equal(usageOf({ usage: null }), undefined);
    assert.equal(usageOf({ usage, output: [call()] }), undefined, "the words without the picture");
  });
});

describe("a response that came to nothing", () => {
  const cases: readonly [string, readonly ResponseStreamEvent[], string, RegExp][] = [
    [
      "a picture refused in a completed response",
      [done(call({ result: null, status: "failed", error: blocked })), completed()],
      "refused",
      /safety check/,
    ],
    [
      "a picture refused with its reasons",
      [
        completed(
          call({
            result: null,
            error: {
              ...blocked,
              moderation_details: { categories: ["violence"], moderation_stage: "input" },
            },
          }),
        ),
      ],
      "refused",
      /what was asked for \(violence\)/,
    ],
    [
      "a picture that failed without a word",
      [completed(call({ result: null, status: "failed" }))],
      "unreachable",
      /Try again/,
    ],
    [
      "a picture that is none",
      [completed(call({ result: Buffer.from("nope").toString("base64") }))],
      "unreachable",
      /cannot be opened/,
    ],
    [
      "failed",
      [
        event("response.failed", {
          response: response({ status: "failed", error: { code: "server_error", message: "x" } }),
        }),
      ],
      "unreachable",
      /trouble/,
    ],
    [
      "failed without a reason",
      [event("response.failed", { response: response({ status: "failed", error: null }) })],
      "unreachable",
      /trouble/,
    ],
    [
      "full",
      [
        event("response.failed", {
          response: response({ status: "failed", error: { code: "rate_limit_exceeded", message: "x" } }),
        }),
      ],
      "busy",
      /Try again in/,
    ],
    [
      "bad words",
      [
        event("response.failed", {
          response: response({ status: "failed", error: { code: "invalid_prompt", message: "Too odd." } }),
        }),
      ],
      "rejected",
      /does not take these words/,
    ],
    [
      "filtered",
      [
        event("response.incomplete", {
          response: response({ status: "incomplete", incomplete_details: { reason: "content_filter" } }),
        }),
      ],
      "refused",
      /safety check/,
    ],
    [
      "cut short",
      [
        event("response.incomplete", {
          response: response({ status: "incomplete", incomplete_details: { reason: "max_output_tokens" } }),
        }),
      ],
      "rejected",
      /something simpler/,
    ],
    [
      "cancelled",
      [event("response.completed", { response: response({ status: "cancelled" }) })],
      "stopped",
      /stopped this picture/,
    ],
  ];
  for (const [what, events, code, message] of cases) {
    test(`${what}: ${code}`, () => {
      const progress = newProgress();
      assert.throws(() => paint([created, ...events], progress), { code, message });
      assert.equal(progress.ended, true, "it is a verdict and no broken connection");
    });
  }

  test("but for one picture is shown with that one", () => {
    const refused = call({ id: "ig_2", result: null, error: blocked });
    assert.deepEqual(kinds(paint([created, done(call()), done(refused), completed(call(), refused)])), [
      "started",
      "picture",
      "final",
    ]);
  });

  test("but for one picture is shown with that one, even when it failed after it", () => {
    const failed = event("response.failed", {
      response: response({ status: "failed", error: { code: "server_error", message: "x" } }),
    });
    assert.deepEqual(kinds(paint([created, done(call()), failed])), ["started", "picture", "final"]);
  });
});
