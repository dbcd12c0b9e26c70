import assert from "node:assert/strict";
import { afterEach, beforeEach, describe, test } from "node:test";
import type { View } from "../../src/seam/view.ts";
import { flat } from "../rig/pictures.ts";
import { ada, attachment, bob, createStudio } from "../rig/studio.ts";
import { until } from "../rig/until.ts";

describe("a turn in trouble", () => {
  let studio: Awaited<ReturnType<typeof createStudio>>;
  beforeEach(async () => {
    studio = await createStudio();
  });
  afterEach(() => studio.close());

  test("is cancelled at once, at OpenAI too", async () => {
    const reply = studio.adapter.reply();
    studio.hold();
    const turn = studio.say("a picture", {}, reply);
    await until(() => studio.adapter.views(reply.key).some(({ images }) => images.length > 0), "a sketch");
    const denied = await studio.press("cancel", reply.key, undefined, bob);
    assert.match(denied.last.text, /Only the one who asked/);
    await studio.press("cancel", reply.key);
    const { last } = await turn;
    assert.equal(last.phase, "cancelled");
    assert.deepEqual(last.actions, ["redo", "rephrase"]);
    await until(
      () => studio.standin.requests.some(({ path }) => path.endsWith("/cancel")),
      "the cancel request",
    );
  });

  test("is cancelled also by a press that comes before the platform has answered", async () => {
    for (const [user, phase] of [
      [bob, "done"],
      [ada, "cancelled"],
    ] as const) {
      const reply = studio.adapter.reply();
      const slow = {
        ...reply,
        async show(view: View) {
          const key = await reply.show(view);
          if (studio.adapter.views(key).length === 1) await studio.press("cancel", key, undefined, user);
          return key;
        },
      };
      const { last } = await studio.say("a quick press", { thread: `paper:early-${user.id}` }, slow);
      assert.equal(last.phase, phase, `${user.name} pressed`);
    }
  });

  for (const kind of ["drop", "end", "stall", "garble"] as const) {
    test(`goes on where the stream broke (${kind}), without asking twice`, async () => {
      studio.standin.fault({ kind, after: "response.image_generation_call.partial_image" });
      const { last } = await studio.say("a river");
      assert.equal(last.phase, "done", last.text);
      assert.equal(studio.asked().length, 1);
    });
  }

  test("keeps a picture whose stream broke after it and cannot be taken up", async () => {
    // A connection that is cut takes along what was not read yet; one that falls silent does not.
    await studio.close();
    studio = await createStudio({ idleMs: 1000 });
    studio.standin.fault({ kind: "stall", after: "response.output_item.done" });
    studio.standin.fault({ on: "retrieve", kind: "status", status: 404 });
    const { last } = await studio.say("a well");
    assert.equal(last.phase, "done", last.text);
    assert.equal(last.images.length, 1);
  });

  test("waits as long as OpenAI asks when it is busy", async () => {
    studio.standin.fault({ kind: "status", status: 429, headers: { "retry-after-ms": "20" } });
    studio.standin.fault({ kind: "status", status: 500 });
    const { last } = await studio.say("a windmill");
    assert.equal(last.phase, "done", last.text);
    assert.equal(studio.asked().length, 3);
  });

  test("tells when OpenAI asks for more patience than a person has", async () => {
    studio.standin.fault({ kind: "status", status: 429, headers: { "retry-after": "600" } });
    const { last } = await studio.say("a windmill");
    assert.equal(last.phase, "failed");
    assert.match(last.text, /Try again in 10 minutes/);
    assert.equal(studio.asked().length, 1);
  });

  test("does not go on asking when the money has run out", async () => {
    studio.standin.fault({ kind: "status", status: 429, code: "insufficient_quota" });
    const { last } = await studio.say("a windmill");
    assert.match(last.text, /run out of credit/);
    assert.equal(studio.asked().length, 1);
  });

  test("shows the picture again to an OpenAI that has forgotten the conversation, and says so", async () => {
    const first = await studio.say("a castle");
    const found = await studio.history.find(first.key);
    await fetch(`${studio.standin.url}/responses/${found?.pictures[0]?.responseId}`, {
      method: "DELETE",
      headers: { authorization: "Bearer x" },
    });
    const second = await studio.say("make it night");
    assert.equal(second.last.phase, "done", second.last.text);
    assert.ok(second.last.notes.some((note) => note.includes("showed it the picture again")));
    assert.match(JSON.stringify(studio.asked().at(-1)?.input), /input_image/);
  });

  test("waits its turn in the thread, and sees its place", async () => {
    const replies = [studio.adapter.reply(), studio.adapter.reply(), studio.adapter.reply()];
    const turns = replies.map((reply, index) => studio.say(`picture ${index}`, {}, reply));
    const shown = await Promise.all(turns);
    assert.ok(shown[2]?.views.some(({ status }) => status === "2 pictures ahead of yours"));
    assert.ok(shown[2]?.views.some(({ status }) => status === "Next in line"));
    assert.equal(shown[1]?.last.parent, shown[0]?.key, "the second goes on from the first");
  });

  test("shows nothing of what a gateway says, and the log has it without its keys", async () => {
    const message = "upstream http://10.1.2.3:8080 refused sk-proj-c0ffee0123456789 (api-key: c0ffee)";
    const faults = [
      { kind: "status", status: 400, message, code: "invalid_value" },
      { kind: "status", status: 403, message },
      { kind: "status", status: 422, message, type: message, code: message },
      { kind: "error", message, code: message, after: "response.created" },
      { kind: "status", status: 400, message, on: "files" },
    ] as const;
    for (const fault of faults) {
      studio.standin.fault(fault);
      const photo = attachment(await flat("#369", 64, 64));
      const { views, last } = await studio.say(
        "a fox",
        fault.kind === "status" && "on" in fault ? { attachments: [photo] } : {},
      );
      const what = JSON.stringify(fault);
      assert.equal(last.phase, "failed", what);
      assert.doesNotMatch(JSON.stringify(views), /10\.1\.2|8080|c0ffee|upstream/, what);
      assert.ok(last.text.length > 30, what);
    }
    const log = studio.lines.join("");
    assert.match(log, /upstream http:\/\/10\.1\.2\.3:8080 refused \[redacted\]/);
    assert.doesNotMatch(log, /c0ffee/);
  });

  test("is told when to come again where the line is full, and can be run then", async () => {
    const full = await createStudio({ concurrency: 1, queue: { all: 2, ofOne: 1 } });
    const key = full.adapter.reply();
    const held = full.hold();
    const first = full.say("a harbour", {}, key);
    await until(() => full.adapter.views(key.key).some(({ images }) => images.length > 0), "a sketch");
    const second = full.say("a bridge", { thread: "paper:2" });
    const own = await full.say("a tower", { thread: "paper:3" });
    const others = full.say("a gate", { thread: "paper:4", user: bob });
    const late = await full.say("a moat", { thread: "paper:5", user: { id: "u:late", name: "Late" } });
    assert.match(own.last.text, /^You have 1 request waiting\. Ask again when some of them are drawn/);
    assert.match(late.last.text, /^I am full: 2 requests are waiting\. Try again in about 2 minutes\.$/);
    assert.deepEqual(late.last.actions, ["redo", "rephrase"]);
    assert.ok(!full.lines.some((line) => JSON.parse(line).level === 50), "it is no failure of ours");
    held.release();
    for (const turn of [first, second, others]) assert.equal((await turn).last.phase, "done");
    assert.equal((await full.press("redo", late.key)).last.phase, "done");
    await full.close();
  });

  test("waits in a full line after a restart, as it did before", async () => {
    const standin = studio.standin;
    const replies = [0, 1, 2].map(() => studio.adapter.reply());
    const before = await createStudio({ standin, store: studio.store, concurrency: 1 });
    const held = before.hold();
    const phases = (one: typeof before) => replies.map(({ key }) => one.adapter.views(key).at(-1)?.phase);
    for (const [index, reply] of replies.entries()) {
      void before.say(`picture ${index}`, { thread: `paper:${index}` }, reply);
      const isThere = ({ phase, images }: View) => phase === "queued" || images.length > 0;
      await until(() => studio.adapter.views(reply.key).some(isThere), "its place");
    }
    assert.deepEqual(phases(studio), ["working", "queued", "queued"]);
    await before.bot.drain(0);
    held.release();
    const next = await createStudio({
      standin,
      store: studio.store,
      concurrency: 1,
      queue: { all: 1, ofOne: 1 },
    });
    await next.bot.resume();
    await until(() => phases(next).join(" ") === "done done done", "all pictures");
    await next.bot.drain(0);
  });

  test("is finished by the next process, exactly once", async () => {
    const reply = studio.adapter.reply();
    studio.hold();
    void studio.say("a harbour at dawn", {}, reply);
    await until(() => studio.adapter.views(reply.key).some(({ images }) => images.length > 0), "a sketch");
    await studio.bot.drain(0);
    assert.equal(studio.adapter.views(reply.key).at(-1)?.phase, "working");

    const next = await createStudio({ standin: studio.standin, store: studio.store });
    await next.bot.resume();
    await until(() => next.adapter.views(reply.key).at(-1)?.phase === "done", "the picture");
    assert.equal(studio.asked().length, 1, "nothing was asked for twice");
    assert.equal(await next.history.head(studio.thread), reply.key);
    assert.deepEqual(await next.ledger.open(), []);
    await next.bot.drain(0);
  });

  test("leaves no key and no prompt in the log", async () => {
    studio.standin.fault({ kind: "status", status: 401, code: "invalid_api_key" });
    const { last } = await studio.say("a secret wish");
    assert.match(last.text, /does not accept this bot's key/);
    const above = studio.lines.filter((line) => JSON.parse(line).level >= 30).join("");
    assert.ok(above.includes("turn.failed"));
    assert.ok(!above.includes("sk-test-0123456789"));
    assert.ok(!above.includes("secret wish"));
  });
});
