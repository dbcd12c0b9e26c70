import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import { join } from "node:path";
import { describe, type TestContext, test } from "node:test";
import { type Archive, openArchive } from "../../../adapters/web/live/archive.ts";
import { createLinks } from "../../../adapters/web/live/gallery/links.ts";
import { trashMs } from "../../../adapters/web/live/gallery/trash.ts";
import { toSrc } from "../../../adapters/web/live/pictures.ts";
import { createSessions } from "../../../adapters/web/live/sessions.ts";
import type { WireAnswer, WireAsk } from "../../../adapters/web/wire/messages.ts";
import { measure } from "../../../src/pictures/jobs.ts";
import { createLog } from "../../../src/seam/log.ts";
import { createFolder, png } from "../playground.ts";
import { createGround } from "./shared/processes.ts";

/** Of one playground: two looks at what it keeps. In one process it is the same twice, in two each has its own. */
interface Kept {
  readonly here: Archive;
  readonly there: Archive;
  clock: { now: number };
}

async function own(t: TestContext): Promise<Kept> {
  const clock = { now: 1_000_000 };
  const folder = await createFolder(t);
  const archive = await openArchive(undefined, {
    ...{ folder, measure, log: createLog("silent"), now: () => clock.now },
  });
  t.after(() => close(archive));
  return { here: archive, there: archive, clock };
}

async function shared(t: TestContext): Promise<Kept> {
  const clock = { now: 1_000_000 };
  const { shared } = await createGround(t);
  const open = async () => {
    const folder = join(await createFolder(t), "playground");
    const parts = { folder, measure, log: createLog("silent"), now: () => clock.now };
    const archive = await openArchive(shared(), parts);
    t.after(() => close(archive));
    return archive;
  };
  return { here: await open(), there: await open(), clock };
}

function close({ uploads, database }: Archive): void {
  uploads.close();
  database.close();
}

const measured = { mediaType: "image/png", width: 8, height: 6 };

function toAsk(thread: string, text: string, more: Partial<WireAsk> = {}): WireAsk {
  return { kind: "ask", id: randomUUID(), thread, createdAt: 0, text, options: {}, pictures: [], ...more };
}

/** An answer with one picture, shown. */
async function draw({ chat }: Archive, ask: WireAsk, shade: number): Promise<WireAnswer> {
  const bytes = await png(shade);
  const draft = await chat.draft(bytes, measured);
  const picture = { src: toSrc(draft.file), name: "fox.png", alt: "A fox", ...measured };
  const details = { prompt: ask.text, options: [], elapsedMs: 1, painter: "nobody" };
  const view = { phase: "done", text: "", notes: [], images: [picture], actions: [], details } as const;
  const answer: WireAnswer = {
    ...{ kind: "answer", id: randomUUID(), thread: ask.thread, ask: ask.id, createdAt: 0, view },
  };
  assert.ok(typeof (await chat.answer(answer, [draft], answer.id)) === "object");
  return answer;
}

const fileOf = (answer: WireAnswer) => answer.view.images[0]?.src.slice("/pictures/".length) ?? "";

for (const [name, open] of [
  ["a folder", own],
  ["a store that two processes have in common", shared],
] as const) {
  describe(`the playground's chat in ${name}`, () => {
    test("shows there what was asked and drawn here, with its picture", async (t) => {
      const { here, there } = await open(t);
      const ask = toAsk("t", "a red fox");
      await here.chat.ask(ask, []);
      const answer = await draw(here, ask, 1);
      await there.chat.fresh();
      assert.deepEqual(there.chat.messages("t"), [ask, answer]);
      const [thread] = there.chat.threads();
      assert.deepEqual(
        [thread?.title, thread?.head, thread?.cover],
        ["a red fox", answer.id, toSrc(fileOf(answer))],
      );
      assert.deepEqual(Buffer.from(await there.chat.readPicture(fileOf(answer))), await png(1));
      assert.equal(there.chat.picture(fileOf(answer))?.width, 8);
    });

    test("finds by words, marks and links there what was drawn here", async (t) => {
      const { here, there, clock } = await open(t);
      const ask = toAsk("t", "a red fox");
      await here.chat.ask(ask, []);
      const answer = await draw(here, ask, 1);
      await there.chat.fresh();
      const found = there.chat.gallery.pictures({ query: "FOX", favourites: false });
      assert.deepEqual(
        found.pictures.map((one) => one.answer),
        [answer.id],
      );
      assert.equal(await there.chat.gallery.setFavourite(fileOf(answer), true), true);
      await here.chat.fresh();
      assert.deepEqual(here.chat.gallery.favourites(), [fileOf(answer)]);
      const linked = createLinks(here.database, () => clock.now);
      const secret = await linked.make(answer.id, fileOf(answer));
      const looking = createLinks(there.database, () => clock.now);
      await there.chat.fresh();
      assert.equal(looking.find(secret), fileOf(answer));
      await looking.end(answer.id, fileOf(answer));
      await here.chat.fresh();
      assert.equal(linked.find(secret), undefined);
    });

    test("knows there who signed in here, until they sign out anywhere", async (t) => {
      const { here, there, clock } = await open(t);
      const parts = { idleMs: 1000, now: () => clock.now };
      const [one, other] = [here, there].map(({ database }) => createSessions(database, parts));
      assert.ok(one && other);
      await one.setVerifier("scrypt$1$2");
      const session = await one.begin();
      const browser = await one.rememberBrowser(undefined);
      await there.chat.fresh();
      assert.equal(await other.verifier(), "scrypt$1$2");
      assert.equal(await other.isOpen(session, true), true);
      assert.equal(await other.knowsBrowser(browser), true);
      await other.end(session);
      await here.chat.fresh();
      assert.equal(await one.isOpen(session, true), false);
    });

    test("changes each thing once, however many change it at once", async (t) => {
      const { here, there } = await open(t);
      await here.chat.ask(toAsk("t", "a fox"), []);
      const ids = Array.from({ length: 12 }, (_, at) => `${at}`);
      await Promise.all(
        ids.map((id, at) => (at % 2 ? here : there).chat.ask(toAsk("t", "more", { id }), [])),
      );
      await Promise.all([here.chat.fresh(), there.chat.fresh()]);
      const said = here.chat.messages("t").map(({ id }) => id);
      assert.deepEqual(
        there.chat.messages("t").map(({ id }) => id),
        said,
        "in one order",
      );
      assert.equal(new Set(said).size, 13);
    });

    test("stores a question that is sent twice once", async (t) => {
      const { here, there } = await open(t);
      const ask = toAsk("t", "a fox");
      const stored = await Promise.all([here.chat.ask(ask, []), there.chat.ask(ask, [])]);
      assert.equal(stored.filter(Boolean).length, 1);
      await here.chat.fresh();
      assert.equal(here.chat.messages("t").length, 1);
    });

    test("takes back nothing that is shown, and brings back nothing that was deleted", async (t) => {
      const { here, there } = await open(t);
      const ask = toAsk("t", "a fox");
      await here.chat.ask(ask, []);
      const answer = await draw(here, ask, 1);
      const late: WireAnswer = { ...answer, view: { ...answer.view, phase: "working", images: [] } };
      assert.equal(await there.chat.answer(late, [], undefined, () => true), "behind");
      assert.equal(await there.chat.remove("t"), true);
      assert.equal(await here.chat.answer(late, []), "gone");
      await here.chat.fresh();
      assert.equal(here.chat.picture(fileOf(answer)), undefined);
      assert.ok(await here.chat.restoreThread("t"));
      assert.ok(here.chat.picture(fileOf(answer)));
      assert.deepEqual(Buffer.from(await here.chat.readPicture(fileOf(answer))), await png(1));
    });

    test("lets go of a picture when the last message that shows it is gone, and not before", async (t) => {
      const { here, there, clock } = await open(t);
      const asks = [toAsk("t", "a fox"), toAsk("u", "the same fox")];
      for (const ask of asks) await here.chat.ask(ask, []);
      const answers: WireAnswer[] = [];
      for (const ask of asks) answers.push(await draw(here, ask, 7));
      const [file = ""] = answers.map(fileOf);
      for (const [thread, isThere] of [
        ["t", true],
        ["u", false],
      ] as const) {
        await there.chat.remove(thread);
        clock.now += trashMs + 1;
        await there.chat.emptyTrash();
        await here.chat.fresh();
        const found = await here.chat.readPicture(file).then(
          () => true,
          () => false,
        );
        assert.equal(found, isThere, thread);
      }
    });

    test("keeps what is no picture for a day, for whoever sees to it", async (t) => {
      const { here, there } = await open(t);
      const arrived = await here.uploads.receive(ReadableStream.from([Buffer.from("<svg/>")]));
      await here.uploads.keep(arrived);
      assert.equal(Buffer.from(await there.uploads.read(arrived.id)).toString(), "<svg/>");
      await there.uploads.remove([arrived.id]);
      await assert.rejects(here.uploads.read(arrived.id));
    });

    test("shows there the sketches of what is drawn here", async (t) => {
      const { here, there } = await open(t);
      const image = { name: "a.png", mediaType: "image/png", alt: "", bytes: await png(3) };
      const [shown] = await here.partials.put("answer", [image]);
      assert.deepEqual(await there.partials.of("answer"), [shown]);
      const found = await there.partials.read(shown?.src.slice("/pictures/".length) ?? "");
      assert.deepEqual(Buffer.from(found?.bytes ?? []), await png(3));
      await here.partials.retire("answer");
      assert.deepEqual(await there.partials.of("answer"), []);
    });

    test("forgets all but the words that ask for it", async (t) => {
      const { here, there } = await open(t);
      const ask = toAsk("t", "a secret fox");
      await here.chat.ask(ask, []);
      const answer = await draw(here, ask, 1);
      const wish = toAsk("u", "forget me");
      await there.chat.ask(wish, []);
      assert.deepEqual(await there.chat.forget(({ text }) => text === "forget me"), ["t"]);
      await there.uploads.clear();
      await there.chat.purge();
      await here.chat.fresh();
      assert.deepEqual(
        here.chat.threads().map(({ id }) => id),
        ["u"],
      );
      await assert.rejects(here.chat.readPicture(fileOf(answer)));
    });
  });
}
