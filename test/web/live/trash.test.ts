import assert from "node:assert/strict";
import { join } from "node:path";
import { test } from "node:test";
import { openChat } from "../../../adapters/web/live/chat.ts";
import { openDatabase } from "../../../adapters/web/live/database.ts";
import { trashMs } from "../../../adapters/web/live/gallery/trash.ts";
import { createPictures, toSrc } from "../../../adapters/web/live/pictures.ts";
import type { WireAnswer } from "../../../adapters/web/wire/messages.ts";
import { createFolder, png } from "../playground.ts";

test("what is asked back too late is thrown away all the same", async (t) => {
  const folder = await createFolder(t);
  const database = await openDatabase(folder);
  t.after(() => database.close());
  let now = 0;
  const chat = await openChat(database, createPictures(join(folder, "pictures")), () => now);
  const measured = { mediaType: "image/png", width: 8, height: 8 };
  const draft = await chat.draft(await png(1), measured);
  const thread = "a thread";
  await chat.ask(
    { kind: "ask", id: "ask", thread, createdAt: 0, text: "a fox", options: {}, pictures: [] },
    [],
  );
  const picture = { src: toSrc(draft.file), name: "fox.png", alt: "A fox", ...measured };
  const view = { phase: "done", text: "", notes: [], images: [picture], actions: [] } as const;
  const answer: WireAnswer = { kind: "answer", id: "answer", thread, ask: "ask", createdAt: 0, view };
  await chat.answer(answer, [draft]);
  await chat.answer({ ...answer, view: { ...view, phase: "cancelled", images: [], gone: trashMs } }, []);

  now = trashMs + 1;
  assert.equal(await chat.restore("answer"), undefined);
  await chat.emptyTrash();
  await assert.rejects(chat.readPicture(draft.file), { code: "ENOENT" });
});
