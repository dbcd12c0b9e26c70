import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import { mkdir, readdir, utimes, writeFile } from "node:fs/promises";
import { request } from "node:http";
import { join } from "node:path";
import { describe, test } from "node:test";
import { type OpenFile, openSent } from "../../../adapters/web/in/uploads.ts";
import { openChat } from "../../../adapters/web/live/chat.ts";
import { openDatabase } from "../../../adapters/web/live/database.ts";
import { createPictures } from "../../../adapters/web/live/pictures.ts";
import { createUploads } from "../../../adapters/web/live/uploads.ts";
import type { Prompt } from "../../../src/seam/turn.ts";
import { until } from "../../rig/until.ts";
import { createFolder, type Playground, png, raw, startPlayground, view } from "../playground.ts";

const signal = AbortSignal.timeout(60_000);
const MB = 1024 * 1024;

const filesOf = async ({ dataDir }: Pick<Playground, "dataDir">) => ({
  pictures: (await readdir(join(dataDir, "pictures"))).length,
  uploads: (await readdir(join(dataDir, "uploads")).catch(() => [])).length,
});

/** Sends two files, one a picture and one not; the answer, and what the core got. */
async function send(playground: Playground, thread: string = randomUUID()) {
  const response = await playground.post(`/api/threads/${thread}/prompts`, {
    text: "a fox",
    attachment: [new File([await png(1)], "fox.png"), new File(["<svg/>"], "fox.svg")],
  });
  assert.equal(response.status, 202);
  const { turn, reply } = await playground.next();
  const attachments = (turn as Prompt).attachments as readonly OpenFile[];
  return { thread, turn: turn as Prompt, reply, attachments };
}

describe("what is sent", () => {
  test("is on disk while its turn waits, a picture as the chat shows it, and all else by itself", async (t) => {
    const playground = await startPlayground(t);
    const { attachments } = await send(playground);
    assert.deepEqual(await filesOf(playground), { pictures: 1, uploads: 1 });
    const [picture, other] = attachments;
    assert.deepEqual(Buffer.from((await picture?.read(signal)) ?? []), await png(1));
    assert.equal(Buffer.from((await other?.read(signal)) ?? []).toString(), "<svg/>");
  });

  test("is found again by its id after a restart, for a day", async (t) => {
    const folder = await createFolder(t);
    const playground = await startPlayground(t, { dataDir: folder });
    const { attachments } = await send(playground);
    await playground.adapter.stop();
    let now = Date.now();
    const reopen = async () => {
      const database = await openDatabase(folder);
      t.after(database.close);
      const chat = await openChat(database, createPictures(join(folder, "pictures")), () => now);
      const shelves = { chat, uploads: createUploads(join(folder, "uploads"), () => now) };
      return attachments.map(({ id, name, mediaType, size }) =>
        openSent({ id, name, mediaType, size }, shelves),
      );
    };
    const again = await reopen();
    assert.deepEqual(
      await Promise.all(again.map(async (file) => Buffer.from(await file.read(signal)).length)),
      [(await png(1)).length, 6],
    );
    now += 25 * 60 * 60 * 1000;
    createUploads(join(folder, "uploads"), () => now);
    await assert.rejects(async () => again[1]?.read(signal), {
      code: "bad_attachment",
      message: "“fox.svg” is no longer here. Attach it again.",
    });
    for (const id of ["../playground.db", "", randomUUID(), `${"0".repeat(64)}.png`]) {
      const strange = { id, name: "x", mediaType: "image/png", size: 1 };
      const chat = { readPicture: async () => Promise.reject(new Error("gone")) };
      const file = openSent(strange, { chat } as unknown as Parameters<typeof openSent>[1]);
      await assert.rejects(file.read(signal), { code: "bad_attachment" }, id);
    }
  });

  test("is let go when its turn has been answered, and not before", async (t) => {
    const over = Promise.withResolvers<void>();
    const handed = Promise.withResolvers<Prompt>();
    const playground = await startPlayground(
      t,
      {},
      {
        handle: async (turn, reply) => {
          handed.resolve(turn as Prompt);
          await reply.show(await view("queued"));
          await over.promise;
          await reply.show(await view("done", { text: "I see." }));
        },
      },
    );
    await playground.post(`/api/threads/${randomUUID()}/prompts`, {
      text: "a fox",
      attachment: new File(["<svg/>"], "fox.svg"),
    });
    const [file] = (await handed.promise).attachments;
    assert.equal((await file?.read(signal))?.byteLength, 6);
    assert.equal((await filesOf(playground)).uploads, 1);
    over.resolve();
    await until(async () => (await filesOf(playground)).uploads === 0, "the file to go");
  });

  test("stays when the turn was stopped and goes on after the next start", async (t) => {
    const playground = await startPlayground(t);
    const { reply } = await send(playground);
    await reply.show(await view("working")); // the turn's promise has settled, but nobody has seen an answer
    await playground.adapter.stop();
    assert.deepEqual(await filesOf(playground), { pictures: 1, uploads: 1 });
  });

  test("leaves nothing where it is refused", async (t) => {
    const playground = await startPlayground(t);
    const file = () => new File(["<svg/>"], "fox.svg");
    const path = `/api/threads/${randomUUID()}/prompts`;
    for (const form of [
      { text: "a", attachment: [file(), "words"] },
      { text: "a", attachment: file(), options: "{" },
      { text: "a", attachment: file(), replyTo: randomUUID() },
      { text: "a", attachment: [file(), new File([await png(3)], "a.png")], reuse: `${"0".repeat(64)}.png` },
      { text: "a", attachment: [file(), new File([new Uint8Array(50 * MB + 1)], "large.png")] },
      {
        text: "a",
        attachment: file(),
        ...Object.fromEntries(Array.from({ length: 70 }, (_, i) => [`f${i}`, "x"])),
      },
    ]) {
      const response = await playground.post(path, form);
      assert.ok(response.status === 400 || response.status === 404, await response.text());
      assert.deepEqual(await filesOf(playground), { pictures: 0, uploads: 0 });
    }
    const press = `/api/messages/${randomUUID()}/press`;
    assert.equal((await playground.post(press, { action: "undo", attachment: file() })).status, 404);
    assert.equal(playground.taken.length, 0);
  });

  test("one byte more than a file may have is too much, and that many are not", async (t) => {
    const playground = await startPlayground(t);
    const path = `/api/threads/${randomUUID()}/prompts`;
    const post = (bytes: number) =>
      playground.post(path, { text: "a", attachment: new File([new Uint8Array(bytes)], "large.bin") });
    assert.equal((await post(50 * MB)).status, 202);
    const refused = await post(50 * MB + 1);
    assert.deepEqual(await refused.json(), {
      error: { message: "“large.bin” is larger than 50 MB. Send a smaller one." },
    });
  });

  test("leaves nothing where the sender goes away in the middle", async (t) => {
    const playground = await startPlayground(t);
    const { hostname, port } = new URL(playground.url);
    const sending = request({
      ...{ hostname, port, method: "POST", path: `/api/threads/${randomUUID()}/prompts` },
      headers: { "content-type": "multipart/form-data; boundary=x", "content-length": 10 * MB },
    });
    sending.on("error", () => {});
    sending.write(
      `--x\r\nContent-Disposition: form-data; name="attachment"; filename="a.bin"\r\n\r\n${"x".repeat(MB)}`,
    );
    await until(async () => (await filesOf(playground)).uploads === 1, "the first bytes on disk");
    sending.destroy();
    await until(async () => (await filesOf(playground)).uploads === 0, "the file to go");
    const after = await playground.post(`/api/threads/${randomUUID()}/prompts`, { text: "a" });
    assert.equal(after.status, 202);
  });

  test("that does not say how large it is, is refused when it is too large", async (t) => {
    const playground = await startPlayground(t);
    const { hostname, port } = new URL(playground.url);
    const status = await new Promise((resolve) => {
      const sending = request({
        ...{ hostname, port, method: "POST", path: `/api/threads/${randomUUID()}/prompts` },
        headers: { "content-type": "multipart/form-data; boundary=x" },
      });
      const head = (name: string) =>
        `--x\r\nContent-Disposition: form-data; name="${name}"; filename="a.bin"\r\n\r\n`;
      const block = Buffer.alloc(MB, 120);
      let sent = 0;
      const more = (): void => {
        while (!sending.destroyed && sent < 300) {
          sent += 1;
          if (!sending.write(sent % 40 === 1 ? `\r\n${head("ignored")}` : block)) return;
        }
      };
      sending.on("drain", more);
      sending.on("error", () => {});
      sending.on("response", (response) => {
        response.resume();
        resolve(response.statusCode);
        sending.destroy();
      });
      more();
    });
    assert.equal(status, 413);
    assert.equal((await filesOf(playground)).uploads, 0);
  });

  test("what a process that was killed had not taken in goes after an hour, and all else after a day", async (t) => {
    const folder = join(await createFolder(t), "uploads");
    await mkdir(folder);
    const [half, other, old, young] = [
      `${randomUUID()}.part`,
      `${randomUUID()}.part`,
      randomUUID(),
      randomUUID(),
    ];
    const hours = [
      [half, 2],
      [other, 0],
      [old, 25],
      [young, 2],
    ] as const;
    for (const [name, age] of hours) {
      await writeFile(join(folder, name), "x");
      const changed = Date.now() / 1000 - age * 60 * 60;
      await utimes(join(folder, name), changed, changed);
    }
    createUploads(folder, Date.now).close();
    assert.deepEqual((await readdir(folder)).toSorted(), [other, young].toSorted());
  });

  test("says why where the disk takes nothing", async (t) => {
    const playground = await startPlayground(t);
    await writeFile(join(playground.dataDir, "uploads"), "in the way");
    const response = await playground.post(`/api/threads/${randomUUID()}/prompts`, {
      text: "a",
      attachment: new File(["<svg/>"], "fox.svg"),
    });
    assert.equal(response.status, 500);
    assert.match(await response.text(), /cannot store in .*uploads\. See that the folder can be written to/);
  });

  test("a name is read as browsers write it", async (t) => {
    const playground = await startPlayground(t);
    const body = [
      '--x\r\nContent-Disposition: form-data; name="text"\r\n\r\na',
      '--x\r\nContent-Disposition: form-data; name="attachment"; filename="a %22fox%22 100%25;é.svg"\r\n',
      "Content-Type: image/svg+xml\r\n\r\n<svg/>\r\n--x--\r\n",
    ];
    const { status, text } = await raw(playground.url, {
      method: "POST",
      path: `/api/threads/${randomUUID()}/prompts`,
      headers: { "content-type": "multipart/form-data; boundary=x" },
      body: `${body[0]}\r\n${body[1]}${body[2]}`,
    });
    assert.equal(status, 202, text);
    const { turn } = await playground.next();
    assert.equal((turn as Prompt).attachments[0]?.name, 'a "fox" 100%25;é.svg');
  });
});
