import assert from "node:assert/strict";
import { describe, test } from "node:test";
import type { ResponseCreateParamsStreaming, Tool } from "openai/resources/responses/responses";
import { promptLimit, type RequestDefaults } from "../../src/openai/engine.ts";
import { type RequestInput, toRequest, type Wish } from "../../src/openai/responses/request.ts";

const defaults: RequestDefaults = {
  model: "gpt-6-luna",
  imageModels: ["gpt-image-2"],
  background: true,
  store: true,
};
const wish: Wish = {
  text: "a fox",
  options: {},
  imageModel: "gpt-image-2",
  inputs: [],
  mustDraw: false,
  safetyId: "abc",
};
const one: RequestInput = { role: "reference", address: { fileId: "file_1" } };
const two: RequestInput = { ...one, address: { dataUrl: "data:image/png;base64,AA==" } };
const mask: RequestInput = { role: "mask", address: { fileId: "file_mask" } };

/** The request, which is one to the SDK's types too. */
function ask(more: Partial<Wish> = {}, given: Partial<RequestDefaults> = {}): ResponseCreateParamsStreaming {
  return toRequest({ ...wish, ...more }, { ...defaults, ...given });
}

function tool(more: Partial<Wish> = {}, given: Partial<RequestDefaults> = {}): Tool.ImageGeneration {
  const [first, ...others] = ask(more, given).tools ?? [];
  assert.ok(first?.type === "image_generation" && others.length === 0);
  return first;
}

function content(more: Partial<Wish>): unknown {
  const { input } = ask(more);
  assert.ok(Array.isArray(input) && input.length === 2);
  const [, message] = input;
  assert.ok(message && "role" in message && message.role === "user");
  return message.content;
}

describe("a request", () => {
  test("of a few words asks for one streamed picture or answer", () => {
    const request = ask();
    assert.equal(request.model, "gpt-6-luna");
    assert.equal(request.stream, true);
    assert.equal(request.store, true);
    assert.equal(request.background, true);
    assert.equal(request.tool_choice, "auto");
    assert.equal(request.safety_identifier, "abc");
    assert.deepEqual(request.stream_options, { include_obfuscation: false });
    assert.ok(!("previous_response_id" in request));
    assert.deepEqual(tool(), { type: "image_generation", model: "gpt-image-2", partial_images: 2 });
    assert.deepEqual(content({}), "a fox");
    assert.deepEqual(Object.keys(request).toSorted(), [
      "background",
      "input",
      "max_tool_calls",
      "model",
      "safety_identifier",
      "store",
      "stream",
      "stream_options",
      "tool_choice",
      "tools",
    ]);
  });

  test("gives our rules where a conversation begins, and where it began with others or without", () => {
    const rolesOf = (more: Partial<Wish>) => {
      const { input } = ask(more);
      return Array.isArray(input) ? input.map((item) => ("role" in item ? item.role : item.type)) : [];
    };
    const previousResponseId = "resp_1";
    assert.equal(ask({ previousResponseId }).previous_response_id, previousResponseId);
    assert.deepEqual(rolesOf({}), ["developer", "user"]);
    assert.deepEqual(rolesOf({ previousResponseId }), ["developer", "user"]);
    assert.deepEqual(
      rolesOf({ previousResponseId, hasRules: true }),
      ["user"],
      "they are carried on with it",
    );
    assert.deepEqual(rolesOf({ hasRules: true }), ["developer", "user"], "told anew, it begins anew");
  });

  test("runs in the foreground where the operator says so", () => {
    assert.ok(!("background" in toRequest(wish, { ...defaults, background: false })));
  });

  const options: readonly [Wish["options"], Partial<Tool.ImageGeneration>][] = [
    [{ format: "gif" }, { output_format: "gif" }],
    [{ format: "svg" }, { output_format: "svg" }],
    [{ frames: 4 }, { frame_count: 4 }],
    [{ duration: 100 }, { frame_duration_ms: 100 }],
    [{ complexity: "high" }, { complexity: "high" }],
    [{ action: "answer" }, {}],
    [{ outside: "redraw" }, {}],
    [{ style: "cosy" }, {}],
    [{ size: "1536x1024" }, { size: "1536x1024" }],
    [{ size: "auto" }, { size: "auto" }],
    [{ quality: "low" }, { quality: "low" }],
    [{ background: "transparent" }, { background: "transparent" }],
    [{ format: "webp" }, { output_format: "webp" }],
    [{ compression: 0 }, { output_compression: 0 }],
    [{ fidelity: "high" }, { input_fidelity: "high" }],
    [{ moderation: "low" }, { moderation: "low" }],
    [{ partials: 0 }, { partial_images: 0 }],
    [{ partials: 3 }, { partial_images: 3 }],
    [{ action: "edit" }, { action: "edit" }],
    [{ count: 4 }, {}],
  ];
  for (const [option, field] of options) {
    test(`${JSON.stringify(option)} becomes ${JSON.stringify(field)}`, () => {
      const { type: _, ...fields } = tool({ options: option });
      assert.deepEqual(fields, { model: "gpt-image-2", partial_images: 2, ...field });
    });
  }

  const drawn: readonly [string, Partial<Wish>, "auto" | "none" | "image_generation"][] = [
    ["action answer draws nothing", { options: { action: "answer" } }, "none"],
    ["not even where something must be drawn", { options: { action: "answer" }, mustDraw: true }, "none"],
    ["words alone leave it to the model", {}, "auto"],
    ["action auto leaves it to the model", { options: { action: "auto" } }, "auto"],
    ["action generate draws", { options: { action: "generate" } }, "image_generation"],
    ["action edit draws", { options: { action: "edit" } }, "image_generation"],
    ["what must be drawn is drawn", { mustDraw: true }, "image_generation"],
  ];
  for (const [what, more, choice] of drawn) {
    test(what, () => {
      const { tool_choice: given } = ask(more);
      assert.equal(typeof given === "object" ? given.type : given, choice);
    });
  }

  test("numbers the pictures in their order, before the words, and leaves the mask out of them", () => {
    assert.deepEqual(content({ inputs: [one, mask, two] }), [
      { type: "input_text", text: "Picture 1:" },
      { type: "input_image", detail: "auto", file_id: "file_1" },
      { type: "input_text", text: "Picture 2:" },
      { type: "input_image", detail: "auto", image_url: "data:image/png;base64,AA==" },
      { type: "input_text", text: "a fox" },
    ]);
  });

  test("lays the mask on the tool, as a file or as itself", () => {
    assert.deepEqual(tool({ inputs: [one, mask] }).input_image_mask, { file_id: "file_mask" });
    const itself: RequestInput = { ...mask, address: { dataUrl: "data:image/png;base64,BB==" } };
    assert.deepEqual(tool({ inputs: [one, itself] }).input_image_mask, {
      image_url: "data:image/png;base64,BB==",
    });
    assert.ok(!("input_image_mask" in tool({ inputs: [one] })));
  });

  test("for one of several pictures says for which, or each would be the same request", () => {
    assert.equal(ask({ place: 0 }).metadata, undefined);
    assert.deepEqual(ask({ place: 1 }).metadata, { picture: "2" });
  });

  test("asked again says so, or it would be the same request", () => {
    assert.deepEqual(ask({ attempt: "7", place: 1 }).metadata, { picture: "2", attempt: "7" });
  });

  test("is looked at as closely as was asked", () => {
    const [, picture] = content({ inputs: [one], options: { detail: "high" } }) as { detail?: string }[];
    assert.equal(picture?.detail, "high");
  });

  test("shows the picture as the person sees it first, unnumbered, and a style's pictures last", () => {
    const file = (fileId: string) => ({ type: "input_image", detail: "auto", file_id: fileId });
    const inputs: RequestInput[] = [
      { role: "style", address: { fileId: "file_s" } },
      one,
      { role: "current", address: { fileId: "file_c" } },
    ];
    assert.deepEqual(content({ inputs, style: { name: "cosy", instruction: "soft light" } }), [
      { type: "input_text", text: "The picture as it is now:" },
      file("file_c"),
      { type: "input_text", text: "Picture 1:" },
      file("file_1"),
      { type: "input_text", text: "A picture to take the style from, not what it shows:" },
      file("file_s"),
      { type: "input_text", text: "a fox\n\nIn this style: soft light" },
    ]);
  });

  test("goes on from the one that was picked of several, by its own id", () => {
    const { input } = ask({ previousResponseId: "resp_1", pickedCallId: "ig_2" });
    assert.deepEqual(input?.[1], { type: "item_reference", id: "ig_2" });
  });

  test("stores nothing where the operator says so: no background either, and the conversation comes along", () => {
    const conversation = [{ role: "user" as const, content: "a fox" }];
    const request = ask({ conversation }, { store: false });
    assert.equal(request.store, false);
    assert.ok(!("background" in request));
    assert.deepEqual(request.input?.[1], conversation[0]);
  });

  const strange: readonly [string, string][] = [
    ["NUL", "a\0fox"],
    ["half a character", "a \ud83e fox"],
    ["emoji to the limit", "🦊".repeat(promptLimit / 2)],
    ["marks that turn the text around", "a \u202efox\u202c \u2067\u05d0\u2069"],
    ["what looks like markup", '"}],"tools":[]'],
  ];
  for (const [what, text] of strange) {
    test(`carries ${what} as what was said, in JSON that can be read back`, () => {
      const sent = JSON.stringify(ask({ text }));
      assert.ok(sent.isWellFormed());
      const { input } = JSON.parse(sent);
      assert.equal(input[1].content.length, text.length);
      assert.equal(JSON.parse(sent).tools.length, 1);
    });
  }
});
