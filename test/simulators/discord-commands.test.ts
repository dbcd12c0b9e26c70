import assert from "node:assert/strict";
import { test } from "node:test";
import {
  type AutocompleteInteraction,
  type Interaction,
  type MessageContextMenuCommandInteraction,
  MessageFlags,
  REST,
  Routes,
} from "discord.js";
import {
  channelOf,
  connect,
  draw,
  faultsOf,
  gallery,
  isSlash,
  on,
  png,
  refusal,
  simulate,
  vary,
} from "./discord-client.ts";

const isMenu = (one: Interaction): one is MessageContextMenuCommandInteraction =>
  one.isMessageContextMenuCommand();
const isTyping = (one: Interaction): one is AutocompleteInteraction => one.isAutocomplete();

test("a person's slips are caught as Discord's own apps catch them", async (t) => {
  const { simulator, channel, ada, client } = await connect(t);
  await assert.rejects(simulator.slash(channel, ada, "paint"), /No command/);
  await assert.rejects(simulator.slash(channel, ada, "draw"), /needs “prompt”/);
  await assert.rejects(
    simulator.slash(channel, ada, "draw", { prompt: "a", colour: "b" }),
    /has no “colour”/,
  );
  const film = { name: "film.webm", bytes: png };
  await assert.rejects(
    simulator.slash(channel, ada, "draw", { prompt: "a", image: film }),
    /“image” takes image, not “film.webm”/,
  );
  const { id } = await channelOf(client, channel.id).send(gallery("a.png"));
  assert.throws(() => simulator.press(id, "less", ada), /“less”. Buttons: more/);
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
