import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { createSlackAdapter } from "../../../adapters/slack/index.ts";
import { createLog } from "../../../src/seam/log.ts";
import type { Access } from "../../../src/seam/trust/access.ts";
import { until } from "../../rig/until.ts";
import { done, type SlackServer, startSlack } from "../server.ts";

/** Kept to one channel. */
const inChannel = {
  accessOf: ({ channel }: { readonly channel: { readonly id: string } }) => ({
    ...{ channels: [`slack:channel:${channel.id}`] as const, direct: false, carried: true },
  }),
};

const here = "I do not draw in this channel. Whoever runs me decides where I do; ask them.";

describe("where the bot may not be used", () => {
  test("a mention is told so alone, once; what is said to others and in its threads is left alone", async (t) => {
    const server = await startSlack(t, inChannel);
    const { simulator, channel, ada, mo, nextPrompt, taken, answers, whispers } = server;
    const other = simulator.addChannel({ name: "talk" });
    const said = await simulator.say(other, ada, "a fox", { mention: true });
    await simulator.say(other, ada, "a fox, please", { mention: true });
    await simulator.say(other, mo, "me too", { mention: true });
    await simulator.say(other, ada, "and below it", { threadTs: said.ts });
    await simulator.say(other, ada, "to others");
    await simulator.say(channel, ada, "a fox", { mention: true });
    assert.equal((await nextPrompt()).turn.text, "a fox");
    await until(() => whispers(other, mo).length === 1, "both to be told");
    assert.deepEqual(
      [...whispers(other, ada), ...whispers(other, mo)].map(({ text }) => text),
      [here, here],
    );
    assert.deepEqual([answers(other), taken], [[], []]);
  });

  test("a command, a button, a form and a shortcut are answered to the asker alone", async (t) => {
    const server = await startSlack(t);
    const { simulator, channel, ada, nextPrompt, adapter, taken, whispers } = server;
    await simulator.say(channel, ada, "a fox", { mention: true });
    await (await nextPrompt()).reply.show(await done());
    const [picture] = server.answers();
    assert.ok(picture);
    const pressed = simulator.press(picture, "a:edit", ada);
    const form = await simulator.waitFor(() => pressed.view);
    await adapter.stop();
    const open = simulator.addChannel({ name: "open" }).id;
    const next = await startOn(server, {
      ...{ channels: [`slack:channel:${open}`], direct: false, carried: true },
    });
    t.after(() => next.stop());

    const typed = simulator.slash(channel, ada, "/draw", "a fox");
    await typed.acknowledged();
    assert.match(typed.messages[0]?.text ?? "", /^I do not draw in this channel/);
    simulator.press(picture, "a:vary", ada);
    await until(() => whispers().length === 2, "a word to who pressed");
    simulator.messageShortcut("describe_picture", picture, ada);
    await until(() => whispers().length === 3, "a word to who chose");
    assert.ok(whispers().every(({ text }) => /^I do not draw in this channel/.test(text)));
    const sent = await simulator.submitView(form, { prompt: "make it night" });
    await sent.acknowledged();
    assert.match(JSON.stringify(simulator.modal(ada)), /I do not draw in this channel/, "below its field");
    assert.deepEqual(taken, []);
  });

  test("with direct messages off, they are told once, and App Home and the assistant offer nothing", async (t) => {
    const server = await startSlack(t, { access: { direct: false, carried: true } });
    const { simulator, channel, ada, nextPrompt, taken } = server;
    const dm = simulator.dm(ada);
    await simulator.say(dm, ada, "a fox");
    await simulator.say(dm, ada, "a fox, please");
    simulator.openHome(ada);
    const home = await simulator.waitFor(() => simulator.home(ada));
    const closed = "I do not draw in direct messages. Mention me in a channel where I am.";
    assert.equal(home.text, closed);
    await simulator.say(channel, ada, "a fox", { mention: true });
    await nextPrompt();
    const own = () => simulator.messages(dm).filter(({ byBot }) => byBot);
    await until(() => own().length === 1, "the word");
    assert.deepEqual(
      own().map(({ text }) => text),
      [closed],
    );
    assert.deepEqual(taken, []);
  });

  test("kept to the people of some workspaces it does nothing for guests of a shared channel", async (t) => {
    const server = await startSlack(t, {
      accessOf: ({ teamId }) => ({ communities: [`slack:team:${teamId}`], direct: true, carried: true }),
    });
    const { simulator, ada, nextPrompt, nextPress, taken } = server;
    const eve = simulator.addUser({ name: "eve", team: simulator.addTeam("Partner") });
    const shared = simulator.addChannel({ name: "together", members: [ada, eve], shared: true });
    await simulator.say(shared, eve, "a fox", { mention: true });
    await simulator.say(shared, ada, "a heron", { mention: true });
    const { turn, reply } = await nextPrompt();
    assert.equal(turn.text, "a heron");
    await reply.show(await done());
    const [picture] = server.answers(shared);
    assert.ok(picture);
    simulator.press(picture, "a:vary", eve);
    await until(() => server.whispers(shared, eve).length === 2, "a word to who pressed");
    for (const { text } of server.whispers(shared, eve)) assert.match(text, /not set up for people of your/);
    simulator.press(picture, "a:vary", ada);
    assert.equal((await nextPress()).turn.user.name, "ada");
    assert.deepEqual(taken, []);
  });

  test("App Home, the assistant and an agent's conversation are open to people of those workspaces alone", async (t) => {
    const strange =
      "I am not set up for people of your workspace. Whoever runs me decides for whom I draw; ask them.";
    for (const app of ["assistant", "agent"] as const) {
      const { simulator, ada } = await startSlack(t, {
        simulator: { app },
        accessOf: ({ teamId }) => ({ communities: [`slack:team:${teamId}`], direct: true, carried: true }),
      });
      const eve = simulator.addUser({ name: "eve", team: simulator.addTeam("Partner") });
      simulator.openHome(eve);
      assert.equal((await simulator.waitFor(() => simulator.home(eve))).text, strange);
      simulator.openHome(ada);
      assert.match((await simulator.waitFor(() => simulator.home(ada))).text, /My defaults/);
      const begin = (who: typeof ada) =>
        app === "agent" ? simulator.openHome(who, "messages") : simulator.startAssistant(who);
      begin(eve);
      begin(ada);
      const own = simulator.dm(ada).id;
      const [first] = await simulator.waitFor(
        () => simulator.statuses.log.length > 0 && simulator.statuses.log,
      );
      assert.equal(first?.channel, own, app);
    }
  });

  test("App Home says so, too, where its own workspace was left out, and when a button there is pressed", async (t) => {
    const server = await startSlack(t);
    const { simulator, ada, adapter } = server;
    simulator.openHome(ada);
    const open = await simulator.waitFor(() => simulator.home(ada));
    await adapter.stop();
    const next = await startOn(server, {
      communities: ["slack:team:T0NOWHERE1"],
      direct: true,
      carried: true,
    });
    t.after(() => next.stop());
    simulator.press(open, "defaults", ada);
    await until(() => /not set up for people/.test(simulator.home(ada)?.text ?? ""), "the sentence");
    assert.equal(simulator.modal(ada), undefined);
  });

  test("guests who may are known as such, for what is finished after a restart", async (t) => {
    const { simulator, ada, nextPrompt } = await startSlack(t);
    const partner = simulator.addTeam("Partner");
    const eve = simulator.addUser({ name: "eve", team: partner });
    const shared = simulator.addChannel({ name: "together", members: [ada, eve], shared: true });
    await simulator.say(shared, eve, "a fox", { mention: true });
    assert.equal((await nextPrompt()).turn.place.from, `slack:team:${partner.id}`);
  });

  test("what was noted before the channel was closed is told so and not drawn", async (t) => {
    const server = await startSlack(t, inChannel);
    const { simulator, ada, adapter, taken, whispers } = server;
    const other = simulator.addChannel({ name: "talk" });
    const payload = { type: "app_mention", channel: other.id, ts: "1.000001", user: ada.id, text: "a fox" };
    const body = { kind: "message", at: Date.now(), payload };
    await adapter.replay({ key: `slack:message:${other.id}:1.000001`, body });
    assert.deepEqual(
      whispers(other).map(({ text }) => text),
      [here],
    );
    const command = {
      text: "a fox",
      trigger_id: "1",
      user_id: ada.id,
      user_name: "ada",
      channel_id: other.id,
    };
    await adapter.replay({
      key: "slack:command:1",
      body: { kind: "command", at: Date.now(), payload: { ...command, response_url: "" } },
    });
    assert.deepEqual([whispers(other).length, taken], [2, []]);
  });

  test("channels that the bot is not in, and its own workspace left out, are named at the start", async (t) => {
    const { said } = await startSlack(t, {
      access: {
        communities: ["slack:team:T0NOWHERE1"],
        channels: ["slack:channel:C0NOWHERE1"],
        ...{ direct: true, carried: true },
      },
    });
    await until(() => said("slack.channel.unknown").length === 1, "the channel to be named");
    assert.match(JSON.stringify(said("slack.channel.unknown")), /C0NOWHERE1.*\/invite @/);
    assert.equal(said("slack.workspace.unnamed").length, 1);
  });
});

/** Another adapter on the same Slack. */
async function startOn({ simulator, core }: SlackServer, access: Access) {
  const adapter = createSlackAdapter({
    botToken: simulator.token,
    apiUrl: simulator.api,
    mode: { kind: "socket", appToken: simulator.appToken },
    painter: { name: "Nobody", standIn: true },
    log: createLog("silent"),
    access,
  });
  await adapter.start(core);
  return adapter;
}
