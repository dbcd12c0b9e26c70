import assert from "node:assert/strict";
import { type TestContext, test } from "node:test";
import {
  type ChatInputCommandInteraction,
  Client,
  ContainerBuilder,
  Events,
  GatewayIntentBits,
  type Interaction,
  MediaGalleryBuilder,
  MessageFlags,
  Partials,
  SlashCommandBuilder,
  TextDisplayBuilder,
} from "discord.js";
import sharp from "sharp";
import { createDiscordSimulator, type DiscordSimulatorOptions } from "./simulators/discord/index.ts";

const png = await sharp({ create: { width: 8, height: 6, channels: 3, background: "#c06030" } })
  .png()
  .toBuffer();

const draw = new SlashCommandBuilder()
  .setName("draw")
  .setDescription("Draws a picture")
  .addStringOption((option) => option.setName("prompt").setDescription("What to draw").setRequired(true))
  .addAttachmentOption((option) => option.setName("image").setDescription("A picture to change"));

/** A simulator with a guild, a channel and a person, and the real client connected to it. */
async function connect(t: TestContext, options: DiscordSimulatorOptions = {}) {
  const simulator = await createDiscordSimulator(options);
  const guild = simulator.addGuild();
  const channel = simulator.addChannel(guild);
  const ada = simulator.addUser({ name: "ada" });
  simulator.join(guild, ada);
  const client = new Client({
    intents: [GatewayIntentBits.Guilds, GatewayIntentBits.GuildMessages, GatewayIntentBits.DirectMessages],
    partials: [Partials.Channel, Partials.Message],
    rest: { api: simulator.api },
    waitGuildTimeout: 2000,
  });
  client.on(Events.Error, () => {});
  t.after(async () => {
    await client.destroy();
    await simulator.close();
  });
  const ready = new Promise((resolve) => client.once(Events.ClientReady, resolve));
  await client.login(simulator.token);
  await ready;
  return { simulator, guild, channel, ada, client };
}

/** Runs something on the next slash command and lets its failure be seen. */
function onSlash(client: Client, run: (interaction: ChatInputCommandInteraction) => Promise<unknown>) {
  return new Promise<unknown>((resolve, reject) => {
    client.once(Events.InteractionCreate, (interaction: Interaction) => {
      if (interaction.isChatInputCommand()) run(interaction).then(resolve, reject);
    });
  });
}

test("a slash command is deferred and answered with a picture", async (t) => {
  const { simulator, channel, ada, client } = await connect(t);
  await client.application?.commands.set([draw]);
  const done = onSlash(client, async (interaction) => {
    assert.equal(interaction.options.getString("prompt"), "a bridge");
    assert.equal(interaction.options.getAttachment("image")?.width, 8);
    await interaction.deferReply();
    await interaction.editReply({
      flags: MessageFlags.IsComponentsV2,
      components: [
        new TextDisplayBuilder().setContent("Here it is"),
        new ContainerBuilder().addMediaGalleryComponents(
          new MediaGalleryBuilder().addItems((item) =>
            item.setURL("attachment://final-1.png").setDescription("A bridge"),
          ),
        ),
      ],
      files: [{ attachment: png, name: "final-1.png", description: "A bridge" }],
      attachments: [],
    });
  });
  const doing = await simulator.slash(channel, ada, "draw", {
    prompt: "a bridge",
    image: { name: "in.png", bytes: png },
  });
  const first = await doing.acknowledged();
  assert.equal(first.kind, "defer");
  assert.ok(first.tookMs < 1000);
  await done;
  const [seen] = simulator.messages(channel);
  assert.equal(seen?.text, "Here it is");
  assert.equal(seen?.loading, false);
  assert.equal(seen?.files.length, 1);
  assert.deepEqual(seen?.files[0]?.bytes, png);
  assert.equal(seen?.files[0]?.alt, "A bridge");
});
