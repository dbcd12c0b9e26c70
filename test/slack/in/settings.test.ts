import assert from "node:assert/strict";
import { test } from "node:test";
import type { Style } from "../../../src/seam/core.ts";
import { flat } from "../../rig/pictures.ts";
import { until } from "../../rig/until.ts";
import { image, startSlack, view } from "../server.ts";

const signal = AbortSignal.timeout(120_000);
const cosy: Style = {
  name: "cosy",
  scope: "mine",
  instruction: "soft light & <b>warm</b> colours",
  options: { size: "1536x1024" },
  pictures: 2,
};
const house: Style = { name: "house", scope: "shared", instruction: "our blue", options: {}, pictures: 0 };

test("/draw with words about styles or defaults: answered to the one who asks, with pictures", async (t) => {
  const { simulator, channel, ada, nextSetting, answers, whispers, placeOf } = await startSlack(t);
  const doing = simulator.slash(channel, ada, "/draw", "style show cosy");
  const { turn, reply } = await nextSetting();
  assert.deepEqual(turn, {
    kind: "setting",
    user: { id: `slack:${ada.id}`, name: "ada", roles: [] },
    place: placeOf(channel),
    wish: { name: "showStyle", style: "cosy" },
  });
  const images = [await image("#100"), await image("#010")];
  await reply.show(view("done", { text: "**cosy**, your own", images, audience: "asker" }));
  const [told] = doing.messages;
  assert.equal(told?.ephemeralTo, ada.id);
  assert.match(told?.text ?? "", /\*cosy\*, your own/);
  assert.deepEqual(
    told?.images.map(({ bytes }) => bytes),
    images.map(({ bytes }) => bytes),
  );
  assert.equal(whispers().length, 1);
  assert.deepEqual(answers(), [], "nobody else sees anything");

  simulator.slash(channel, ada, "/draw", "defaults --size wide");
  assert.deepEqual((await nextSetting()).turn.wish, {
    name: "setDefaults",
    scope: "mine",
    options: { size: "1536x1024" },
  });
  simulator.slash(channel, ada, "/draw", "usage");
  assert.deepEqual((await nextSetting()).turn.wish, { name: "usage" });
  simulator.slash(channel, ada, "/draw", "budget channel $5 a day");
  assert.deepEqual((await nextSetting()).turn.wish, {
    ...{ name: "setBudget", of: { kind: "channel" }, limits: { usdDay: "5" } },
  });
  const wrong = simulator.slash(channel, ada, "/draw", "defaults --size huge");
  assert.match((await simulator.waitFor(() => wrong.messages[0])).text, /Size takes square/);
  assert.deepEqual(answers(), []);
});

test("Forget me… in App Home is answered in a direct message, whose button is the person's own", async (t) => {
  const { simulator, channel, ada, nextSetting, nextPress, whispers } = await startSlack(t);
  simulator.openHome(ada);
  const home = await simulator.waitFor(() => simulator.home(ada));
  simulator.press(home, "forget", ada);
  const { turn, reply } = await nextSetting();
  assert.deepEqual(turn.wish, { name: "forgetMe", sure: false });
  const asked = view("done", { text: "That is: 1 answer", actions: ["forget"], audience: "asker" });
  await reply.show(asked);
  const [direct] = simulator.messages(simulator.dm(ada));
  assert.ok(direct);
  await simulator.press(direct, "a:forget", ada).acknowledged();
  assert.equal((await nextPress()).turn.action, "forget");

  simulator.slash(channel, ada, "/draw", "forget me");
  await (await nextSetting()).reply.show(asked);
  const [whispered] = whispers();
  assert.ok(whispered);
  await simulator.press(whispered, "a:forget", ada).acknowledged();
  const pressed = await nextPress();
  assert.equal(pressed.turn.action, "forget");
  await pressed.reply.show(view("done", { text: "I have forgotten you.", audience: "asker" }));
  assert.match(whispers().at(-1)?.text ?? "", /I have forgotten you/);
});

test("pictures for one person come directly where Slack does not take them in the channel", async (t) => {
  const { simulator, channel, ada, nextPrompt, whispers } = await startSlack(t);
  await simulator.say(channel, ada, "style show cosy", { mention: true });
  const { reply } = await nextPrompt();
  simulator.fault({ method: "chat.postEphemeral", kind: "error", error: "invalid_blocks" });
  await reply.show(view("done", { text: "cosy", images: [await image()], audience: "asker" }));
  assert.deepEqual(whispers(), []);
  const [direct] = simulator.messages(simulator.dm(ada));
  assert.equal(direct?.images[0]?.broken, false);

  await simulator.say(channel, ada, "style show cosy", { mention: true });
  const again = await nextPrompt();
  simulator.fault({ method: "chat.postEphemeral", kind: "error", error: "invalid_blocks" });
  simulator.fault({ method: "chat.postMessage", kind: "error", error: "invalid_blocks" });
  await again.reply.show(view("done", { text: "cosy", images: [await image()], audience: "asker" }));
  const [, last] = simulator.messages(simulator.dm(ada));
  assert.match(last?.text ?? "", /cosy\nSlack did not take its pictures/);
});

test("in a direct message the answer stays, pictures and all", async (t) => {
  const { simulator, ada, nextSetting } = await startSlack(t);
  const direct = simulator.dm(ada);
  simulator.slash(direct, ada, "/draw", "styles");
  const { reply } = await nextSetting();
  await reply.show(view("done", { text: "None yet.", images: [await image()], audience: "asker" }));
  const [told, ...more] = simulator.messages(direct);
  assert.deepEqual(more, []);
  assert.equal(told?.ephemeralTo, undefined);
  assert.equal(told?.images.length, 1);
});

test("App Home lists the styles, shows and removes them", async (t) => {
  const { simulator, ada, mo, nextSetting, saved, placeOf } = await startSlack(t);
  saved.push(cosy, house);
  simulator.openHome(ada);
  const home = await simulator.waitFor(() => simulator.home(ada));
  assert.match(
    home.text,
    /`cosy` {2}soft light &amp; &lt;b&gt;warm&lt;\/b&gt; colours · Size 1536x1024 · 2 pictures/,
  );
  assert.match(home.text, /`house` \(everyone's\) {2}our blue/);
  const values = (actionId: string, of = home) =>
    of.buttons.flatMap((button) => (button.actionId === actionId ? [button.value] : []));
  assert.deepEqual(values("style:show"), ["mine:cosy", "shared:house"]);
  assert.deepEqual(values("style:remove"), ["mine:cosy"], "only an admin removes what is everyone's");

  simulator.press(home, "style:show", ada);
  const shown = await nextSetting();
  assert.deepEqual(shown.turn.wish, { name: "showStyle", style: "cosy" });
  const direct = simulator.dm(ada);
  assert.deepEqual(shown.turn.place, placeOf(direct));
  await shown.reply.show(view("done", { text: "cosy", images: [await image()], audience: "asker" }));
  const [told] = simulator.messages(direct);
  assert.equal(told?.images[0]?.broken, false);
  assert.equal(told?.ephemeralTo, undefined, "it is there when they come to look");

  saved.shift();
  simulator.press(home, "style:remove", ada);
  assert.deepEqual((await nextSetting()).turn.wish, { name: "removeStyle", style: "cosy", scope: "mine" });
  await until(
    () => !/soft light &amp;/.test(simulator.home(ada)?.text ?? "soft light &amp;"),
    "it to be gone from the list",
  );
  simulator.openHome(mo);
  assert.deepEqual(values("style:remove", await simulator.waitFor(() => simulator.home(mo))), [
    "shared:house",
  ]);
});

test("App Home with more styles than fit says so", async (t) => {
  const { simulator, ada, saved } = await startSlack(t);
  saved.push(...Array.from({ length: 60 }, (_, index) => ({ ...cosy, name: `style-${index}` })));
  simulator.openHome(ada);
  const home = await simulator.waitFor(() => simulator.home(ada));
  assert.match(home.text, /And 40 more: `\/draw styles` lists all/);
});

test("a new style with pictures, and a name that cannot be", async (t) => {
  const { simulator, ada, mo, nextSetting, saved, taken } = await startSlack(t);
  simulator.openHome(ada);
  const home = await simulator.waitFor(() => simulator.home(ada));
  assert.match(home.text, /None yet/);
  simulator.press(home, "style:new", ada);
  const form = await simulator.waitFor(() => simulator.modal(ada));
  assert.ok(!form.inputs.some(({ actionId }) => actionId === "shared"), "members share nothing");
  const photo = await flat("#040");
  await simulator.fillIn(form, {
    prompt: "soft light",
    "option:size": "1536x1024",
    pictures: [{ name: "lamp.png", bytes: photo }],
  });
  const refused = await simulator.submitView(form, { style: "???" });
  await refused.acknowledged();
  assert.match(simulator.modal(ada)?.errors.style ?? "", /letters a to z, digits and hyphens/);
  assert.deepEqual(taken, []);
  await assert.rejects(
    simulator.submitView(form, {
      style: "Cosy evening",
      pictures: Array.from({ length: 5 }, () => ({ name: "lamp.png", bytes: photo })),
    }),
    /No more than 4 files/,
  );
  saved.push({ ...cosy, name: "cosy-evening" });
  await simulator.submitView(form, { style: "Cosy evening" });
  const { turn, reply } = await nextSetting();
  assert.ok(turn.wish.name === "saveStyle");
  const { attachments, ...wish } = turn.wish;
  assert.deepEqual(wish, {
    name: "saveStyle",
    scope: "mine",
    style: "Cosy evening",
    instruction: "soft light",
    options: { size: "1536x1024" },
  });
  assert.deepEqual(Buffer.from((await attachments[0]?.read(signal)) ?? []), photo);
  await reply.show(view("done", { text: "Saved.", audience: "asker" }));
  assert.match(simulator.messages(simulator.dm(ada))[0]?.text ?? "", /Saved/);
  await until(() => /cosy-evening/.test(simulator.home(ada)?.text ?? ""), "it to be in the list");

  simulator.openHome(mo);
  simulator.press(await simulator.waitFor(() => simulator.home(mo)), "style:new", mo);
  const whole = await simulator.waitFor(() => simulator.modal(mo));
  await simulator.submitView(whole, { style: "house", prompt: "our blue", shared: ["yes"] });
  const shared = (await nextSetting()).turn.wish;
  assert.ok(shared.name === "saveStyle" && shared.scope === "shared");
});
