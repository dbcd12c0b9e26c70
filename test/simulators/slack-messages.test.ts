import assert from "node:assert/strict";
import { test } from "node:test";
import bolt from "@slack/bolt";
import { isFields } from "./slack/fields.ts";
import { button, connect, createClient, long, option, plain, refusal, simulate } from "./slack-client.ts";

/** Blocks with one wrong thing each, and what Slack says of it. */
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
