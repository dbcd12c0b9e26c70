import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { askedOf } from "../rig/core.ts";
import { flat } from "../rig/pictures.ts";
import { until } from "../rig/until.ts";
import { converse, isCancelled } from "./conversation.ts";

describe("an agent's session", { concurrency: 3 }, () => {
  test("is at work while it draws, is named after what was asked, and rests with the picture", async (t) => {
    const { simulator, ada, begin, ask, hold, says, finished, answers, rests } = await converse(t);
    await begin();
    const held = hold();
    const session = await ask("a fox in snow --size wide");
    await says(session, "processing");
    const [first] = simulator.sessions.log;
    assert.deepEqual([first?.title, first?.initiator], ["a fox in snow", ada.id]);
    assert.ok(simulator.sessions.hasStop(session));
    held.release();
    const picture = await finished(answers);
    assert.equal(picture.threadTs, session.threadTs);
    await rests();
    const calls = simulator.sessions.log.length;
    await simulator.say(simulator.dm(ada), ada, "make it night", { threadTs: session.threadTs });
    await finished(() => answers().slice(1));
    await until(() => simulator.sessions.log.length === calls + 2, "it to work and to rest again");
    await rests();
  });

  for (const over of ["socket", "http"] as const) {
    test(`can be stopped: at OpenAI, in its message, and the next there is drawn (${over})`, async (t) => {
      const life = await converse(t);
      const { simulator, ada, dm, begin, ask, hold, says, answers, rests, finished } = life;
      await begin({ over });
      const held = hold();
      const session = await ask("a fox");
      await says(session, "processing");
      await until(() => answers()[0]?.images.length === 1, "a sketch");
      simulator.stop(ada, session);
      await until(life.isStopped, "OpenAI to be told");
      await until(() => answers().some(isCancelled), "the message to say so");
      await rests();
      held.release();
      await simulator.say(dm, ada, "a heron", { threadTs: session.threadTs });
      await finished(() => answers().filter((one) => !isCancelled(one)));
      await rests();
    });
  }

  test("is stopped with all that waits there, and nothing elsewhere is", async (t) => {
    const life = await converse(t);
    const { simulator, ada, dm, begin, ask, hold, says, answers, rests, finished } = life;
    await begin();
    const helds = [hold(), hold()];
    const session = await ask("a fox");
    await simulator.say(dm, ada, "and then a heron", { threadTs: session.threadTs });
    await until(() => answers().length === 2, "both to be taken on");
    await says(session, "processing");
    const other = await ask("an owl");
    await says(other, "processing");
    simulator.stop(ada, session);
    await until(() => answers().filter(isCancelled).length === 2, "both to be cancelled");
    for (const held of helds) held.release();
    const owl = await finished(() => answers().filter((one) => !isCancelled(one)));
    assert.equal(owl.threadTs, other.threadTs);
    await rests();
  });

  test("draws on from the picture that somebody looks at beside it, where they say so", async (t) => {
    const { simulator, standin, channel, ada, dm, begin, finished, answers, rests } = await converse(t);
    await begin();
    const bytes = await flat("#357", 320, 200);
    const shown = await simulator.say(channel, ada, "look", { files: [{ name: "sea.png", bytes }] });
    simulator.look(ada, shown);
    await simulator.say(dm, ada, "make this picture night");
    const night = await finished(answers);
    assert.match(JSON.stringify(askedOf(standin)[0]?.input), /Picture 1:.*file_id/);
    await simulator.say(dm, ada, "now winter", { threadTs: night.threadTs ?? "" });
    await finished(() => answers().slice(1));
    assert.ok(askedOf(standin)[1]?.previous_response_id, "the thread goes on from what was made of it");
    simulator.kick(channel);
    await simulator.say(dm, ada, "this picture, as a stamp");
    const words = () => answers().at(-1)?.text ?? "";
    await until(() => /cannot see the picture that you are looking at/.test(words()), "what to do");
    assert.equal(askedOf(standin).length, 2, "nothing else is drawn");
    await rests();
  });

  test("is asked for the words to a picture, and they may be said where all begins", async (t) => {
    const { simulator, standin, ada, dm, begin, finished, answers, rests } = await converse(t);
    await begin();
    const bytes = await flat("#357", 320, 200);
    await simulator.say(dm, ada, "", { files: [{ name: "sea.png", bytes }] });
    await until(() => /what/i.test(answers()[0]?.text ?? ""), "the question");
    const said = await simulator.say(dm, ada, "at night");
    assert.equal((await finished(answers)).threadTs, said.ts);
    assert.match(JSON.stringify(askedOf(standin)[0]?.input), /Picture 1:.*file_id/);
    await rests();
  });

  test("rests when it fails, is refused, is cancelled by its own button, or its message is deleted", async (t) => {
    const life = await converse(t);
    const { simulator, standin, ada, begin, ask, hold, says, answers, rests } = life;
    await begin();
    standin.fault({ kind: "error", code: "moderation_blocked" });
    await ask("something that is refused");
    await until(() => answers().length === 1, "the refusal");
    await ask("a fox --size enormous");
    await until(() => answers().length === 2, "what is wrong");
    await rests();
    const held = hold();
    const session = await ask("a fox");
    await says(session, "processing");
    await until(() => answers()[2]?.images.length === 1, "a sketch");
    const [, , drawing] = answers();
    assert.ok(drawing);
    simulator.press(drawing, "a:cancel", ada);
    await rests();
    held.release();
    const again = hold();
    const deleted = await ask("a heron");
    await says(deleted, "processing");
    simulator.deleteMessage({ channel: deleted.channel, ts: deleted.threadTs });
    await rests();
    again.release();
  });

  test("is set back when the bot ends, is at work again with the next process, and can be stopped there", async (t) => {
    const life = await converse(t);
    const { simulator, standin, ada, begin, ask, hold, says, answers, rests, isStopped } = life;
    const first = await begin();
    const held = hold();
    const session = await ask("a fox");
    await says(session, "processing");
    await until(() => answers()[0]?.images.length === 1, "a sketch");
    await first.end();
    assert.ok(!simulator.sessions.isAnyAtWork(), "nobody would hear the button");
    const next = standin.fault({ on: "retrieve", kind: "stall" });
    await begin();
    await says(session, "processing");
    simulator.stop(ada, session);
    await until(isStopped, "OpenAI to be told");
    await until(() => answers().some(isCancelled), "the message to say so");
    for (const one of [held, next]) one.release();
    await rests();
  });
});
