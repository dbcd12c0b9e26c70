import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { test } from "node:test";
import type { ResponseInputItem, ResponseOutputItem } from "openai/resources/responses/responses";
import sharp from "sharp";
import { ask, assertSame, dataUrl, difference, photo, pictureOf, refused, setup, tool } from "./client.ts";

const said = (...content: readonly (string | Uint8Array)[]): ResponseInputItem => ({
  role: "user",
  content: content.map((part) =>
    typeof part === "string"
      ? { type: "input_text", text: part }
      : { type: "input_image", detail: "auto", image_url: dataUrl(part) },
  ),
});
const answered = (content: string): ResponseInputItem => ({ role: "assistant", content });

test("the same words and parent again give another picture, each attempt and each of several its own", async (t) => {
  const { openai } = await setup(t);
  const parent = (await openai.responses.create(ask("a cat in a meadow"))).id;
  const given = await photo();
  const requests = {
    "new words": ask("a fox in a forest"),
    "an edit": { ...ask("make it night"), previous_response_id: parent },
    "an edit of a given picture": ask([said(given, "make it night")]),
  };
  for (const [name, request] of Object.entries(requests)) {
    const draw = async (metadata: Record<string, string>) =>
      createHash("sha256")
        .update(pictureOf(await openai.responses.create({ ...request, metadata })))
        .digest("hex");
    const marks = [
      {},
      { attempt: "2" },
      { attempt: "3" },
      { picture: "2" },
      { picture: "2", attempt: "2" },
      { picture: "3" },
      { picture: "12" },
      { picture: "1", attempt: "12" },
    ];
    const pictures = await Promise.all(marks.map(draw));
    assert.equal(new Set(pictures).size, marks.length, name);
    const again = await Promise.all(
      [
        { picture: "1", attempt: "1" },
        { attempt: "2" },
        { attempt: "2", picture: "2" },
        { attempt: "0x2" },
      ].map(draw),
    );
    assert.deepEqual(again, [pictures[0], pictures[1], pictures[4], pictures[0]], name);
  }
});

test("a conversation that is not stored comes along whole: its last message is the request", async (t) => {
  const { openai } = await setup(t);
  const [reference, drawn] = [
    await photo(),
    await sharp(await photo())
      .negate()
      .png()
      .toBuffer(),
  ];
  const talk = (...input: ResponseInputItem[]) => openai.responses.create({ ...ask(input), store: false });
  const before = [said(reference, "paint a cat on this"), answered("Here it is.")];
  const alone = pictureOf(await talk(said(drawn, "make it night")));

  const own = pictureOf(await talk(...before, said(drawn, "make it night")));
  assertSame(own, alone, "the last message's own picture, and no other");
  const newest = pictureOf(await talk(...before, said(drawn), answered("Nice."), said("make it night")));
  assertSame(newest, alone, "without one of its own, the newest before it");
  const both = pictureOf(await talk(said(reference), said(drawn, "make it night")));
  assert.notDeepEqual(both, alone, "messages in a row are one turn, with both pictures");
  const pair = await talk(said(reference, drawn, "which is nicer?"), answered("2."), said("make it night"));
  assertSame(pictureOf(pair), alone, "of two in view the newest is edited");
  const merged = await talk(said(reference, drawn), answered("Hm."), said("show both in one room"));
  assert.match(itemOf(merged).revised_prompt ?? "", /2 given pictures/);
});

test("words of an earlier turn are not asked for again", async (t) => {
  const { openai } = await setup(t);
  const response = await openai.responses.create({
    ...ask([said("a cat"), answered("Done."), said("a boat at sea")]),
    store: false,
  });
  assert.match(itemOf(response).revised_prompt ?? "", /^A boat/);
  assert.doesNotMatch(itemOf(response).revised_prompt ?? "", /cat/);
});

test("what is not stored cannot be had again, and cannot run in the background", async (t) => {
  const { openai } = await setup(t);
  const response = await openai.responses.create({ ...ask("a cat"), store: false });
  const { id } = itemOf(response);
  assert.equal((await refused(openai.responses.retrieve(response.id))).status, 404);
  assert.equal((await refused(openai.responses.inputItems.list(response.id))).status, 404);
  const named = await refused(
    openai.responses.create(ask([{ type: "item_reference", id }, said("make it night")])),
  );
  assert.match(named.message, /Items are not persisted when `store` is set to false/);
  const child = await refused(openai.responses.create({ ...ask("x"), previous_response_id: response.id }));
  assert.equal(child.code, "previous_response_not_found");
  const background = await refused(openai.responses.create({ ...ask("x"), store: false, background: true }));
  assert.deepEqual([background.status, background.param], [400, "background"]);
});

test("files serve a conversation that is not stored", async (t) => {
  const { openai } = await setup(t);
  const given = await photo();
  const file = await openai.files.create({
    file: new File([new Uint8Array(given)], "photo.png", { type: "image/png" }),
    purpose: "vision",
  });
  const byFile = await openai.responses.create({
    ...ask([
      { role: "user", content: [{ type: "input_image", detail: "auto", file_id: file.id }] },
      answered("I see."),
      said("make it night"),
    ]),
    store: false,
  });
  const byBytes = await openai.responses.create({ ...ask([said(given, "make it night")]), store: false });
  assertSame(pictureOf(byFile), pictureOf(byBytes));
});

test("an edit goes on from exactly the picture that is named, out of several of one response", async (t) => {
  const { openai } = await setup(t);
  const several = await openai.responses.create(ask("draw three pictures of a fox in a forest"));
  const calls = several.output.flatMap((item) => (item.type === "image_generation_call" ? [item] : []));
  assert.equal(calls.length, 3);
  const change = { role: "user" as const, content: "add a red balloon" };
  for (const { id, result } of calls) {
    const edited = await openai.responses.create(ask([{ type: "item_reference", id }, change]));
    const apart = await difference(Buffer.from(result ?? "", "base64"), pictureOf(edited));
    assert.ok(apart > 0.003 && apart < 0.25, `a balloon on ${id}: ${apart}`);
  }
  const last = await openai.responses.create({
    ...ask("add a red balloon"),
    previous_response_id: several.id,
  });
  const named = await openai.responses.create(
    ask([{ type: "item_reference", id: calls[2]?.id ?? "" }, change]),
  );
  assertSame(pictureOf(named), pictureOf(last), "the response itself means its last picture");
});

test("an item may not come twice: neither in the input nor beside the response that holds it", async (t) => {
  const { openai } = await setup(t);
  const first = await openai.responses.create(ask("a cat in a meadow"));
  const second = await openai.responses.create({ ...ask("make it night"), previous_response_id: first.id });
  const reference = { type: "item_reference" as const, id: itemOf(first).id };
  for (const request of [
    ask([reference, reference, said("add a dog")]),
    { ...ask([reference, said("add a dog")]), previous_response_id: first.id },
    { ...ask([reference, said("add a dog")]), previous_response_id: second.id },
  ]) {
    const error = await refused(openai.responses.create(request));
    assert.deepEqual([error.status, error.param], [400, "input"]);
    assert.match(error.message, /Duplicate item found with id ig_/);
  }
});

test("told not to call the tool, it draws nothing, whatever the words and pictures", async (t) => {
  const { openai } = await setup(t);
  const given = await photo();
  for (const input of ["draw a boat", [said(given, "make it night")]]) {
    const none = await openai.responses.create({ ...ask(input), tool_choice: "none" });
    assert.deepEqual(
      none.output.map(({ type }) => type),
      ["message"],
    );
    assert.equal(none.tool_usage?.image_gen.output_tokens, 0);
  }
  for (const input of ["What is this?", "hello", "thanks"]) {
    const { output } = await openai.responses.create(ask(input));
    assert.deepEqual(
      output.map(({ type }) => type),
      ["image_generation_call"],
    );
  }
});

test("what stands before a picture says what it is for", async (t) => {
  const { openai } = await setup(t);
  const [current, logo] = [
    await photo(),
    await sharp(await photo(64, 64))
      .negate()
      .png()
      .toBuffer(),
  ];
  const draw = async (...content: readonly (string | Uint8Array)[]) =>
    await openai.responses.create(ask([said(...content)]));
  const now = "The picture as it is now:";
  const put = await draw(now, current, "Picture 1:", logo, "put the logo of 1 on her top");
  const apart = await difference(current, pictureOf(put));
  assert.ok(apart > 0.003 && apart < 0.2, `the picture as it is now is drawn on: ${apart}`);

  const style = "A picture to take the style from, not what it shows:";
  const [styled, plain] = [await draw(style, current, "a cat"), await draw("a cat")];
  assert.equal(itemOf(styled).revised_prompt, itemOf(plain).revised_prompt, "it shows no more than it would");
  assert.notDeepEqual(pictureOf(styled), pictureOf(plain), "and leans to the style's colour");
  const edited = await draw(style, logo, now, current, "make it night");
  assert.deepEqual([itemOf(edited).action, itemOf(styled).action], ["edit", "generate"]);
});

test("messages hold what their speaker may say", async (t) => {
  const { openai } = await setup(t);
  const say = (role: "user" | "assistant", type: "input_text" | "output_text") =>
    refused(
      openai.post("/responses", {
        body: { model: "gpt-5.5", tools: [tool()], input: [{ role, content: [{ type, text: "hello" }] }] },
      }),
    );
  const wrong = await say("assistant", "input_text");
  assert.equal(
    wrong.message,
    "400 Invalid value: 'input_text'. Supported values are: 'output_text' and 'refusal'.",
  );
  assert.equal(wrong.param, "input[0].content[0]");
  assert.equal((await say("user", "output_text")).code, "invalid_value");
});

function itemOf(response: { output: readonly ResponseOutputItem[] }) {
  const item = response.output.find(({ type }) => type === "image_generation_call");
  assert.ok(item?.type === "image_generation_call", "there is a picture");
  return item;
}
