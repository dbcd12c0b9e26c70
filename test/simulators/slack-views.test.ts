import assert from "node:assert/strict";
import { test } from "node:test";
import { button, connect, input, long, modal, option, plain, png, refusal } from "./slack-client.ts";

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
