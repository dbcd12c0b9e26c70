import assert from "node:assert/strict";
import { test } from "node:test";
import { toArchive } from "../../../adapters/web/out/archive.ts";
import type { WireAnswer, WireThread } from "../../../adapters/web/wire/messages.ts";
import { createLog } from "../../../src/seam/log.ts";
import { unzip } from "../unzip.ts";

const MB = 1024 * 1024;

/** A chat of one thread with so many pictures, each read when it is asked for. */
function createShelves(count: number, read: (at: number) => Promise<Uint8Array>) {
  const thread: WireThread = { id: "t", title: "boats", updatedAt: 0, head: null };
  const messages = Array.from({ length: count }, (_, at): WireAnswer => {
    const src = `/pictures/${at}`;
    const picture = { src, name: "p.png", mediaType: "image/png", alt: "", width: 1, height: 1 };
    const view = { phase: "done", text: "", notes: [], images: [picture], actions: [] } as const;
    return { kind: "answer", id: `${at}`, thread: "t", createdAt: 0, ask: "q", view };
  });
  const shelves = {
    chat: {
      messages: () => messages,
      readPicture: (file: string) => read(Number(file)),
      gallery: { favourites: () => [] },
    },
    log: createLog("silent"),
    now: () => 0,
  };
  return { thread, shelves: shelves as unknown as Parameters<typeof toArchive>[1] };
}

test("an archive is read no faster than it is taken, and no further when nobody takes it any more", async () => {
  let reads = 0;
  const { thread, shelves } = createShelves(1000, async () => {
    reads += 1;
    return new Uint8Array(MB);
  });
  const reader = toArchive([thread], shelves).body.getReader();
  let taken = 0;
  while (taken < 3 * MB) taken += (await reader.read()).value?.byteLength ?? 0;
  assert.ok(reads <= 6, `${reads} pictures were read for three`);
  await reader.cancel().catch(() => {}); // it ends as if something had been thrown into it
  const before = reads;
  await new Promise(setImmediate);
  assert.equal(reads, before);
});

test("a picture that is gone is left out of an archive, and the list says so", async () => {
  const { thread, shelves } = createShelves(3, async (at) => {
    if (at === 1) throw Object.assign(new Error("no such file"), { code: "ENOENT" });
    return new Uint8Array([at]);
  });
  const { body } = toArchive([thread], shelves);
  const files = unzip(Buffer.from(await new Response(body).arrayBuffer()));
  assert.deepEqual(
    [...files.keys()],
    ["001-boats/001-picture.png", "001-boats/003-picture.png", "drawbridge.json"],
  );
  const list = JSON.parse(files.get("drawbridge.json")?.toString() ?? "");
  const paths = list.threads[0].messages.map(
    ({ files: [file] }: { files: { path?: string }[] }) => file?.path,
  );
  assert.deepEqual(paths, ["001-boats/001-picture.png", undefined, "001-boats/003-picture.png"]);
});
