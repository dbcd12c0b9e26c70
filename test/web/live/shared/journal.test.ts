import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { type TestContext, test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { z } from "zod";
import { type Archive, openArchive } from "../../../../adapters/web/live/archive.ts";
import type { WireAsk } from "../../../../adapters/web/wire/messages.ts";
import { measure } from "../../../../src/pictures/jobs.ts";
import type { Shared } from "../../../../src/seam/core.ts";
import { showWhile } from "../../../../src/seam/held.ts";
import { createLog } from "../../../../src/seam/log.ts";
import { until } from "../../../rig/until.ts";
import { createFolder, png } from "../../playground.ts";
import { createGround, type Ground, keptIn } from "./processes.ts";

const measured = { mediaType: "image/png", width: 8, height: 6 };

async function open(t: TestContext, shared: Shared, now: () => number = Date.now): Promise<Archive> {
  const folder = join(await createFolder(t), "playground");
  const archive = await openArchive(shared, { folder, measure, log: createLog("silent"), now });
  t.after(() => {
    archive.uploads.close();
    archive.database.close();
  });
  return archive;
}

function toAsk(text: string, more: Partial<WireAsk> = {}): WireAsk {
  return {
    kind: "ask",
    id: randomUUID(),
    thread: "t",
    createdAt: 0,
    text,
    options: {},
    pictures: [],
    ...more,
  };
}

/** As a server does that is cut off from power: the bytes of its last second, and not the rows that are put back. */
async function loseBytes(store: Ground["store"]): Promise<void> {
  const table = store.table("shared:web", z.unknown());
  for (const key of (await keptIn(store)).keys()) if (key.startsWith("blob:")) await table.delete(key);
}

const said = ({ chat }: Archive) => chat.messages("t").map((one) => one.kind === "ask" && one.text);

test("who begins anew reads all there is in one go, and what follows; the entries before are thrown away", async (t) => {
  const { store, shared } = await createGround(t);
  const first = await open(t, shared());
  for (let at = 1; at <= 260; at += 1) await first.chat.ask(toAsk(`no. ${at}`), []);
  const entries = async () => [...(await keptIn(store)).keys()].filter((key) => key.startsWith("entry:"));
  await until(async () => (await entries()).length < 10, "the entries to be thrown away");
  const second = await open(t, shared());
  assert.equal(said(second).length, 260);
  assert.deepEqual(said(second), said(first));
  await second.chat.ask(toAsk("and one more"), []);
  await first.chat.fresh();
  assert.deepEqual(said(first), said(second));
  assert.deepEqual(second.chat.threads(), first.chat.threads());
});

test("who was away while the entries were thrown away catches up all the same", async (t) => {
  const { shared } = await createGround(t);
  const [first, second] = [await open(t, shared()), await open(t, shared())];
  await first.chat.ask(toAsk("a fox"), []);
  await first.chat.purge();
  await first.chat.ask(toAsk("a hare"), []);
  await second.chat.fresh();
  assert.deepEqual(said(second), ["a fox", "a hare"]);
});

/** Two processes that know the same, of which the first has written two things that the server loses then. */
async function loseTwo(t: TestContext) {
  const { store, shared, miss } = await createGround(t);
  const [first, second] = [await open(t, shared()), await open(t, shared())];
  await first.chat.ask(toAsk("a fox"), []);
  await second.chat.fresh();
  const table = store.table("shared:web", z.unknown());
  const before = await table.get("head");
  for (const words of ["a wolf", "a bear"]) await first.chat.ask(toAsk(words), []);
  await table.set("head", before);
  for (const entry of ["entry:2", "entry:3"]) await table.delete(entry);
  return { shared, first, second, miss };
}

test("what a server loses that was cut off from power is put back by whoever knows it, once", async (t) => {
  const { shared, first, second } = await loseTwo(t);
  await first.chat.fresh();
  await second.chat.fresh();
  assert.deepEqual(said(first), ["a fox", "a wolf", "a bear"]);
  await second.chat.ask(toAsk("a hare"), []);
  await first.chat.fresh();
  for (const one of [first, second, await open(t, shared())])
    assert.deepEqual(said(one), ["a fox", "a wolf", "a bear", "a hare"]);
});

test("who reaches the server first does not go back to what is there before the others have put theirs back", async (t) => {
  const { first, second, miss } = await loseTwo(t);
  miss();
  const seen = second.chat.fresh().then(() => said(second));
  await sleep(100);
  await first.chat.ask(toAsk("a hare"), []);
  assert.deepEqual(await seen, ["a fox", "a wolf", "a bear", "a hare"]);
});

test("and where all know it and begin at once, too", async (t) => {
  const { shared, first, second } = await loseTwo(t);
  const third = await open(t, shared());
  await first.chat.fresh();
  await Promise.all([first, second, third].map(({ chat }) => chat.fresh()));
  const words = ["one", "two", "three"];
  await Promise.all([first, second, third].map(({ chat }, at) => chat.ask(toAsk(words[at] ?? ""), [])));
  await Promise.all([first, second, third].map(({ chat }) => chat.fresh()));
  assert.deepEqual(said(first).slice(0, 3), ["a fox", "a wolf", "a bear"]);
  assert.deepEqual([...said(first).slice(3)].sort(), [...words].sort());
  for (const one of [second, third]) assert.deepEqual(said(one), said(first));
});

test("where something else came first it is put behind that, and all have the same", async (t) => {
  const { shared, first, second } = await loseTwo(t);
  await second.chat.ask(toAsk("a hare"), []);
  await first.chat.fresh();
  await second.chat.fresh();
  assert.deepEqual([...said(first)].sort(), ["a bear", "a fox", "a hare", "a wolf"]);
  for (const one of [second, await open(t, shared())]) assert.deepEqual(said(one), said(first));
});

test("what another has looked for in vain is not stored after that, however long its writing was held up", async (t) => {
  const { shared } = await createGround(t);
  const own = shared();
  const [reached, woken] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
  const stopped = await open(t, {
    ...own,
    async transact(work) {
      reached.resolve();
      await woken.promise;
      return own.transact(work);
    },
  });
  const other = await open(t, shared());
  let isHeld = true;
  const ask = toAsk("a fox");
  const asking = showWhile(
    () => assert.ok(isHeld, "it is another's"),
    () => stopped.chat.ask(ask, []),
  );
  await reached.promise;
  assert.equal(await other.chat.findLast(ask.id), undefined);
  isHeld = false;
  woken.resolve();
  await assert.rejects(asking);
  await other.chat.fresh();
  assert.deepEqual(said(other), []);
});

test("of what was forgotten the store has nothing left, neither words nor pictures", async (t) => {
  const { store, shared } = await createGround(t);
  const first = await open(t, shared());
  const draft = await first.chat.draft(await png(1, 64, 64), measured);
  const picture = { src: `/pictures/${draft.file}`, name: "a.png", alt: "", ...measured };
  await first.chat.ask(toAsk("a secret fox", { pictures: [picture] }), [draft]);
  await first.chat.keepThumbnail(draft.file, "preview", await png(2));
  const arrived = await first.uploads.receive(ReadableStream.from([Buffer.from("a secret file")]));
  await first.uploads.keep(arrived);
  const has = async (word: string) =>
    [...(await keptIn(store))].filter((row) => row.join(" ").includes(word));
  assert.ok((await has("secret")).length > 0);
  assert.ok((await has("blob:")).length > 0);

  await first.chat.ask(toAsk("forget me", { thread: "u" }), []);
  await first.chat.forget(({ text }) => text === "forget me");
  await first.uploads.clear();
  await first.chat.purge();
  assert.deepEqual(await has("secret"), []);
  assert.deepEqual(await has("blob:"), []);
  const second = await open(t, shared());
  assert.deepEqual(
    second.chat.threads().map(({ id }) => id),
    ["u"],
  );
});

test("a picture that a process did not come to show is deleted by another, in its time", async (t) => {
  const { store, shared } = await createGround(t);
  let now = 1_000_000;
  const mortal = shared();
  let parts = 0;
  const keep = {
    ...mortal.keep,
    async set(key: string, value: unknown, lifeMs?: number) {
      if (key.startsWith("blob:")) parts += 1;
      if (parts === 2) throw new Error("it is killed here");
      await mortal.keep.set(key, value, lifeMs);
    },
  };
  const first = await open(t, { ...mortal, keep }, () => now);
  await assert.rejects(first.chat.draft(new Uint8Array(2 * 1024 * 1024), measured));
  const left = async () => [...(await keptIn(store)).keys()].filter((key) => key.startsWith("blob:"));
  const second = await open(t, shared(), () => now);
  await second.chat.emptyTrash();
  assert.equal((await left()).length, 1, "it might still be at it");
  now += 2 * 60 * 60_000;
  await second.chat.emptyTrash();
  assert.deepEqual(await left(), []);
});

test("a picture that a server has lost with its last writes is given to it again, by who has put it there", async (t) => {
  t.mock.timers.enable({ apis: ["setTimeout"] });
  const { store, shared } = await createGround(t);
  const [first, second] = [await open(t, shared()), await open(t, shared())];
  const bytes = new Uint8Array(2 * 1024 * 1024).fill(7);
  const draft = await first.chat.draft(bytes, measured);
  const picture = { src: `/pictures/${draft.file}`, name: "a.png", alt: "", ...measured };
  await first.chat.ask(toAsk("a fox", { pictures: [picture] }), [draft]);
  await loseBytes(store);
  await assert.rejects(second.chat.readPicture(draft.file), /no longer here/);
  t.mock.timers.tick(5000);
  t.mock.timers.reset();
  const read = () => second.chat.readPicture(draft.file).catch(() => undefined);
  await until(async () => (await read()) !== undefined, "it to be there again");
  assert.deepEqual(Buffer.from((await read()) ?? []), Buffer.from(bytes));
});

test("a picture that a server has lost, and who had put it there, is there once it is shown again", async (t) => {
  const { store, shared } = await createGround(t);
  const [first, second] = [await open(t, shared()), await open(t, shared())];
  const bytes = new Uint8Array(1000).fill(7);
  const ask = toAsk("a fox");
  for (const [index, { chat }] of [first, second].entries()) {
    const draft = await chat.draft(bytes, measured);
    const picture = { src: `/pictures/${draft.file}`, name: "a.png", alt: "", ...measured };
    await chat.ask({ ...ask, id: randomUUID(), pictures: [picture] }, [draft]);
    if (index === 0) {
      await loseBytes(store);
      await assert.rejects(chat.readPicture(draft.file), /no longer here/);
    } else assert.deepEqual(Buffer.from(await first.chat.readPicture(draft.file)), Buffer.from(bytes));
  }
});

test("a picture of many parts comes back as it was", async (t) => {
  const { shared } = await createGround(t);
  const [first, second] = [await open(t, shared()), await open(t, shared())];
  const bytes = Uint8Array.from({ length: 3 * 1024 * 1024 + 5 }, (_, at) => at % 251);
  const draft = await first.chat.draft(bytes, measured);
  const picture = { src: `/pictures/${draft.file}`, name: "a.png", alt: "", ...measured };
  await first.chat.ask(toAsk("a fox", { pictures: [picture] }), [draft]);
  assert.deepEqual(Buffer.from(await second.chat.readPicture(draft.file)), Buffer.from(bytes));
});

test("what is of a newer version is left alone", async (t) => {
  const { store, shared } = await createGround(t);
  const first = await open(t, shared());
  await first.chat.ask(toAsk("a fox"), []);
  const table = store.table("shared:web", z.record(z.string(), z.unknown()));
  await table.set("head", { ...(await table.get("head")), schema: 1000 });
  await assert.rejects(first.chat.ask(toAsk("a hare"), []), {
    code: "storage",
    message: /of a newer version/,
  });
  await assert.rejects(open(t, shared()), { code: "storage" });
});

test("what does more than change rows is not run, whoever has written it into the store", async (t) => {
  const { store, shared } = await createGround(t);
  const first = await open(t, shared());
  await first.chat.ask(toAsk("a fox"), []);
  const file = join(await createFolder(t), "stolen.db");
  const table = store.table("shared:web", z.record(z.string(), z.unknown()));
  const head = await table.get("head");
  const seq = Number(head?.seq) + 1;
  const statements = [["ATTACH DATABASE ? AS stolen", file]];
  await table.set(`entry:${seq}`, { id: "theirs", before: head?.id, statements });
  await table.set("head", { ...head, seq, id: "theirs" });
  await assert.rejects(first.chat.ask(toAsk("a hare"), []), { code: "storage" });
  assert.ok(!existsSync(file));
});

test("what a process kept when it was alone is the fleet's from then on, and what a second one kept stays apart", async (t) => {
  const { shared } = await createGround(t);
  const parts = { measure, log: createLog("silent"), now: Date.now };
  const folders = [await createFolder(t), await createFolder(t)];
  const src = { name: "a.png", alt: "", ...measured };
  const drafts: string[] = [];
  for (const folder of folders) {
    const own = await openArchive(undefined, { ...parts, folder });
    const draft = await own.chat.draft(await png(folders.indexOf(folder) + 1), measured);
    drafts.push(draft.file);
    const picture = { ...src, src: `/pictures/${draft.file}` };
    await own.chat.ask(toAsk("a fox of old", { pictures: [picture] }), [draft]);
    await own.chat.gallery.setFavourite(draft.file, true);
    own.uploads.close();
    own.database.close();
  }
  const other = await open(t, shared());
  const [first = "", second = ""] = folders;
  const archive = await openArchive(shared(), { ...parts, folder: first });
  t.after(() => archive.database.close());
  await other.chat.fresh();
  for (const one of [archive, other]) {
    assert.deepEqual(said(one), ["a fox of old"]);
    assert.deepEqual(one.chat.gallery.favourites(), [drafts[0]]);
    assert.deepEqual(Buffer.from(await one.chat.readPicture(drafts[0] ?? "")), await png(1));
  }
  assert.equal(existsSync(join(first, "playground.db")), false);
  assert.equal(existsSync(join(first, "pictures")), false, "it is in one place");
  await other.chat.ask(toAsk("a hare"), []);
  const late = await openArchive(shared(), { ...parts, folder: second });
  t.after(() => late.database.close());
  assert.deepEqual(said(late), ["a fox of old", "a hare"]);
  assert.equal(existsSync(join(second, "playground.db")), true, "nobody's chat is mixed with another's");
});
