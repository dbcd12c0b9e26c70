import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { parseDraw, parsePrivacy } from "../../../adapters/slack/forms/commands.ts";
import { type FormState, parseSubmission } from "../../../adapters/slack/forms/forms.ts";
import { type MessageEvent, parseDeleted, parseMessage } from "../../../adapters/slack/in/turn.ts";
import type { Me } from "../../../adapters/slack/live/where.ts";
import { toMrkdwn } from "../../../adapters/slack/out/markdown.ts";
import { createFiles } from "../../../adapters/slack/wire/attachments.ts";
import {
  isOurs,
  parseButtonId,
  parseFormId,
  parseMessageKey,
  parseStandsFor,
  sealForm,
  toButtonId,
  toFormId,
  toMessageKey,
  toStandsFor,
} from "../../../adapters/slack/wire/keys.ts";
import {
  filesOf,
  type Picture,
  picturesOf,
  type Shown,
  shownIdsOf,
} from "../../../adapters/slack/wire/pictures.ts";
import { createOrigins } from "../../../adapters/slack/wire/send/origins.ts";
import { cut, toTitle, toWords } from "../../../adapters/slack/wire/words.ts";
import { noCore } from "../../rig/no-core.ts";

/** A payload as Slack sends it. */
function fixture<T>(name: string): T {
  return JSON.parse(readFileSync(new URL(`../../fixtures/slack/${name}.json`, import.meta.url), "utf8")) as T;
}

const me: Me = { userId: "U0BOT00001", botId: "B0BOT00001", teamId: "T0QUAY0001", name: "drawbridge" };
const message = (name: string) => fixture<MessageEvent>(name);
const elsewhere = {
  origins: createOrigins(),
  ownId: me.userId,
  fromAddress: () => assert.fail("nothing is elsewhere"),
  unscoped: () => assert.fail("no scope is missing"),
};

/** What of it Slack keeps. */
const kept = (pictures: readonly Picture[] = []) =>
  pictures.flatMap((picture) => ("id" in picture ? picture : []));

const parse = (name: string) => parseMessage(message(name), me);

const { seal } = noCore();

test("a mention, by either of its events, is the same turn", () => {
  const said = parse("message-mention");
  assert.deepEqual(said, {
    userId: "U0ADA00001",
    text: "make it night --size wide",
    files: [],
    where: { channelId: "C0PICS0001", direct: false, inThread: false, threadTs: "1763719200.000100" },
    addressed: true,
  });
  assert.deepEqual(parse("app-mention"), said);
});

test("what is for us, and what is not", () => {
  for (const name of [
    "message-talk",
    "message-own",
    "message-bot",
    "message-changed",
    "message-deleted",
    "message-tombstone",
    "message-joined",
    "message-thread-to-another",
  ]) {
    assert.equal(parse(name), undefined, name);
  }
  const direct = parse("message-direct");
  assert.deepEqual(direct?.where, { channelId: "D0ADA00001", direct: true, inThread: false });
  assert.equal(direct?.addressed, true);
  for (const name of ["message-thread", "message-thread-broadcast"]) {
    const said = parse(name);
    assert.equal(said?.addressed, false, name);
    assert.equal(said?.where.threadTs, "1763719100.000200", name);
    assert.equal(said?.where.inThread, true, name);
  }
});

test("a message that was taken away, with or without replies below it", () => {
  assert.equal(parseDeleted(message("message-deleted")), "1763719200.000100");
  assert.equal(parseDeleted(message("message-tombstone")), "1763719200.000100");
  assert.equal(parseDeleted(message("message-changed")), undefined);
  assert.equal(parseDeleted(message("message-mention")), undefined);
});

test("files: ours to read, another company's, outside Slack, deleted, hidden", () => {
  const said = parse("message-files");
  assert.equal(said?.text, "");
  assert.deepEqual(
    kept(said?.files).map(({ name, mediaType, url, barred }) => [name, mediaType, url !== undefined, barred]),
    [
      ["garden.png", "image/png", true, undefined],
      ["plan.png", "image/png", true, "external"],
      ["the file", "application/octet-stream", false, undefined],
      ["the file", "application/octet-stream", false, "deleted"],
      ["the file", "application/octet-stream", false, "hidden"],
      ["IMG_0042.HEIC", "image/heic", true, undefined],
    ],
  );
  assert.deepEqual(
    kept(parse("message-forward")?.files).map(({ name }) => name),
    ["garden.png"],
  );
});

test("the pictures of an answer are those in its blocks, in their order", () => {
  const answer = fixture<Shown>("message-answer");
  assert.deepEqual(shownIdsOf(answer), ["F0FOX000001", "F0FOX000002"]);
  assert.deepEqual(
    kept(picturesOf(answer, me)).map(({ id }) => id),
    ["F0FOX000001", "F0FOX000002"],
  );
});

test("files that cannot be read say what to do, and the token goes to Slack only", async (t) => {
  const files = filesOf(message("message-files"));
  const asked: string[] = [];
  let fetched: string[] = [];
  const answers: Response[] = [];
  t.mock.method(globalThis, "fetch", async (url: string | URL, init?: RequestInit) => {
    fetched.push(`${url} ${new Headers(init?.headers).get("authorization")}`);
    return answers.shift() ?? new Response("no", { status: 404 });
  });
  const waits: number[] = [];
  const { toAttachment } = createFiles({
    ...elsewhere,
    token: "xoxb-1",
    name: "drawbridge",
    async info(id) {
      asked.push(id);
      return {
        ...files.find((file) => file.id === id),
        id,
        mimetype: "image/png",
        url_private: `https://files.slack.com/${id}`,
      };
    },
    wait: async (ms) => void waits.push(ms),
  });
  const read = (index: number) => {
    const file = files[index];
    assert.ok(file);
    return toAttachment(file).read(AbortSignal.timeout(5000));
  };
  await assert.rejects(read(1), { code: "bad_attachment", message: /“plan.png” is kept outside Slack/ });
  await assert.rejects(read(3), { message: /has been deleted from Slack/ });
  await assert.rejects(read(4), { message: /limits of your Slack plan/ });
  assert.equal(fetched.length, 0);

  answers.push(new Response("bytes", { headers: { "content-type": "image/png" } }));
  assert.equal(Buffer.from(await read(2)).toString(), "bytes");
  assert.deepEqual(asked, ["F0PARTNER1"], "of another company's file nothing is said but its id");
  assert.deepEqual(fetched, ["https://files.slack.com/F0PARTNER1 Bearer xoxb-1"]);

  const page = () =>
    new Response("<html>sign in</html>", { headers: { "content-type": "text/html; charset=utf-8" } });
  answers.push(page(), page(), new Response("late", { headers: { "content-type": "image/png" } }));
  assert.equal(Buffer.from(await read(0)).toString(), "late", "it was not ready");
  assert.ok(waits.length >= 1);

  answers.push(page(), page(), page(), page());
  await assert.rejects(read(0), {
    message: /“garden.png” is in a channel I am not in.*\/invite @drawbridge/,
  });
  fetched = [];
  answers.push(new Response(null, { status: 302, headers: { location: "https://evil.example/x" } }));
  answers.push(page(), page(), page());
  await assert.rejects(read(0));
  assert.ok(fetched.every((one) => one.startsWith("https://files.slack.com/")));
  const { toAttachment: foreign } = createFiles({
    ...elsewhere,
    token: "t",
    name: "drawbridge",
    info: async (id) => ({ id }),
  });
  const away = {
    id: "F1",
    name: "x.png",
    mediaType: "image/png",
    size: 1,
    url: "https://evil.example/x.png",
  };
  await assert.rejects(foreign(away).read(AbortSignal.timeout(1000)), {
    message: /is not kept by Slack itself/,
  });
});

test("/draw: words, and whether others see the answer", () => {
  assert.deepEqual(parseDraw("a fox --private --size wide"), { text: "a fox --size wide", private: true });
  assert.deepEqual(parseDraw("--private"), { text: "", private: true });
  for (const dash of ["—", "–", "―", "‒", "−", "—-", "–-"]) {
    const hidden = { text: "a kite —size wide", private: true };
    assert.deepEqual(parseDraw(`a kite ${dash}private —size wide`), hidden, "phones make one dash of two");
    assert.deepEqual(parseDraw(`${dash}Private`), { text: "", private: true }, dash);
    assert.equal(parseDraw(`a club ${dash}privately run`).private, false, dash);
  }
  assert.deepEqual(parseDraw("--private a kite --private"), { text: "a kite", private: true });
  assert.deepEqual(parseDraw("a sign --privateer"), { text: "a sign --privateer", private: false });
});

test("private is private however it is written, and where it is in doubt", () => {
  const written = [
    ...["--private.", "--private!", "--private=true", '--private="yes"', "--private = yes", "--private:true"],
    ...[
      "— private",
      "- private",
      "-- private.",
      "-private",
      "---PRIVATE",
      "- -private",
      "⸺private",
      "-\u200b-private",
    ],
    ...[
      "“--private”",
      "'--private'",
      "(--private)",
      "`--private`",
      "*—private*",
      "«--private».",
      "--“private”",
    ],
  ];
  for (const flag of written) {
    assert.deepEqual(parseDraw(`a kite ${flag}`), { text: "a kite", private: true }, flag);
    assert.deepEqual(
      parseDraw(`a kite ${flag} --size wide`),
      { text: "a kite --size wide", private: true },
      flag,
    );
    assert.equal(parsePrivacy(`a kite ${flag}`).wish, "asked", flag);
  }
  for (const text of [
    "kite--private",
    "a kite --private=maybe",
    "a kite --private;--size wide",
    "a kite—private",
  ]) {
    assert.equal(parseDraw(text).private, true, text);
  }
  assert.deepEqual(parseDraw("“a kite --private”"), { text: "“a kite”", private: true });
  assert.deepEqual(parseDraw("a kite --private, no clouds"), { text: "a kite no clouds", private: true });
  for (const prose of ["a villa – private garden", "a villa - private garden", "a villa—private garden"]) {
    assert.deepEqual(parsePrivacy(prose), { text: prose, wish: "perhaps" });
    assert.equal(parseDraw(prose).private, true, prose);
  }
  for (const no of ["--private=false", "--private=no", "--private:no", "—private = off", "'--private=no'"]) {
    assert.deepEqual(parseDraw(`a kite ${no}`), { text: "a kite", private: false }, no);
  }
  assert.equal(parseDraw("a kite --private=no --private").private, true);
  assert.deepEqual(
    parseDraw("a kite --privately"),
    { text: "a kite", private: true },
    "no prose, and no other flag",
  );
  for (const text of ["a semi-private room", "a private kite", "a kite --no-private"]) {
    assert.deepEqual(parseDraw(text), { text, private: false });
  }
});

test("a form as it was filled in", () => {
  const filled = parseSubmission(fixture<FormState>("view-submission"));
  assert.equal(filled.text, "a lamp in the corner");
  assert.deepEqual(filled.options, { size: "1536x1024", count: "2" });
  assert.deepEqual(
    [filled.references, filled.masks].map((files) => files.map(({ name }) => name)),
    [["garden.png"], ["mask.png"]],
  );
  assert.equal(filled.private, true);
  assert.equal(filled.channelId, "C0PICS0001");
});

test("names of ours come back as they went out, and nothing else does", () => {
  for (const place of [
    { channelId: "C1", ts: "1763719200.000100" },
    { channelId: "C1", userId: "U1", nonce: "0c0a8b1e-7a2d" },
  ]) {
    assert.deepEqual(parseMessageKey(toMessageKey(place)), place);
  }
  for (const key of ["discord:1:2", "slack:C1", "slack:C1:x", "slack:C1:1.2:3", "a fox"]) {
    assert.equal(parseMessageKey(key), undefined, key);
  }
  assert.equal(parseButtonId(toButtonId("edit")), "edit");
  for (const id of ["a:constructor", "a:", "edit", "b:edit"]) assert.equal(parseButtonId(id), undefined, id);
  const form = {
    form: "edit",
    message: "slack:C1:1.2",
    channelId: "C1",
    threadTs: "1.1",
    url: "https://x",
    private: true,
  } as const;
  assert.deepEqual(parseFormId(sealForm(toFormId(form), seal), seal), form);
  for (const text of ["", "{}", "null", '{"form":"toString"}', '{"form":"edit","message":"discord:1:2"}']) {
    assert.equal(parseFormId(sealForm(text, seal), seal), undefined, text);
  }
  const sealed = sealForm(toFormId(form), seal);
  for (const forged of [
    toFormId(form),
    ` ${toFormId(form)}`,
    sealed.replace("C1", "C2"),
    sealed.replace("https://x", "http://127.0.0.1:6379/"),
    sealed.replace("edit", "draw"),
    `${sealed} `,
    sealed.slice(1),
  ]) {
    assert.equal(parseFormId(forged, seal), undefined, forged);
  }
});

test("what a button stands for is believed where we sealed it, with its files", () => {
  const message = "slack:C1:U1.x";
  const value = toStandsFor(message, ["F1", "F2"], seal);
  assert.deepEqual(parseStandsFor(value), { channelId: "C1", userId: "U1", nonce: "x" });
  assert.ok(isOurs(value, ["F1", "F2"], seal));
  assert.ok(!isOurs(value, ["F1", "F3"], seal), "another file, which Delete would take away");
  assert.ok(!isOurs(value, [], seal));
  assert.ok(!isOurs(value.replace("C1", "C2"), ["F1", "F2"], seal));
  assert.ok(!isOurs(message, ["F1", "F2"], seal));
});

test("what a person typed becomes words", () => {
  assert.equal(
    toWords("<@U0BOT00001>  a &lt;sign&gt; for <@U1|mo> &amp; <!here>\n in <#C1|art>", "U0BOT00001"),
    "a <sign> for @mo & @here\nin #art",
  );
  assert.equal(
    toWords("see <https://example.com/a|example.com/a> <mailto:a@b.c|a@b.c>", "U1"),
    "see example.com/a a@b.c",
  );
  assert.equal(toTitle("a fox\nin snow --size wide --quality=high", 100), "a fox in snow");
  assert.equal(toTitle("--size wide", 100), "Picture");
  assert.equal(cut(`${"x".repeat(9)}😀`, 10), `${"x".repeat(9)}…`);
});

test("Markdown becomes Slack's markup, and calls nobody", () => {
  const one = (markdown: string) => toMrkdwn(markdown, 3000).join("|");
  assert.equal(
    one("**bold** and *thin* and ~~gone~~ and `a*b*c`"),
    "*bold* and _thin_ and ~gone~ and `a*b*c`",
  );
  assert.equal(one("# A *title*\n- one\n* two\n1. three"), "*A title*\n• one\n• two\n1. three");
  assert.equal(
    one("[site](https://a.b/c?d=1&e) ![x](https://a.b/i.png)"),
    "<https://a.b/c?d=1&amp;e|site> <https://a.b/i.png|x>",
  );
  assert.equal(
    one("<!channel> <@U1> & <https://a.b|c>"),
    "&lt;!channel&gt; &lt;@U1&gt; &amp; &lt;https://a.b|c&gt;",
  );
  assert.equal(one("[<!here>](https://a.b)"), "<https://a.b|&lt;!here&gt;>");
  assert.equal(one("2 * 3 * 4 and snake_case_name"), "2 * 3 * 4 and snake_case_name");
  assert.equal(one("```js\na < b && **c**\n```"), "```\na &lt; b &amp;&amp; **c**\n```");
  assert.deepEqual(toMrkdwn("", 3000), []);
  const long = toMrkdwn(`${"a & b ".repeat(3000)}`, 3000);
  assert.equal(long.length, 11);
  assert.ok(long.every((piece) => piece.length <= 3000 && !/&a?m?p?$/.test(piece)));
});
