import assert from "node:assert/strict";
import { test } from "node:test";
import { type Picture, picturesOf, type Shown, sentWith } from "../../../adapters/slack/wire/pictures.ts";
import { flat } from "../../rig/pictures.ts";
import { done, startSlack } from "../server.ts";

const signal = AbortSignal.timeout(120_000);
const me = { userId: "U0BOT00001", botId: "B0BOT00001" };
const app = { user: "U0APP00001", bot_id: "B0APP00001" };
const secret = "https://files.slack.com/files-pri/T0QUAY0001-F0SECRET01/secret.png";
const foxes = "https://example.com/fox.png";

/** What of it is read by which way. */
const ways = (pictures: readonly Picture[]) =>
  pictures.map((one) => ("address" in one ? one.address : one.barred || one.id));

const picture = (rest: object) => ({ type: "image", alt_text: "A fox", ...rest });

test("an id or an address of Slack's in another app's message opens no file", () => {
  const forged: readonly Shown[] = [
    { blocks: [picture({ image_url: secret })] },
    { blocks: [picture({ slack_file: { id: "F0SECRET01" } })] },
    { blocks: [picture({ slack_file: { url: secret } })] },
    { blocks: [{ type: "section", accessory: picture({ image_url: secret }) }] },
    { blocks: [{ type: "card", hero_image: picture({ slack_file: { id: "F0SECRET01" } }) }] },
    {
      blocks: [
        { type: "carousel", elements: [{ type: "card", hero_image: picture({ image_url: secret }) }] },
      ],
    },
    { blocks: [{ type: "container", child_blocks: [picture({ image_url: secret })] }] },
    { attachments: [{ image_url: secret }] },
    { attachments: [{ thumb_url: "https://slack.com/x.png" }] },
    { attachments: [{ thumb_url: "https://the-quay.slack.com/files/U1/F0SECRET01/x.png" }] },
    { attachments: [{ blocks: [picture({ slack_file: { id: "F0SECRET01" } })] }] },
    {
      attachments: [
        {
          is_share: true,
          message_blocks: [{ message: { blocks: [picture({ slack_file: { id: "F0SECRET01" } })] } }],
        },
      ],
    },
  ];
  for (const message of forged) {
    assert.deepEqual(ways(picturesOf({ ...app, ...message }, me)), ["foreign"], JSON.stringify(message));
  }
  const person = { user: "U0MO000001" };
  const block = picture({ slack_file: { id: "F0SECRET01" } });
  const forwarded = { is_share: true, message_blocks: [{ message: { blocks: [block] } }] };
  for (const by of [
    ...[{ author_id: "U0APP00001" }, { author_id: "B0APP00001" }, { author_id: "U0MO000001" }, {}],
    { author_id: me.userId, bot_id: "B0APP00001" },
  ]) {
    assert.deepEqual(ways(sentWith({ ...person, attachments: [{ ...forwarded, ...by }] }, me)), ["foreign"]);
  }
  for (const by of [{ author_id: me.userId }, { author_id: me.botId }, { bot_id: me.botId }]) {
    const [own] = sentWith({ ...person, attachments: [{ ...forwarded, ...by }] }, me);
    assert.ok(own && "own" in own, "Slack is asked whose it is");
  }
  const inTheirName = { ...person, app_id: "A0APP00001" };
  assert.deepEqual(
    sentWith({ ...inTheirName, attachments: [{ ...forwarded, author_id: me.userId }] }, me),
    [],
  );
  const files = [{ id: "F0SECRET01", mimetype: "image/png", url_private: secret }];
  assert.deepEqual(picturesOf({ ...app, attachments: [{ is_share: true, files }] }, me), []);
  assert.deepEqual(
    picturesOf({ user: "U0MO000001", attachments: [{ is_app_unfurl: true, is_share: true, files }] }, me),
    [],
  );
  assert.deepEqual(sentWith({ user: "U0MO000001", attachments: [{ files }] }, me), []);
});

test("what Slack lists with a message is read, and each picture once", () => {
  const files = [{ id: "F0LISTED01", mimetype: "image/png", url_private: secret }];
  const listed = picture({ slack_file: { id: "F0LISTED01" } });
  const blocks = [listed, picture({ image_url: foxes }), picture({ image_url: foxes })];
  assert.deepEqual(ways(picturesOf({ ...app, files, blocks }, me)), ["F0LISTED01", foxes]);
  const shared = { user: "U0MO000001", attachments: [{ is_share: true, is_msg_unfurl: true, files }] };
  assert.deepEqual(ways(picturesOf(shared, me)), ["F0LISTED01"]);
  assert.deepEqual(ways(sentWith(shared, me)), ["F0LISTED01"]);
});

test("what is drawn small beside words is an icon; a preview in what somebody says is not what they sent", () => {
  const icon = { type: "context", elements: [picture({ image_url: foxes })] };
  assert.deepEqual(picturesOf({ ...app, blocks: [icon] }, me), []);
  const preview = { user: "U0MO000001", attachments: [{ image_url: foxes }] };
  assert.deepEqual(sentWith(preview, me), []);
  assert.deepEqual(ways(picturesOf(preview, me)), [foxes]);
});

test("a private file that another app points to is never asked for nor fetched", async (t) => {
  const { simulator, channel, ada, mo, nextPrompt, adapter } = await startSlack(t);
  const hidden = simulator.addChannel({ name: "secret", kind: "private" });
  const mine = await simulator.say(hidden, mo, "", {
    files: [{ name: "mine.png", bytes: await flat("#123") }],
  });
  const id = mine.message.files[0]?.id ?? "";
  const addresses = [
    { slack_file: { id } },
    { image_url: `https://files.slack.com/files-pri/T1-${id}/mine.png` },
  ];
  for (const address of addresses) {
    const root = simulator.sayAsBot(channel, "", { blocks: [picture(address)] });
    await simulator.say(channel, ada, "make it night", { threadTs: root.ts, mention: true });
    const [seen] = (await (await nextPrompt()).turn.inView?.(signal)) ?? [];
    const [recalled] = await adapter.recall(`slack:${channel.id}:${root.ts}`);
    for (const one of [seen, recalled]) {
      assert.ok(one);
      await assert.rejects(one.read(signal), {
        code: "bad_attachment",
        message: /^“A fox” was put here by another app, .* Download it and upload it as a file\.$/,
      });
    }
  }
  assert.deepEqual(
    simulator.requests.filter(({ method }) => method === "files.info" || method === "download"),
    [],
  );
});

test("a forwarded block is read only if it is the bot's own", async (t) => {
  const { simulator, channel, ada, mo, nextPrompt } = await startSlack(t);
  const hidden = simulator.addChannel({ name: "secret", kind: "private" });
  const mine = await simulator.say(hidden, mo, "", {
    files: [{ name: "mine.png", bytes: await flat("#123") }],
  });
  const root = simulator.sayAsBot(channel, "", {
    blocks: [picture({ slack_file: { id: mine.message.files[0]?.id } })],
  });
  await simulator.say(simulator.dm(ada), ada, "make it night", { forwards: [root] });
  const [seen] = (await nextPrompt()).turn.attachments;
  assert.ok(seen);
  await assert.rejects(seen.read(signal), /was put here by another app/);
  assert.deepEqual(
    simulator.requests.filter(({ method }) => method === "download"),
    [],
  );
});

test("a picture that the bot drew for others is not read because another app's message names it", async (t) => {
  const server = await startSlack(t);
  const { simulator, channel, ada, mo, nextPrompt } = server;
  const hidden = simulator.addChannel({ name: "secret", kind: "private", members: [mo] });
  await simulator.say(hidden, mo, "a plan", { mention: true });
  await (await nextPrompt()).reply.show(await done());
  const [drawn] = server.answers(hidden);
  assert.ok(drawn?.images[0]?.fileId);
  const root = simulator.sayAsBot(channel, "", {
    blocks: [picture({ slack_file: { id: drawn.images[0].fileId } })],
  });
  await simulator.say(simulator.dm(ada), ada, "make it night", { forwards: [root] });
  const [seen] = (await nextPrompt()).turn.attachments;
  assert.ok(seen);
  await assert.rejects(seen.read(signal), /was put here by another app/);
  await simulator.say(simulator.dm(mo), mo, "make it night", { forwards: [drawn] });
  const [own] = (await nextPrompt()).turn.attachments;
  assert.ok(
    ((await own?.read(signal))?.byteLength ?? 0) > 0,
    "the bot's own message, forwarded by who sees it",
  );
});

test("an address of Slack's in words is never asked of Slack", async (t) => {
  const { simulator, channel, ada, mo, nextPrompt } = await startSlack(t);
  const hidden = simulator.addChannel({ name: "secret", kind: "private" });
  const mine = await simulator.say(hidden, mo, "", {
    files: [{ name: "mine.png", bytes: await flat("#123") }],
  });
  const id = mine.message.files[0]?.id ?? "";
  const words = `like <https://files.slack.com/files-pri/T1-${id}/mine.png>`;
  await simulator.say(channel, ada, words, { mention: true });
  const { turn } = await nextPrompt();
  assert.deepEqual(turn.attachments, [], "it is a link like any other, and read without a token");
  assert.match(turn.text, /files\.slack\.com/);
  assert.deepEqual(
    simulator.requests.filter(({ method }) => method === "files.info" || method === "download"),
    [],
  );
});

test("a picture by its address is recalled by it, for buttons and shortcuts", async (t) => {
  const { simulator, channel, ada, nextPress, adapter } = await startSlack(t);
  const gif = simulator.sayAsBot(channel, "", { blocks: [picture({ image_url: foxes })] });
  const doing = simulator.messageShortcut("edit_picture", gif, ada);
  await simulator.submitView(await simulator.waitFor(() => doing.view), { prompt: "make it night" });
  const { turn } = await nextPress();
  assert.deepEqual(
    (await adapter.recall(turn.message)).map(({ name }) => name),
    [foxes],
  );
});
