import { App } from "@slack/bolt";
import OpenAI from "openai";

/** A plain bot for Slack, as the guides of Bolt and the image guide of OpenAI write it. */

const { SLACK_BOT_TOKEN: token = "", SLACK_APP_TOKEN: appToken = "", SLACK_API_URL = "" } = process.env;
const openai = new OpenAI(); // the key and the address are in the environment
const app = new App({ token, appToken, socketMode: true, clientOptions: { slackApiUrl: SLACK_API_URL } });

app.event("app_mention", async ({ event, client, say }) => {
  const { channel, ts: thread_ts } = event;
  try {
    await say({ text: "Drawing…", thread_ts });
    const stream = await openai.responses.create({
      model: "gpt-6-luna",
      input: event.text,
      stream: true,
      tools: [{ type: "image_generation", partial_images: 3 }],
    });
    for await (const part of stream) {
      if (part.type === "response.image_generation_call.partial_image") {
        const filename = `sketch-${part.partial_image_index + 1}.png`;
        const file = Buffer.from(part.partial_image_b64, "base64");
        await client.filesUploadV2({ channel_id: channel, thread_ts, file, filename });
      }
      if (part.type === "response.output_item.done" && part.item.type === "image_generation_call") {
        const file = Buffer.from(part.item.result ?? "", "base64");
        const said = { initial_comment: "Here it is.", filename: "picture.png" };
        await client.filesUploadV2({ channel_id: channel, thread_ts, file, ...said });
      }
    }
  } catch (error) {
    process.stderr.write(`${error}\n`);
    await say({ text: "That did not work. Try again.", thread_ts });
  }
});

await app.start();
process.stdout.write("ready\n");
