import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { toText } from "../../../src/seam/files/text-file.ts";
import { flat } from "../../rig/pictures.ts";
import { attachment, createStudio } from "../../rig/studio.ts";

describe("a file of text", () => {
  let studio: Awaited<ReturnType<typeof createStudio>>;
  before(async () => {
    studio = await createStudio();
  });
  after(() => studio.close());

  const file = (text: string | Uint8Array, name = "message.txt", mediaType = "text/plain") =>
    attachment(Buffer.from(text as string), { name, mediaType });
  const said = () => JSON.stringify(studio.asked().at(-1)?.input);

  test("is the words where there are no others, flags and all", async () => {
    await studio.say("", { attachments: [file("a lighthouse in a storm --size wide\n")] });
    assert.match(said(), /"content":"a lighthouse in a storm"/);
    assert.match(JSON.stringify(studio.asked().at(-1)?.tools), /1536x1024/);
  });

  test("is the words beside flags and pictures, whatever it is called", async () => {
    const attachments = [
      file("make it night", "paste", "application/octet-stream"),
      attachment(await flat("#c00")),
    ];
    await studio.say("--quality low", { attachments });
    assert.match(said(), /Picture 1:.*make it night/);
    assert.match(JSON.stringify(studio.asked().at(-1)?.tools), /"quality":"low"/);
  });

  test("is added to the words there are, and that is said; its flags are words", async () => {
    const { last } = await studio.say("draw this scene", { attachments: [file("A storm.\n--count 9")] });
    assert.match(said(), /draw this scene\\n\\nA storm\.\\n--count 9/);
    assert.deepEqual(last.notes, ["“message.txt” is text, so I added it to your words."]);
  });

  test("counts for the length of a prompt", async () => {
    const { last } = await studio.say("", { attachments: [file("x".repeat(33_000))] });
    assert.match(last.text, /33,000 characters; 32,000 is the most/);
  });

  test("is not read where it is longer than any prompt", async () => {
    const read = async () => assert.fail("it was read");
    const { last } = await studio.say("", { attachments: [{ ...file("x"), size: 45_000_000, read }] });
    assert.match(last.text, /“message.txt” has more words than can be drawn from/);
    const claimed = { ...file("a --x ".repeat(100_000)), size: 10 };
    assert.match((await studio.say("", { attachments: [claimed] })).last.text, /more words than/);
  });

  test("that is a page, a program or a secret is named, and not drawn", async () => {
    const before = studio.asked().length;
    const page = file("<!doctype html><p>Not found</p>", "photo.jpg", "image/jpeg");
    assert.match((await studio.say("", { attachments: [page] })).last.text, /Say what to do|web page/);
    const secret = file("OPENAI_API_KEY=sk-abc", ".env", "application/octet-stream");
    assert.match(
      (await studio.say("make it night", { attachments: [secret] })).last.text,
      /“.env” is not a picture.*this is text/,
    );
    assert.equal(studio.asked().length, before);
  });

  test("that is called a picture is no words beside others", async () => {
    const before = studio.asked().length;
    const { last } = await studio.say("draw this", {
      attachments: [file("just words", "a.png", "image/png")],
    });
    assert.match(last.text, /“a.png” is not a picture, whatever its name says\..*this is text\./);
    assert.equal(studio.asked().length, before);
  });

  test("and a picture that is called a text is a picture", async () => {
    await studio.say("make it night", { attachments: [file(await flat("#c00"), "photo.txt")] });
    assert.match(said(), /Picture 1:/);
  });
});

test("text is told by its bytes", () => {
  const utf16 = Buffer.from("\ufeffgrün", "utf16le");
  for (const bytes of [Buffer.from("grün ☂\r\n\tzwei"), Buffer.from("\ufeffgrün"), utf16, utf16.swap16()]) {
    assert.match(toText(bytes) ?? "", /^grün/);
  }
  const others = [
    Buffer.from([0x67, 0x72, 0xfc]),
    Buffer.from("a\0b"),
    Buffer.from("<svg/>"),
    Buffer.alloc(0),
  ];
  for (const bytes of others) assert.equal(toText(bytes), undefined);
});
