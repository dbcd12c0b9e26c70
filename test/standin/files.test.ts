import assert from "node:assert/strict";
import { test } from "node:test";
import { toFile } from "openai";
import { ask, dataUrl, photo, pictureOf, refused, setup } from "./client.ts";

test("a file is uploaded, described, listed, read and deleted", async (t) => {
  const { openai } = await setup(t);
  const bytes = await photo();
  const file = await openai.files.create({ file: await toFile(bytes, "photo.png"), purpose: "vision" });
  assert.deepEqual(
    [file.object, file.bytes, file.filename, file.purpose],
    ["file", bytes.length, "photo.png", "vision"],
  );
  assert.deepEqual(await openai.files.retrieve(file.id), file);
  const content = await openai.files.content(file.id);
  assert.deepEqual(Buffer.from(await content.arrayBuffer()), bytes);
  const second = await openai.files.create({ file: await toFile(bytes, "b.png"), purpose: "user_data" });
  assert.deepEqual(
    (await openai.files.list()).data.map(({ id }) => id),
    [second.id, file.id],
  );
  assert.deepEqual(
    (await openai.files.list({ purpose: "vision" })).data.map(({ id }) => id),
    [file.id],
  );
  const pages: string[] = [];
  for await (const { id } of openai.files.list({ limit: 1, order: "asc" })) pages.push(id);
  assert.deepEqual(pages, [file.id, second.id]);
  assert.deepEqual(await openai.files.delete(file.id), { id: file.id, object: "file", deleted: true });
  const gone = await refused(openai.files.retrieve(file.id));
  assert.equal(gone.status, 404);
  assert.match(gone.message, /No such File object/);
});

test("a file expires by the clock, and cannot be used from then on", async (t) => {
  let now = 1_800_000_000_000;
  const { openai } = await setup(t, { now: () => now });
  const file = await openai.files.create({
    file: await toFile(await photo(), "a.png"),
    purpose: "vision",
    expires_after: { anchor: "created_at", seconds: 3600 },
  });
  assert.equal(file.created_at, 1_800_000_000);
  assert.equal(file.expires_at, 1_800_003_600);
  const use = () =>
    openai.responses.create(
      ask([
        {
          role: "user",
          content: [
            { type: "input_image", detail: "auto", file_id: file.id },
            { type: "input_text", text: "add a cat" },
          ],
        },
      ]),
    );
  assert.ok(pictureOf(await use()));
  now += 3_600_000;
  assert.equal((await refused(openai.files.retrieve(file.id))).status, 404);
  assert.equal((await refused(use())).code, "image_file_not_found");
  assert.equal((await openai.files.list()).data.length, 0);
});

test("uploads are checked", async (t) => {
  const { openai } = await setup(t);
  const file = async () => toFile(Buffer.from("x"), "x.png");
  const short = await refused(
    openai.files.create({
      file: await file(),
      purpose: "vision",
      expires_after: { anchor: "created_at", seconds: 60 },
    }),
  );
  assert.deepEqual(
    [short.status, short.param, short.code],
    [400, "expires_after.seconds", "integer_below_min_value"],
  );
  const long = await refused(
    openai.files.create({
      file: await file(),
      purpose: "vision",
      expires_after: { anchor: "created_at", seconds: 9_999_999 },
    }),
  );
  assert.equal(long.code, "integer_above_max_value");
  const form = async (fields: Record<string, string>, withFile = true) => {
    const body = new FormData();
    if (withFile) body.set("file", new File(["x"], "x.png"));
    for (const [name, value] of Object.entries(fields)) body.set(name, value);
    return await refused(openai.post("/files", { body, headers: { "content-type": null } }));
  };
  assert.equal((await form({ purpose: "decoration" })).param, "purpose");
  assert.equal((await form({})).param, "purpose");
  assert.equal((await form({ purpose: "vision" }, false)).param, "file");
  assert.equal((await form({ purpose: "vision", extra: "1" })).code, "unknown_parameter");
});

test("pictures come by file, by data URL, as a file's data and by an address that is let through", async (t) => {
  const bytes = await photo();
  const { openai } = await setup(t, {
    openUrl: async (url) => {
      if (url !== "http://127.0.0.1/photo.png") throw new Error("not here");
      return bytes;
    },
  });
  const { id } = await openai.files.create({ file: await toFile(bytes, "a.png"), purpose: "vision" });
  const text = { type: "input_text" as const, text: "add a red balloon" };
  const drawn = await Promise.all(
    [
      { type: "input_image" as const, detail: "auto" as const, file_id: id },
      { type: "input_image" as const, detail: "high" as const, image_url: dataUrl(bytes) },
      { type: "input_file" as const, filename: "a.png", file_data: dataUrl(bytes) },
      { type: "input_file" as const, file_id: id },
      { type: "input_image" as const, detail: "auto" as const, image_url: "http://127.0.0.1/photo.png" },
    ].map(async (part) =>
      pictureOf(await openai.responses.create(ask([{ role: "user", content: [part, text] }]))),
    ),
  );
  for (const picture of drawn) assert.deepEqual(picture, drawn[0]);
});
