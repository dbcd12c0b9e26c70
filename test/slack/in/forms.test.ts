import assert from "node:assert/strict";
import { test } from "node:test";
import type { Style } from "../../../src/seam/core.ts";
import { optionSpecs } from "../../../src/seam/options.ts";
import { flat } from "../../rig/pictures.ts";
import { until } from "../../rig/until.ts";
import { done, startSlack } from "../server.ts";

const cosy: Style = { name: "cosy", scope: "mine", instruction: "soft light", options: {}, pictures: 0 };

test("the form to draw has every option: those people change most first, the rest set apart", async (t) => {
  const { simulator, channel, ada, nextPrompt, saved } = await startSlack(t);
  saved.push(cosy);
  const doing = simulator.slash(channel, ada, "/draw");
  const form = await simulator.waitFor(() => doing.view);
  const names = form.inputs.flatMap(({ actionId }) => /^option:(.*)/.exec(actionId)?.[1] ?? []);
  assert.deepEqual([...names].sort(), optionSpecs.map(({ name }) => name).sort());
  assert.deepEqual(names.slice(0, 5), ["style", "size", "quality", "count", "format"]);
  const divider = form.blocks.findIndex(({ type }) => type === "divider");
  const after = form.blocks.slice(divider).filter(({ type }) => type === "input");
  assert.equal(after.length, optionSpecs.length - 5 + 1, "and a size of one's own");
  assert.match(form.text, /More options/);

  const all = {
    ...{ style: "cosy", size: "1536x1024", quality: "max", count: "2", format: "gif", background: "opaque" },
    ...{ compression: "80", fidelity: "high", action: "edit", complexity: "high", frames: "12" },
    ...{ duration: "90", detail: "original", outside: "redraw", partials: "0", moderation: "low" },
    model: "gpt-image-2",
  };
  const filled = Object.entries(all).map(([name, value]) => [`option:${name}`, value]);
  await simulator.submitView(form, { prompt: "a kite", ...Object.fromEntries(filled) });
  const { turn } = await nextPrompt();
  assert.deepEqual(turn.options, all);
  assert.equal(turn.mustDraw, true);
});

test("styles that come late come into the open form, and what was typed stays", async (t) => {
  const styles = Promise.withResolvers<readonly Style[]>();
  const { simulator, channel, ada, nextPrompt } = await startSlack(t, { listStyles: () => styles.promise });
  const doing = simulator.slash(channel, ada, "/draw");
  const form = await simulator.waitFor(() => doing.view);
  const offers = () => /"option:style"/.test(JSON.stringify(simulator.modal(ada)?.blocks));
  assert.ok(!offers());
  await simulator.fillIn(form, {
    prompt: "a kite",
    "option:quality": "high",
    pictures: [{ name: "kite.png", bytes: await flat("#040") }],
  });
  styles.resolve([cosy]);
  await until(offers, "the styles");
  await simulator.submitView(form, { "option:style": "cosy" });
  const { turn } = await nextPrompt();
  assert.equal(turn.text, "a kite");
  assert.deepEqual(turn.options, { quality: "high", style: "cosy" });
  assert.equal(turn.attachments[0]?.name, "kite.png");
});

test("more styles than a list of Slack's holds, and one's own default among them or not", async (t) => {
  const { simulator, channel, ada, saved, kept } = await startSlack(t);
  saved.push(...Array.from({ length: 150 }, (_, index) => ({ ...cosy, name: `style-${index}` })));
  const doing = simulator.slash(channel, ada, "/draw");
  const form = await simulator.waitFor(() => doing.view);
  assert.match(JSON.stringify(form.blocks), /"style-98"/);
  simulator.closeView(form);

  kept.set(`slack:${ada.id}`, { defaults: { style: "style-149" }, pictures: 0, usd: 0 });
  simulator.openHome(ada);
  const home = await simulator.waitFor(() => simulator.home(ada));
  simulator.press(home, "defaults", ada);
  const defaults = await simulator.waitFor(() => simulator.modal(ada));
  await simulator.submitView(defaults, { "option:size": "1024x1024" });
  await until(() => kept.get(`slack:${ada.id}`)?.defaults.size !== undefined, "them to be kept");
  assert.deepEqual(kept.get(`slack:${ada.id}`)?.defaults, { style: "style-149", size: "1024x1024" });
});

test("a flag that cannot be is said in the form, and nothing typed is lost", async (t) => {
  const { simulator, channel, ada, nextPrompt, taken } = await startSlack(t);
  const doing = simulator.slash(channel, ada, "/draw");
  const form = await simulator.waitFor(() => doing.view);
  const sent = await simulator.submitView(form, { prompt: "a kite --size 17x3" });
  await sent.acknowledged();
  assert.match(simulator.modal(ada)?.errors.prompt ?? "", /Size takes square, wide, tall/);
  assert.deepEqual(taken, []);
  const again = await simulator.submitView(form, { prompt: "a kite", "own-size": "17x3" });
  await again.acknowledged();
  assert.deepEqual(Object.keys(simulator.modal(ada)?.errors ?? {}), ["own-size"]);
  await simulator.submitView(form, { prompt: "a kite --count 2", "own-size": "1536x864" });
  const { turn } = await nextPrompt();
  assert.equal(turn.text, "a kite --count 2");
  assert.deepEqual(turn.options, { size: "1536x864" });
});

test("a channel's defaults: an admin chooses the channel, sees what is set, and changes it", async (t) => {
  const { simulator, channel, ada, mo, kept, placeOf } = await startSlack(t);
  const key = placeOf(channel).channel;
  kept.set(key, { defaults: { quality: "low", count: 2 }, pictures: 0, usd: 0 });
  simulator.openHome(ada);
  const plain = await simulator.waitFor(() => simulator.home(ada));
  assert.ok(!plain.buttons.some(({ actionId }) => actionId === "channel"), "members have no such button");

  simulator.openHome(mo);
  const home = await simulator.waitFor(() => simulator.home(mo));
  simulator.press(home, "channel", mo);
  const form = await simulator.waitFor(() => simulator.modal(mo));
  assert.equal(form.submit, undefined, "there is nothing to save yet");
  const other = simulator.addChannel({ name: "other" });
  simulator.press(form, "where", mo, other.id);
  await until(() => simulator.modal(mo)?.submit === "Save", "the fields");
  assert.doesNotMatch(JSON.stringify(simulator.modal(mo)?.blocks), /initial_value/);
  simulator.press(form, "where", mo, channel.id);
  await until(() => /initial_value/.test(JSON.stringify(simulator.modal(mo)?.blocks)), "what is set");
  await simulator.submitView(form, { "option:count": null, "option:size": "1536x1024" });
  await until(() => kept.get(key)?.defaults.size !== undefined, "them to be kept");
  assert.deepEqual(kept.get(key)?.defaults, { quality: "low", size: "1536x1024" });
  assert.equal(kept.has(placeOf(other).channel), false);
});

test("a channel chosen in the last moment gets no other channel's defaults", async (t) => {
  const { simulator, channel, mo, kept, placeOf } = await startSlack(t);
  simulator.openHome(mo);
  simulator.press(await simulator.waitFor(() => simulator.home(mo)), "channel", mo);
  const form = await simulator.waitFor(() => simulator.modal(mo));
  simulator.press(form, "where", mo, channel.id);
  await until(() => simulator.modal(mo)?.submit === "Save", "the fields");
  const other = simulator.addChannel({ name: "other" });
  simulator.fault({ method: "views.update", kind: "drop", when: "before" });
  simulator.press(form, "where", mo, other.id);
  await simulator.submitView(form, { "option:size": "1536x1024" });
  const direct = simulator.dm(mo);
  await until(() => /nothing is changed/.test(simulator.messages(direct)[0]?.text ?? ""), "the word of it");
  assert.equal(kept.has(placeOf(channel).channel), false);
  assert.equal(kept.has(placeOf(other).channel), false);
});

test("words in a form that ask for privacy get it, with whatever dash", async (t) => {
  const { simulator, channel, ada, nextPrompt, answers, whispers } = await startSlack(t);
  for (const dash of ["--", "—", "–"]) {
    const doing = simulator.slash(channel, ada, "/draw");
    await simulator.submitView(await simulator.waitFor(() => doing.view), {
      prompt: `a kite ${dash}private`,
    });
    const { turn, reply } = await nextPrompt();
    assert.equal(turn.text, "a kite");
    await reply.show(await done());
  }
  assert.deepEqual(answers(), []);
  assert.equal(whispers().length, 3);
});

test("/draw with an em dash before private is private, and so is what is made of it", async (t) => {
  const { simulator, channel, ada, nextPrompt, nextPress, answers, whispers } = await startSlack(t);
  simulator.slash(channel, ada, "/draw", "a kite —private");
  const { turn, reply } = await nextPrompt();
  assert.equal(turn.text, "a kite");
  await reply.show(await done());
  const [seen] = whispers();
  assert.ok(seen);
  simulator.press(seen, "a:edit", ada);
  await simulator.submitView(await simulator.waitFor(() => simulator.modal(ada)), { prompt: "with a bow" });
  await (await nextPress()).reply.show(await done());
  simulator.press(whispers().at(-1) ?? seen, "a:redo", ada);
  await (await nextPress()).reply.show(await done());
  assert.deepEqual(answers(), []);
  assert.equal(whispers().length, 3);
});

test("a form takes files whatever they are called", async (t) => {
  const { simulator, channel, ada, nextPrompt } = await startSlack(t);
  const doing = simulator.slash(channel, ada, "/draw");
  await simulator.submitView(await simulator.waitFor(() => doing.view), {
    prompt: "make it night",
    pictures: [
      { name: "IMG_1.jfif", bytes: await flat("#090") },
      { name: "scan", bytes: await flat("#900") },
    ],
  });
  const { attachments } = (await nextPrompt()).turn;
  assert.deepEqual(
    attachments.map(({ name }) => name),
    ["IMG_1.jfif", "scan"],
  );
});
