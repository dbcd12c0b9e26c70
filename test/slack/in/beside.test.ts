import assert from "node:assert/strict";
import { describe, test } from "node:test";
import type { Prompt } from "../../../src/seam/turn.ts";
import { flat } from "../../rig/pictures.ts";
import { done, image, type SlackServer, startSlack, view } from "../server.ts";

const agent = { simulator: { app: "agent" } } as const;
const words = "make this picture night";

const soon = () => AbortSignal.timeout(5000);
const inView = async ({ inView: look }: Prompt) => (await look?.(soon())) ?? [];

/** The bytes of what is in view. */
async function bytesIn(turn: Prompt) {
  return Promise.all((await inView(turn)).map(async (one) => Buffer.from(await one.read(soon()))));
}

/** What somebody says to the agent, as the core is given it. */
async function ask({ simulator, ada, nextPrompt }: SlackServer, text: string, threadTs?: string) {
  await simulator.say(simulator.dm(ada), ada, text, threadTs ? { threadTs } : {});
  return (await nextPrompt()).turn;
}

describe("the picture that somebody looks at beside the conversation", () => {
  test("is in view where they say so, and nowhere else", async (t) => {
    const server = await startSlack(t, agent);
    const { simulator, channel, ada, mo } = server;
    const bytes = await flat("#357", 40, 30);
    const shown = await simulator.say(channel, mo, "look", { files: [{ name: "sea.png", bytes }] });
    const bare = await simulator.say(channel, mo, "only words");
    simulator.look(ada, shown);
    assert.deepEqual(await bytesIn(await ask(server, words)), [bytes]);
    assert.deepEqual(await inView(await ask(server, "a red fox in snow")), []);
    simulator.look(ada, bare);
    assert.deepEqual(await inView(await ask(server, words)), []);
    simulator.look(ada, channel);
    assert.deepEqual(await inView(await ask(server, words)), []);
    simulator.look(ada);
    assert.deepEqual(await inView(await ask(server, words)), []);
    simulator.deleteMessage(shown);
    simulator.look(ada, shown);
    assert.deepEqual(await inView(await ask(server, words)), []);
  });

  test("is known from when they looked there, where their words do not say it", async (t) => {
    const server = await startSlack(t, { simulator: { app: "agent", stampsContext: false } });
    const { simulator, channel, ada, mo } = server;
    const bytes = await flat("#357", 40, 30);
    const shown = await simulator.say(channel, mo, "look", { files: [{ name: "sea.png", bytes }] });
    await simulator.look(ada, shown)?.done;
    assert.deepEqual(await bytesIn(await ask(server, words)), [bytes]);
    await simulator.look(ada)?.done;
    assert.deepEqual(await inView(await ask(server, words)), []);
  });

  test("is the bot's own where it is an answer of the bot's, and none while that is drawn", async (t) => {
    const server = await startSlack(t, agent);
    const { simulator, channel, ada, nextPrompt, answers } = server;
    await simulator.say(channel, ada, "a fox", { mention: true });
    const { reply } = await nextPrompt();
    await reply.show(view("working", { status: "Drawing", images: [await image()] }));
    const [answer] = await simulator.waitFor(() => answers()[0]?.images.length === 1 && answers());
    assert.ok(answer);
    simulator.look(ada, answer);
    assert.deepEqual(await inView(await ask(server, words)), []);
    await reply.show(await done());
    const [found] = await inView(await ask(server, words));
    assert.equal(found?.shownBy, `slack:${channel.id}:${answer.ts}`);
    assert.deepEqual(Buffer.from(await found.read(soon())), Buffer.from((await image("#fff")).bytes));
  });

  test("comes after what the thread itself shows", async (t) => {
    const server = await startSlack(t, agent);
    const { simulator, channel, ada, mo, nextPrompt } = server;
    const dm = simulator.dm(ada);
    const [beside, above] = [await flat("#357", 40, 30), await flat("#a50", 40, 30)];
    const shown = await simulator.say(channel, mo, "look", { files: [{ name: "sea.png", bytes: beside }] });
    simulator.look(ada, shown);
    const root = await simulator.say(dm, ada, "hello");
    await nextPrompt();
    assert.deepEqual(await bytesIn(await ask(server, words, root.ts)), [beside]);
    const own = await simulator.say(dm, ada, "", { files: [{ name: "own.png", bytes: above }] });
    const { reply } = await nextPrompt();
    assert.deepEqual(await bytesIn(await ask(server, words, own.ts)), [above]);
    await reply.show(await done());
    assert.deepEqual(await inView(await ask(server, words, own.ts)), [], "it goes on from the bot's own");
  });

  test("that cannot be seen is said, with what to do", async (t) => {
    const server = await startSlack(t, {
      ...agent,
      accessOf: ({ channel }) => ({
        channels: [`slack:channel:${channel.id}`],
        ...{ direct: true, carried: true },
      }),
    });
    const { simulator, channel, ada, mo } = server;
    const bytes = await flat("#357", 40, 30);
    const shown = await simulator.say(channel, mo, "look", { files: [{ name: "sea.png", bytes }] });
    simulator.look(ada, shown);
    const rejects = async (message: RegExp) => {
      const turn = await ask(server, words);
      await assert.rejects(inView(turn), { code: "bad_attachment", message });
    };
    simulator.kick(channel);
    await rejects(/cannot see the picture that you are looking at: .*\/invite @drawbridge there.*attach it/);
    simulator.invite(channel);
    simulator.revoke("channels:history");
    await rejects(/has not granted me channels:history/);
    simulator.grant("channels:history");
    const order = simulator.fault({ method: "conversations.replies", kind: "status", status: 503 });
    await rejects(/in time. Say it again/);
    assert.equal(order.struck, 1);
    const closed = simulator.addChannel({ name: "closed" });
    const there = await simulator.say(closed, mo, "look", { files: [{ name: "sea.png", bytes }] });
    simulator.look(ada, there);
    await rejects(/I do not draw in this channel/);
  });

  test("is never what somebody else said to the bot alone", async (t) => {
    const server = await startSlack(t, agent);
    const { simulator, ada, mo, nextPrompt } = server;
    const bytes = await flat("#357", 40, 30);
    const secret = await simulator.say(simulator.dm(mo), mo, "", { files: [{ name: "me.png", bytes }] });
    await nextPrompt();
    simulator.look(ada, secret);
    const before = simulator.requests.length;
    assert.deepEqual(await inView(await ask(server, words)), []);
    const asked = simulator.requests.slice(before).map(({ args }) => args.channel);
    assert.ok(!asked.includes(simulator.dm(mo).id), "it is not even asked for");
  });
});
