import assert from "node:assert/strict";
import { once } from "node:events";
import { createServer } from "node:http";
import { type TestContext, test } from "node:test";
import bolt from "@slack/bolt";
import sharp from "sharp";
import { type Fields, isFields } from "./slack/fields.ts";
import { createSlackSimulator, type SlackSimulator, type SlackSimulatorOptions } from "./slack/index.ts";

const png = await sharp({ create: { width: 8, height: 6, channels: 3, background: "#c06030" } })
  .png()
  .toBuffer();

/** A simulator with a channel and a person in it. */
async function simulate(t: TestContext, options: SlackSimulatorOptions = {}) {
  const simulator = await createSlackSimulator(options);
  const stops: (() => Promise<unknown>)[] = [];
  t.after(async () => {
    for (const stop of stops) await stop();
    await simulator.close();
  });
  const ada = simulator.addUser({ name: "ada" });
  const channel = simulator.addChannel({ name: "pictures" });
  return { simulator, channel, ada, stops };
}

/** The same, with the real Bolt connected over Socket Mode. */
async function connect(t: TestContext, options: SlackSimulatorOptions = {}) {
  const world = await simulate(t, options);
  const { simulator } = world;
  const app = new bolt.App({
    token: simulator.token,
    appToken: simulator.appToken,
    socketMode: true,
    logger: silent,
    clientOptions: { slackApiUrl: simulator.api, retryConfig: { retries: 0 } },
  });
  world.stops.push(() => app.stop());
  return { ...world, app };
}

/** The same, with a Bolt that waits 100 ms before it connects anew instead of 5 s. */
async function reconnect(t: TestContext) {
  const world = await simulate(t);
  const { simulator } = world;
  const clientOptions = { slackApiUrl: simulator.api, retryConfig: { retries: 0 } };
  const receiver = new bolt.SocketModeReceiver({
    appToken: simulator.appToken,
    clientPingTimeout: 100,
    logger: silent,
    installerOptions: { clientOptions },
  });
  const app = new bolt.App({
    token: simulator.token,
    receiver,
    logger: silent,
    clientOptions,
  });
  world.stops.push(() => app.stop());
  const seen: unknown[] = [];
  app.message(async ({ message }) => void seen.push("text" in message && message.text));
  return { ...world, app, seen };
}

/** A Socket Mode client that never acknowledges anything; returns what it is sent. */
async function listen(t: TestContext, simulator: SlackSimulator): Promise<readonly Fields[]> {
  const { url } = await createClient(simulator, simulator.appToken).apps.connections.open();
  const frames: Fields[] = [];
  const socket = new WebSocket(url ?? "");
  socket.addEventListener("message", ({ data }) => {
    const frame: unknown = JSON.parse(String(data));
    if (isFields(frame)) frames.push(frame);
  });
  t.after(() => socket.close());
  await simulator.waitFor(() => simulator.socket.connected === 1);
  return frames;
}

function createClient(
  simulator: SlackSimulator,
  token: string = simulator.token,
  options: bolt.webApi.WebClientOptions = {},
) {
  return new bolt.webApi.WebClient(token, {
    slackApiUrl: simulator.api,
    retryConfig: { retries: 0 },
    logger: silent,
    ...options,
  });
}

const silent: bolt.Logger = {
  debug() {},
  info() {},
  warn() {},
  error() {},
  setLevel() {},
  getLevel: () => bolt.LogLevel.ERROR,
  setName() {},
};

/** The refusal of a call that must be refused. */
async function refusal(
  call: Promise<unknown>,
): Promise<{ error: string; messages: readonly string[]; data: Fields }> {
  const error: unknown = await call.then(
    () => assert.fail("not refused"),
    (caught: unknown) => caught,
  );
  const data = error instanceof Error && "data" in error && isFields(error.data) ? error.data : {};
  const details = isFields(data.response_metadata) ? data.response_metadata.messages : [];
  return { error: String(data.error), messages: Array.isArray(details) ? details.map(String) : [], data };
}

/** Announces a file and uploads it; it is not complete yet. */
async function upload(client: bolt.webApi.WebClient, filename: string, bytes: Buffer): Promise<string> {
  // Slack documents alt_txt; the SDK's types have only its own alt_text.
  const announced = { filename, length: bytes.length, alt_txt: "A fox" };
  const { upload_url = "", file_id = "" } = await client.files.getUploadURLExternal(announced);
  const { status } = await fetch(upload_url, { method: "POST", body: new Uint8Array(bytes) });
  assert.equal(status, 200);
  return file_id;
}

test("a mention comes as a message and as a mention, and is answered in its thread", async (t) => {
  const { simulator, channel, ada, app } = await connect(t);
  const seen: string[] = [];
  app.message(async ({ message }) => void seen.push(`message ${message.ts}`));
  app.event("app_mention", async ({ event, say }) => {
    seen.push(`app_mention ${event.ts}`);
    await say({ text: "On it", thread_ts: event.ts });
  });
  await app.start();
  const said = await simulator.say(channel, ada, "a fox", { mention: true });
  await said.delivered();
  const answer = await simulator.waitFor(() => simulator.messages(channel).find(({ byBot }) => byBot));
  assert.deepEqual(seen.sort(), [`app_mention ${said.ts}`, `message ${said.ts}`].sort());
  assert.equal(answer.threadTs, said.ts);
  assert.equal(answer.text, "On it");
});

test("a file is shown in a block once Slack is done with it", async (t) => {
  const { simulator, channel, app } = await connect(t);
  await app.start();
  const { client } = app;
  const id = await upload(client, "fox.png", png);
  await client.files.completeUploadExternal({ files: [{ id, title: "A fox" }] });
  const blocks = [{ type: "image" as const, alt_text: "A fox", slack_file: { id } }];
  await assert.rejects(
    client.chat.postMessage({ channel: channel.id, text: "A fox", blocks }),
    /invalid_blocks/,
  );
  assert.equal((await client.files.info({ file: id })).file?.mimetype, "");
  simulator.advance(100);
  assert.equal((await client.files.info({ file: id })).file?.mimetype, "image/png");
  await client.chat.postMessage({ channel: channel.id, text: "A fox", blocks });
  const [shown] = simulator.messages(channel);
  assert.deepEqual(shown?.images[0]?.bytes, png);
});

test("a slash command, a form, a button", async (t) => {
  const { simulator, channel, ada, app } = await connect(t);
  app.command("/draw", async ({ ack, client, body }) => {
    await ack();
    await client.views.open({
      trigger_id: body.trigger_id,
      view: {
        type: "modal",
        callback_id: "draw",
        title: { type: "plain_text", text: "Draw" },
        submit: { type: "plain_text", text: "Draw" },
        private_metadata: body.channel_id,
        blocks: [
          {
            type: "input",
            block_id: "prompt",
            label: { type: "plain_text", text: "Prompt" },
            element: { type: "plain_text_input", action_id: "text" },
          },
        ],
      },
    });
  });
  app.view("draw", async ({ ack, view, client }) => {
    await ack();
    await client.chat.postMessage({
      channel: view.private_metadata,
      text: view.state.values.prompt?.text?.value ?? "",
      blocks: [
        {
          type: "actions",
          elements: [{ type: "button", action_id: "more", text: { type: "plain_text", text: "More" } }],
        },
      ],
    });
  });
  app.action("more", async ({ ack, respond }) => {
    await ack();
    await respond({ text: "Here is more" });
  });
  await app.start();
  const asked = simulator.slash(channel, ada, "/draw");
  const form = await simulator.waitFor(() => asked.view);
  const sent = await simulator.submitView(form, { prompt: "a fox" });
  await sent.acknowledged();
  assert.equal(simulator.modal(ada), undefined);
  const posted = await simulator.waitFor(() => simulator.messages(channel)[0]);
  assert.equal(posted.fallback, "a fox");
  const pressed = simulator.press(posted, "more", ada);
  const answer = await simulator.waitFor(() => pressed.messages[0]);
  assert.equal(answer.text, "Here is more");
  assert.equal(answer.ephemeralTo, ada.id);
});

/** Blocks with one wrong thing each, and what Slack says of it. */
const plain = (text: string) => ({ type: "plain_text", text });
const button = (rest: object = {}) => ({ type: "button", action_id: "go", text: plain("Go"), ...rest });
const long = (length: number) => "x".repeat(length);
const wrongBlocks: readonly (readonly [what: string, blocks: unknown, message: RegExp])[] = [
  ["an unknown type", [{ type: "gallery" }], /unsupported type: gallery.*\/blocks\/0\/type/],
  ["no type", [{}], /missing required field: type/],
  ["51 blocks", Array(51).fill({ type: "divider" }), /no more than 50 items/],
  ["an empty section", [{ type: "section" }], /either `text` or `fields`/],
  [
    "a long section",
    [{ type: "section", text: plain(long(3001)) }],
    /less than 3001.*\/blocks\/0\/text\/text/,
  ],
  ["no words", [{ type: "section", text: plain("") }], /more than 0 characters/],
  ["11 fields", [{ type: "section", fields: Array(11).fill(plain("a")) }], /no more than 10/],
  ["a long header", [{ type: "header", text: plain(long(151)) }], /less than 151/],
  [
    "a header in mrkdwn",
    [{ type: "header", text: { type: "mrkdwn", text: "a" } }],
    /unsupported type: mrkdwn/,
  ],
  ["a picture without alt", [{ type: "image", image_url: "https://a.example/a.png" }], /alt_text/],
  ["a long alt", [{ type: "image", image_url: "https://a.example/a.png", alt_text: long(2001) }], /2001/],
  ["a picture of nothing", [{ type: "image", alt_text: "a" }], /`image_url` or `slack_file`/],
  ["a file that is not", [{ type: "image", alt_text: "a", slack_file: { id: "F1" } }], /invalid slack file/],
  [
    "26 buttons",
    [{ type: "actions", elements: Array.from({ length: 26 }, (_, n) => button({ action_id: `${n}` })) }],
    /no more than 25/,
  ],
  ["no buttons", [{ type: "actions", elements: [] }], /no fewer than 1/],
  ["a long button", [{ type: "actions", elements: [button({ text: plain(long(76)) })] }], /less than 76/],
  ["a long value", [{ type: "actions", elements: [button({ value: long(2001) })] }], /less than 2001/],
  ["a long action id", [{ type: "actions", elements: [button({ action_id: long(256) })] }], /less than 256/],
  ["a style unheard of", [{ type: "actions", elements: [button({ style: "warning" })] }], /does not match/],
  ["an action id twice", [{ type: "actions", elements: [button(), button()] }], /already exists/],
  [
    "a block id twice",
    [
      { type: "divider", block_id: "a" },
      { type: "divider", block_id: "a" },
    ],
    /already exists/,
  ],
  ["a stray field", [{ type: "divider", colour: "red" }], /invalid additional property: colour/],
  ["11 in a context", [{ type: "context", elements: Array(11).fill(plain("a")) }], /no more than 10/],
  ["a button in a context", [{ type: "context", elements: [button()] }], /unsupported type: button/],
  [
    "an input in a message",
    [{ type: "input", label: plain("a"), element: { type: "plain_text_input" } }],
    /unsupported type: input/,
  ],
  [
    "a select without options",
    [{ type: "actions", elements: [{ type: "static_select", options: [] }] }],
    /no fewer than 1/,
  ],
  [
    "a choice that is not offered",
    [
      {
        type: "actions",
        elements: [
          {
            type: "static_select",
            options: [{ text: plain("a"), value: "a" }],
            initial_option: { text: plain("b"), value: "b" },
          },
        ],
      },
    ],
    /must exactly match/,
  ],
  ["long Markdown", [{ type: "markdown", text: long(12_001) }], /less than 12001/],
];

test("blocks that Slack refuses are refused, and the place is named", async (t) => {
  const { simulator, channel } = await simulate(t);
  const client = createClient(simulator);
  for (const [what, blocks, message] of wrongBlocks) {
    const { error, messages } = await refusal(
      client.apiCall("chat.postMessage", { channel: channel.id, text: "a", blocks }),
    );
    assert.equal(error, "invalid_blocks", what);
    assert.match(messages.join("\n"), message, what);
  }
  assert.deepEqual(simulator.messages(channel), []);
});

const input = (element: object, rest: object = {}) => ({
  type: "input",
  block_id: "field",
  label: plain("Field"),
  element: { action_id: "value", ...element },
  ...rest,
});
const option = (value: string) => ({ text: plain(value), value });
const modal = (rest: object = {}) => ({
  type: "modal",
  title: plain("Draw"),
  submit: plain("Draw"),
  blocks: [input({ type: "plain_text_input" })],
  ...rest,
});
const wrongViews: readonly (readonly [what: string, view: object, message: RegExp])[] = [
  ["a long title", modal({ title: plain(long(25)) }), /less than 25.*\/view\/title\/text/],
  ["no title", modal({ title: undefined }), /missing required field: title/],
  ["no submit", modal({ submit: undefined }), /missing required field: submit/],
  ["long metadata", modal({ private_metadata: long(3001) }), /less than 3001/],
  ["a long callback id", modal({ callback_id: long(256) }), /less than 256/],
  ["101 blocks", modal({ blocks: Array(101).fill({ type: "divider" }) }), /no more than 100/],
  [
    "a label in mrkdwn",
    modal({ blocks: [{ ...input({ type: "plain_text_input" }), label: { type: "mrkdwn", text: "a" } }] }),
    /unsupported type: mrkdwn/,
  ],
  ["11 files", modal({ blocks: [input({ type: "file_input", max_files: 11 })] }), /less than 11/],
  [
    "a dispatching file input",
    modal({ blocks: [input({ type: "file_input" }, { dispatch_action: true })] }),
    /dispatch/,
  ],
  [
    "101 options",
    modal({
      blocks: [
        input({ type: "static_select", options: Array.from({ length: 101 }, (_, n) => option(`${n}`)) }),
      ],
    }),
    /no more than 100/,
  ],
  [
    "a long option",
    modal({ blocks: [input({ type: "static_select", options: [option(long(76))] })] }),
    /less than 76/,
  ],
  ["a number without kind", modal({ blocks: [input({ type: "number_input" })] }), /is_decimal_allowed/],
  [
    "a number as a number",
    modal({ blocks: [input({ type: "number_input", is_decimal_allowed: false, min_value: 1 })] }),
    /string/,
  ],
  [
    "min over max",
    modal({
      blocks: [input({ type: "number_input", is_decimal_allowed: false, min_value: "9", max_value: "1" })],
    }),
    /greater than max_value/,
  ],
  [
    "11 radio buttons",
    modal({
      blocks: [
        input({ type: "radio_buttons", options: Array.from({ length: 11 }, (_, n) => option(`${n}`)) }),
      ],
    }),
    /no more than 10/,
  ],
  ["a button as input", modal({ blocks: [input(button())] }), /unsupported type: button/],
  [
    "long prefilled text",
    modal({ blocks: [input({ type: "plain_text_input", max_length: 5, initial_value: "abcdef" })] }),
    /less than 6/,
  ],
];

test("views that Slack refuses are refused, and do not use the trigger up", async (t) => {
  const { simulator, ada, app } = await connect(t);
  app.shortcut("draw", async ({ ack }) => ack());
  await app.start();
  const { triggerId } = simulator.globalShortcut("draw", ada);
  for (const [what, view, message] of wrongViews) {
    const call = app.client.apiCall("views.open", { trigger_id: triggerId, view });
    const { error, messages } = await refusal(call);
    assert.equal(error, "invalid_arguments", what);
    assert.match(messages.join("\n"), message, what);
  }
  await app.client.apiCall("views.open", { trigger_id: triggerId, view: modal() });
  assert.equal(simulator.modal(ada)?.title, "Draw");
});

test("a trigger opens one view, within three seconds", async (t) => {
  const { simulator, ada, app } = await connect(t);
  app.shortcut("draw", async ({ ack }) => ack());
  await app.start();
  const open = (trigger_id: string) =>
    refusal(app.client.apiCall("views.open", { trigger_id, view: modal() }));
  const first = simulator.globalShortcut("draw", ada);
  await first.acknowledged();
  await app.client.apiCall("views.open", { trigger_id: first.triggerId, view: modal() });
  assert.equal((await open(first.triggerId)).error, "exchanged_trigger_id");
  const late = simulator.globalShortcut("draw", ada);
  await late.acknowledged();
  simulator.advance(3000);
  assert.equal((await open(late.triggerId)).error, "expired_trigger_id");
  assert.equal((await open("1.2.3")).error, "invalid_trigger_id");
});

test("calls that Slack refuses are refused with its code", async (t) => {
  const { simulator, channel, ada } = await simulate(t);
  const client = createClient(simulator);
  const away = simulator.addChannel({ name: "away", bot: false });
  const secret = simulator.addChannel({ name: "secret", kind: "private", bot: false });
  const old = simulator.addChannel({ name: "old" });
  simulator.archive(old);
  const said = await simulator.say(channel, ada, "hello", { files: [{ name: "a.png", bytes: png }] });
  const file = said.message.files[0]?.id;
  const { ts } = await client.chat.postMessage({ channel: channel.id, text: "mine" });
  const hidden = await client.chat.postEphemeral({ channel: channel.id, user: ada.id, text: "psst" });
  const here = { channel: channel.id };
  const cases: readonly (readonly [method: string, args: Record<string, unknown>, error: string])[] = [
    ["chat.postMessage", { channel: "C1", text: "a" }, "channel_not_found"],
    ["chat.postMessage", { channel: away.id, text: "a" }, "not_in_channel"],
    ["chat.postMessage", { channel: secret.id, text: "a" }, "channel_not_found"],
    ["chat.postMessage", { channel: old.id, text: "a" }, "is_archived"],
    ["chat.postMessage", here, "no_text"],
    ["chat.postMessage", { text: "a" }, "invalid_arguments"],
    ["chat.postMessage", { ...here, text: "a", thread_ts: "1.2" }, "thread_not_found"],
    ["chat.postMessage", { ...here, blocks: "{" }, "invalid_blocks_format"],
    ["chat.postMessage", { ...here, text: "a", markdown_text: "b" }, "markdown_text_conflict"],
    ["chat.postEphemeral", { ...here, user: "U1", text: "a" }, "user_not_in_channel"],
    ["chat.update", { ...here, ts: "1.2", text: "a" }, "message_not_found"],
    ["chat.update", { ...here, ts: said.ts, text: "a" }, "cant_update_message"],
    ["chat.update", { ...here, ts: hidden.message_ts, text: "a" }, "message_not_found"],
    ["chat.update", { ...here, ts, text: long(4001) }, "msg_too_long"],
    ["chat.delete", { ...here, ts: said.ts }, "cant_delete_message"],
    ["conversations.replies", { ...here, ts: "1.2" }, "thread_not_found"],
    ["conversations.history", { channel: away.id }, "not_in_channel"],
    ["files.info", { file: "F1" }, "file_not_found"],
    ["files.delete", { file }, "cant_delete_file"],
    ["files.sharedPublicURL", { file }, "not_allowed_token_type"],
    ["files.getUploadURLExternal", { filename: "a.png", length: 0 }, "invalid_arguments"],
    ["files.completeUploadExternal", { files: [{ id: "F1" }] }, "file_not_found"],
    [
      "assistant.threads.setStatus",
      { channel_id: channel.id, thread_ts: "1.2", status: "a" },
      "invalid_thread_ts",
    ],
    ["users.info", { user: "U1" }, "user_not_found"],
    ["views.update", { view_id: "V1", view: modal() }, "not_found"],
    ["views.publish", { user_id: ada.id, view: modal() }, "invalid_arguments"],
    ["apps.connections.open", {}, "not_allowed_token_type"],
    ["chat.meow", {}, "unknown_method"],
  ];
  for (const [method, args, error] of cases)
    assert.equal(
      (await refusal(client.apiCall(method, args))).error,
      error,
      `${method} ${JSON.stringify(args)}`,
    );
});

test("a token is looked at, and so is what it was granted", async (t) => {
  const { simulator, channel } = await simulate(t);
  const post = { channel: channel.id, text: "a" };
  const client = createClient(simulator);
  assert.equal((await refusal(createClient(simulator, "").chat.postMessage(post))).error, "not_authed");
  assert.equal(
    (await refusal(createClient(simulator, "xoxb-1").chat.postMessage(post))).error,
    "invalid_auth",
  );
  simulator.revoke("chat:write");
  const { error, data } = await refusal(client.chat.postMessage(post));
  assert.equal(error, "missing_scope");
  assert.equal(data.needed, "chat:write");
  assert.match(String(data.provided), /files:read/);
  simulator.grant("chat:write");
  await client.chat.postMessage(post);
  simulator.revoke("channels:history");
  const unread = await refusal(client.conversations.history({ channel: channel.id }));
  assert.equal(unread.data.needed, "channels:history");
  simulator.refuseTokens("token_revoked");
  assert.equal((await refusal(client.chat.postMessage(post))).error, "token_revoked");
});

test("an update shows as Slack shows it", async (t) => {
  const { simulator, channel } = await simulate(t);
  const client = createClient(simulator);
  const blocks = [{ type: "section", text: { type: "mrkdwn", text: "drawn for <@U0SIM000001> <!channel>" } }];
  const { ts = "" } = await client.chat.postMessage({ channel: channel.id, text: "a", blocks });
  const seen = () => simulator.message({ channel: channel.id, ts });
  assert.deepEqual(simulator.pings({ channel: channel.id, ts }), [
    { kind: "channel" },
    { kind: "user", id: "U0SIM000001" },
  ]);
  await client.chat.update({ channel: channel.id, ts, text: "b", blocks });
  assert.equal(seen()?.edited, false);
  await client.chat.update({ channel: channel.id, ts, text: "c &lt;!here&gt;" });
  assert.equal(seen()?.edited, true);
  assert.deepEqual(seen()?.blocks, []);
  assert.equal(seen()?.updates, 2);
  await client.chat.delete({ channel: channel.id, ts });
  assert.equal(seen(), undefined);
});

test("pictures stand in blocks when they are PNG, JPEG or GIF, and break when they are deleted", async (t) => {
  const { simulator, channel, ada } = await simulate(t, { fileDelayMs: 0 });
  const client = createClient(simulator);
  const webp = await upload(client, "fox.webp", await sharp(png).webp().toBuffer());
  const fox = await upload(client, "fox.png", png);
  await client.files.completeUploadExternal({ files: [{ id: webp }, { id: fox }] });
  const types = async () => {
    const both = await Promise.all([webp, fox].map((file) => client.files.info({ file })));
    return both.map(({ file }) => file?.mimetype).join();
  };
  while ((await types()) !== "image/webp,image/png");
  const show = (id: string) =>
    client.chat.postMessage({
      channel: channel.id,
      text: "A fox",
      blocks: [{ type: "image", alt_text: "A fox", slack_file: { id } }],
    });
  assert.equal((await refusal(show(webp))).error, "invalid_blocks");
  await show(fox);
  const secret = simulator.addChannel({ kind: "private", bot: false });
  const hers = await simulator.say(secret, ada, "", { files: [{ name: "b.png", bytes: png }] });
  assert.equal((await refusal(show(hers.message.files[0]?.id ?? ""))).error, "invalid_blocks");
  assert.equal(simulator.messages(channel)[0]?.images[0]?.broken, false);
  await client.files.delete({ file: fox });
  await client.files.delete({ file: webp });
  assert.equal(simulator.messages(channel)[0]?.images[0]?.broken, true);
  assert.deepEqual(simulator.files(simulator.bot), []);
});

test("the SDK's own upload works, in a thread too; downloads need the token", async (t) => {
  const { simulator, channel, ada } = await simulate(t);
  const client = createClient(simulator);
  const said = await simulator.say(channel, ada, "hello");
  await client.files.uploadV2({
    channel_id: channel.id,
    thread_ts: said.ts,
    file: png,
    filename: "fox.png",
    initial_comment: "Here",
  });
  const answer = simulator.messages(channel)[1];
  assert.equal(answer?.threadTs, said.ts);
  assert.deepEqual(answer?.files[0]?.bytes, png);
  const { file } = await client.files.info({ file: answer?.files[0]?.id ?? "" });
  const get = (headers: Record<string, string>) => fetch(file?.url_private ?? "", { headers });
  const bare = await get({});
  assert.equal(bare.status, 200);
  assert.match(bare.headers.get("content-type") ?? "", /text\/html/);
  const allowed = await get({ authorization: `Bearer ${simulator.token}` });
  assert.deepEqual(Buffer.from(await allowed.arrayBuffer()), png);
});

test("a form is filled in as Slack lets people; errors, updates and pushed views are carried out", async (t) => {
  const { simulator, ada, app } = await connect(t);
  const files: unknown[] = [];
  app.shortcut("draw", async ({ ack, client, shortcut }) => {
    await ack();
    await client.apiCall("views.open", {
      trigger_id: shortcut.trigger_id,
      view: modal({
        callback_id: "draw",
        notify_on_close: true,
        blocks: [
          input({ type: "plain_text_input" }, { block_id: "prompt" }),
          input(
            { type: "static_select", options: [option("wide")], action_id: "size" },
            { block_id: "size", optional: true },
          ),
          input(
            { type: "file_input", filetypes: ["png"], max_files: 2 },
            { block_id: "files", optional: true },
          ),
        ],
      }),
    });
  });
  const answers: Record<string, () => object> = {
    bad: () => ({ response_action: "errors", errors: { prompt: "No" } }),
    push: () => ({ response_action: "push", view: modal({ callback_id: "more", title: plain("More") }) }),
  };
  app.view("draw", async ({ ack, view }) => {
    const { prompt, files: given, size } = view.state.values;
    files.push(...(given?.value?.files ?? []), size?.size?.selected_option?.value);
    const answer = answers[prompt?.value?.value ?? ""]?.();
    await (answer ? ack(answer as never) : ack());
  });
  app.view("more", async ({ ack }) => ack({ response_action: "clear" }));
  await app.start();
  const opened = simulator.globalShortcut("draw", ada);
  const form = await simulator.waitFor(() => opened.view);
  await assert.rejects(simulator.submitView(form), /“value” must be filled in|must be filled in/);
  await assert.rejects(simulator.submitView(form, { prompt: "a", size: "tall" }), /no option/);
  await assert.rejects(
    simulator.submitView(form, { prompt: "a", files: [{ name: "a.gif", bytes: png }] }),
    /none of png/,
  );
  await (await simulator.submitView(form, { prompt: "bad" })).acknowledged();
  assert.deepEqual(simulator.modal(ada)?.errors, { prompt: "No" });
  const sent = await simulator.submitView(form, {
    prompt: "push",
    size: "wide",
    files: [{ name: "a.png", bytes: png }],
  });
  await sent.acknowledged();
  assert.equal(sent.view?.title, "More");
  assert.equal(files.at(-1), "wide");
  await (await simulator.submitView(sent.view ?? form, { field: "a" })).acknowledged();
  assert.equal(simulator.modal(ada), undefined);
});

test("a response URL takes five posts, for half an hour", async (t) => {
  const { simulator, channel, ada, app } = await connect(t);
  app.command("/draw", async ({ ack }) => ack({ text: "at once", response_type: "in_channel" }));
  app.action("go", async ({ ack }) => ack());
  await app.start();
  const asked = simulator.slash(channel, ada, "/draw", "a fox");
  await asked.acknowledged();
  assert.equal(asked.messages[0]?.ephemeralTo, undefined);
  const post = async (url: string, body: object) => {
    const headers = { "content-type": "application/json" };
    const response = await fetch(url, { method: "POST", headers, body: JSON.stringify(body) });
    return `${response.status} ${await response.text()}`;
  };
  assert.match(await post(asked.responseUrl, {}), /400 .*no_text/);
  for (let n = 0; n < 5; n += 1) assert.equal(await post(asked.responseUrl, { text: `${n}` }), "200 ok");
  assert.match(await post(asked.responseUrl, { text: "6" }), /404 .*used_url/);
  const { ts = "" } = (await app.client.apiCall("chat.postMessage", {
    channel: channel.id,
    text: "a",
    blocks: [{ type: "actions", elements: [button()] }],
  })) as { ts?: string };
  const pressed = simulator.press({ channel: channel.id, ts }, "go", ada);
  await pressed.acknowledged();
  await post(pressed.responseUrl, { replace_original: true, text: "replaced" });
  assert.equal(simulator.message({ channel: channel.id, ts })?.text, "replaced");
  simulator.advance(30 * 60_000);
  assert.match(await post(pressed.responseUrl, { text: "late" }), /404 .*expired_url/);
});

test("rate limits are Slack's when they are asked for", async (t) => {
  const { simulator, channel } = await simulate(t, { rateLeniency: 1 });
  const client = createClient(simulator, simulator.token, { rejectRateLimitedCalls: true });
  const post = () => client.chat.postMessage({ channel: channel.id, text: "a" });
  await post();
  await assert.rejects(post(), { code: "slack_webapi_rate_limited_error", retryAfter: 1 });
  simulator.advance(1000);
  await post();
});

test("faults strike as ordered", async (t) => {
  const { simulator, channel } = await simulate(t);
  const client = createClient(simulator);
  const post = (text: string) => client.chat.postMessage({ channel: channel.id, text });
  const order = simulator.fault({ method: "chat.postMessage", kind: "status", status: 503 });
  await assert.rejects(post("a"), /503/);
  assert.equal(order.struck, 1);
  simulator.fault({ kind: "drop", when: "before" });
  await assert.rejects(post("b"));
  simulator.fault({ kind: "drop", when: "after" });
  await assert.rejects(post("c"));
  simulator.fault({ kind: "error", error: "internal_error" });
  assert.equal((await refusal(post("d"))).error, "internal_error");
  simulator.fault({ kind: "slow", ms: 20 });
  await post("e");
  assert.deepEqual(
    simulator.messages(channel).map(({ text }) => text),
    ["c", "e"],
  );
});

test("edits, deletions, broadcasts, other bots and the bot's own messages come as Slack sends them", async (t) => {
  const { simulator, channel, ada, app } = await connect(t);
  await app.start();
  const events = () =>
    simulator.deliveries
      .filter(({ type }) => type === "message")
      .map(({ payload }) => payload.event as Record<string, unknown>);
  const said = await simulator.say(channel, ada, "one");
  simulator.editMessage(said, "two");
  await simulator.say(channel, ada, "three", { threadTs: said.ts, broadcast: true });
  simulator.deleteMessage(said);
  simulator.sayAsBot(channel, "rain");
  simulator.sayAsBot(channel, "snow", { legacy: true });
  await app.client.chat.postMessage({ channel: channel.id, text: "own" });
  assert.deepEqual(
    events().map(({ subtype, bot_id }) => `${subtype} ${bot_id === undefined ? "" : "bot"}`.trim()),
    [
      "undefined",
      "message_changed",
      "thread_broadcast",
      "message_changed",
      "undefined bot",
      "bot_message bot",
      "undefined bot",
    ],
  );
  const away = simulator.addChannel({ bot: false });
  assert.deepEqual((await simulator.say(away, ada, "unheard", { mention: true })).events, []);
});

test("a stranger's file in a shared channel comes as a stub", async (t) => {
  const { simulator } = await simulate(t);
  const client = createClient(simulator);
  const mallory = simulator.addUser({ name: "mallory", team: simulator.addTeam("Elsewhere") });
  const channel = simulator.addChannel({ shared: true, members: [mallory] });
  const said = await simulator.say(channel, mallory, "look", { files: [{ name: "a.png", bytes: png }] });
  const event = said.events[0]?.payload.event as { files: Record<string, unknown>[] };
  assert.equal(event.files[0]?.file_access, "check_file_info");
  const { file } = await client.files.info({ file: String(event.files[0]?.id) });
  assert.equal(file?.mimetype, "image/png");
});

test("the assistant's thread, its status, title and prompts", async (t) => {
  const { simulator, ada, app } = await connect(t);
  app.assistant(
    new bolt.Assistant({
      threadStarted: async ({ setSuggestedPrompts }) =>
        void (await setSuggestedPrompts({ prompts: [{ title: "A fox", message: "Draw a fox" }] })),
      userMessage: async ({ setStatus, setTitle, say }) => {
        await setTitle("Foxes");
        await setStatus("is drawing…");
        await say("Here it is");
      },
    }),
  );
  await app.start();
  const { channel, threadTs } = simulator.startAssistant(ada);
  await simulator.waitFor(() => simulator.statuses.log[0]);
  await simulator.say(channel, ada, "a fox", { threadTs });
  await simulator.waitFor(() => simulator.messages(channel).find(({ text }) => text === "Here it is"));
  assert.deepEqual(
    simulator.statuses.log.map(({ kind, text }) => `${kind} ${text}`.trim()),
    ["prompts", "title Foxes", "status is drawing…", "status"],
  );
  assert.equal(simulator.statuses.now(channel.id, threadTs), undefined);
});

test("the App Home is opened and published", async (t) => {
  const { simulator, ada, app } = await connect(t);
  app.event("app_home_opened", async ({ client, event }) => {
    const view = { type: "home" as const, blocks: [{ type: "section", text: plain("Welcome") }] };
    await client.views.publish({ user_id: event.user, view });
  });
  await app.start();
  simulator.openHome(ada);
  const home = await simulator.waitFor(() => simulator.home(ada));
  assert.equal(home.text, "Welcome");
});

test("nobody acknowledges: an event comes again, a command fails", async (t) => {
  const { simulator, channel, ada } = await simulate(t, { ackMs: 40, retryMs: [0, 60_000] });
  const frames = await listen(t, simulator);
  const said = await simulator.say(channel, ada, "hello");
  await simulator.waitFor(() => said.events[0]?.acks.length === 2);
  simulator.advance(60_000);
  await said.delivered();
  const sent = frames.filter(({ type }) => type === "events_api");
  assert.deepEqual(
    sent.map(({ retry_attempt, retry_reason }) => `${retry_attempt} ${retry_reason}`.trim()),
    ["0", "1 timeout", "2 timeout"],
  );
  assert.equal(new Set(sent.map(({ payload }) => JSON.stringify(payload))).size, 1);
  const asked = simulator.slash(channel, ada, "/draw");
  assert.equal((await asked.acknowledged()).ok, false);
  assert.equal(asked.trouble, "operation_timeout");
});

test("the real client acknowledges a redelivered event, and is told that it is one", async (t) => {
  const { simulator, channel, ada, app } = await connect(t);
  const nums: unknown[] = [];
  app.message(async ({ context }) => void nums.push(context.retryNum));
  await app.start();
  const said = await simulator.say(channel, ada, "hello");
  await said.delivered();
  assert.ok(said.events[0]);
  assert.equal((await simulator.redeliver(said.events[0]).done).ok, true);
  await simulator.waitFor(() => nums.length === 2);
  assert.deepEqual(nums, [0, 1]);
});

test("an acknowledgement after its time is late", async (t) => {
  const { simulator, channel, ada, app } = await connect(t, { ackMs: 30 });
  app.command("/draw", async ({ ack }) => {
    await new Promise((resolve) => setTimeout(resolve, 60));
    await ack("too late");
  });
  await app.start();
  const asked = simulator.slash(channel, ada, "/draw");
  await asked.acknowledged();
  assert.equal(asked.trouble, "operation_timeout");
  await simulator.waitFor(() => simulator.socket.lateAcks === 1);
  assert.deepEqual(asked.messages, []);
});

test("a socket that is recycled or torn is opened anew, and events wait for it", async (t) => {
  const { simulator, channel, ada, app, seen } = await reconnect(t);
  await app.start();
  simulator.socket.disconnect("refresh_requested");
  await simulator.waitFor(() => simulator.socket.opened === 2 && simulator.socket.connected === 1);
  simulator.socket.drop();
  const said = await simulator.say(channel, ada, "meanwhile");
  await simulator.waitFor(() => simulator.socket.connected === 1);
  simulator.advance(60_000);
  await said.delivered();
  assert.deepEqual(seen, ["meanwhile"]);
  assert.ok((said.events[0]?.acks.length ?? 0) > 1);
});

test("over HTTP: signed, verified, acknowledged, or refused", async (t) => {
  const { simulator, channel, ada, stops } = await simulate(t, { retryMs: [] });
  const app = new bolt.App({
    token: simulator.token,
    signingSecret: simulator.signingSecret,
    logger: silent,
    clientOptions: { slackApiUrl: simulator.api, retryConfig: { retries: 0 } },
  });
  const seen: unknown[] = [];
  app.message(async ({ message }) => void seen.push("text" in message && message.text));
  app.command("/draw", async ({ ack }) => ack("at once"));
  const server = await app.start({ port: 0, host: "127.0.0.1" });
  stops.push(() => app.stop());
  const address = server.address();
  assert.ok(address && typeof address === "object");
  simulator.http.deliverTo(`http://127.0.0.1:${address.port}/slack/events`);
  const said = await simulator.say(channel, ada, "hello");
  await said.delivered();
  assert.equal(said.events[0]?.acks[0]?.status, 200);
  const asked = simulator.slash(channel, ada, "/draw");
  await asked.acknowledged();
  assert.equal(asked.messages[0]?.text, "at once");
  assert.match((await simulator.http.verifyUrl("a challenge")).body, /a challenge/);
  assert.equal((await simulator.http.sslCheck()).status, 200);
  const event = said.events[0]?.payload ?? {};
  for (const forgery of [{ signature: "wrong" }, { signature: "absent" }, { ageMs: 6 * 60_000 }] as const)
    assert.equal((await simulator.http.forge(event, forgery)).status, 401, JSON.stringify(forgery));
  assert.deepEqual(seen, ["hello"]);
});

test("over HTTP: what fails comes again, until the app asks for no more", async (t) => {
  const { simulator, channel, ada, stops } = await simulate(t, { retryMs: [0, 0, 0], ackMs: 60 });
  const retries: string[] = [];
  const server = createServer((request, response) => {
    retries.push(`${request.headers["x-slack-retry-num"]} ${request.headers["x-slack-retry-reason"]}`);
    if (retries.length === 1) return void response.writeHead(500).end();
    if (retries.length === 2) return; // too slow
    response.writeHead(500, { "x-slack-no-retry": "1" }).end();
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  stops.push(async () => {
    server.closeAllConnections();
    server.close();
  });
  const address = server.address();
  assert.ok(address && typeof address === "object");
  simulator.http.deliverTo(`http://127.0.0.1:${address.port}/slack/events`);
  await (await simulator.say(channel, ada, "hello")).delivered();
  assert.deepEqual(retries, ["undefined undefined", "1 http_error", "2 http_timeout"]);
});

test("a stream grows, and ends", async (t) => {
  const { simulator, channel, ada } = await simulate(t);
  const client = createClient(simulator);
  const said = await simulator.say(channel, ada, "hello");
  const start = { channel: channel.id, thread_ts: said.ts, markdown_text: "one" };
  assert.equal((await refusal(client.apiCall("chat.startStream", start))).error, "missing_recipient_user_id");
  const { ts = "" } = await client.chat.startStream({
    ...start,
    recipient_user_id: ada.id,
    recipient_team_id: simulator.teamId,
  });
  await client.chat.appendStream({ channel: channel.id, ts, markdown_text: " two" });
  await client.chat.stopStream({ channel: channel.id, ts });
  assert.equal(simulator.message({ channel: channel.id, ts })?.text, "one two");
  const { error } = await refusal(client.chat.appendStream({ channel: channel.id, ts, markdown_text: "!" }));
  assert.equal(error, "message_not_in_streaming_state");
});

test("a picture that changes under the same block id may look as before", async (t) => {
  const { simulator, channel } = await simulate(t);
  const client = createClient(simulator);
  const block = (name: string, block_id: string) => [
    { type: "image", block_id, alt_text: "A fox", image_url: `https://a.example/${name}.png` },
  ];
  const posted = await client.chat.postMessage({ channel: channel.id, text: "a", blocks: block("one", "1") });
  const ref = { channel: channel.id, ts: posted.ts ?? "" };
  await client.chat.update({ ...ref, text: "a", blocks: block("two", "2") });
  assert.equal(simulator.message(ref)?.images[0]?.stale, false);
  await client.chat.update({ ...ref, text: "a", blocks: block("three", "2") });
  assert.equal(simulator.message(ref)?.images[0]?.stale, true);
});

test("long texts are cut off, long blocks are refused", async (t) => {
  const { simulator, channel } = await simulate(t);
  const client = createClient(simulator);
  await client.chat.postMessage({ channel: channel.id, text: long(40_001) });
  assert.equal(simulator.messages(channel)[0]?.text.length, 40_000);
  const blocks = Array.from({ length: 5 }, () => ({ type: "section", text: plain(long(3000)) }));
  const { error } = await refusal(
    client.apiCall("chat.postMessage", { channel: channel.id, text: "a", blocks }),
  );
  assert.equal(error, "msg_blocks_too_long");
});

test("direct messages: opened, named by the user, and no mentions in them", async (t) => {
  const { simulator, ada } = await simulate(t);
  const client = createClient(simulator);
  const { channel } = await client.conversations.open({ users: ada.id });
  const posted = await client.chat.postMessage({ channel: ada.id, text: "hello" });
  assert.equal(posted.channel, channel?.id);
  const dm = simulator.dm(ada);
  const said = await simulator.say(dm, ada, "a fox", { mention: true });
  assert.deepEqual(
    said.events.map(
      ({ type, payload }) => `${type} ${isFields(payload.event) && payload.event.channel_type}`,
    ),
    ["message im"],
  );
});

test("events come with their scopes only", async (t) => {
  const { simulator, channel, ada } = await simulate(t);
  simulator.revoke("channels:history");
  const said = await simulator.say(channel, ada, "a fox", { mention: true });
  assert.deepEqual(
    said.events.map(({ type }) => type),
    ["app_mention"],
  );
  const group = simulator.addChannel({ kind: "private" });
  const secret = await simulator.say(group, ada, "a fox");
  assert.equal(secret.events.length, 1);
});

test("files of people may be late, or elsewhere", async (t) => {
  const { simulator, channel, ada } = await simulate(t);
  const client = createClient(simulator);
  const link = "https://drive.example/fox";
  const said = await simulator.say(channel, ada, "", {
    files: [
      { name: "late.png", bytes: png, readyAfterMs: 3000 },
      { name: "fox", bytes: Buffer.alloc(0), external: link },
    ],
  });
  const [late, external] = said.message.files;
  const info = async (id = "") => (await client.files.info({ file: id })).file;
  assert.equal((await info(late?.id))?.mimetype, "");
  simulator.advance(3000);
  assert.equal((await info(late?.id))?.mimetype, "image/png");
  const there = await info(external?.id);
  assert.equal(there?.is_external, true);
  assert.equal(there?.url_private, link);
});

test("threads are read page by page; a deleted parent stays as a stone", async (t) => {
  const { simulator, channel, ada } = await simulate(t);
  const client = createClient(simulator);
  const said = await simulator.say(channel, ada, "one");
  for (const text of ["two", "three"]) await simulator.say(channel, ada, text, { threadTs: said.ts });
  const page = { channel: channel.id, ts: said.ts, limit: 2 };
  const first = await client.conversations.replies(page);
  assert.deepEqual(
    first.messages?.map(({ text }) => text),
    ["one", "two"],
  );
  assert.equal(first.messages?.[0]?.reply_count, 2);
  const rest = await client.conversations.replies({
    ...page,
    cursor: first.response_metadata?.next_cursor ?? "",
  });
  assert.deepEqual(
    rest.messages?.map(({ text }) => text),
    ["three"],
  );
  const [event] = simulator.deleteMessage(said);
  const change = isFields(event?.payload.event) ? event.payload.event : {};
  assert.equal(change.subtype, "message_changed");
  assert.equal(isFields(change.message) && change.message.subtype, "tombstone");
});

test("what only one sees is pressed without its message, and chosen from", async (t) => {
  const { simulator, channel, ada, app } = await connect(t);
  const mo = simulator.addUser({ name: "mo" });
  app.action("size", async ({ ack }) => ack());
  await app.start();
  await app.client.apiCall("chat.postEphemeral", {
    channel: channel.id,
    user: ada.id,
    text: "psst",
    blocks: [
      {
        type: "actions",
        elements: [{ type: "static_select", action_id: "size", options: [option("wide")] }],
      },
    ],
  });
  const [seen] = simulator.messages(channel, ada);
  assert.ok(seen);
  assert.deepEqual(simulator.messages(channel, mo), []);
  assert.throws(() => simulator.press(seen, "size", mo, "wide"), /does not see/);
  assert.throws(() => simulator.press(seen, "size", ada, "tall"), /no option/);
  const pressed = simulator.press(seen, "size", ada, "wide");
  assert.equal((await pressed.acknowledged()).ok, true);
  const { message, container } = pressed.sent.payload;
  assert.equal(message, undefined);
  assert.equal(isFields(container) && container.is_ephemeral, true);
});

test("views: old hashes, a full stack, and closing", async (t) => {
  const { simulator, ada, app } = await connect(t);
  const closed: string[] = [];
  app.shortcut("draw", async ({ ack }) => ack());
  app.action("go", async ({ ack }) => ack());
  app.view({ callback_id: "top", type: "view_closed" }, async ({ ack, view }) => {
    closed.push(view.callback_id);
    await ack();
  });
  await app.start();
  const { client } = app;
  const form = (callback_id: string) =>
    modal({ callback_id, notify_on_close: true, blocks: [{ type: "actions", elements: [button()] }] });
  const { triggerId } = simulator.globalShortcut("draw", ada);
  await client.apiCall("views.open", { trigger_id: triggerId, view: form("root") });
  const push = () => {
    const pressed = simulator.press(simulator.modal(ada) ?? { id: "" }, "go", ada);
    return client.apiCall("views.push", { trigger_id: pressed.triggerId, view: form("top") });
  };
  await push();
  await push();
  assert.equal((await refusal(push())).error, "push_limit_reached");
  const top = simulator.modal(ada);
  assert.ok(top);
  const update = { view_id: top.id, view: form("top"), hash: "1.2" };
  assert.equal((await refusal(client.apiCall("views.update", update))).error, "hash_conflict");
  await simulator.closeView(top)?.acknowledged();
  assert.deepEqual(closed, ["top"]);
  assert.notEqual(simulator.modal(ada)?.id, top.id);
  assert.equal(
    (await refusal(client.apiCall("views.update", { ...update, hash: undefined }))).error,
    "not_found",
  );
});

test("a rate limit that a test sets, and one that strikes once, say when to come again", async (t) => {
  const { simulator, channel } = await simulate(t);
  const client = createClient(simulator, simulator.token, { rejectRateLimitedCalls: true });
  const { ts = "" } = await client.chat.postMessage({ channel: channel.id, text: "a" });
  const update = () => client.chat.update({ channel: channel.id, ts, text: "b" });
  simulator.limitRate("chat.update", { count: 1, perMs: 60_000 });
  await update();
  await assert.rejects(update(), { retryAfter: 60 });
  simulator.advance(60_000);
  simulator.fault({ method: /^chat\./, kind: "rate limit", retryAfterMs: 7000 });
  await assert.rejects(update(), { retryAfter: 7 });
  assert.equal(simulator.requests.filter(({ status }) => status === 429).length, 2);
});

test("a socket without an answer to its pings is given up, and a URL opens one socket", async (t) => {
  const { simulator, app } = await reconnect(t);
  await app.start();
  simulator.socket.answerPings(false);
  await simulator.waitFor(() => simulator.socket.opened === 2);
  simulator.socket.answerPings(true);
  const { url = "" } = await createClient(simulator, simulator.appToken).apps.connections.open();
  const open = () =>
    new Promise<string>((resolve) => {
      const socket = new WebSocket(url);
      socket.addEventListener("open", () => {
        resolve("open");
        socket.close();
      });
      socket.addEventListener("error", () => resolve("refused"));
    });
  assert.equal(await open(), "open");
  assert.equal(await open(), "refused");
});
