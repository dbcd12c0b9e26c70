import assert from "node:assert/strict";
import { test } from "node:test";
import { ask, assertSame, collect, createClient, pictureOf, refused, setup, tool } from "./client.ts";

test("a picture streams in the order and with the fields that the service has", async (t) => {
  const { openai } = await setup(t);
  const events = await collect(
    await openai.responses.create({ ...ask("a cat", { partial_images: 2 }), stream: true }),
  );
  assert.deepEqual(
    events.map((event) => event.type),
    [
      "response.created",
      "response.in_progress",
      "response.output_item.added",
      "response.image_generation_call.in_progress",
      "response.image_generation_call.generating",
      "response.image_generation_call.partial_image",
      "response.image_generation_call.partial_image",
      "response.image_generation_call.completed",
      "response.output_item.done",
      "response.completed",
    ],
  );
  assert.deepEqual(
    events.map((event) => ("sequence_number" in event ? event.sequence_number : undefined)),
    events.map((_, index) => index),
  );
  const partials = events.filter((event) => event.type === "response.image_generation_call.partial_image");
  assert.deepEqual(
    partials.map(({ partial_image_index, size, quality, output_format, background }) => ({
      partial_image_index,
      size,
      quality,
      output_format,
      background,
    })),
    [0, 1].map((partial_image_index) => ({
      partial_image_index,
      size: "256x256",
      quality: "low",
      output_format: "png",
      background: "opaque",
    })),
  );
  const done = events.find((event) => event.type === "response.output_item.done");
  const last = events.at(-1);
  assert.ok(done?.type === "response.output_item.done" && last?.type === "response.completed");
  assert.deepEqual(last.response.output, [done.item]);
});

test("a response carries every field that the SDK's type requires", async (t) => {
  const { openai } = await setup(t);
  const response = await openai.responses.create({
    ...ask("a cat"),
    metadata: { thread: "1" },
    safety_identifier: "u1",
  });
  const required = [
    "id",
    "access_programs",
    "created_at",
    "error",
    "incomplete_details",
    "instructions",
    "metadata",
    "model",
    "object",
    "output",
    "parallel_tool_calls",
    "temperature",
    "tool_choice",
    "tools",
    "top_p",
  ];
  for (const name of required) assert.ok(name in response, name);
  assert.equal(response.status, "completed");
  assert.equal(response.object, "response");
  assert.deepEqual(response.metadata, { thread: "1" });
  assert.equal(response.safety_identifier, "u1");
  assert.ok(response.completed_at);
  const [item] = response.output;
  assert.ok(item?.type === "image_generation_call");
  assert.equal(item.status, "completed");
  assert.equal(item.action, "generate");
  assert.ok(item.revised_prompt);
  assert.ok(response._request_id?.startsWith("req_"));
});

test("usage follows the published tables", async (t) => {
  const { openai } = await setup(t);
  const cases = [
    ["gpt-image-2", "1024x1024", "low", 196],
    ["gpt-image-2.5-flare", "1024x1536", "medium", 343],
    ["gpt-image-1.5", "1024x1536", "low", 408],
    ["gpt-image-1.5", "1536x1024", "medium", 1568],
  ] as const;
  for (const [model, size, quality, tokens] of cases) {
    const { tool_usage, usage } = await openai.responses.create(ask("a cat", { model, size, quality }));
    assert.equal(tool_usage?.image_gen.output_tokens, tokens, `${model} ${size} ${quality}`);
    assert.equal(usage?.total_tokens, (usage?.input_tokens ?? 0) + (usage?.output_tokens ?? 0));
  }
  const events = await collect(
    await openai.responses.create({
      ...ask("a cat", { size: "1024x1024", partial_images: 3 }),
      stream: true,
    }),
  );
  const last = events.at(-1);
  assert.ok(last?.type === "response.completed");
  assert.equal(last.response.tool_usage?.image_gen.output_tokens, 196 + 300);
});

test("words stream as deltas when a question is asked", async (t) => {
  const { openai } = await setup(t);
  const parent = await openai.responses.create(ask("two cats by the sea"));
  const events = await collect(
    await openai.responses.create({
      model: "gpt-5.5",
      input: "How many cats are there?",
      tools: [tool()],
      previous_response_id: parent.id,
      stream: true,
    }),
  );
  const types = [...new Set(events.map((event) => event.type))];
  assert.deepEqual(types, [
    "response.created",
    "response.in_progress",
    "response.output_item.added",
    "response.content_part.added",
    "response.output_text.delta",
    "response.output_text.done",
    "response.content_part.done",
    "response.output_item.done",
    "response.completed",
  ]);
  const text = events
    .map((event) => (event.type === "response.output_text.delta" ? event.delta : ""))
    .join("");
  assert.match(text, /2/);
  const done = events.find((event) => event.type === "response.output_text.done");
  assert.ok(done?.type === "response.output_text.done" && done.text === text);
});

test("tool_choice decides between drawing and answering", async (t) => {
  const { openai } = await setup(t);
  const base = { model: "gpt-5.5", tools: [tool()] };
  const kinds = async (
    input: string,
    tool_choice?:
      | "none"
      | "auto"
      | "required"
      | { type: "image_generation" }
      | { type: "allowed_tools"; mode: "required"; tools: { type: string }[] },
  ) => {
    const response = await openai.responses.create({
      ...base,
      input,
      ...(tool_choice ? { tool_choice } : {}),
    });
    return response.output.map((item) => item.type);
  };
  assert.deepEqual(await kinds("a red boat"), ["image_generation_call"]);
  assert.deepEqual(await kinds("Can you draw a boat?"), ["image_generation_call"]);
  assert.deepEqual(await kinds("What can you do?"), ["message"]);
  assert.deepEqual(await kinds("draw a boat", "none"), ["message"]);
  assert.deepEqual(await kinds("What can you do?", "required"), ["image_generation_call"]);
  assert.deepEqual(await kinds("What can you do?", { type: "image_generation" }), ["image_generation_call"]);
  assert.deepEqual(
    await kinds("why?", { type: "allowed_tools", mode: "required", tools: [{ type: "image_generation" }] }),
    ["image_generation_call"],
  );
  assert.equal((await kinds("draw three pictures of a boat")).length, 3);
});

test("retrieve, delete and the tree of responses", async (t) => {
  const { openai } = await setup(t);
  const root = await openai.responses.create(ask("a cat in a meadow"));
  const [night, rain] = await Promise.all(
    ["make it night", "make it rain"].map((input) =>
      openai.responses.create({ ...ask(input), previous_response_id: root.id }),
    ),
  );
  assert.ok(night && rain);
  assert.equal(night.previous_response_id, root.id);
  const again = await openai.responses.retrieve(root.id);
  assertSame(pictureOf(again), pictureOf(root), "drawn again, the picture is the same");
  const items = await openai.responses.inputItems.list(root.id);
  assert.equal(items.data.length, 1);

  await openai.responses.delete(root.id);
  const gone = await refused(openai.responses.retrieve(root.id));
  assert.equal(gone.status, 404);
  assert.equal(gone.type, "invalid_request_error");
  const orphan = await refused(openai.responses.create({ ...ask("x"), previous_response_id: root.id }));
  assert.deepEqual(
    [orphan.status, orphan.code, orphan.param],
    [400, "previous_response_not_found", "previous_response_id"],
  );
  await openai.responses.create({ ...ask("make it dawn"), previous_response_id: night.id });
});

test("what is not stored can neither be built on nor retrieved", async (t) => {
  const { openai } = await setup(t);
  const response = await openai.responses.create({ ...ask("a cat"), store: false });
  assert.ok(pictureOf(response));
  assert.equal((await refused(openai.responses.retrieve(response.id))).status, 404);
  const child = await refused(openai.responses.create({ ...ask("x"), previous_response_id: response.id }));
  assert.equal(child.code, "previous_response_not_found");
});

test("an earlier picture is named by its item", async (t) => {
  const { openai } = await setup(t);
  const first = await openai.responses.create(ask("a cat in a meadow"));
  const [call] = first.output;
  assert.ok(call?.type === "image_generation_call");
  const change = { role: "user" as const, content: "make it night" };
  const byReference = await openai.responses.create(ask([{ type: "item_reference", id: call.id }, change]));
  const byCall = await openai.responses.create(
    ask([{ type: "image_generation_call", id: call.id, status: "completed", result: null }, change]),
  );
  assertSame(pictureOf(byReference), pictureOf(byCall));
  const lost = await refused(
    openai.responses.create(ask([{ type: "item_reference", id: "ig_none" }, change])),
  );
  assert.equal(lost.status, 404);
});

test("a background stream that was dropped goes on and is taken up where it was left", async (t) => {
  const { openai, standin } = await setup(t, { paceMs: 60 });
  standin.fault({ kind: "drop", after: 4 });
  const seen: number[] = [];
  let id = "";
  await assert.rejects(async () => {
    const stream = await openai.responses.create({
      ...ask("a cat", { partial_images: 2 }),
      background: true,
      stream: true,
    });
    for await (const event of stream) {
      if (event.type === "response.created") id = event.response.id;
      if ("sequence_number" in event) seen.push(event.sequence_number);
    }
  });
  assert.deepEqual(seen, [0, 1, 2, 3]);
  const rest = await collect(await openai.responses.retrieve(id, { stream: true, starting_after: 3 }));
  assert.deepEqual(
    rest.map((event) => ("sequence_number" in event ? event.sequence_number : -1)),
    rest.map((_, index) => index + 4),
  );
  assert.equal(rest.at(-1)?.type, "response.completed");
  assert.equal((await openai.responses.retrieve(id)).status, "completed");
});

test("a background response is streamed for five minutes, and polled for longer", async (t) => {
  let time = Date.parse("2026-11-25T12:00:00Z");
  const { openai } = await setup(t, { now: () => time });
  const begun = await openai.responses.create({ ...ask("a cat"), background: true, stream: true });
  const [first] = await collect(begun);
  assert.ok(first?.type === "response.created");
  const { id } = first.response;
  time += 300_000;
  assert.ok((await collect(await openai.responses.retrieve(id, { stream: true }))).length > 0);
  time += 1;
  const late = await refused(openai.responses.retrieve(id, { stream: true }));
  assert.deepEqual([late.status, late.type], [400, "invalid_request_error"]);
  assert.match(late.message, /can no longer be streamed because it is more than 5 minutes old/);
  assert.equal((await openai.responses.retrieve(id)).status, "completed");
});

test("a background response is polled, and cancelled", async (t) => {
  const { openai } = await setup(t, { paceMs: 60_000 });
  const begun = await openai.responses.create({ ...ask("a cat"), background: true });
  assert.equal(begun.status, "queued");
  const cancelled = await openai.responses.cancel(begun.id);
  assert.equal(cancelled.status, "cancelled");
  assert.equal((await openai.responses.retrieve(begun.id)).status, "cancelled");
  assert.equal((await openai.responses.cancel(begun.id)).status, "cancelled", "cancelling is idempotent");
});

test("only a background response can be cancelled, and only a background stream streamed again", async (t) => {
  const { openai } = await setup(t);
  const plain = await openai.responses.create(ask("a cat"));
  assert.equal((await refused(openai.responses.cancel(plain.id))).status, 400);
  assert.equal((await refused(openai.responses.retrieve(plain.id, { stream: true }))).status, 400);
  assert.equal((await refused(openai.responses.cancel("resp_none"))).status, 404);
});

test("a stream that its reader leaves is cancelled unless it runs in the background", async (t) => {
  const { openai } = await setup(t, { paceMs: 60_000 });
  const leave = async (background: boolean) => {
    const abort = new AbortController();
    const stream = await openai.responses.create(
      { ...ask("a cat"), stream: true, background },
      { signal: abort.signal },
    );
    let id = "";
    for await (const event of stream) {
      if (event.type === "response.created") id = event.response.id;
      if (event.type === "response.in_progress") abort.abort();
    }
    return id;
  };
  const kept = await leave(true);
  assert.notEqual((await openai.responses.retrieve(kept)).status, "cancelled");
  const lost = await leave(false);
  // The server learns of it when the socket closes, a moment after the client let go.
  let { status } = await openai.responses.retrieve(lost);
  for (let tries = 0; status !== "cancelled" && tries < 100; tries++)
    ({ status } = await openai.responses.retrieve(lost));
  assert.equal(status, "cancelled");
});

test("a missing or wrong key is refused, and an unknown address is not there", async (t) => {
  const { standin, openai } = await setup(t, { apiKey: "sk-right-key-0000" });
  const wrong = await refused(openai.models.list());
  assert.deepEqual([wrong.status, wrong.code, wrong.type], [401, "invalid_api_key", "invalid_request_error"]);
  assert.equal((await fetch(`${standin.url}/models`)).status, 401);
  const right = createClient(standin, "sk-right-key-0000");
  assert.ok((await right.models.list()).data.some(({ id }) => id === "gpt-image-2"));
  assert.equal((await refused(right.get("/nowhere"))).status, 404);
});

test("requests are recorded as they came", async (t) => {
  const { standin, openai } = await setup(t);
  await openai.responses.create(ask("a cat"));
  const [last] = standin.requests.slice(-1);
  assert.equal(last?.path, "/v1/responses");
  assert.deepEqual(last?.body, ask("a cat"));
});

test("moderation stops a picture: a failed item says why", async (t) => {
  const { openai } = await setup(t);
  const chosen = await openai.responses.create({
    model: "gpt-5.5",
    input: "draw [refuse] a cat",
    tools: [tool()],
  });
  assert.equal(chosen.status, "completed");
  const [item] = chosen.output;
  assert.ok(item?.type === "image_generation_call");
  assert.equal(item.status, "failed");
  assert.equal(item.result, null);
  assert.equal(item.error?.code, "moderation_blocked");
  assert.equal(item.error?.type, "image_generation_user_error");
  assert.equal(item.error?.moderation_details?.moderation_stage, "input");
  assert.equal(chosen.tool_usage?.image_gen.output_tokens, 0);

  const events = await collect(
    await openai.responses.create({ ...ask("refuse-output", { partial_images: 1 }), stream: true }),
  );
  const last = events.at(-1);
  assert.ok(last?.type === "response.failed");
  assert.equal(last.response.error?.code, "image_content_policy_violation");
  assert.ok(events.some((event) => event.type === "response.image_generation_call.partial_image"));
});
