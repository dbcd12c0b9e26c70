import { AttachmentBuilder, Client, Events, GatewayIntentBits, SlashCommandBuilder } from "discord.js";
import OpenAI from "openai";

/** A plain bot for Discord, as the guides of discord.js and the image guide of OpenAI write it. */

const { DISCORD_TOKEN: token = "", DISCORD_API_URL: api = "" } = process.env;
const openai = new OpenAI(); // the key and the address are in the environment
const client = new Client({ intents: [GatewayIntentBits.Guilds], rest: { api } });

const command = new SlashCommandBuilder()
  .setName("draw")
  .setDescription("Draws a picture")
  .addStringOption((option) => option.setName("prompt").setDescription("What to draw").setRequired(true));

client.once(Events.ClientReady, async ({ application }) => {
  await application.commands.set([command]);
  process.stdout.write("ready\n");
});

client.on(Events.InteractionCreate, async (interaction) => {
  if (!interaction.isChatInputCommand()) return;
  try {
    await interaction.deferReply();
    const stream = await openai.responses.create({
      model: "gpt-6-luna",
      input: interaction.options.getString("prompt", true),
      stream: true,
      tools: [{ type: "image_generation", partial_images: 3 }],
    });
    for await (const event of stream) {
      if (event.type === "response.image_generation_call.partial_image") {
        const name = `sketch-${event.partial_image_index + 1}.png`;
        const sketch = new AttachmentBuilder(Buffer.from(event.partial_image_b64, "base64"), { name });
        await interaction.editReply({ content: "Drawing…", files: [sketch], attachments: [] });
      }
      if (event.type === "response.output_item.done" && event.item.type === "image_generation_call") {
        const bytes = Buffer.from(event.item.result ?? "", "base64");
        const picture = new AttachmentBuilder(bytes, { name: "picture.png" });
        await interaction.editReply({ content: "Here it is.", files: [picture], attachments: [] });
      }
    }
  } catch (error) {
    process.stderr.write(`${error}\n`);
    await interaction.editReply("That did not work. Try again.").catch(() => {});
  }
});

await client.login(token);
