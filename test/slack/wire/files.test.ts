import assert from "node:assert/strict";
import { test } from "node:test";
import type { Image } from "../../../src/seam/view.ts";
import { moving } from "../../rig/pictures.ts";
import { until } from "../../rig/until.ts";
import { done, type SlackServer, startSlack, view } from "../server.ts";

const signal = AbortSignal.timeout(120_000);
const source =
  '<svg xmlns="http://www.w3.org/2000/svg" width="8" height="6"><rect width="8" height="6"/></svg>';
const drawing: Image = {
  name: "a-fox.svg",
  mediaType: "image/svg+xml",
  bytes: Buffer.from(source),
  alt: "A red fox in the snow",
};

async function ask({ simulator, channel, ada, nextPrompt }: SlackServer) {
  await simulator.say(channel, ada, "a fox", { mention: true });
  return (await nextPrompt()).reply;
}

test("an SVG is shown as a picture, and hangs on the message as a file", async (t) => {
  const server = await startSlack(t);
  const { adapter, answers, litter } = server;
  const reply = await ask(server);
  await reply.show(view("working", { status: "Drawing" }));
  const key = await reply.show(await done({ files: [drawing] }));
  const [seen, ...more] = answers();
  assert.deepEqual(more, []);
  assert.equal(seen?.images.length, 1);
  assert.equal(seen?.images[0]?.broken, false);
  assert.deepEqual(
    seen?.files.map(({ name, bytes }) => [name, bytes.toString()]),
    [["a-fox.svg", source]],
  );
  const recalled = await adapter.recall(key);
  assert.equal(recalled.length, 1);
  assert.doesNotMatch(Buffer.from((await recalled[0]?.read(signal)) ?? []).toString(), /<svg/);

  await adapter.stop();
  await adapter.start(server.core);
  await adapter.reopen(key).show(view("cancelled", { status: "Deleted by ada", gone: true }));
  await until(() => litter().length === 0, "both files to go");
  assert.deepEqual(answers(), []);
});

for (const attaches of [true, false]) {
  test(`a file that Slack ${attaches ? "refuses on" : "passes over with"} the message comes in the thread`, async (t) => {
    const server = await startSlack(t, { simulator: { attaches } });
    const { simulator, answers, litter } = server;
    const reply = await ask(server);
    if (attaches) simulator.fault({ method: "chat.update", kind: "error", error: "file_not_found" });
    await reply.show(await done({ files: [drawing] }));
    const [seen, below] = answers();
    assert.equal(seen?.images.length, 1);
    assert.equal(below?.files[0]?.name, "a-fox.svg");
    assert.equal(below?.threadTs, seen?.threadTs);
    await until(() => litter().length === 2, "the file that hangs nowhere to go");
  });
}

test("a file that Slack takes nowhere is said, below its picture", async (t) => {
  const server = await startSlack(t);
  const { simulator, answers } = server;
  const reply = await ask(server);
  const picture = await done();
  await reply.show(view("working", { status: "Drawing", images: picture.images }));
  await until(() => answers()[0]?.images.length === 1, "the sketch");
  simulator.fault({
    method: "files.getUploadURLExternal",
    kind: "error",
    error: "file_uploads_disabled",
    times: 2,
  });
  await reply.show({ ...picture, files: [drawing] });
  assert.equal(answers()[0]?.images.length, 1);
  assert.match(answers()[0]?.text ?? "", /Slack did not take the file that belongs to this\./);
});

test("the file of a private answer comes to the person directly, and goes with the answer", async (t) => {
  const server = await startSlack(t);
  const { simulator, channel, ada, adapter, nextPrompt, answers, whispers, litter } = server;
  simulator.slash(channel, ada, "/draw", "a surprise --private --format svg");
  const { reply } = await nextPrompt();
  await reply.show(view("working", { status: "Drawing" }));
  const key = await reply.show(await done({ files: [drawing] }));
  assert.match(whispers().at(-1)?.text ?? "", /in our direct messages/);
  const direct = simulator.dm(ada);
  assert.deepEqual(
    simulator.messages(direct).map(({ files }) => files.map(({ name }) => name)),
    [["a-fox.svg"]],
  );
  assert.deepEqual(answers(), []);
  assert.equal((await adapter.recall(key)).length, 1);
  await adapter.reopen(key).show(view("cancelled", { status: "Deleted by ada", gone: true }));
  await until(() => litter().length === 0, "both files to go");
  assert.deepEqual(simulator.messages(direct), []);
});

test("an SVG that somebody posted is a picture to start from", async (t) => {
  const { simulator, channel, ada, mo, adapter, nextPress } = await startSlack(t);
  const posted = await simulator.say(channel, mo, "our logo", {
    files: [{ name: "logo.svg", bytes: drawing.bytes }],
  });
  const doing = simulator.messageShortcut("use_as_reference", posted, ada);
  await simulator.submitView(await simulator.waitFor(() => doing.view), { prompt: "as a stamp" });
  const [found] = await adapter.recall((await nextPress()).turn.message);
  assert.equal(found?.mediaType, "image/svg+xml");
  assert.equal(Buffer.from((await found?.read(signal)) ?? []).toString(), source);
});

test("a GIF is shown as it is, so that it plays", async (t) => {
  const server = await startSlack(t);
  const reply = await ask(server);
  assert.ok(reply.limits.mediaTypes.includes("image/gif"));
  const bytes = await moving(16, 12, [90, 90, 90]);
  await reply.show(
    await done({ images: [{ name: "a-fox.gif", mediaType: "image/gif", bytes, alt: "A fox that runs" }] }),
  );
  const [seen] = server.answers();
  assert.equal(seen?.images[0]?.broken, false);
  assert.deepEqual(seen?.images[0]?.bytes, bytes);
  assert.deepEqual(server.litter(), ["a-fox.gif"]);
});

test("a scope that is missing for a file is named, with who has to do what, and once in the log", async (t) => {
  const { simulator, channel, ada, nextPrompt, said } = await startSlack(t);
  simulator.revoke("files:read");
  for (const name of ["one.svg", "two.svg"]) {
    await simulator.say(channel, ada, "make it night", {
      mention: true,
      files: [{ name, bytes: drawing.bytes }],
    });
    const [file] = (await nextPrompt()).turn.attachments;
    assert.ok(file);
    await assert.rejects(file.read(signal), {
      code: "bad_attachment",
      message: `“${name}” cannot be read: Slack has not granted me files:read. An admin has to add that scope under OAuth & Permissions and reinstall the app.`,
    });
  }
  assert.deepEqual(
    said("slack.scopes.missing").map(({ level, fields }) => [level, JSON.stringify(fields).slice(0, 26)]),
    [["warn", '{"missing":["files:read"],']],
  );
});

test("what the start has said of a missing scope is not said again", async (t) => {
  const { simulator, channel, ada, nextPrompt, said } = await startSlack(t, {
    beforeStart: (simulator) => simulator.revoke("files:read"),
  });
  const files = [{ name: "one.svg", bytes: drawing.bytes }];
  await simulator.say(channel, ada, "make it night", { mention: true, files });
  const [file] = (await nextPrompt()).turn.attachments;
  assert.ok(file);
  await assert.rejects(file.read(signal), { message: /files:read/ });
  assert.equal(said("slack.scopes.missing").length, 1);
});
