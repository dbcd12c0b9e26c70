import assert from "node:assert/strict";
import { test } from "node:test";
import { BotError } from "../../../src/seam/errors.ts";
import type { HeldRules } from "../../../src/seam/rules.ts";
import type { Place, RuleChange, User } from "../../../src/seam/turn.ts";
import { noRules } from "../../rig/no-core.ts";
import { until } from "../../rig/until.ts";
import { startSlack } from "../server.ts";

async function start(t: Parameters<typeof startSlack>[0], held: HeldRules = {}) {
  const changes: { readonly user: User; readonly place: Place; readonly change: RuleChange }[] = [];
  let fault: BotError | undefined;
  const rules = {
    ...noRules,
    of: async () => ({ community: held, channel: {} }),
    change: async (user: User, place: Place, change: RuleChange) => {
      if (fault) throw fault;
      changes.push({ user, place, change });
    },
  };
  const server = await startSlack(t, { rules });
  const { simulator, mo } = server;
  const home = async (user = mo) => {
    simulator.openHome(user);
    return simulator.waitFor(() => simulator.home(user));
  };
  const open = async (rule: string) => {
    const doing = simulator.press(await home(), "rule", mo, rule);
    await doing.acknowledged();
    const hasFields = () => (doing.view?.inputs.length ?? 0) > 0; // they may come later
    await until(hasFields, "the fields");
    if (!doing.view) throw new Error("it was there a moment ago");
    return doing.view;
  };
  const next = async () => {
    await until(() => changes.length > 0, "a change");
    const [one] = changes.splice(0, 1);
    if (!one) throw new Error("it was there a moment ago");
    return one;
  };
  return { ...server, home, open, next, changes, fail: (error: BotError) => (fault = error) };
}

test("App Home shows an admin what is laid down, and nobody else", async (t) => {
  const channels = [{ key: "slack:channel:C1", name: "<#C1>" }] as const;
  const { home, ada } = await start(t, { "slow-mode": 30, channels, "blocked-words": ["<doom>"] });
  const { text } = await home();
  assert.match(
    text,
    /Settings of this workspace\*\nChannels to draw in: <#C1>\nSlow mode: 30 s\nBlocked words: &lt;doom&gt;/,
  );
  assert.doesNotMatch((await home(ada)).text, /Settings of this workspace/);
});

test("people and user groups are chosen from Slack's own lists", async (t) => {
  const { simulator, ada, mo, open, next } = await start(t, { denied: [{ key: "slack:U1", name: "eve" }] });
  const group = simulator.addGroup("designers");
  const form = await open("denied");
  assert.deepEqual(
    form.inputs.map(({ actionId }) => actionId),
    ["value", "groups", "only-in"],
  );
  await simulator.submitView(form, { value: [ada.id], groups: [group.id] });
  const { user, place, change } = await next();
  assert.equal(user.id, `slack:${mo.id}`);
  assert.equal(user.admin, true);
  assert.equal(place.community, `slack:team:${simulator.teamId}`);
  assert.deepEqual(change, {
    ...{ rule: "denied", scope: "community" },
    value: [
      { key: `slack:${ada.id}`, name: "ada" },
      { key: `slack:group:${group.id}`, name: "@designers", role: true },
    ],
  });
});

test("without the scope for user groups the form says so", async (t) => {
  const { simulator, open } = await start(t);
  simulator.revoke("usergroups:read");
  assert.match((await open("allowed")).text, /I cannot see this workspace's user groups/);
});

test("every kind of rule has a field of its kind, filled in, for the workspace or one channel", async (t) => {
  const { simulator, channel, open, next } = await start(t, {
    qualities: ["low", "medium"],
    "slow-mode": 30,
    dms: false,
    "blocked-words": ["doom", "dark lord"],
    "approval-above": 0.1,
  });
  const filled = async (rule: string, values = {}) => {
    await simulator.submitView(await open(rule), values);
    const { place, change } = await next();
    return [change.scope, change.value, ...(change.scope === "channel" ? [place.channel] : [])];
  };
  assert.deepEqual(await filled("qualities"), ["community", ["low", "medium"]]);
  assert.deepEqual(await filled("qualities", { value: [] }), ["community", []]);
  assert.deepEqual(await filled("slow-mode"), ["community", "30"]);
  assert.deepEqual(await filled("slow-mode", { value: "5", "only-in": channel.id }), [
    ...["channel", "5", `slack:channel:${channel.id}`],
  ]);
  assert.deepEqual(await filled("dms"), ["community", "off"]);
  assert.deepEqual(await filled("blocked-words"), ["community", "doom\ndark lord"]);
  assert.deepEqual(await filled("blocked-words", { value: null }), ["community", undefined]);
  assert.deepEqual(await filled("approval-above"), ["community", "0.1"]);
  const here = { key: `slack:channel:${channel.id}`, name: `<#${channel.id}>` };
  assert.deepEqual(await filled("channels", { value: [channel.id] }), ["community", [here]]);
});

test("what cannot be is told to the admin alone", async (t) => {
  const { simulator, mo, open, fail } = await start(t);
  fail(new BotError("bad_option", "Blocked words need a letter or a digit each."));
  await simulator.submitView(await open("blocked-words"), { value: "???" });
  await until(
    () => simulator.messages(simulator.dm(mo)).some(({ text }) => /need a letter/.test(text)),
    "what is wrong",
  );
});
