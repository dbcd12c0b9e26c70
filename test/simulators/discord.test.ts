import assert from "node:assert/strict";
import { type TestContext, test } from "node:test";
import {
  ActionRowBuilder,
  type APIMessage,
  ApplicationCommandType,
  type AutocompleteInteraction,
  ButtonBuilder,
  type ButtonInteraction,
  ButtonStyle,
  ChannelType,
  type ChatInputCommandInteraction,
  Client,
  type ClientEvents,
  ComponentType,
  ContainerBuilder,
  ContextMenuCommandBuilder,
  DiscordAPIError,
  Events,
  FileUploadBuilder,
  GatewayIntentBits,
  type Interaction,
  LabelBuilder,
  MediaGalleryBuilder,
  type MessageContextMenuCommandInteraction,
  MessageFlags,
  ModalBuilder,
  type ModalSubmitInteraction,
  Partials,
  REST,
  Routes,
  SlashCommandBuilder,
  TextDisplayBuilder,
  TextInputBuilder,
  TextInputStyle,
} from "discord.js";
import sharp from "sharp";
import { createDiscordSimulator, type DiscordSimulatorOptions } from "./discord/index.ts";
import type { Permission } from "./discord/permissions.ts";

const png = await sharp({ create: { width: 8, height: 6, channels: 3, background: "#c06030" } })
  .png()
  .toBuffer();

const draw = new SlashCommandBuilder()
  .setName("draw")
  .setDescription("Draws a picture")
  .addStringOption((option) => option.setName("prompt").setDescription("What to draw").setRequired(true))
  .addAttachmentOption((option) =>
    option.setName("image").setDescription("A picture to change").setFileTypes("image"),
  )
  .addStringOption((option) => option.setName("style").setDescription("A style").setAutocomplete(true))
  .setContexts(0, 1, 2)
  .setIntegrationTypes(0, 1);
const vary = new ContextMenuCommandBuilder()
  .setName("Vary")
  .setType(ApplicationCommandType.Message)
  .setIntegrationTypes(0);

const usual = [
  GatewayIntentBits.Guilds,
  GatewayIntentBits.GuildMessages,
  GatewayIntentBits.DirectMessages,
] as const;

/** A simulator with a guild, a channel and a person in it. */
async function simulate(t: TestContext, options: DiscordSimulatorOptions = {}) {
  const simulator = await createDiscordSimulator(options);
  t.after(() => simulator.close());
  const guild = simulator.addGuild();
  const channel = simulator.addChannel(guild);
  const ada = simulator.addUser({ name: "ada" });
  simulator.join(guild, ada);
  return { simulator, guild, channel, ada };
}

function createClient(t: TestContext, api: string, intents: readonly GatewayIntentBits[] = usual) {
  const client = new Client({
    intents: [...intents],
    partials: [Partials.Channel, Partials.Message],
    rest: { api },
    waitGuildTimeout: 2000,
  });
  client.on(Events.Error, () => {});
  t.after(() => client.destroy());
  return client;
}

/** The same, with the real client connected and the commands registered. */
async function connect(
  t: TestContext,
  options: DiscordSimulatorOptions & { intents?: readonly GatewayIntentBits[] } = {},
) {
  const world = await simulate(t, options);
  const client = createClient(t, world.simulator.api, options.intents);
  const ready = next(client, Events.ClientReady);
  await client.login(world.simulator.token);
  const [{ application }] = await ready;
  await application.commands.set([draw, vary]);
  return { ...world, client };
}

function next<K extends keyof ClientEvents>(client: Client, event: K): Promise<ClientEvents[K]> {
  return new Promise((resolve) => void client.once(event, (...args) => resolve(args)));
}

const isSlash = (one: Interaction): one is ChatInputCommandInteraction => one.isChatInputCommand();
const isButton = (one: Interaction): one is ButtonInteraction => one.isButton();
const isForm = (one: Interaction): one is ModalSubmitInteraction => one.isModalSubmit();
const isMenu = (one: Interaction): one is MessageContextMenuCommandInteraction =>
  one.isMessageContextMenuCommand();
const isTyping = (one: Interaction): one is AutocompleteInteraction => one.isAutocomplete();

/** Runs on the next interaction, of the kind expected; settles as the run does. */
async function on<T extends Interaction>(
  client: Client,
  is: (one: Interaction) => one is T,
  run: (interaction: T) => Promise<unknown>,
): Promise<void> {
  const [interaction] = await next(client, Events.InteractionCreate);
  assert.ok(is(interaction));
  await run(interaction);
}

/** A message with one picture in a gallery and one button, as the V2 components want it. */
function gallery(name: string, file: Buffer = png) {
  return {
    flags: MessageFlags.IsComponentsV2 as const,
    components: [
      new TextDisplayBuilder().setContent("Here it is"),
      new ContainerBuilder()
        .addMediaGalleryComponents(
          new MediaGalleryBuilder().addItems((item) =>
            item.setURL(`attachment://${name}`).setDescription("A bridge"),
          ),
        )
        .addActionRowComponents(
          new ActionRowBuilder<ButtonBuilder>().addComponents(
            new ButtonBuilder().setCustomId("more").setLabel("More").setStyle(ButtonStyle.Secondary),
          ),
        ),
    ],
    files: [{ attachment: file, name, description: "A bridge" }],
    attachments: [],
  };
}

function download(url: string) {
  return { type: 13, file: { url } };
}

/** The refusal of a request that must be refused. */
async function refusal(request: Promise<unknown>): Promise<DiscordAPIError> {
  const error = await request.then(
    () => assert.fail("not refused"),
    (caught: unknown) => caught,
  );
  assert.ok(error instanceof DiscordAPIError, String(error));
  return error;
}

test("a slash command is deferred and answered with a picture", async (t) => {
  const { simulator, channel, ada, client } = await connect(t);
  const done = on(client, isSlash, async (interaction) => {
    assert.equal(interaction.options.getString("prompt"), "a bridge");
    assert.equal(interaction.options.getAttachment("image")?.width, 8);
    assert.equal(interaction.attachmentSizeLimit, 10 * 1024 * 1024);
    await interaction.deferReply();
    assert.equal(simulator.messages(channel)[0]?.loading, true);
    const shown = await interaction.editReply(gallery("final-1.png"));
    assert.equal(shown.attachments.size, 0, "files in components are no attachments");
  });
  const image = { name: "in.png", bytes: png };
  const doing = await simulator.slash(channel, ada, "draw", { prompt: "a bridge", image });
  const first = await doing.acknowledged();
  assert.equal(first.kind, "defer");
  assert.ok(first.tookMs < 1000);
  await done;
  const [seen] = simulator.messages(channel);
  assert.equal(seen?.text, "Here it is");
  assert.equal(seen?.loading, false);
  assert.equal(seen?.edits, 0);
  assert.deepEqual(seen?.files[0]?.bytes, png);
  assert.equal(seen?.files[0]?.alt, "A bridge");
  assert.deepEqual(
    seen?.buttons.map(({ label }) => label),
    ["More"],
  );
  assert.equal(doing.message?.id, seen?.id);
});

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
  await sent.edit({ attachments: [] });
  assert.deepEqual(names(), []);
  assert.equal(simulator.message(sent.id)?.edits, 5);
});

test("a button answers under its message, and opens a form that takes a file", async (t) => {
  const { simulator, channel, ada, client } = await connect(t);
  const target = await client.channels.fetch(channel.id);
  assert.ok(target?.isSendable());
  const { id } = await target.send(gallery("a.png"));
  const modal = new ModalBuilder()
    .setCustomId("form")
    .setTitle("More")
    .addLabelComponents(
      new LabelBuilder()
        .setLabel("What should change?")
        .setTextInputComponent(
          new TextInputBuilder().setCustomId("text").setStyle(TextInputStyle.Paragraph).setValue("less fog"),
        ),
      new LabelBuilder()
        .setLabel("Pictures")
        .setFileUploadComponent(
          new FileUploadBuilder().setCustomId("files").setMinValues(0).setMaxValues(4).setRequired(false),
        ),
    );
  const shown = on(client, isButton, (press) => press.showModal(modal));
  const pressed = simulator.press(id, "more", ada);
  assert.equal((await pressed.acknowledged()).modal?.title, "More");
  await shown;
  const done = on(client, isForm, async (form) => {
    assert.equal(form.fields.getTextInputValue("text"), "less fog");
    const upload = form.fields.getUploadedFiles("files")?.first();
    assert.equal(upload?.name, "mask.png");
    const read = await fetch(upload?.url ?? "");
    assert.deepEqual(Buffer.from(await read.arrayBuffer()), png);
    assert.ok(form.isFromMessage());
    await form.deferUpdate();
    await form.editReply(gallery("b.png"));
    await form.followUp({ content: "Only for you", flags: MessageFlags.Ephemeral });
  });
  const submitted = await simulator.submit(pressed, { files: [{ name: "mask.png", bytes: png }] });
  assert.equal((await submitted.acknowledged()).kind, "defer update");
  await done;
  assert.deepEqual(
    simulator.message(id)?.files.map(({ name }) => name),
    ["b.png"],
  );
  const bob = simulator.addUser({ name: "bob" });
  assert.equal(simulator.messages(channel, ada).length, 2);
  assert.equal(simulator.messages(channel, bob).length, 1);
  assert.equal(submitted.followUps[0]?.ephemeralTo, ada.id);
});

test("an update in answer to a button drops the files it does not list", async (t) => {
  const { simulator, channel, ada, client } = await connect(t);
  const components = [
    new ActionRowBuilder<ButtonBuilder>().addComponents(
      new ButtonBuilder().setCustomId("more").setLabel("More").setStyle(ButtonStyle.Secondary),
    ),
  ];
  const files = [{ attachment: png, name: "a.png" }];
  const { id } = await channelOf(client, channel.id).send({ content: "a", files, components });
  const done = on(client, isButton, (press) => press.update({ content: "b" }));
  simulator.press(id, "more", ada);
  await done;
  assert.deepEqual([simulator.message(id)?.text, simulator.message(id)?.files], ["b", []]);
});

test("a person's slips are caught as Discord's own apps catch them", async (t) => {
  const { simulator, channel, ada, client } = await connect(t);
  await assert.rejects(simulator.slash(channel, ada, "paint"), /No command/);
  await assert.rejects(simulator.slash(channel, ada, "draw"), /needs “prompt”/);
  await assert.rejects(
    simulator.slash(channel, ada, "draw", { prompt: "a", colour: "b" }),
    /has no “colour”/,
  );
  const { id } = await channelOf(client, channel.id).send(gallery("a.png"));
  assert.throws(() => simulator.press(id, "less", ada), /“less”. Buttons: more/);
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

test("a message command brings its message whole", async (t) => {
  const { simulator, channel, ada, client } = await connect(t);
  const target = await simulator.say(channel, ada, "look", { files: [{ name: "in.png", bytes: png }] });
  const done = on(client, isMenu, async (menu) => {
    assert.equal(menu.targetMessage.attachments.first()?.name, "in.png");
    await menu.reply({ content: "Seen", flags: MessageFlags.Ephemeral });
  });
  const doing = simulator.messageCommand("Vary", target, ada);
  await done;
  assert.equal((await doing.acknowledged()).ephemeral, true);
  assert.equal(doing.message?.text, "Seen");
});

test("suggestions while an option is typed", async (t) => {
  const { simulator, channel, ada, client } = await connect(t);
  const done = on(client, isTyping, (typing) => {
    assert.equal(typing.options.getFocused(), "wat");
    return typing.respond([{ name: "Watercolour", value: "watercolour" }]);
  });
  const choices = await simulator.autocomplete(channel, ada, "draw", { option: "style", value: "wat" });
  await done;
  assert.deepEqual(choices, [{ name: "Watercolour", value: "watercolour" }]);
  const tooMany = on(client, isTyping, (typing) =>
    typing.respond(Array.from({ length: 26 }, (_, at) => ({ name: `${at}`, value: `${at}` }))),
  );
  simulator.autocomplete(channel, ada, "draw", { option: "style", value: "" }).catch(() => {});
  const error = await refusal(tooMany);
  assert.equal(error.code, 50035);
});

test("a command with subcommands: one of them is chosen, filled in and typed into", async (t) => {
  const { simulator, channel, ada, client } = await connect(t);
  const text = (name: string, autocomplete: boolean) => ({
    type: 3 as const,
    name,
    description: name,
    required: true,
    ...(autocomplete ? { autocomplete } : {}),
  });
  const options = [
    { type: 1 as const, name: "show", description: "Shows", options: [text("name", true)] },
    { type: 1 as const, name: "list", description: "Lists" },
  ];
  await client.application?.commands.create({ name: "style", description: "Styles", options } as never);
  const chosen = on(client, isSlash, async ({ options, commandName }) => {
    assert.deepEqual([commandName, options.getSubcommand()], ["style", "show"]);
    assert.equal(options.getString("name"), "cosy");
  });
  void simulator.slash(channel, ada, "style show", { name: "cosy" });
  await chosen;
  const typing = on(client, isTyping, (one) => {
    assert.equal(one.options.getSubcommand(), "show");
    return one.respond([{ name: one.options.getFocused(), value: "cosy" }]);
  });
  const asked = simulator.autocomplete(channel, ada, "style show", { option: "name", value: "co" });
  await typing;
  assert.deepEqual(await asked, [{ name: "co", value: "cosy" }]);
  const long = on(client, isTyping, (one) => one.respond([{ name: "x".repeat(101), value: "x" }]));
  simulator.autocomplete(channel, ada, "style show", { option: "name", value: "" }).catch(() => {});
  assert.equal((await refusal(long)).code, 50035);
  await assert.rejects(simulator.slash(channel, ada, "style"), /pick one of show, list/);
  await assert.rejects(simulator.slash(channel, ada, "style show"), /needs “name”/);
  await assert.rejects(simulator.slash(channel, ada, "style list", { name: "a" }), /has no “name”/);
});

test("an answer that is late, doubled or early is refused", async (t) => {
  const { simulator, channel, ada, client } = await connect(t);
  const late = on(client, isSlash, (interaction) => {
    simulator.advance(3001);
    return interaction.deferReply();
  });
  const doing = await simulator.slash(channel, ada, "draw", { prompt: "a" });
  assert.equal((await refusal(late)).code, 10062);
  await assert.rejects(doing.acknowledged(), /did not respond/);

  const twice = on(client, isSlash, async (interaction) => {
    const early = await refusal(interaction.webhook.editMessage("@original", "too early"));
    assert.equal(early.code, 10015);
    await Promise.all([interaction.deferReply(), interaction.deferReply()]);
  });
  await simulator.slash(channel, ada, "draw", { prompt: "a" });
  assert.equal((await refusal(twice)).code, 40060);

  const expired = on(client, isSlash, async (interaction) => {
    await interaction.deferReply();
    await interaction.editReply("in time");
    simulator.advance(15 * 60_000);
    const error = await refusal(interaction.editReply("too late"));
    assert.deepEqual([error.code, error.status], [50027, 401]);
    const message = simulator.messages(channel).at(-1);
    await channelOf(client, channel.id).messages.edit(message?.id ?? "", "by the bot's own right");
  });
  await simulator.slash(channel, ada, "draw", { prompt: "a" });
  await expired;
  assert.equal(simulator.messages(channel).at(-1)?.text, "by the bot's own right");
});

test("where only the user has the app, nothing but five follow-ups and edits are allowed", async (t) => {
  const { simulator, client } = await connect(t);
  const guild = simulator.addGuild({ joined: false });
  const channel = simulator.addChannel(guild);
  const eve = simulator.addUser({ name: "eve", installed: true });
  simulator.join(guild, eve);
  const done = on(client, isSlash, async (interaction) => {
    assert.equal(interaction.guild, null);
    assert.equal(interaction.authorizingIntegrationOwners[0], undefined);
    await interaction.deferReply();
    for (let edit = 0; edit < 7; edit += 1) await interaction.editReply(`edit ${edit}`);
    for (let more = 0; more < 5; more += 1) await interaction.followUp(`more ${more}`);
    assert.equal((await refusal(interaction.followUp("one too many"))).code, 40094);
    const outside = client.rest.post(Routes.channelMessages(channel.id), { body: { content: "a" } });
    assert.equal((await refusal(outside)).code, 50001);
  });
  await simulator.slash(channel, eve, "draw", { prompt: "a" });
  await done;
  assert.equal(simulator.messages(channel).length, 6);

  simulator.permit(channel, "everyone", { deny: ["USE_EXTERNAL_APPS"] });
  const quiet = on(client, isSlash, async (interaction) => {
    const { interaction: answer } = await interaction.reply({ content: "a", withResponse: true });
    assert.equal(answer.responseMessageEphemeral, true);
  });
  const doing = await simulator.slash(channel, eve, "draw", { prompt: "a" });
  await quiet;
  assert.equal(doing.message?.ephemeralTo, eve.id);

  const friend = simulator.addUser({ name: "friend" });
  const private_ = simulator.conversation([eve, friend, simulator.addUser()]);
  const group = on(client, isSlash, (interaction) => interaction.reply("hello, group"));
  await simulator.slash(private_, eve, "draw", { prompt: "a" });
  await group;
  assert.equal(simulator.messages(private_)[0]?.text, "hello, group");
  await assert.rejects(simulator.slash(private_, friend, "draw", { prompt: "a" }), /installed neither here/);
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

test("threads: started from a message, archived, locked, deleted", async (t) => {
  const { simulator, channel, ada, client } = await connect(t);
  const asked = next(client, Events.MessageCreate);
  await simulator.say(channel, ada, `<@${simulator.bot.id}> draw`);
  const [message] = await asked;
  const thread = await message.startThread({ name: "A bridge", autoArchiveDuration: 60 });
  assert.equal(thread.id, message.id);
  const sent = await thread.send("In here");
  const held = simulator.channel(thread.id);
  simulator.changeChannel(held, { archived: true });
  assert.equal((await refusal(sent.edit("changed"))).code, 50083);
  await thread.send("Awake again");
  assert.equal(simulator.channel(thread.id).archived, false);
  simulator.changeChannel(held, { archived: true, locked: true });
  assert.equal((await refusal(thread.send("Locked out"))).code, 160005);
  const gone = next(client, Events.ThreadDelete);
  simulator.removeChannel(held);
  assert.equal((await gone)[0].id, thread.id);
  assert.equal((await refusal(thread.send("Gone"))).code, 10003);
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

const text = (content: string) => ({ type: 10, content });
const row = (...components: object[]) => ({ type: 1, components });
const button = (rest: object = {}) => ({ type: 2, style: 1, label: "Go", custom_id: "go", ...rest });
const pictures = (count: number, rest: object = {}) => ({
  type: 12,
  items: Array.from({ length: count }, () => ({ media: { url: "https://example.com/a.png" }, ...rest })),
});
const v2 = (...components: object[]) => ({ flags: MessageFlags.IsComponentsV2, components });
const embed = (rest: object) => ({ embeds: [rest] });

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
  const large = await refusal(post(channel.id, [10 * mib + 1]));
  assert.deepEqual([large.status, large.code], [413, 40005]);
  await post(channel.id, [10 * mib]);
  assert.equal((await refusal(post(channel.id, Array(11).fill(1)))).code, 30015);
  const boosted = simulator.addChannel(simulator.addGuild({ premiumTier: 2 }));
  await post(boosted.id, [11 * mib]);
});

test("what the bot may not do is refused", async (t) => {
  const { simulator, channel, ada } = await simulate(t);
  const rest = new REST({ api: simulator.api }).setToken(simulator.token);
  const theirs = await simulator.say(channel, ada, "mine");
  const post = (body: object, id = channel.id) => rest.post(Routes.channelMessages(id), { body });
  const files = [{ name: "a.png", data: png }];
  const without = async (permission: Permission, request: () => Promise<unknown>, code: number) => {
    simulator.permit(channel, "everyone", { deny: [permission] });
    assert.equal((await refusal(request())).code, code, permission);
    simulator.permit(channel, "everyone", { allow: [permission] });
    await request();
  };
  await without("VIEW_CHANNEL", () => rest.get(Routes.channel(channel.id)), 50001);
  await without("SEND_MESSAGES", () => post({ content: "a" }), 50013);
  await without(
    "ATTACH_FILES",
    () => rest.post(Routes.channelMessages(channel.id), { body: {}, files }),
    50013,
  );
  await without("EMBED_LINKS", () => post(embed({ title: "a" })), 50013);
  await without(
    "READ_MESSAGE_HISTORY",
    () => post({ content: "a", message_reference: { message_id: theirs.id } }),
    160002,
  );
  const start = () => rest.post(Routes.threads(channel.id, theirs.id), { body: { name: "A bridge" } });
  await without("CREATE_PUBLIC_THREADS", start, 50013);
  assert.equal((await refusal(start())).code, 160004);
  await without("SEND_MESSAGES_IN_THREADS", () => post({ content: "a" }, theirs.id), 50013);
  const edit = rest.patch(Routes.channelMessage(channel.id, theirs.id), { body: { content: "b" } });
  assert.equal((await refusal(edit)).code, 50005);
  const remove = () => rest.delete(Routes.channelMessage(channel.id, theirs.id));
  assert.equal((await refusal(remove())).code, 50013);
  const long = rest.post(Routes.threads(channel.id), { body: { name: "x".repeat(101), type: 11 } });
  assert.deepEqual(faultsOf(await refusal(long)), ["name BASE_TYPE_BAD_LENGTH"]);
  assert.equal((await refusal(rest.get(Routes.channel("1")))).code, 10003);
  assert.equal((await refusal(rest.get(Routes.channelMessage(channel.id, "1")))).code, 10008);
  ada.acceptsDms = false;
  assert.equal((await refusal(post({ content: "a" }, simulator.dm(ada).id))).code, 50007);
  const stranger = new REST({ api: simulator.api }).setToken("another");
  assert.equal((await refusal(stranger.get(Routes.user()))).status, 401);
});

test("commands that Discord refuses are refused", async (t) => {
  const { simulator } = await simulate(t);
  const rest = new REST({ api: simulator.api }).setToken(simulator.token);
  const put = (...body: object[]) => rest.put(Routes.applicationCommands(simulator.applicationId), { body });
  const slash = (rest: object = {}) => ({ name: "draw", description: "Draws", ...rest });
  const option = (rest: object = {}) => ({ type: 3, name: "a", description: "a", ...rest });
  const sub = (rest: object = {}) => option({ type: 1, name: "s", ...rest });
  const many = <T>(count: number, make: (at: number) => T) =>
    Array.from({ length: count }, (_, at) => make(at));
  const choices = (count: number) => ({ choices: many(count, (at) => ({ name: `${at}`, value: `${at}` })) });
  const refused: readonly [object, string][] = [
    [slash({ name: "Draw" }), "0.name APPLICATION_COMMAND_INVALID_NAME"],
    [slash({ name: "draw it" }), "0.name APPLICATION_COMMAND_INVALID_NAME"],
    [slash({ description: "x".repeat(101) }), "0.description BASE_TYPE_BAD_LENGTH"],
    [slash({ options: many(26, (at) => option({ name: `o${at}` })) }), "0.options BASE_TYPE_MAX_LENGTH"],
    [
      slash({ options: [option(), option({ name: "b", required: true })] }),
      "0.options.1 APPLICATION_COMMAND_OPTIONS_REQUIRED_INVALID",
    ],
    [slash({ options: [option(choices(26))] }), "0.options.0.choices BASE_TYPE_MAX_LENGTH"],
    [
      slash({ options: [option({ ...choices(1), autocomplete: true })] }),
      "0.options.0.autocomplete APPLICATION_COMMAND_OPTIONS_AUTOCOMPLETE_CHOICES",
    ],
    [slash({ options: [option({ max_length: 6001 })] }), "0.options.0.max_length NUMBER_TYPE_MAX"],
    [slash({ options: [option({ type: 12 })] }), "0.options.0.type BASE_TYPE_CHOICES"],
    [
      slash({ options: many(25, (at) => option({ name: `o${at}`, ...long() })) }),
      "0 APPLICATION_COMMAND_TOO_LARGE",
    ],
    [
      slash({
        options: many(4, (at) =>
          sub({ name: `s${at}`, options: many(7, (of) => option({ name: `o${of}`, ...long() })) }),
        ),
      }),
      "0 APPLICATION_COMMAND_TOO_LARGE",
    ],
    [slash({ options: [sub(), option()] }), "0.options APPLICATION_COMMAND_OPTIONS_TYPE_INVALID"],
    [
      slash({ options: [sub({ options: many(26, (at) => option({ name: `o${at}` })) })] }),
      "0.options.0.options BASE_TYPE_MAX_LENGTH",
    ],
    [slash({ options: [sub({ options: [sub()] })] }), "0.options.0.options.0.type BASE_TYPE_CHOICES"],
    [slash({ options: [sub({ description: undefined })] }), "0.options.0.description BASE_TYPE_REQUIRED"],
    [
      slash({ options: [sub({ autocomplete: true })] }),
      "0.options.0.autocomplete APPLICATION_COMMAND_OPTION_TYPE_INVALID",
    ],
    [
      slash({ options: [sub({ options: [option(), option({ name: "b", required: true })] })] }),
      "0.options.0.options.1 APPLICATION_COMMAND_OPTIONS_REQUIRED_INVALID",
    ],
    [slash({ contexts: [2] }), "0.contexts APPLICATION_COMMAND_INVALID_CONTEXT"],
    [slash({ integration_types: [3] }), "0.integration_types BASE_TYPE_CHOICES"],
    [slash({ name_localizations: { xx: "a" } }), "0.name_localizations.xx BASE_TYPE_CHOICES"],
    [
      { type: 3, name: "Vary", description: "no" },
      "0.description APPLICATION_COMMAND_CONTEXT_MENU_DESCRIPTION_INVALID",
    ],
  ];
  function long() {
    return { choices: many(4, (at) => ({ name: `${at}${"n".repeat(90)}`, value: `${at}` })) };
  }
  for (const [body, fault] of refused) assert.deepEqual(faultsOf(await refusal(put(body))), [fault]);
  const menus = many(16, (at) => ({ type: 3, name: `Menu ${at}` }));
  assert.equal((await refusal(put(...menus))).code, 30032);
  await put(slash(), { type: 3, name: "Vary" });
  assert.deepEqual(
    simulator.commands().map(({ name }) => name),
    ["draw", "Vary"],
  );
});

test("registered commands come back as they were built", async (t) => {
  const { client } = await connect(t);
  const fetched = await client.application?.commands.fetch({ withLocalizations: true });
  for (const built of [draw, vary]) {
    const found = fetched?.find(({ name }) => name === built.name);
    assert.ok(found?.equals(JSON.parse(JSON.stringify(built.toJSON()))), built.name);
  }
});

test("forms that Discord refuses are refused", async (t) => {
  const { simulator, channel, ada, client } = await connect(t);
  const label = (component: object, rest: object = {}) => ({ type: 18, label: "Words", component, ...rest });
  const input = (rest: object = {}) => ({ type: 4, style: 1, custom_id: "a", ...rest });
  const upload = (rest: object = {}) => ({ type: 19, custom_id: "a", ...rest });
  const shown = (...components: object[]) => ({ title: "More", custom_id: "form", components });
  const at = "data.components.0";
  const refused: readonly [object, string][] = [
    [{ ...shown(label(input())), title: "x".repeat(46) }, "data.title BASE_TYPE_BAD_LENGTH"],
    [shown(), "data.components BASE_TYPE_BAD_LENGTH"],
    [
      shown(...[1, 2, 3, 4, 5, 6].map((at) => label(input({ custom_id: `${at}` })))),
      "data.components BASE_TYPE_BAD_LENGTH",
    ],
    [shown(label(input(), { label: "x".repeat(46) })), `${at}.label BASE_TYPE_BAD_LENGTH`],
    [shown(label(input(), { description: "x".repeat(101) })), `${at}.description BASE_TYPE_MAX_LENGTH`],
    [shown(label(button())), `${at}.component.type UNION_TYPE_CHOICES`],
    [shown(input()), `${at}.type UNION_TYPE_CHOICES`],
    [shown(label(input({ max_length: 4001 }))), `${at}.component.max_length NUMBER_TYPE_MAX`],
    [shown(label(input({ disabled: true }))), `${at}.component.disabled MODAL_COMPONENT_DISABLED`],
    [shown(label(upload({ max_values: 11 }))), `${at}.component.max_values NUMBER_TYPE_MAX`],
    [shown(label(upload({ min_values: 0 }))), `${at}.component.min_values NUMBER_TYPE_MIN`],
    [
      shown(label(input()), label(input())),
      "data.components.1.component.custom_id COMPONENT_CUSTOM_ID_DUPLICATED",
    ],
  ];
  for (const [data, fault] of refused) {
    const done = on(client, isSlash, (interaction) =>
      client.rest.post(Routes.interactionCallback(interaction.id, interaction.token), {
        body: { type: 9, data },
        auth: false,
      }),
    );
    await simulator.slash(channel, ada, "draw", { prompt: "a" });
    assert.deepEqual(faultsOf(await refusal(done)), [fault]);
  }
});

test("an answer to an interaction names its faults under data", async (t) => {
  const { simulator, channel, ada, client } = await connect(t);
  const done = on(client, isSlash, async (interaction) => {
    const error = await refusal(interaction.reply({ ...gallery("a.png"), files: [] }));
    assert.deepEqual(faultsOf(error), [
      "data.components.1.components.0.items.0.media.url UNFURLED_MEDIA_ITEM_REFERENCED_ATTACHMENT_NOT_FOUND",
    ]);
    await interaction.reply("a second try is taken");
  });
  const doing = await simulator.slash(channel, ada, "draw", { prompt: "a" });
  await done;
  assert.equal(doing.message?.text, "a second try is taken");
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

test("commands are added, changed and taken away one by one, globally or in a guild", async (t) => {
  const { simulator, guild, channel, ada, client } = await connect(t);
  const commands = client.application?.commands;
  assert.ok(commands);
  const own = await commands.create({ name: "draw", description: "Here only" }, guild.id);
  assert.equal(simulator.commands(guild)[0]?.description, "Here only");
  const done = on(client, isSlash, (interaction) => interaction.reply("from here"));
  assert.equal((await simulator.slash(channel, ada, "draw")).interaction.commandName, "draw");
  await done;
  await commands.edit(own, { description: "Changed" }, guild.id);
  assert.equal(simulator.commands(guild)[0]?.description, "Changed");
  await commands.delete(own, guild.id);
  assert.deepEqual(simulator.commands(guild), []);
  assert.equal((await refusal(commands.fetch(own.id, { guildId: guild.id, force: true }))).code, 10063);
  assert.equal(simulator.commands().length, 2);
});

test("the bot opens a direct conversation, a thread without a message, and leaves what is deleted", async (t) => {
  const { simulator, guild, channel, ada, client } = await connect(t);
  const user = await client.users.fetch(ada.id);
  await user.send("hello");
  assert.equal(simulator.messages(simulator.dm(ada))[0]?.text, "hello");
  const text = await client.channels.fetch(channel.id);
  assert.ok(text?.isTextBased() && "threads" in text && text.type === ChannelType.GuildText);
  const thread = await text.threads.create({ name: "Bridges", type: ChannelType.PublicThread });
  await thread.setName("More bridges");
  assert.equal(simulator.channel(thread.id).name, "More bridges");
  assert.equal(
    (await refusal(text.threads.create({ name: "Hidden", type: ChannelType.PrivateThread }))).code,
    50013,
  );
  const gone = next(client, Events.ChannelDelete);
  simulator.removeChannel(channel);
  assert.equal((await gone)[0].id, channel.id);
  const left = next(client, Events.GuildDelete);
  simulator.kick(guild);
  assert.equal((await left)[0].id, guild.id);
  assert.equal((await refusal(client.rest.get(Routes.guild(guild.id)))).code, 50001);
});

test("a rate limit is waited out, and callbacks are exempt", async (t) => {
  const { simulator, channel, ada, client } = await connect(t);
  simulator.limitRate("POST /channels/:channel/messages", { limit: 2, windowMs: 400 });
  simulator.limitRate("POST /interactions/:interaction/:token/callback", { limit: 0, windowMs: 60_000 });
  const target = channelOf(client, channel.id);
  for (const content of ["1", "2", "3"]) await target.send(content);
  assert.equal(simulator.messages(channel).length, 3);
  const [first, , third] = simulator.requests.filter(({ route }) => route?.endsWith("/messages"));
  assert.ok((third?.atMs ?? 0) - (first?.atMs ?? 0) >= 390);
  simulator.fault({ path: /\/messages$/, kind: "rate limit", retryAfterMs: 100, scope: "shared" });
  await target.send("4");
  assert.equal(simulator.limited, 1);
  const done = on(client, isSlash, (interaction) => interaction.deferReply());
  await simulator.slash(channel, ada, "draw", { prompt: "a" });
  await done;
});

test("faults strike as ordered", async (t) => {
  const { simulator, channel, client } = await connect(t);
  const target = channelOf(client, channel.id);
  const order = simulator.fault({ path: /\/messages$/, kind: "status", status: 502, times: 2 });
  await target.send("through");
  assert.equal(order.struck, 2);
  simulator.fault({ path: /\/messages$/, kind: "drop", when: "before" });
  await assert.rejects(async () => target.send("lost"));
  simulator.fault({ path: /\/messages$/, kind: "drop", when: "after", reset: true });
  await target.send("twice");
  assert.equal(simulator.messages(channel).filter(({ text }) => text === "twice").length, 2);
  simulator.fault({ path: /\/messages$/, kind: "slow", ms: 50, applied: "first" });
  const slow = target.send("slow");
  await simulator.waitFor(() => simulator.messages(channel).some(({ text }) => text === "slow"));
  await slow;
  assert.ok(!simulator.messages(channel).some(({ text }) => text === "lost"));
  await assert.rejects(
    simulator.waitFor(() => undefined, { timeoutMs: 10, what: "a miracle" }),
    /a miracle did not come in 10 ms/,
  );
});

test("what was missed is replayed after a resume", async (t) => {
  const { simulator, channel, ada, client } = await connect(t);
  const words = (word: string) => simulator.say(channel, ada, `<@${simulator.bot.id}> ${word}`);
  for (const [word, cut] of [
    ["reconnect", () => simulator.gateway.reconnect()],
    ["torn", () => simulator.gateway.drop()],
    ["closed", () => simulator.gateway.drop(4000)],
    ["invalid", () => simulator.gateway.invalidate(true)],
  ] as const) {
    const resumed = next(client, Events.ShardResume);
    const heard = next(client, Events.MessageCreate);
    cut();
    await words(word);
    assert.match((await heard)[0].content, new RegExp(word));
    await resumed;
  }
  assert.equal(simulator.gateway.sessions.length, 1);
  assert.equal(simulator.gateway.sessions[0]?.resumes, 4);
  let heard = 0;
  client.on(Events.InteractionCreate, () => {
    heard += 1;
  });
  await simulator.slash(channel, ada, "draw", { prompt: "a" });
  simulator.gateway.redeliver("INTERACTION_CREATE");
  const last = next(client, Events.MessageCreate);
  await words("last");
  await last;
  assert.equal(heard, 2);
});

test("the gateway closes on what it cannot take, each with its code", async (t) => {
  const { simulator } = await simulate(t, { token: "right" });
  const properties = { os: "linux", browser: "test", device: "test" };
  const identify = (rest: object = {}) => ({
    op: 2,
    d: { token: "right", properties, intents: 4609, ...rest },
  });
  const closing: readonly [code: number, ...frames: (object | string)[]][] = [
    [4001, { op: 99 }],
    [4002, "no JSON"],
    [4002, { op: 1, d: "x".repeat(5000) }],
    [4003, { op: 3, d: {} }],
    [4004, identify({ token: "wrong" })],
    [4005, identify(), identify()],
    [4008, ...Array.from({ length: 121 }, () => ({ op: 1, d: null }))],
    [4010, identify({ shard: [1, 1] })],
    [4013, identify({ intents: 1 << 30 })],
    [4013, identify({ intents: "all" })],
    [4014, identify({ intents: GatewayIntentBits.MessageContent })],
    [4014, identify({ intents: GatewayIntentBits.GuildMembers })],
  ];
  for (const [code, ...frames] of closing) {
    const socket = new WebSocket(`${simulator.origin.replace("http", "ws")}/?v=10&encoding=json`);
    socket.onopen = () => {
      for (const frame of frames) socket.send(typeof frame === "string" ? frame : JSON.stringify(frame));
    };
    const closed = await new Promise<number>((resolve) => {
      socket.onclose = (event) => resolve(event.code);
    });
    assert.equal(closed, code);
  }
});

test("a session that is over, or was never there, cannot be resumed", async (t) => {
  const { simulator, client } = await connect(t);
  const session = simulator.gateway.sessions[0]?.id;
  await client.destroy();
  await simulator.waitFor(() => simulator.gateway.sessions[0]?.closedWith === 1000);
  for (const session_id of [session, "none"]) {
    const socket = new WebSocket(`${simulator.origin.replace("http", "ws")}/?v=10&encoding=json`);
    const refused = new Promise((resolve) => {
      socket.onmessage = ({ data }) => {
        const { op, d } = JSON.parse(String(data));
        if (op === 10)
          socket.send(JSON.stringify({ op: 6, d: { token: simulator.token, session_id, seq: 1 } }));
        else resolve([op, d]);
      };
    });
    assert.deepEqual(await refused, [9, false]);
    socket.close();
  }
});

test("who may not come in is turned away for good", async (t) => {
  const { simulator } = await simulate(t, { token: "right" });
  const wrong = createClient(t, simulator.api);
  await assert.rejects(wrong.login("wrong"), /token/i);
  const greedy = createClient(t, simulator.api, [...usual, GatewayIntentBits.MessageContent]);
  const closed = next(greedy, Events.ShardDisconnect);
  await assert.rejects(greedy.login("right"), /disallowed intents/i);
  assert.equal((await closed)[0].code, 4014);
});

test("heartbeats are counted, and a silent gateway is left", async (t) => {
  const { simulator, client } = await connect(t, { heartbeatMs: 40 });
  await simulator.waitFor(() => (simulator.gateway.sessions[0]?.heartbeats ?? 0) > 1);
  const resumed = next(client, Events.ShardResume);
  simulator.gateway.answerHeartbeats(false);
  await simulator.waitFor(() => simulator.gateway.sessions[0]?.closedWith === 4200);
  simulator.gateway.answerHeartbeats(true);
  await resumed;
});

/** `path CODE` of every fault that an error names. */
function faultsOf(error: DiscordAPIError): readonly string[] {
  const found: string[] = [];
  const walk = (node: unknown, path: readonly string[]): void => {
    if (typeof node !== "object" || node === null) return;
    for (const [key, inner] of Object.entries(node)) {
      if (key === "_errors") for (const { code } of inner) found.push(`${path.join(".")} ${code}`);
      else walk(inner, [...path, key]);
    }
  };
  walk("errors" in error.rawError ? error.rawError.errors : undefined, []);
  return found;
}

function channelOf(client: Client, id: string) {
  const channel = client.channels.cache.get(id);
  assert.ok(channel?.isSendable());
  return channel;
}
