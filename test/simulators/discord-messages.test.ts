import assert from "node:assert/strict";
import { test } from "node:test";
import {
  type APIMessage,
  ComponentType,
  Events,
  GatewayIntentBits,
  MessageFlags,
  REST,
  Routes,
} from "discord.js";
import {
  button,
  channelOf,
  connect,
  embed,
  faultsOf,
  next,
  png,
  refusal,
  simulate,
  usual,
} from "./discord-client.ts";

const text = (content: string) => ({ type: 10, content });
const row = (...components: object[]) => ({ type: 1, components });
const pictures = (count: number, rest: object = {}) => ({
  type: 12,
  items: Array.from({ length: count }, () => ({ media: { url: "https://example.com/a.png" }, ...rest })),
});
const v2 = (...components: object[]) => ({ flags: MessageFlags.IsComponentsV2, components });

function download(url: string) {
  return { type: 13, file: { url } };
}

test("an edit swaps the picture, keeps it, or adds to it, by what it lists", async (t) => {
  const { simulator, channel, client } = await connect(t);
  const target = await client.channels.fetch(channel.id);
  assert.ok(target?.isSendable());
  const sent = await target.send({ content: "one", files: [{ attachment: png, name: "one.png" }] });
  const names = () => simulator.message(sent.id)?.files.map(({ name }) => name);
  await sent.edit({ content: "only words" });
  assert.deepEqual(names(), ["one.png"]);
  await sent.edit({ files: [{ attachment: png, name: "two.png" }] });
  assert.deepEqual(names(), ["two.png"]);
  const kept = simulator.message(sent.id)?.files[0]?.id ?? "";
  await client.rest.patch(Routes.channelMessage(channel.id, sent.id), {
    body: { attachments: [{ id: kept }, { id: "0" }] },
    files: [{ name: "a b.png", data: png }],
  });
  assert.deepEqual(names(), ["two.png", "a_b.png"]);
  await client.rest.patch(Routes.channelMessage(channel.id, sent.id), {
    body: {},
    files: [{ name: "c.png", data: png }],
  });
  assert.deepEqual(names(), ["c.png"], "new files without a list replace the old ones");
  const [c] = simulator.message(sent.id)?.attached ?? [];
  assert.deepEqual([c?.alt, c?.spoiler], [undefined, false]);
  const edit = (attachment: object) =>
    client.rest.patch(Routes.channelMessage(channel.id, sent.id), {
      body: { attachments: [{ id: c?.id, ...attachment }] },
    });
  assert.deepEqual(faultsOf(await refusal(edit({ is_spoiler: "yes", colour: 1 }))), [
    "attachments.0.colour UNKNOWN_FIELD",
    "attachments.0.is_spoiler BOOLEAN_TYPE_CONVERT",
  ]);
  await edit({ description: "A bridge", is_spoiler: true });
  const [hidden] = simulator.message(sent.id)?.attached ?? [];
  assert.deepEqual([hidden?.id, hidden?.alt, hidden?.spoiler], [c?.id, "A bridge", true]);
  const unknown = client.rest.patch(Routes.channelMessage(channel.id, sent.id), { body: { colour: 1 } });
  assert.deepEqual(faultsOf(await refusal(unknown)), ["colour UNKNOWN_FIELD"]);
  await sent.edit({ attachments: [] });
  assert.deepEqual(names(), []);
  assert.equal(simulator.message(sent.id)?.edits, 6);
});

test("words to the bot: a mention, a direct message, a reply; the rest is not to be read", async (t) => {
  const { simulator, channel, ada, client } = await connect(t);
  const say = async (
    ...[where, text, how]: [typeof channel, string, Parameters<typeof simulator.say>[3]?]
  ) => {
    const [[message]] = await Promise.all([
      next(client, Events.MessageCreate),
      simulator.say(where, ada, text, how),
    ]);
    return message;
  };
  const files = [{ name: "in.png", bytes: png }];
  const hidden = await say(channel, "nothing to you", { files });
  assert.deepEqual([hidden.content, hidden.attachments.size], ["", 0]);
  const mention = await say(channel, `<@${simulator.bot.id}> draw a bridge`, { files });
  assert.match(mention.content, /draw a bridge/);
  assert.equal(mention.attachments.first()?.height, 6);
  assert.ok(mention.mentions.has(simulator.bot.id));
  const direct = await say(simulator.dm(ada), "draw a bridge");
  assert.equal(direct.content, "draw a bridge");
  const passedOn = await Promise.all([
    next(client, Events.MessageCreate),
    simulator.forward(mention.id, simulator.dm(ada), ada),
  ]);
  assert.equal(passedOn[0][0].content, "");
  assert.equal(passedOn[0][0].messageSnapshots.first()?.attachments.first()?.height, 6);
  const answered = await mention.reply("Here");
  const reply = await say(channel, "more fog", { replyTo: answered.id });
  assert.equal(reply.content, "more fog");
  assert.equal(reply.reference?.messageId, answered.id);
  const quiet = await say(channel, "more fog", { replyTo: answered.id, ping: false });
  assert.equal(quiet.content, "");
  assert.equal(quiet.mentions.repliedUser?.id, simulator.bot.id);
  assert.equal(
    (await channelOf(client, channel.id).messages.fetch({ message: hidden.id, force: true })).content,
    "",
  );
});

test("with the content intent granted and asked for, everything is to be read", async (t) => {
  const { simulator, channel, ada, client } = await connect(t, {
    portal: { messageContent: true },
    intents: [...usual, GatewayIntentBits.MessageContent],
  });
  const heard = next(client, Events.MessageCreate);
  await simulator.say(channel, ada, "nothing to you");
  assert.equal((await heard)[0].content, "nothing to you");
});

test("links to files expire, and vanish with their message", async (t) => {
  const { simulator, channel, ada } = await simulate(t);
  const message = await simulator.say(channel, ada, "", { files: [{ name: "in.png", bytes: png }] });
  const link = simulator.link(message, "in.png");
  assert.equal((await fetch(link)).status, 200);
  assert.equal((await fetch(link.replace(/hm=./, "hm=x"))).status, 404);
  simulator.advance(24 * 60 * 60_000);
  assert.equal((await fetch(link)).status, 404);
  const fresh = simulator.link(message, "in.png");
  assert.equal((await fetch(fresh)).status, 200);
  simulator.deleteMessage(message);
  assert.equal((await fetch(fresh)).status, 404);
});

test("whom a message calls", async (t) => {
  const { simulator, channel, ada, client } = await connect(t);
  const target = channelOf(client, channel.id);
  const words = await simulator.say(channel, ada, "draw");
  const pings = async (body: Parameters<typeof target.send>[0]) =>
    simulator.message((await target.send(body)).id)?.pings;
  const call = { kind: "user", id: ada.id };
  assert.deepEqual(await pings(`<@${ada.id}> @everyone`), [call]);
  assert.deepEqual(await pings({ content: `<@${ada.id}>`, allowedMentions: { parse: [] } }), []);
  assert.deepEqual(await pings({ content: "a", reply: { messageReference: words.id } }), [
    { kind: "reply", id: ada.id },
  ]);
  const quiet = { reply: { messageReference: words.id }, allowedMentions: { repliedUser: false } };
  assert.deepEqual(await pings({ content: "a", ...quiet }), []);
  simulator.permit(channel, simulator.bot, { allow: ["MENTION_EVERYONE"] });
  assert.deepEqual(await pings("@everyone"), [{ kind: "everyone" }]);
});

test("the same nonce makes one message", async (t) => {
  const { simulator, channel, client } = await connect(t);
  const order = simulator.fault({ method: "POST", path: /\/messages$/, kind: "drop", when: "after" });
  const target = channelOf(client, channel.id);
  const once = { content: "once", nonce: "job-1", enforceNonce: true } as const;
  try {
    await target.send(once);
  } catch {
    await target.send(once); // discord.js itself sends again after some kinds of cut, not after all
  }
  assert.equal(order.struck, 1);
  assert.equal(simulator.messages(channel).length, 1);
});

test("messages that Discord refuses are refused, and the field is named", async (t) => {
  const { simulator, channel } = await simulate(t);
  const rest = new REST({ api: simulator.api }).setToken(simulator.token);
  const post = (body: object) => rest.post(Routes.channelMessages(channel.id), { body });
  const refused: readonly [body: object, field: string, code: string][] = [
    [{ content: "x".repeat(2001) }, "content", "BASE_TYPE_MAX_LENGTH"],
    [{ content: 7 }, "content", "STRING_TYPE_CONVERT"],
    [{ content: "a", nonce: "x".repeat(26) }, "nonce", "BASE_TYPE_MAX_LENGTH"],
    [{ content: "a", allowed_mentions: { parse: ["all"] } }, "allowed_mentions.parse", "BASE_TYPE_CHOICES"],
    [
      { content: "a", allowed_mentions: { parse: ["users"], users: ["1"] } },
      "allowed_mentions.parse",
      "MESSAGE_ALLOWED_MENTIONS_PARSE_EXCLUSIVE",
    ],
    [{ content: "a", attachments: [{ id: "0" }] }, "attachments.0.id", "ATTACHMENT_NOT_FOUND"],
    [
      { content: "a", message_reference: { message_id: "1" } },
      "message_reference",
      "REPLIES_UNKNOWN_MESSAGE",
    ],
    [embed({ title: "x".repeat(257) }), "embeds.0.title", "BASE_TYPE_MAX_LENGTH"],
    [
      embed({ fields: [{ name: "a", value: "x".repeat(1025) }] }),
      "embeds.0.fields.0.value",
      "BASE_TYPE_MAX_LENGTH",
    ],
    [{ embeds: Array.from({ length: 11 }, () => ({ title: "a" })) }, "embeds", "BASE_TYPE_MAX_LENGTH"],
    [{ embeds: [1, 2].map(() => ({ description: "x".repeat(3001) })) }, "embeds", "MAX_EMBED_SIZE_EXCEEDED"],
    [{ content: "a", components: [text("a")] }, "components.0.type", "UNION_TYPE_CHOICES"],
    [{ content: "a", components: [button()] }, "components.0.type", "UNION_TYPE_CHOICES"],
    [
      { content: "a", components: Array.from({ length: 6 }, (_, at) => row(button({ custom_id: `${at}` }))) },
      "components",
      "BASE_TYPE_BAD_LENGTH",
    ],
    [{ content: "a", components: [row()] }, "components.0.components", "BASE_TYPE_BAD_LENGTH"],
    [
      { content: "a", components: [row(...[1, 2, 3, 4, 5, 6].map((at) => button({ custom_id: `${at}` })))] },
      "components.0.components",
      "BASE_TYPE_BAD_LENGTH",
    ],
    [
      { content: "a", components: [row(button(), button())] },
      "components.0.components.1.custom_id",
      "COMPONENT_CUSTOM_ID_DUPLICATED",
    ],
    [
      { content: "a", components: [row(button({ custom_id: undefined }))] },
      "components.0.components.0.custom_id",
      "BASE_TYPE_REQUIRED",
    ],
    [
      { content: "a", components: [row(button({ custom_id: "x".repeat(101) }))] },
      "components.0.components.0.custom_id",
      "BASE_TYPE_BAD_LENGTH",
    ],
    [
      { content: "a", components: [row(button({ label: "x".repeat(81) }))] },
      "components.0.components.0.label",
      "BASE_TYPE_MAX_LENGTH",
    ],
    [
      { content: "a", components: [row(button({ style: 9 }))] },
      "components.0.components.0.style",
      "BASE_TYPE_CHOICES",
    ],
    [
      { content: "a", components: [row(button({ tooltip: "no" }))] },
      "components.0.components.0.tooltip",
      "UNKNOWN_FIELD",
    ],
    [
      {
        content: "a",
        components: [row({ type: 3, custom_id: "s", options: [] })],
      },
      "components.0.components.0.options",
      "BASE_TYPE_BAD_LENGTH",
    ],
    [{ ...v2(text("a")), content: "a" }, "content", "MESSAGE_CANNOT_USE_LEGACY_FIELDS_WITH_COMPONENTS_V2"],
    [
      { ...v2(text("a")), ...embed({ title: "a" }) },
      "embeds",
      "MESSAGE_CANNOT_USE_LEGACY_FIELDS_WITH_COMPONENTS_V2",
    ],
    [v2(), "components", "BASE_TYPE_REQUIRED"],
    [v2(text("")), "components.0.content", "BASE_TYPE_REQUIRED"],
    [v2({ type: 99 }), "components.0.type", "UNION_TYPE_CHOICES"],
    [v2({}), "components.0.type", "BASE_TYPE_REQUIRED"],
    [v2(button()), "components.0.type", "UNION_TYPE_CHOICES"],
    [v2(pictures(0)), "components.0.items", "BASE_TYPE_BAD_LENGTH"],
    [v2(pictures(11)), "components.0.items", "BASE_TYPE_BAD_LENGTH"],
    [v2(pictures(1, { description: "" })), "components.0.items.0.description", "BASE_TYPE_BAD_LENGTH"],
    [
      v2(pictures(1, { media: { url: "attachment://none.png" } })),
      "components.0.items.0.media.url",
      "UNFURLED_MEDIA_ITEM_REFERENCED_ATTACHMENT_NOT_FOUND",
    ],
    [
      v2(pictures(1, { media: { url: "file:///a" } })),
      "components.0.items.0.media.url",
      "URL_TYPE_INVALID_URL",
    ],
    [
      v2(...Array.from({ length: 41 }, () => text("a"))),
      "components",
      "COMPONENT_MAX_TOTAL_COMPONENTS_EXCEEDED",
    ],
    [
      v2({ type: 17, components: Array.from({ length: 40 }, () => text("a")) }),
      "components",
      "COMPONENT_MAX_TOTAL_COMPONENTS_EXCEEDED",
    ],
    [
      v2(text("x".repeat(2001)), text("x".repeat(2000))),
      "components",
      "COMPONENT_DISPLAYABLE_TEXT_SIZE_EXCEEDED",
    ],
    [v2({ type: 9, components: [text("a")] }), "components.0.accessory", "BASE_TYPE_REQUIRED"],
    [
      v2({ type: 17, components: [{ type: 17, components: [] }] }),
      "components.0.components.0.type",
      "UNION_TYPE_CHOICES",
    ],
    [v2({ type: 14, spacing: 3 }), "components.0.spacing", "BASE_TYPE_CHOICES"],
    [
      v2(download("https://cdn.example/a.svg")),
      "components.0.file.url",
      "UNFURLED_MEDIA_ITEM_ATTACHMENT_REQUIRED",
    ],
    [
      v2(download("attachment://none.svg")),
      "components.0.file.url",
      "UNFURLED_MEDIA_ITEM_REFERENCED_ATTACHMENT_NOT_FOUND",
    ],
    [v2({ type: 13 }), "components.0.file", "BASE_TYPE_REQUIRED"],
    [{ components: [download("attachment://a.svg")] }, "components.0.type", "UNION_TYPE_CHOICES"],
  ];
  for (const [body, field, code] of refused) {
    const error = await refusal(post(body));
    assert.equal(error.code, 50035, field);
    assert.deepEqual(faultsOf(error), [`${field} ${code}`]);
  }
  assert.equal((await refusal(post({}))).code, 50006);
  assert.equal(simulator.messages(channel).length, 0);
});

test("a file to take away is no picture, and not among the attachments", async (t) => {
  const { simulator, channel } = await simulate(t);
  const rest = new REST({ api: simulator.api }).setToken(simulator.token);
  const body = { flags: MessageFlags.IsComponentsV2, components: [download("attachment://a b.svg")] };
  const files = [{ name: "a b.svg", data: Buffer.from("<svg/>"), contentType: "image/svg+xml" }];
  const made = (await rest.post(Routes.channelMessages(channel.id), { body, files })) as APIMessage;
  assert.deepEqual(made.attachments, []);
  const [shown] = made.components ?? [];
  assert.ok(shown?.type === ComponentType.File);
  assert.equal(shown.file.content_type, "image/svg+xml");
  assert.equal(await (await fetch(shown.file.url)).text(), "<svg/>");
  const [seen] = simulator.messages(channel);
  assert.deepEqual(seen?.files, []);
  assert.deepEqual(
    seen?.downloads.map(({ name }) => name),
    ["a_b.svg"],
  );
});

test("files that Discord refuses are refused", async (t) => {
  const { simulator, channel } = await simulate(t);
  const rest = new REST({ api: simulator.api }).setToken(simulator.token);
  const post = (id: string, sizes: readonly number[]) =>
    rest.post(Routes.channelMessages(id), {
      body: {},
      files: sizes.map((size, at) => ({ name: `${at}.bin`, data: Buffer.alloc(size) })),
    });
  const mib = 1024 * 1024;
  const large = await refusal(post(channel.id, [20 * mib + 1]));
  assert.deepEqual([large.status, large.code], [413, 40005]);
  await post(channel.id, [20 * mib]);
  assert.equal((await refusal(post(channel.id, Array(11).fill(1)))).code, 30015);
  const boosted = simulator.addChannel(simulator.addGuild({ premiumTier: 2 }));
  await post(boosted.id, [21 * mib]);
});

test("messages are listed from the newest, before, after and around one", async (t) => {
  const { simulator, channel, ada } = await simulate(t);
  const rest = new REST({ api: simulator.api }).setToken(simulator.token);
  const said = [];
  for (const word of ["0", "1", "2", "3", "4"])
    said.push(await simulator.say(channel, ada, `<@${simulator.bot.id}> ${word}`));
  const list = async (query: Record<string, string>) => {
    const found = await rest.get(Routes.channelMessages(channel.id), { query: new URLSearchParams(query) });
    assert.ok(Array.isArray(found));
    return found.map(({ content }) => content.at(-1)).join("");
  };
  assert.equal(await list({}), "43210");
  assert.equal(await list({ limit: "2" }), "43");
  assert.equal(await list({ before: said[3]?.id ?? "", limit: "2" }), "21");
  assert.equal(await list({ after: said[1]?.id ?? "", limit: "2" }), "32");
  assert.equal(await list({ around: said[2]?.id ?? "", limit: "3" }), "321");
  assert.deepEqual(faultsOf(await refusal(list({ limit: "101" }))), ["limit NUMBER_TYPE_MAX"]);
});
