import assert from "node:assert/strict";
import { test } from "node:test";
import {
  ActionRowBuilder,
  ButtonBuilder,
  type ButtonInteraction,
  ButtonStyle,
  FileUploadBuilder,
  type Interaction,
  LabelBuilder,
  MessageFlags,
  ModalBuilder,
  type ModalSubmitInteraction,
  Routes,
  TextInputBuilder,
  TextInputStyle,
} from "discord.js";
import {
  button,
  channelOf,
  connect,
  faultsOf,
  gallery,
  isSlash,
  on,
  png,
  refusal,
} from "./discord-client.ts";

const isButton = (one: Interaction): one is ButtonInteraction => one.isButton();
const isForm = (one: Interaction): one is ModalSubmitInteraction => one.isModalSubmit();

test("a slash command is deferred and answered with a picture", async (t) => {
  const { simulator, channel, ada, client } = await connect(t);
  const done = on(client, isSlash, async (interaction) => {
    assert.equal(interaction.options.getString("prompt"), "a bridge");
    assert.equal(interaction.options.getAttachment("image")?.width, 8);
    assert.equal(interaction.attachmentSizeLimit, 20 * 1024 * 1024);
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
