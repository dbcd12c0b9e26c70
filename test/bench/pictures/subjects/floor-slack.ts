import { setTimeout as sleep } from "node:timers/promises";
import { App } from "@slack/bolt";
import { createShow, type Drawn, draw, readText, send, toSketch } from "./one-pass.ts";

/** The least that shows the same on Slack: no core, nothing noted, nothing kept. */

const { SLACK_BOT_TOKEN: token = "", SLACK_APP_TOKEN: appToken = "", SLACK_API_URL: api = "" } = process.env;
const app = new App({ token, appToken, socketMode: true, clientOptions: { slackApiUrl: api } });
const authorization = `Bearer ${token}`;

async function call(
  method: string,
  args: Readonly<Record<string, unknown>>,
): Promise<Record<string, unknown>> {
  const body = new URLSearchParams(
    Object.entries(args).map(([key, value]) => [
      key,
      typeof value === "string" ? value : JSON.stringify(value),
    ]),
  ).toString();
  const headers = { authorization, "content-type": "application/x-www-form-urlencoded" };
  const answer = JSON.parse(await readText(await send(`${api}${method}`, "POST", headers, [body])));
  if (!answer.ok) throw new Error(`${method}: ${answer.error}`);
  return answer;
}

/** The id of a file that a message may show. */
async function upload(name: string, type: string, bytes: Buffer): Promise<string> {
  const opened = await call("files.getUploadURLExternal", { filename: name, length: bytes.length });
  const boundary = "--------------------floor";
  const head = `--${boundary}\r\ncontent-disposition: form-data; name="body"; filename="${name}"\r\ncontent-type: ${type}\r\n\r\n`;
  const headers = { authorization, "content-type": `multipart/form-data; boundary=${boundary}` };
  const url = String(opened.upload_url);
  await readText(await send(url, "POST", headers, [head, bytes, `\r\n--${boundary}--\r\n`]));
  const id = String(opened.file_id);
  await call("files.completeUploadExternal", { files: [{ id, title: name }] });
  for (;;) {
    const { file } = (await call("files.info", { file: id })) as { file?: { mimetype?: string } };
    if (file?.mimetype?.startsWith("image/")) return id;
    await sleep(50);
  }
}

app.event("app_mention", async ({ event }) => {
  const { channel, ts } = event;
  const posted = await call("chat.postMessage", { channel, thread_ts: ts, text: "Drawing…" });
  let edits = 0;
  const show = createShow(async (drawn: Drawn) => {
    const id =
      drawn.kind === "picture"
        ? await upload("picture.png", "image/png", drawn.bytes)
        : await upload(`sketch-${drawn.index + 1}.jpg`, "image/jpeg", await toSketch(drawn.bytes));
    edits += 1;
    const text = drawn.kind === "picture" ? "Here it is." : "Drawing…";
    const image = { type: "image", slack_file: { id }, alt_text: "A picture", block_id: `edit-${edits}` };
    await call("chat.update", { channel, ts: String(posted.ts), text, blocks: [image] });
  });
  await draw(event.text, (drawn) => {
    if (drawn.kind === "sketch") show.offer(drawn);
    else void show.last(drawn);
  });
});

await app.start();
process.stdout.write("ready\n");
