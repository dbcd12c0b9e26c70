import assert from "node:assert/strict";
import { test } from "node:test";
import type { ResponseCreateParamsStreaming } from "openai/resources/responses/responses";
import sharp from "sharp";
import { type RequestInput, toRequest } from "../../src/openai/responses/request.ts";
import { fitOptions } from "../../src/options/fit.ts";
import { livingModels, modelOf } from "../../src/seam/models.ts";
import { type ImageOptions, optionSpecs } from "../../src/seam/options.ts";
import { today } from "../rig/day.ts";
import { ask, dataUrl, photo, setup, tool } from "./client.ts";
import { type Claim, misfits } from "./schema.ts";

const defaults = { model: "gpt-5.5", imageModels: livingModels(today()), background: false, store: true };

test("the check itself finds a wrong value, a missing field and one too many", async () => {
  const wrong: readonly Claim[] = [
    { type: "ResponseStreamEvent", name: "value", value: { ...started, status: "bad", item_id: 5 } },
    { type: "ResponseStreamEvent", name: "missing", value: { ...started, item_id: undefined } },
    { type: "ResponseStreamEvent", name: "extra", value: { ...started, extra: 1 } },
    { type: "ResponseCreateParamsStreaming", name: "tool", value: { stream: true, tools: [{ type: "x" }] } },
    { type: "ResponseStreamEvent", name: "right", value: started },
  ];
  const found = await misfits(wrong);
  assert.deepEqual([...new Set(found.map((line) => line.replace(/:.*/s, "")))].toSorted(), [
    "extra",
    "missing",
    "tool",
    "value",
  ]);
});

const started = {
  type: "response.image_generation_call.in_progress",
  sequence_number: 3,
  output_index: 0,
  item_id: "ig_1",
};

test("all that the stand-in says has the types of OpenAI's own library", async (t) => {
  const { openai, standin } = await setup(t);
  const parent = await openai.responses.create(ask("a cat"));
  const given = dataUrl(await photo(64, 64));
  const words = { model: "gpt-5.5", tools: [tool()] };
  const requests: Readonly<Record<string, object>> = {
    sketches: ask("a cat", { partial_images: 3 }),
    gif: ask("a cat", { output_format: "gif", frame_count: 2 }),
    svg: ask("a cat", { output_format: "svg", svg: { reasoning: { effort: "low" } } }),
    edit: { ...ask("make it night"), previous_response_id: parent.id },
    masked: ask([{ role: "user", content: [{ type: "input_image", detail: "auto", image_url: given }] }], {
      input_image_mask: { image_url: dataUrl(await hole()) },
    }),
    words: { ...words, input: "What is this?", max_output_tokens: 16 },
    several: { ...words, input: "draw two pictures of a fox" },
    refused: { ...words, input: "draw [refuse] a cat" },
    "refused outright": ask("refuse-output"),
    background: { ...ask("a cat"), background: true },
  };
  const claims: Claim[] = [];
  for (const [name, request] of Object.entries(requests)) {
    claims.push({
      type: "ResponseCreateParamsStreaming",
      name: `${name}: asked`,
      value: { ...request, stream: true },
    });
    // Padding of deltas is documented for the API and absent from the types.
    const body = { ...request, stream: true, stream_options: { include_obfuscation: false } };
    for (const value of await wireEvents(standin.url, body)) {
      claims.push({ type: "ResponseStreamEvent", name: `${name}: ${value.type}`, value });
    }
    const whole = await fetch(`${standin.url}/responses`, { ...posted, body: JSON.stringify(request) });
    claims.push({ type: "Response", name: `${name}: whole`, value: await whole.json() });
  }
  for (const fault of [{ kind: "fail" }, { kind: "incomplete" }, { kind: "error", after: 2 }] as const) {
    standin.fault(fault);
    for (const value of await wireEvents(standin.url, { ...ask("a cat"), stream: true })) {
      claims.push({ type: "ResponseStreamEvent", name: `${fault.kind}: ${value.type}`, value });
    }
  }
  assert.deepEqual(await misfits(claims), []);
  const kinds = new Set(claims.map(({ name }) => name.split(": ")[1]));
  assert.ok(kinds.size >= 19, `most kinds of event were seen: ${[...kinds].join(", ")}`);
});

/** What nobody knows is tried, and learnt from a refusal. */
const isSaid = (name: string) => !modelOf(name)?.isUnsaid;

test("every value of every option makes a request that OpenAI's types and the stand-in take", async (t) => {
  const { openai } = await setup(t, { paceMs: 600_000 });
  const picture: RequestInput = { role: "reference", address: { dataUrl: dataUrl(await photo(64, 64)) } };
  const masked: readonly RequestInput[] = [
    picture,
    { role: "mask", address: { dataUrl: dataUrl(await hole()) } },
  ];
  const values = optionSpecs.flatMap((spec) =>
    [...(spec.values ?? []).map(({ value }) => value), spec.min, spec.max]
      .filter((value) => value !== undefined)
      .map((value) => ({ name: spec.name, options: { [spec.name]: value } })),
  );
  const byModel: readonly string[] = ["quality", "size", "format", "fidelity"];
  const wishes = [
    ...values
      .filter(({ name }) => !byModel.includes(name))
      .map(({ name, options }) => ({ options, inputs: name === "action" ? [picture] : [] })),
    ...livingModels(today())
      .filter(isSaid)
      .flatMap((model) => [
        ...values
          .filter(({ name }) => byModel.includes(name))
          .map(({ options }) => ({ options: { ...options, model }, inputs: [] })),
        { options: { model }, inputs: masked },
      ]),
  ];
  const claims: Claim[] = [];
  for (const { options: asked, inputs } of wishes) {
    const fitted = fitOptions(asked as Partial<ImageOptions>, defaults.imageModels, {
      ...{ masked: inputs.length > 1, now: today() },
    }); // each value comes from its row
    const request: ResponseCreateParamsStreaming = toRequest(
      { ...fitted, text: "a cat", inputs, mustDraw: true, safetyId: "u1", attempt: "2" },
      defaults,
    );
    const name = JSON.stringify(asked);
    const abort = new AbortController();
    const stream = await openai.responses
      .create(request, { signal: abort.signal })
      .catch((error: unknown) => {
        assert.fail(`${name}: ${String(error)}`);
      });
    for await (const event of stream) {
      assert.equal(event.type, "response.created", name);
      break; // taken; drawing it would take long
    }
    abort.abort();
    claims.push({ type: "ResponseCreateParamsStreaming", name, value: request });
  }
  assert.ok(claims.length > 120, `${claims.length} requests`);
  assert.deepEqual(await misfits(claims), []);
});

const posted = {
  method: "POST",
  headers: { authorization: "Bearer sk-test", "content-type": "application/json" },
};

/** The events of a stream as they are on the wire, before the SDK has touched them. */
async function wireEvents(url: string, body: object): Promise<readonly { type: string }[]> {
  const answer = await fetch(`${url}/responses`, { ...posted, body: JSON.stringify(body) });
  const frames = (await answer.text()).split("\n\n").filter((frame) => frame.startsWith("event: "));
  return frames.map((frame) => JSON.parse(frame.slice(frame.indexOf("\ndata: ") + 7)) as { type: string });
}

async function hole(): Promise<Uint8Array> {
  return await sharp({ create: { width: 64, height: 64, channels: 4, background: "#0000" } })
    .png()
    .toBuffer();
}
