import { Client, Events, GatewayIntentBits, SlashCommandBuilder } from "discord.js";
import { createShow, type Drawn, draw, readText, send, toSketch } from "./one-pass.ts";

/** The least that shows the same on Discord: no core, nothing noted, nothing kept. */

const { DISCORD_TOKEN: token = "", DISCORD_API_URL: api = "" } = process.env;
const client = new Client({ intents: [GatewayIntentBits.Guilds], rest: { api } });
const command = new SlashCommandBuilder()
  .setName("draw")
  .setDescription("Draws a picture")
  .addStringOption((option) => option.setName("prompt").setDescription("What to draw").setRequired(true));

async function edit(url: string, words: string, name: string, type: string, bytes: Buffer): Promise<void> {
  const boundary = "--------------------floor";
  const told = { content: words, attachments: [{ id: "0", description: "A picture" }] };
  const head = [
    `--${boundary}\r\nContent-Disposition: form-data; name="files[0]"; filename="${name}"\r\nContent-Type: ${type}\r\n\r\n`,
    `\r\n--${boundary}\r\nContent-Disposition: form-data; name="payload_json"\r\n\r\n${JSON.stringify(told)}\r\n--${boundary}--\r\n`,
  ] as const;
  const headers = { "content-type": `multipart/form-data; boundary=${boundary}` };
  const response = await send(url, "PATCH", headers, [head[0], bytes, head[1]]);
  const answer = await readText(response);
  if (response.statusCode !== 200) throw new Error(answer);
}

client.once(Events.ClientReady, async ({ application }) => {
  await application.commands.set([command]);
  process.stdout.write("ready\n");
});

client.on(Events.InteractionCreate, async (interaction) => {
  if (!interaction.isChatInputCommand()) return;
  await interaction.deferReply();
  const url = `${api}/v10/webhooks/${interaction.applicationId}/${interaction.token}/messages/%40original`;
  const show = createShow(async (drawn: Drawn) => {
    if (drawn.kind === "picture") return edit(url, "Here it is.", "picture.png", "image/png", drawn.bytes);
    const name = `sketch-${drawn.index + 1}.jpg`;
    await edit(url, "Drawing…", name, "image/jpeg", await toSketch(drawn.bytes));
  });
  await draw(interaction.options.getString("prompt", true), (drawn) => {
    if (drawn.kind === "sketch") show.offer(drawn);
    else void show.last(drawn);
  });
});

await client.login(token);
