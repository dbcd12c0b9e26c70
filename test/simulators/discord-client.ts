import assert from "node:assert/strict";
import type { TestContext } from "node:test";
import {
  ActionRowBuilder,
  ApplicationCommandType,
  ButtonBuilder,
  ButtonStyle,
  type ChatInputCommandInteraction,
  Client,
  type ClientEvents,
  ContainerBuilder,
  ContextMenuCommandBuilder,
  DiscordAPIError,
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
import { createDiscordSimulator, type DiscordSimulatorOptions } from "./discord/index.ts";

export const png = await sharp({ create: { width: 8, height: 6, channels: 3, background: "#c06030" } })
  .png()
  .toBuffer();

export const draw = new SlashCommandBuilder()
  .setName("draw")
  .setDescription("Draws a picture")
  .addStringOption((option) => option.setName("prompt").setDescription("What to draw").setRequired(true))
  .addAttachmentOption((option) =>
    option.setName("image").setDescription("A picture to change").setFileTypes("image"),
  )
  .addStringOption((option) => option.setName("style").setDescription("A style").setAutocomplete(true))
  .setContexts(0, 1, 2)
  .setIntegrationTypes(0, 1);
export const vary = new ContextMenuCommandBuilder()
  .setName("Vary")
  .setType(ApplicationCommandType.Message)
  .setIntegrationTypes(0);

export const usual = [
  GatewayIntentBits.Guilds,
  GatewayIntentBits.GuildMessages,
  GatewayIntentBits.DirectMessages,
] as const;

/** A simulator with a guild, a channel and a person in it. */
export async function simulate(t: TestContext, options: DiscordSimulatorOptions = {}) {
  const simulator = await createDiscordSimulator(options);
  t.after(() => simulator.close());
  const guild = simulator.addGuild();
  const channel = simulator.addChannel(guild);
  const ada = simulator.addUser({ name: "ada" });
  simulator.join(guild, ada);
  return { simulator, guild, channel, ada };
}

export function createClient(t: TestContext, api: string, intents: readonly GatewayIntentBits[] = usual) {
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
export async function connect(
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

export function next<K extends keyof ClientEvents>(client: Client, event: K): Promise<ClientEvents[K]> {
  return new Promise((resolve) => void client.once(event, (...args) => resolve(args)));
}

export const isSlash = (one: Interaction): one is ChatInputCommandInteraction => one.isChatInputCommand();

/** Runs on the next interaction, of the kind expected; settles as the run does. */
export async function on<T extends Interaction>(
  client: Client,
  is: (one: Interaction) => one is T,
  run: (interaction: T) => Promise<unknown>,
): Promise<void> {
  const [interaction] = await next(client, Events.InteractionCreate);
  assert.ok(is(interaction));
  await run(interaction);
}

/** A message with one picture in a gallery and one button, as the V2 components want it. */
export function gallery(name: string, file: Buffer = png) {
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

/** The refusal of a request that must be refused. */
export async function refusal(request: Promise<unknown>): Promise<DiscordAPIError> {
  const error = await request.then(
    () => assert.fail("not refused"),
    (caught: unknown) => caught,
  );
  assert.ok(error instanceof DiscordAPIError, String(error));
  return error;
}

export const button = (rest: object = {}) => ({ type: 2, style: 1, label: "Go", custom_id: "go", ...rest });
export const embed = (rest: object) => ({ embeds: [rest] });

/** `path CODE` of every fault that an error names. */
export function faultsOf(error: DiscordAPIError): readonly string[] {
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

export function channelOf(client: Client, id: string) {
  const channel = client.channels.cache.get(id);
  assert.ok(channel?.isSendable());
  return channel;
}
