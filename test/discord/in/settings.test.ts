import assert from "node:assert/strict";
import { test } from "node:test";
import type { Style } from "../../../src/seam/core.ts";
import { optionSpecs } from "../../../src/seam/options.ts";
import type { Place, User } from "../../../src/seam/turn.ts";
import { noStyles } from "../../rig/no-core.ts";
import { image, png, startDiscord, view } from "../server.ts";

const signal = AbortSignal.timeout(120_000);

function style(name: string, rest: Partial<Style> = {}): Style {
  return { name, scope: "mine", instruction: "", options: {}, pictures: 0, ...rest };
}

test("/style save becomes a setting with words, options and pictures, answered to the asker alone", async (t) => {
  const { simulator, channel, guild, ada, nextSetting } = await startDiscord(t);
  const [one, two] = [await png(1), await png(2)];
  const doing = await simulator.slash(channel, ada, "style save", {
    name: "cosy-evening",
    instruction: "Warm lamplight",
    size: "1536x1024",
    count: 2,
    image: { name: "one.png", bytes: one },
    image2: { name: "two.png", bytes: two },
    shared: true,
  });
  const { kind, ephemeral } = await doing.acknowledged();
  assert.deepEqual([kind, ephemeral], ["defer", true]);
  const { turn, reply } = await nextSetting();
  const roles = [`discord:role:${guild.id}`];
  assert.deepEqual(turn.user, { id: `discord:${ada.id}`, name: "ada", roles });
  assert.deepEqual(turn.place, {
    channel: `discord:channel:${channel.id}`,
    community: `discord:guild:${guild.id}`,
  });
  assert.equal(turn.wish.name, "saveStyle");
  if (turn.wish.name !== "saveStyle") return;
  const { attachments, ...said } = turn.wish;
  assert.deepEqual(said, {
    name: "saveStyle",
    scope: "shared",
    style: "cosy-evening",
    instruction: "Warm lamplight",
    options: { size: "1536x1024", count: 2 },
  });
  const read = await Promise.all(attachments.map((attachment) => attachment.read(signal)));
  assert.deepEqual(read.map(Buffer.from), [one, two]);
  await reply.show(view("done", { text: "Saved. Everyone here can use it.", audience: "asker" }));
  assert.match(doing.message?.text ?? "", /Saved/);
  assert.equal(doing.message?.ephemeralTo, ada.id);
  assert.equal(simulator.messages(channel).length, 1);
});

test("/style save of something hidden says that it is", async (t) => {
  const { simulator, channel, ada, nextSetting } = await startDiscord(t);
  const hidden = { name: "one.png", bytes: await png(1), spoiler: true };
  const named = { name: "SPOILER_one.png", bytes: await png(1) };
  const open = { name: "one.png", bytes: await png(1) };
  const ways = [
    [{ image: hidden }, true],
    [{ image: open, image2: named }, true],
    [{ instruction: "Warm ||lamplight||" }, true],
    [{ instruction: "Warm lamplight", image: open }, undefined],
  ] as const;
  for (const [fields, spoiler] of ways) {
    await simulator.slash(channel, ada, "style save", { name: "cosy", ...fields });
    const { wish } = (await nextSetting()).turn;
    assert.ok(wish.name === "saveStyle");
    assert.equal(wish.spoiler, spoiler);
    assert.doesNotMatch(wish.instruction, /\|/);
  }
});

test("/style show shows its pictures to the asker alone", async (t) => {
  const { simulator, channel, ada, mo, nextSetting } = await startDiscord(t, { threads: "always" });
  const doing = await simulator.slash(channel, ada, "style show", { name: "cosy" });
  const { turn, reply } = await nextSetting();
  assert.deepEqual(turn.wish, { name: "showStyle", style: "cosy" });
  const images = [await image(1, "cosy-1"), await image(2, "cosy-2")];
  await reply.show(view("done", { text: "**cosy**, your own", images, audience: "asker" }));
  assert.deepEqual(
    doing.message?.files.map(({ bytes }) => bytes),
    images.map(({ bytes }) => bytes),
  );
  assert.equal(simulator.messages(channel, mo).length, 0);
  assert.equal(doing.message?.threadId, undefined);
});

test("the other settings, each as what it is", async (t) => {
  const { simulator, channel, ada, nextSetting } = await startDiscord(t);
  const wishes = [
    ["style list", {}, { name: "styles" }],
    ["style remove", { name: "cosy" }, { name: "removeStyle", style: "cosy", scope: "mine" }],
    ["style remove", { name: "cosy", shared: true }, { name: "removeStyle", style: "cosy", scope: "shared" }],
    ["defaults show", {}, { name: "defaults" }],
    [
      "defaults set",
      { size: "wide", partials: 0, style: "cosy" },
      { name: "setDefaults", scope: "mine", options: { size: "wide", style: "cosy", partials: 0 } },
    ],
    [
      "defaults set",
      { quality: "low", channel: true },
      { name: "setDefaults", scope: "shared", options: { quality: "low" } },
    ],
    ["defaults reset", {}, { name: "resetDefaults", scope: "mine" }],
    ["defaults reset", { channel: true }, { name: "resetDefaults", scope: "shared" }],
    ["forget", {}, { name: "forgetMe", sure: false }],
  ] as const;
  for (const [name, fields, wish] of wishes) {
    const doing = await simulator.slash(channel, ada, name, fields);
    assert.equal((await doing.acknowledged()).ephemeral, true, name);
    assert.deepEqual((await nextSetting()).turn.wish, wish, name);
  }
});

test("/usage and /budget, each as what it is", async (t) => {
  const { simulator, guild, channel, ada, mo, nextSetting } = await startDiscord(t);
  const ann = simulator.addUser({ name: "ann" });
  simulator.join(guild, ann, { permissions: ["MANAGE_GUILD"] });
  const [role = ""] = guild.members.get(mo.id)?.roles ?? [];
  const server = { kind: "community" } as const;
  const wishes = [
    ["usage", {}, { name: "usage" }],
    ["budget show", {}, { name: "budgets" }],
    [
      "budget set",
      { "usd-day": 0.5, "pictures-month": 100 },
      { name: "setBudget", of: server, limits: { usdDay: 0.5, picturesMonth: 100 } },
    ],
    [
      "budget set",
      { user: ada.id, "pictures-day": 3 },
      {
        ...{ name: "setBudget", of: { kind: "person", id: `discord:${ada.id}`, name: "ada" } },
        limits: { picturesDay: 3 },
      },
    ],
    [
      "budget set",
      { role, "usd-month": 5 },
      {
        ...{ name: "setBudget", of: { kind: "role", role: `discord:role:${role}`, name: "mo" } },
        limits: { usdMonth: 5 },
      },
    ],
    ["budget remove", {}, { name: "removeBudget", of: server }],
    ["budget remove", { channel: true }, { name: "removeBudget", of: { kind: "channel" } }],
    ["budget remove", { everyone: true }, { name: "removeBudget", of: { kind: "everyone" } }],
  ] as const;
  for (const [name, fields, wish] of wishes) {
    const doing = await simulator.slash(channel, ann, name, fields);
    assert.equal((await doing.acknowledged()).ephemeral, true, name);
    assert.deepEqual((await nextSetting()).turn.wish, wish, name);
  }
  await assert.rejects(simulator.slash(channel, ada, "budget show"), /not offered to ada/);
  await simulator.slash(channel, ada, "usage");
  assert.deepEqual((await nextSetting()).turn.wish, { name: "usage" });
});

test("settings work in a direct message and in a group, where there is no server to share with", async (t) => {
  const { simulator, guild, ada, nextSetting } = await startDiscord(t);
  const direct = simulator.dm(ada);
  await simulator.slash(direct, ada, "style list");
  const ruledBy = `discord:guild:${guild.id}`;
  const place = { channel: `discord:channel:${direct.id}`, kind: "direct", ruledBy };
  assert.deepEqual((await nextSetting()).turn.place, place);
});

test("every row of the options table is a field of /defaults set, and of /draw but for what is rare", async (t) => {
  const { simulator } = await startDiscord(t);
  const namesIn = (command: string, sub?: string) => {
    const found = simulator.commands().find(({ name }) => name === command) as unknown as Field;
    const { options = [] } = sub ? (found.options?.find(({ name }) => name === sub) ?? {}) : found;
    return options.map(({ name }) => name);
  };
  const rows = optionSpecs.map(({ name }) => name);
  const [draw, set, save] = [namesIn("draw"), namesIn("defaults", "set"), namesIn("style", "save")];
  assert.deepEqual(
    draw.filter((name) => rows.includes(name as never)),
    optionSpecs.filter(({ rare }) => !rare).map(({ name }) => name),
  );
  assert.deepEqual(
    draw.filter((name) => !rows.includes(name as never)),
    ["prompt", "image", "image2", "image3", "image4", "mask", "spoiler", "private"],
  );
  assert.deepEqual(set, [...rows, "channel"]);
  assert.deepEqual(
    rows.filter((name) => !save.includes(name)),
    ["style"],
    "a style is not made of styles",
  );
});

interface Field {
  readonly name: string;
  readonly options?: readonly Field[];
}

test("styles are suggested by name and by words, with whose they are, within Discord's limits", async (t) => {
  const asked: [User, Place][] = [];
  const many = Array.from({ length: 40 }, (_, index) =>
    style(`many-${index}`, { instruction: "x".repeat(2000) }),
  );
  const styles = {
    ...noStyles,
    async list(user: User, place: Place) {
      asked.push([user, place]);
      return [
        style("noir", { instruction: "Rain,\nneon and cosy bars" }),
        style("cosy", { scope: "shared" }),
        ...many,
      ];
    },
  };
  const { simulator, channel, guild, ada } = await startDiscord(t, { core: { styles } });
  const suggest = (command: string, option: string, value: string) =>
    simulator.autocomplete(channel, ada, command, { option, value });
  assert.deepEqual(await suggest("draw", "style", "COS"), [
    { name: "cosy (shared)", value: "cosy" },
    { name: "noir: Rain, neon and cosy bars", value: "noir" },
  ]);
  assert.deepEqual(asked, [
    [
      { id: `discord:${ada.id}`, name: "ada", roles: [`discord:role:${guild.id}`] },
      { channel: `discord:channel:${channel.id}`, community: `discord:guild:${guild.id}` },
    ],
  ]);
  for (const [command, option] of [
    ["style show", "name"],
    ["style remove", "name"],
    ["defaults set", "style"],
  ] as const) {
    assert.equal((await suggest(command, option, "no")).at(0)?.value, "noir", command);
  }
  const all = await suggest("draw", "style", "many");
  assert.equal(all.length, 25);
  assert.ok(all.every(({ name }) => name.length <= 100));
  assert.deepEqual(await suggest("draw", "style", "nothing like it"), []);
});

test("a core that is slow to name its styles, or cannot, costs only the suggestions", async (t) => {
  const lists = [() => new Promise<never>(() => {}), () => Promise.reject(new Error("the store is away"))];
  for (const list of lists) {
    const { simulator, channel, ada } = await startDiscord(t, { core: { styles: { ...noStyles, list } } });
    assert.deepEqual(await simulator.autocomplete(channel, ada, "draw", { option: "style", value: "" }), []);
  }
});
