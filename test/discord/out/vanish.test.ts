import assert from "node:assert/strict";
import { test } from "node:test";
import type { MessageKey } from "../../../src/seam/turn.ts";
import type { View } from "../../../src/seam/view.ts";
import { type DiscordServer, done, image, startDiscord, view } from "../server.ts";

const deleted: View = view("cancelled", { status: "Deleted by ada", gone: true });
const idOf = (key: MessageKey) => key.split(":")[2] ?? "";

async function draw({ simulator, channel, ada, nextPrompt }: DiscordServer) {
  await simulator.say(channel, ada, `<@${simulator.bot.id}> a fox`);
  return (await nextPrompt()).reply.show(await done());
}

/** Presses Delete, as the core would answer it. */
async function press({ simulator, adapter, ada, nextPress }: DiscordServer, id: string): Promise<void> {
  const button = simulator.message(id)?.buttons.find(({ label }) => label === "Delete");
  simulator.press(id, button?.customId ?? "", ada);
  await adapter.reopen((await nextPress()).turn.message).show(deleted);
}

test("a deleted answer's message goes, by the bot's own right and by the press", async (t) => {
  const server = await startDiscord(t, { threads: "off" });
  const { simulator, adapter, channel, ada, nextPrompt, start } = server;
  const first = await draw(server);
  await press(server, idOf(first));
  assert.equal(simulator.message(idOf(first)), undefined);
  const second = await draw(server);
  await adapter.stop();
  await start();
  assert.equal(await adapter.reopen(second).show(deleted), second, "after a restart, without a press");
  assert.equal(simulator.message(idOf(second)), undefined);

  const hidden = await simulator.slash(channel, ada, "draw", { prompt: "a fox", private: true });
  await (await nextPrompt()).reply.show(await done());
  await press(server, hidden.message?.id ?? "");
  assert.equal(hidden.message?.deleted, true, "one that is shown to one alone");

  const eve = simulator.addUser({ name: "eve", installed: true });
  const where = simulator.conversation([eve, ada]);
  const away = await simulator.slash(where, eve, "draw", { prompt: "a fox" });
  await (await nextPrompt()).reply.show(await done());
  simulator.press(away.message?.id ?? "", "a:delete", eve);
  await adapter.reopen((await server.nextPress()).turn.message).show(deleted);
  assert.equal(away.message?.deleted, true, "one where the bot is no member");
});

test("where a thread hangs on it a line stays, also where the bot may not look back", async (t) => {
  const server = await startDiscord(t, { threads: "off" });
  const { simulator, channel, mo } = server;
  for (const looks of [true, false]) {
    if (!looks) simulator.permit(channel, simulator.bot, { deny: ["READ_MESSAGE_HISTORY"] });
    const key = await draw(server);
    const from = simulator.channel(channel.id).messages.get(idOf(key));
    simulator.addThread(channel, { name: "fox", ownerId: mo.id, ...(from && { from }) });
    await press(server, idOf(key));
    const seen = simulator.message(idOf(key));
    assert.match(seen?.text ?? "", /Deleted by ada/);
    assert.deepEqual([seen?.files.length, seen?.buttons.length], [0, 0]);
  }
});

test("where answers stand below it, or a thread hung on it once, the message goes", async (t) => {
  const server = await startDiscord(t, { threads: "off" });
  const { simulator, channel, mo } = server;
  const answered = await draw(server);
  const said = await simulator.say(channel, mo, "what a fox!", { replyTo: idOf(answered) });
  await server.nextPrompt();
  const varied = await draw(server);
  const drawn = simulator.press(idOf(varied), "a:vary", mo);
  await (await server.nextPress()).reply.show(await done());
  const threaded = await draw(server);
  const from = simulator.channel(channel.id).messages.get(idOf(threaded));
  simulator.removeChannel(
    simulator.addThread(channel, { name: "fox", ownerId: mo.id, ...(from && { from }) }),
  );
  for (const key of [answered, varied, threaded]) {
    await press(server, idOf(key));
    assert.equal(simulator.message(idOf(key)), undefined);
  }
  assert.equal(simulator.message(said.id)?.text, "what a fox!");
  assert.equal(drawn.message?.files.length, 1, "what was made from it stays");
});

test("where it cannot be taken away, it says that it was deleted", async (t) => {
  const server = await startDiscord(t, { threads: "off" });
  const { simulator, adapter } = server;
  const key = await draw(server);
  const body = { code: 50013, message: "Missing Permissions" };
  simulator.fault({ kind: "status", status: 403, body, method: "DELETE", times: 1 });
  await adapter.reopen(key).show(deleted);
  assert.match(simulator.message(idOf(key))?.text ?? "", /Deleted by ada/);
});

test("an answer that was moved leaves a line that says where it went, and no button", async (t) => {
  const server = await startDiscord(t, { threads: "off" });
  const { simulator, guild, channel, ada, adapter, nextPrompt, start } = server;
  const thread = simulator.addThread(channel, { name: "fox", ownerId: simulator.bot.id });
  for (const how of ["archived", "unplaced", "over an hour"]) {
    await simulator.say(thread, ada, `<@${simulator.bot.id}> a fox`);
    const { reply } = await nextPrompt();
    const key = await reply.show(view("working", { images: [await image(1)], actions: ["cancel"] }));
    const unplaced = {
      code: 50035,
      message: "Invalid Form Body",
      errors: { _errors: [{ code: "UNFURLED_MEDIA_ITEM_REFERENCED_ATTACHMENT_NOT_FOUND", message: "no" }] },
    };
    const fault = { kind: "status", status: 400, method: "PATCH" } as const;
    if (how === "archived") simulator.changeChannel(thread, { archived: true });
    if (how === "unplaced") simulator.fault({ ...fault, body: unplaced, times: 2 });
    if (how === "over an hour")
      simulator.fault({ ...fault, body: { code: 30046, message: "Maximum number of edits" }, times: 2 });
    assert.equal(await reply.show(await done()), key, how);
    const moved = simulator.messages(thread).at(-1);
    assert.equal(moved?.files[0]?.name, "a-fox.png", how);
    const old = simulator.message(idOf(key));
    if (how === "over an hour") {
      assert.equal(old, undefined, "where not even a line can be left");
      continue;
    }
    assert.deepEqual([old?.files, old?.buttons], [[], []], how);
    const link = `https://discord.com/channels/${guild.id}/${thread.id}/${moved?.id}`;
    assert.match(old?.text ?? "", new RegExp(`^Discord did not .+ in one of its own: ${link}$`), how);
    const [picture] = await adapter.recall(key);
    assert.equal(picture?.name, "a-fox.png", "it is found where it went");

    if (how === "archived") {
      await adapter.stop();
      await start();
    }
    simulator.press(moved?.id ?? "", moved?.buttons.at(-1)?.customId ?? "", ada);
    const { turn } = await server.nextPress();
    assert.deepEqual([turn.action, turn.message], ["delete", key]);
    await adapter.reopen(turn.message).show(deleted);
    assert.equal(simulator.message(moved?.id ?? ""), undefined, how);
    assert.equal(simulator.message(idOf(key)), undefined, how);
  }
});
