import assert from "node:assert/strict";
import type { ServerResponse } from "node:http";
import { describe, test } from "node:test";
import { APIError } from "openai";
import { promptLimit } from "../../src/openai/engine.ts";
import { createFetchPicture } from "../../src/openai/images/fetched.ts";
import { toPrompt, wishesOf } from "../../src/openai/images/prompt.ts";
import { refusedField, toRefusedOption } from "../../src/openai/images/refusal.ts";
import { isQuestion } from "../../src/openai/images/words.ts";
import { collect, commission, createTools, generation, kinds, never, pictures } from "./commission.ts";
import { json, png, serve, stream } from "./server.ts";

describe("the words of an edit", () => {
  test("are the words alone, where there is nothing before and one picture", () => {
    assert.equal(toPrompt({ text: "a fox", parts: [], wishes: [] }), "a fox");
    assert.equal(toPrompt({ text: "make it night", parts: ["reference"], wishes: [] }), "make it night");
  });

  test("say which picture is which, what was wished before, what is wished now, and in which style", () => {
    assert.equal(
      toPrompt({
        text: "put the hat of 1 on the cat",
        style: { name: "cosy", instruction: "soft light" },
        parts: ["present", "reference", "style"],
        wishes: ["a cat", "make it night"],
      }),
      [
        "Image 1 is the picture as it is now.",
        "Image 2 is Picture 1.",
        "Image 3 is there for its style, not for what it shows.",
        "",
        "What is in it already was asked for like this, oldest first:",
        "- a cat",
        "- make it night",
        "",
        "Do this now, and leave what it does not mention as it is: put the hat of 1 on the cat",
        "",
        "In this style: soft light",
      ].join("\n"),
    );
  });

  test("leave out the oldest wishes where there is no room, and never what is wished now", () => {
    const wishes = Array.from({ length: 12 }, (_, n) => `${n} ${"x".repeat(5000)}`);
    const prompt = toPrompt({ text: "add a boat", parts: ["present"], wishes });
    const inForm = prompt.replaceAll("\n", "\r\n");
    assert.ok(inForm.length <= promptLimit && inForm.length > promptLimit - 5100, `${inForm.length}`);
    assert.match(prompt, /- 11 x/);
    assert.doesNotMatch(prompt, /- 0 x/);
    assert.match(prompt, /: add a boat$/);
    const long = "y\n".repeat(promptLimit / 2);
    const full = toPrompt({ text: long, parts: ["present"], wishes });
    assert.ok(full.replaceAll("\n", "\r\n").length <= promptLimit);
    assert.match(full, /y/);
  });

  test("go back to the root of the picture, past answers in words", async () => {
    const chain = [
      generation("a barn", 0),
      generation("a fox", 1, { options: { action: "generate" } }),
      generation("what is it?", 2, { pictures: [] }),
      generation("make it\nnight", 3),
    ];
    const of = async (one: (typeof chain)[number]) => chain[chain.indexOf(one) - 1];
    const [, , , last] = chain;
    assert.ok(last);
    assert.deepEqual(await wishesOf(last, { of }), ["a fox", "make it night"]);
  });
});

describe("what asks for words", () => {
  const said = (text: string, more: Parameters<typeof commission>[0] = {}) =>
    isQuestion({ ...commission({ mustDraw: false, text, ...more }) });

  for (const text of [
    "What is written on the sign?",
    "Wie viele Boote?",
    "何が見えますか？",
    "describe this picture",
    "Tell me what it shows.",
  ]) {
    test(`“${text}”`, () => assert.ok(said(text)));
  }
  for (const text of [
    "a red fox in snow",
    "can you make it night?",
    "could you add a boat?",
    "what a day, in oil",
    "please draw a sign that says “Why?” in red",
  ]) {
    test(`and not “${text}”`, () => assert.ok(!said(text)));
  }
  test("whatever it is, where words were chosen, and not where a picture was", () => {
    assert.ok(said("a fox", { options: { action: "answer" } }));
    assert.ok(!said("what is it?", { options: { action: "edit" } }));
    assert.ok(!said("what is it?", { mustDraw: true }));
  });
});

describe("a picture of the Image API", () => {
  const sketch = { type: "image_generation.partial_image", partial_image_index: 0, b64_json: png };
  const last = { type: "image_generation.completed", b64_json: png };

  async function begin(t: Parameters<typeof serve>[0], answer: Parameters<typeof serve>[1]) {
    const { asked, painter } = await serve(t, answer, { idleMs: 2000 });
    const { tools } = await createTools("images");
    return { asked, paint: () => painter.begin(commission(), tools, never)(0, undefined) };
  }

  test("whose connection breaks is not asked for again, for it may be drawing all the same", async (t) => {
    const { asked, paint } = await begin(t, (_, response) => stream(response, [sketch], true));
    await assert.rejects(collect(paint()), {
      code: "unreachable",
      message: /I did not ask it a second time/,
    });
    assert.equal(asked.length, 1);
  });

  test("whose stream ends before it is there is none", async (t) => {
    const { asked, paint } = await begin(t, (_, response) => stream(response, [sketch]));
    await assert.rejects(collect(paint()), { code: "unreachable" });
    assert.equal(asked.length, 1);
  });

  test("that the server failed to draw is asked for again, unless it had begun", async (t) => {
    const error = { type: "error", error: { code: "server_error", message: "sorry" } };
    const { asked, paint } = await begin(t, (_, response, nth) =>
      nth < 3 ? stream(response, [error]) : stream(response, [sketch, last]),
    );
    assert.deepEqual(kinds(await collect(paint())), ["started", "partial", "picture", "final"]);
    assert.equal(asked.length, 3);
    const begun = await begin(t, (_, response) => stream(response, [sketch, error]));
    await assert.rejects(collect(begun.paint()), { code: "unreachable" });
    assert.equal(begun.asked.length, 1);
  });

  test("has the same key each time the same is asked for", async (t) => {
    const { asked, paint } = await begin(t, (_, response) => stream(response, [last]));
    await collect(paint());
    await collect(paint());
    const [one, other] = asked.map(({ headers }) => headers["idempotency-key"]);
    assert.ok(one && one === other);
  });

  test("may come as the last event of another kind of stream, and as a data URL", async (t) => {
    const chunk = { object: "image.edit.chunk", type: "image", data: [{ b64_json: png }] };
    const { paint } = await begin(t, (_, response) => stream(response, [chunk]));
    assert.equal(pictures(await collect(paint())).length, 1);
    const inline = { data: [{ url: `data:image/png;base64,${png}` }] };
    const other = await begin(t, (_, response) => json(response, 200, inline));
    assert.equal(pictures(await collect(other.paint())).length, 1);
    const both = { data: [{ b64_json: `data:image/png;base64,${png}` }] };
    const third = await begin(t, (_, response) => json(response, 200, both));
    assert.equal(pictures(await collect(third.paint())).length, 1);
  });

  for (const [what, answer, expected] of [
    [
      "a page",
      (response: ServerResponse) => response.writeHead(200, { "content-type": "text/html" }).end("<p>hi</p>"),
      { code: "rejected", message: /answered with text\/html and not with a picture/ },
    ],
    ["no picture", (response: ServerResponse) => json(response, 200, { data: [] }), { code: "empty" }],
    [
      "an error that calls itself a success",
      (response: ServerResponse) =>
        json(response, 200, { error: { code: "content_policy_violation", message: "no" } }),
      { code: "refused" },
    ],
  ] as const) {
    test(`that comes as ${what} is none`, async (t) => {
      const { paint, asked } = await begin(t, (_, response) => void answer(response));
      await assert.rejects(collect(paint()), expected);
      assert.equal(asked.length, 1);
    });
  }

  test("on a server that edits none says so", async (t) => {
    const { painter } = await serve(t, ({ path }, response) =>
      path.endsWith("/edits") ? json(response, 404, { detail: "Not Found" }) : stream(response, [last]),
    );
    const { tools, input } = await createTools("images");
    const inputs = [await input(Buffer.from(png, "base64"))];
    await assert.rejects(collect(painter.begin(commission({ inputs }), tools, never)(0, undefined)), {
      code: "rejected",
      message: /draws from words alone/,
    });
  });

  test("says which settings the API does not have", async (t) => {
    const { painter, asked } = await serve(t, (_, response) => stream(response, [last]));
    const { tools, said, input } = await createTools("images");
    const inputs = [await input(Buffer.from(png, "base64"))];
    const options = { detail: "high", moderation: "low" } as const;
    await collect(painter.begin(commission({ inputs, options }), tools, never)(0, undefined));
    assert.match(said.join(" "), /left out detail.*no moderation to set for edits/);
    assert.doesNotMatch(asked[0]?.body ?? "", /moderation|detail/);
  });
});

describe("a refusal", () => {
  const sent = {
    prompt: "a fox",
    model: "own",
    size: "1536x1024",
    quality: "high",
    safety_identifier: "x",
  } as const;
  const error = (message: string, more: object = {}, status = 400) =>
    APIError.generate(status, { error: { message, ...more } }, undefined, new Headers());

  for (const [message, more, name] of [
    ["Unknown parameter: 'quality'.", { param: "quality", code: "unknown_parameter" }, "quality"],
    [
      "litellm.UnsupportedParamsError: Setting `quality` is not supported by openai, sd3.5-large.",
      {},
      "quality",
    ],
    ["safety_identifier: Extra inputs are not permitted", {}, "safety_identifier"],
    ["Size 1536x1024 is not supported", {}, "size"],
    [
      "Your request was rejected by the safety system: size does not matter, it is not allowed.",
      { code: "moderation_blocked" },
      undefined,
    ],
    ["Invalid image: its size must be less than 50 MB", { code: "invalid_image" }, undefined],
    ["The model does not exist: only others do", { code: "model_not_found", param: "model" }, undefined],
    ["Something went wrong", {}, undefined],
  ] as const) {
    test(`“${message}” is of ${name ?? "no field"}`, () => {
      assert.equal(refusedField(error(message, more), sent)?.name, name);
    });
  }

  test("of a size names others, or a bound that is no size to ask for", () => {
    const sizes = (message: string) => {
      const cause = error(message, { param: "size" });
      return toRefusedOption({ name: "size", isOurs: false }, cause, sent)?.sizes;
    };
    assert.deepEqual(sizes("Size 1536x1024 is not one of '512x512', '768x512'."), ["512x512", "768x512"]);
    assert.deepEqual(sizes("1536x1024 is too large: the maximum is 1024x1024"), []);
    assert.deepEqual(sizes("size must be in format 'WIDTHxHEIGHT' (e.g., '1024x1024')"), []);
  });
});

describe("a picture by its address", () => {
  test("is not fetched from another machine of our network, nor from a file", async () => {
    const fetchPicture = createFetchPicture("http://127.0.0.1:9/v1", 1);
    for (const address of [
      "http://10.0.0.7/x.png",
      "http://169.254.169.254/latest",
      "file:///etc/passwd",
      "ftp://127.0.0.1/x.png",
    ]) {
      await assert.rejects(fetchPicture(address, never), (error) => {
        assert.ok(error instanceof Error);
        assert.match(error.message, /is drawn, and I cannot fetch it/);
        return !error.message.includes("10.0.0.7");
      });
    }
  });
});

test("a painter has nothing to cancel by the marks of what the Image API draws", async (t) => {
  const { asked, own } = await serve(t, (_, response) => json(response, 200, {}));
  await own.cancel("images:1");
  assert.equal(asked.length, 0);
  await own.cancel("resp_1");
  assert.equal(asked.length, 1);
});
