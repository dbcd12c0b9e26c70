import assert from "node:assert/strict";
import { test } from "node:test";
import { toModal } from "../../../adapters/discord/forms/forms.ts";
import { actions } from "../../../src/seam/actions.ts";
import type { HeldRules } from "../../../src/seam/rules.ts";
import { noRules } from "../../rig/no-core.ts";
import { startDiscord } from "../server.ts";

async function start(t: Parameters<typeof startDiscord>[0], held: HeldRules = {}, channel: HeldRules = {}) {
  const rules = { ...noRules, of: async () => ({ community: held, channel }) };
  const server = await startDiscord(t, { core: { rules } });
  const ann = server.simulator.addUser({ name: "ann" });
  server.simulator.join(server.guild, ann, { permissions: ["MANAGE_GUILD"] });
  const open = (rule: string, more: { readonly channel?: boolean } = {}) =>
    server.simulator.slash(server.channel, ann, "settings change", { rule, ...more });
  return { ...server, ann, open };
}

test("/settings shows what is laid down, and who changed it, to its admin alone", async (t) => {
  const { simulator, channel, ann, ada, nextSetting } = await start(t);
  const doing = await simulator.slash(channel, ann, "settings show");
  assert.equal((await doing.acknowledged()).ephemeral, true);
  const { turn } = await nextSetting();
  assert.deepEqual(turn.wish, { name: "rules" });
  assert.equal(turn.user.admin, true);
  await simulator.slash(channel, ann, "settings changes");
  assert.deepEqual((await nextSetting()).turn.wish, { name: "changes" });
  await assert.rejects(simulator.slash(channel, ada, "settings show"), /not offered to ada/);
});

test("people and roles are chosen as Discord has them, from what is laid down", async (t) => {
  const eve = { key: "discord:1", name: "eve" } as const;
  const server = await start(t, { denied: [eve] });
  const { simulator, guild, ada, mo, open, nextSetting } = server;
  const [role = ""] = guild.members.get(mo.id)?.roles ?? [];
  const shown = await open("denied");
  const { modal } = await shown.acknowledged();
  assert.equal(modal?.title, "Who may not draw");
  const doing = await simulator.submit(shown, { value: [ada.id, role, guild.id] });
  assert.equal((await doing.acknowledged()).ephemeral, true);
  assert.deepEqual((await nextSetting()).turn.wish, {
    ...{ name: "setRule", rule: "denied", scope: "community" },
    value: [
      { key: `discord:${ada.id}`, name: "ada" },
      { key: `discord:role:${role}`, name: "@mo", role: true },
      { key: `discord:role:${guild.id}`, name: "@everyone", role: true },
    ],
  });
});

test("every kind of rule has a field of its kind, filled in, which may be emptied", async (t) => {
  const other = { key: "discord:channel:2", name: "#other" } as const;
  const server = await start(
    t,
    {
      qualities: ["low", "medium"],
      "slow-mode": 30,
      dms: false,
      "blocked-words": ["doom", "dark lord"],
      "blocked-message": "Not here.",
      channels: [other],
    },
    { "slow-mode": 5 },
  );
  const { simulator, channel, open, nextSetting } = server;
  const opened = async (rule: string, more: object) => {
    const shown = await open(rule, more);
    await shown.acknowledged();
    return shown;
  };
  const filled = async (rule: string, value?: string | readonly string[], more = {}) => {
    await simulator.submit(await opened(rule, more), value === undefined ? {} : { value });
    const { wish } = (await nextSetting()).turn;
    return wish.name === "setRule" ? [wish.scope, wish.value] : wish;
  };
  assert.deepEqual(await filled("qualities"), ["community", ["low", "medium"]], "as it was");
  assert.deepEqual(await filled("qualities", []), ["community", []]);
  assert.deepEqual(await filled("slow-mode"), ["community", "30"]);
  assert.deepEqual(
    await filled("slow-mode", undefined, { channel: true }),
    ["channel", "5"],
    "the channel's own",
  );
  assert.deepEqual(await filled("slow-mode", ""), ["community", undefined]);
  assert.deepEqual(await filled("dms"), ["community", "off"]);
  assert.deepEqual(await filled("dms", []), ["community", undefined]);
  assert.deepEqual(await filled("blocked-words"), ["community", "doom\ndark lord"]);
  assert.deepEqual(await filled("blocked-message", "No."), ["community", "No."]);
  const here = { key: `discord:channel:${channel.id}`, name: `#${channel.name}` };
  assert.deepEqual(await filled("channels", [channel.id]), ["community", [here]]);
});

test("a rule for the whole server has no channel of its own, and says so before the form", async (t) => {
  const { open } = await start(t);
  const shown = await open("dms", { channel: true });
  assert.equal((await shown.acknowledged()).kind, "reply");
  assert.match(shown.message?.text ?? "", /^That holds for the whole server/);
});

test("a form that was not opened by whom it comes from changes nothing", async (t) => {
  const { simulator, channel, mo, open, taken } = await start(t);
  const shown = await open("slow-mode");
  const { modal } = await shown.acknowledged();
  const forged = await simulator.forgeForm(shown, modal?.customId.replace("slow-mode", "dms") ?? "", {
    value: "5",
  });
  await forged.acknowledged();
  assert.match(forged.message?.text ?? "", /^I no longer know that form/);
  assert.deepEqual(taken, []);
  assert.ok(simulator.messages(channel, mo).length === 0);
});

test("in a direct message the rules of the only server hold, with the roles one has there", async (t) => {
  const artists = { key: "discord:role:1", name: "@artists", role: true } as const;
  const asked: string[] = [];
  let held: HeldRules = {};
  const rules = { ...noRules, at: async () => held };
  const { simulator, guild, mo, nextPrompt } = await startDiscord(t, { core: { rules } });
  const direct = simulator.dm(mo);
  const place = {
    ...{ channel: `discord:channel:${direct.id}`, kind: "direct" },
    ruledBy: `discord:guild:${guild.id}`,
  };
  await simulator.say(direct, mo, "a fox");
  const first = (await nextPrompt()).turn;
  assert.deepEqual(first.place, place);
  assert.equal(first.user.roles, undefined, "nothing depends on them");
  asked.push(...simulator.requests.map(({ path }) => path).filter((path) => path.includes("/members/")));
  assert.deepEqual(asked, []);
  held = { allowed: [artists] };
  await simulator.say(direct, mo, "a hare");
  const ids = [guild.id, ...(guild.members.get(mo.id)?.roles ?? [])];
  assert.deepEqual(
    (await nextPrompt()).turn.user.roles,
    ids.map((id) => `discord:role:${id}`),
  );
  simulator.addGuild({ name: "Elsewhere" });
  await simulator.say(direct, mo, "an owl");
  assert.equal((await nextPrompt()).turn.place.ruledBy, undefined, "of two servers none is home");
});

test("a form to draw does not offer what is not allowed there", () => {
  const offered = (held: HeldRules) => {
    const { components } = toModal(actions.edit.form, "f:edit", "", held);
    return components.flatMap((one) =>
      "component" in one && "options" in one.component
        ? [one.component.options.map(({ value }) => value)]
        : [],
    );
  };
  assert.deepEqual(offered({ qualities: ["low", "medium"], sizes: ["auto", "other"] }), [
    ["auto"],
    ["low", "medium"],
  ]);
  assert.deepEqual(offered({})[0], ["auto", "1024x1024", "1536x1024", "1024x1536"]);
});
