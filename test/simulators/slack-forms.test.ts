import assert from "node:assert/strict";
import { type TestContext, test } from "node:test";
import { webApi } from "@slack/bolt";
import { toLogger } from "../../adapters/slack/wire/gateway.ts";
import { createLog } from "../../src/seam/log.ts";
import { flat } from "../rig/pictures.ts";
import { until } from "../rig/until.ts";
import { createSlackSimulator, type SlackSimulatorOptions } from "./slack/index.ts";

async function simulate(t: TestContext, options: SlackSimulatorOptions = {}) {
  const simulator = await createSlackSimulator(options);
  t.after(() => simulator.close());
  const client = new webApi.WebClient(simulator.token, {
    slackApiUrl: simulator.api,
    retryConfig: { retries: 0 },
    logger: toLogger(createLog("silent")),
  });
  const ada = simulator.addUser({ name: "ada" });
  const channel = simulator.addChannel({ name: "pictures" });
  async function upload(name: string, bytes: Buffer): Promise<string> {
    const { upload_url: url = "", file_id: id = "" } = await client.files.getUploadURLExternal({
      filename: name,
      length: bytes.length,
    });
    const body = new FormData();
    body.append("body", new Blob([new Uint8Array(bytes)]), name);
    await fetch(url, { method: "POST", headers: { authorization: `Bearer ${simulator.token}` }, body });
    await client.files.completeUploadExternal({ files: [{ id, title: name }] });
    await until(async () => Boolean((await client.files.info({ file: id })).file?.mimetype), "the file");
    return id;
  }
  return { simulator, client, ada, channel, upload };
}

const plain = (text: string) => ({ type: "plain_text", text }) as const;

function field(blockId: string, initial?: string) {
  return {
    type: "input",
    block_id: blockId,
    label: plain("Words"),
    optional: true,
    element: { type: "plain_text_input", action_id: "words", ...(initial && { initial_value: initial }) },
  } as const;
}

const where = { type: "conversations_select", action_id: "where" } as const;

test("a form that is changed keeps what stands in fields of the same names, and in no others", async (t) => {
  const { simulator, client, ada } = await simulate(t);
  const { triggerId } = simulator.globalShortcut("draw", ada);
  const view = (...blocks: readonly object[]) =>
    ({
      type: "modal",
      title: plain("Draw"),
      submit: plain("Draw"),
      blocks,
    }) as unknown as webApi.ViewsOpenArguments["view"];
  const opened = await client.views.open({
    trigger_id: triggerId,
    view: view(field("a"), field("b", "begun")),
  });
  const id = opened.view?.id ?? "";
  await simulator.fillIn({ id }, { a: "typed" });
  await client.views.update({
    view_id: id,
    view: view(field("a", "new"), field("b", "new"), field("c", "new")),
  });
  const sent = await simulator.submitView({ id });
  const { values } = (
    sent.sent.payload.view as { state: { values: Record<string, { words: { value: string } }> } }
  ).state;
  assert.deepEqual(
    Object.entries(values).map(([block, { words }]) => `${block} ${words.value}`),
    ["a typed", "b begun", "c new"],
  );
});

test("a menu in a form tells the app at once where it stands in a row, or is asked to", async (t) => {
  const { simulator, client, ada, channel } = await simulate(t);
  const { triggerId } = simulator.globalShortcut("draw", ada);
  const asked = {
    type: "input",
    block_id: "asked",
    label: plain("Where"),
    optional: true,
    element: where,
  } as const;
  const view = {
    type: "modal",
    title: plain("Draw"),
    submit: plain("Draw"),
    blocks: [
      { ...asked, element: { ...where, action_id: "quiet" } },
      { type: "actions", block_id: "row", elements: [where] },
    ],
  } as const;
  const opened = await client.views.open({
    trigger_id: triggerId,
    view: view as unknown as webApi.ViewsOpenArguments["view"],
  });
  const ref = { id: opened.view?.id ?? "" };
  assert.throws(() => simulator.press(ref, "quiet", ada, channel.id), /tells the app nothing before/);
  const { sent } = simulator.press(ref, "where", ada, channel.id);
  assert.deepEqual(
    (sent.payload.actions as { selected_conversation: string }[])[0]?.selected_conversation,
    channel.id,
  );
  const submitted = await simulator.submitView(ref);
  assert.match(
    JSON.stringify(submitted.sent.payload.view),
    new RegExp(`"selected_conversation":"${channel.id}"`),
  );
});

test("files hang on a message by their ids, where Slack heeds them; no block shows an SVG", async (t) => {
  for (const attaches of [true, false]) {
    const { simulator, client, channel, upload } = await simulate(t, { attaches });
    const id = await upload(
      "a.svg",
      Buffer.from('<svg xmlns="http://www.w3.org/2000/svg" width="2" height="2"/>'),
    );
    assert.equal((await client.files.info({ file: id })).file?.mimetype, "image/svg+xml");
    const { ts = "" } = await client.chat.postMessage({ channel: channel.id, text: "a" });
    const change = { channel: channel.id, ts, text: "b" };
    await client.chat.update({ ...change, file_ids: [id] });
    const hanging = () => simulator.message({ channel: channel.id, ts })?.files.map(({ name }) => name);
    assert.deepEqual(hanging(), attaches ? ["a.svg"] : []);
    await client.chat.update({ ...change, text: "c" });
    assert.deepEqual(hanging(), attaches ? ["a.svg"] : [], "what an edit does not mention stays");
    await client.chat.update({ ...change, file_ids: [] });
    assert.deepEqual(hanging(), []);
    const block = (file: string) => [{ type: "image", slack_file: { id: file }, alt_text: "a" } as const];
    await assert.rejects(
      client.chat.postMessage({ channel: channel.id, text: "a", blocks: block(id) }),
      /invalid_blocks/,
    );
    const shown = await upload("a.png", await flat("#040", 4, 4));
    await client.chat.postMessage({ channel: channel.id, text: "a", blocks: block(shown) });
  }
});
