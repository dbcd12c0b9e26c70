import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { createSlackAdapter } from "../../../adapters/slack/index.ts";
import { suggestions } from "../../../adapters/slack/out/assistant.ts";
import { createLog } from "../../../src/seam/log.ts";
import { until } from "../../rig/until.ts";
import { done, type SlackServer, startSlack, view } from "../server.ts";

const agent = { simulator: { app: "agent" } } as const;

const promptsOf = ({ simulator }: SlackServer) =>
  simulator.statuses.log.filter(({ kind }) => kind === "prompts");

/** Another process on the same Slack and the same store. */
async function startNext({ simulator, core }: SlackServer) {
  const adapter = createSlackAdapter({
    botToken: simulator.token,
    apiUrl: simulator.api,
    mode: { kind: "socket", appToken: simulator.appToken },
    painter: { name: "Nobody", standIn: true },
    log: createLog("silent"),
  });
  await adapter.start(core);
  return adapter;
}

describe("an agent", () => {
  test("offers what to begin with when its conversation is opened, and App Home in its own tab", async (t) => {
    const server = await startSlack(t, agent);
    const { simulator, ada } = server;
    simulator.openHome(ada, "messages");
    await until(() => promptsOf(server).length === 1, "the prompts");
    const [offered] = promptsOf(server);
    assert.equal(offered?.channel, simulator.dm(ada).id);
    assert.deepEqual(offered.prompts, suggestions);
    assert.match(offered.text, /placeholders/);
    assert.equal(simulator.home(ada), undefined);
    simulator.openHome(ada);
    const home = await simulator.waitFor(() => simulator.home(ada));
    assert.match(home.text, /My usage/);
    assert.equal(promptsOf(server).length, 1);
  });

  test("answers each message in a thread of its own, and what is said there stays there", async (t) => {
    const { simulator, ada, nextPrompt, nextPress, answers } = await startSlack(t, agent);
    const dm = simulator.dm(ada);
    const said = await simulator.say(dm, ada, "a fox");
    const first = await nextPrompt();
    assert.equal(first.turn.thread, `slack:${dm.id}:${said.ts}`);
    assert.equal(first.turn.addressed, true);
    await first.reply.show(await done());
    assert.deepEqual(
      answers(dm).map(({ threadTs }) => threadTs),
      [said.ts],
    );
    const other = await simulator.say(dm, ada, "a heron");
    assert.equal((await nextPrompt()).turn.thread, `slack:${dm.id}:${other.ts}`);
    const below = await simulator.say(dm, ada, "with a hat", { threadTs: said.ts });
    const next = await nextPrompt();
    assert.equal(next.turn.thread, first.turn.thread);
    assert.deepEqual(
      await next.turn.inView?.(AbortSignal.timeout(5000)),
      [],
      "it goes on from the bot's own",
    );
    await next.reply.show(view("working", { status: "Drawing" }));
    assert.ok((answers(dm).at(-1)?.ts ?? "") > below.ts);
    assert.equal(answers(dm).at(-1)?.threadTs, said.ts);
    const [picture] = answers(dm);
    assert.ok(picture);
    simulator.press(picture, "a:vary", ada);
    const press = await nextPress();
    assert.equal(press.turn.thread, first.turn.thread);
    await press.reply.show(view("working", { status: "Drawing" }));
    assert.equal(answers(dm).at(-1)?.threadTs, said.ts);
  });

  test("a command there begins a thread, and replies below its picture go on from it", async (t) => {
    const { simulator, ada, nextPrompt, answers } = await startSlack(t, agent);
    const dm = simulator.dm(ada);
    simulator.openHome(ada, "messages");
    await simulator.waitFor(() => simulator.statuses.log[0]);
    simulator.slash(dm, ada, "/draw", "a fox");
    const { turn, reply } = await nextPrompt();
    await reply.show(await done());
    const [picture] = answers(dm);
    assert.equal(turn.thread, `slack:${dm.id}:${picture?.ts}`);
    await simulator.say(dm, ada, "make it night", { threadTs: picture?.ts ?? "" });
    assert.equal((await nextPrompt()).turn.thread, turn.thread);
  });

  test("says aloud in its thread what it says to others alone", async (t) => {
    const { simulator, ada, answers, nextPrompt } = await startSlack(t, agent);
    const dm = simulator.dm(ada);
    const said = await simulator.say(dm, ada, "styles");
    const { reply } = await nextPrompt();
    await reply.show(view("done", { text: "There are no styles yet.", audience: "asker" }));
    assert.deepEqual(
      answers(dm).map(({ text, threadTs }) => [text, threadTs]),
      [["There are no styles yet.", said.ts]],
    );
  });

  test("takes what is said next for the answer to what it said last, below that or not", async (t) => {
    const { simulator, ada, nextPrompt } = await startSlack(t, agent);
    const dm = simulator.dm(ada);
    await simulator.say(dm, ada, "a fox --size enormous");
    const key = await (await nextPrompt()).reply.show(view("failed", { text: "There is no such size." }));
    const said = await simulator.say(dm, ada, "--size wide");
    const { turn, reply } = await nextPrompt();
    assert.deepEqual([turn.thread, turn.replyTo, turn.toBot], [`slack:${dm.id}:${said.ts}`, key, true]);
    await reply.show(await done());
    await simulator.say(dm, ada, "a heron");
    assert.equal((await nextPrompt()).turn.replyTo, undefined);
  });

  test("cancels what was asked for before it was stopped and is shown after that, and nothing else", async (t) => {
    const { simulator, ada, adapter, nextPrompt, nextPress, taken } = await startSlack(t, agent);
    const dm = simulator.dm(ada);
    const said = await simulator.say(dm, ada, "a fox");
    const first = await nextPrompt();
    const below = { threadTs: said.ts };
    const stop = async (event_ts: string) => {
      const payload = { type: "agent_session_stopped", channel: dm.id, user: ada.id, thread_ts: said.ts };
      const body = { kind: "stop", at: Date.now(), payload: { ...payload, event_ts } };
      await adapter.replay({ key: `slack:stop:${event_ts}`, body });
    };
    const marker = await simulator.say(dm, ada, "elsewhere");
    await nextPrompt();
    await stop(marker.ts);
    await stop(said.ts); // an older one, delivered late
    await simulator.say(dm, ada, "a heron", below);
    const later = await nextPrompt();
    await later.reply.show(view("working", { status: "Drawing" }));
    const key = await first.reply.show(view("working", { status: "Drawing" }));
    const { turn } = await nextPress();
    assert.deepEqual([turn.action, turn.message], ["cancel", key]);
    assert.deepEqual(taken, []);
  });

  test("is known as one after a restart, also where messages do not say what people look at", async (t) => {
    const server = await startSlack(t, { simulator: { app: "agent", stampsContext: false } });
    const { simulator, ada, adapter, nextPrompt } = server;
    const dm = simulator.dm(ada);
    simulator.openHome(ada, "messages");
    await until(() => promptsOf(server).length === 1, "the prompts");
    await adapter.stop();
    const next = await startNext(server);
    t.after(() => next.stop());
    const said = await simulator.say(dm, ada, "a fox");
    assert.equal((await nextPrompt()).turn.thread, `slack:${dm.id}:${said.ts}`);
  });

  test("is known as one by its prompts, also where Slack fails in them, and not by a Slack that is down", async (t) => {
    const server = await startSlack(t, { simulator: { app: "agent", stampsContext: false } });
    const { simulator, ada, nextPrompt, said } = server;
    const dm = simulator.dm(ada);
    const method = "assistant.threads.setSuggestedPrompts";
    const open = async (fault: Parameters<typeof simulator.fault>[0]) => {
      const order = simulator.fault(fault);
      simulator.openHome(ada, "messages");
      await until(() => order.struck === 1, "the prompts");
    };
    await open({ method, kind: "status", status: 503 });
    await simulator.say(dm, ada, "a fox");
    assert.equal((await nextPrompt()).turn.thread, `slack:${dm.id}`);
    await open({ method, kind: "error", error: "internal_error" });
    await until(() => said("slack.app.kind").length === 1, "that to be known");
    const last = await simulator.say(dm, ada, "a heron");
    assert.equal((await nextPrompt()).turn.thread, `slack:${dm.id}:${last.ts}`);
  });
});

test("an app that becomes an agent keeps what was drawn before: its buttons, and the thread below it", async (t) => {
  const server = await startSlack(t, { simulator: { app: "agent", stampsContext: false } });
  const { simulator, ada, nextPrompt, nextPress, answers } = server;
  const dm = simulator.dm(ada);
  await simulator.say(dm, ada, "a fox");
  await (await nextPrompt()).reply.show(await done());
  const [before] = answers(dm);
  assert.ok(before);
  assert.equal(before.threadTs, undefined);
  simulator.openHome(ada, "messages");
  await until(() => promptsOf(server).length === 1, "the prompts");
  simulator.press(before, "a:vary", ada);
  const { turn, reply } = await nextPress();
  assert.equal(turn.message, `slack:${dm.id}:${before.ts}`);
  await reply.show(await done());
  assert.equal(answers(dm).at(-1)?.threadTs, before.ts);
  await simulator.say(dm, ada, "make it night", { threadTs: before.ts });
  assert.equal((await nextPrompt()).turn.thread, turn.thread);
});

test("an app that was made before there were agents works as before", async (t) => {
  const server = await startSlack(t);
  const { simulator, ada, nextPrompt, answers } = server;
  const dm = simulator.dm(ada);
  simulator.openHome(ada, "messages");
  await until(
    () => simulator.requests.some(({ error }) => error === "not_agent_app"),
    "the prompts to be refused",
  );
  await simulator.say(dm, ada, "a fox");
  const { turn, reply } = await nextPrompt();
  assert.equal(turn.thread, `slack:${dm.id}`);
  await reply.show(await done());
  assert.equal(answers(dm)[0]?.threadTs, undefined);
  const { threadTs } = simulator.startAssistant(ada);
  await until(() => promptsOf(server).length === 1, "the assistant's prompts");
  assert.equal(promptsOf(server)[0]?.threadTs, threadTs);
  await simulator.say(dm, ada, "a heron", { threadTs });
  assert.equal((await nextPrompt()).turn.thread, `slack:${dm.id}:${threadTs}`);
});
