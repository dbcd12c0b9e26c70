import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import type {
  APIApplicationCommandAutocompleteInteraction,
  APIChatInputApplicationCommandInteraction,
  APIMessageApplicationCommandInteraction,
  APIMessageComponentInteraction,
  APIModalSubmitInteraction,
  GatewayMessageCreateDispatchData,
} from "discord.js";
import { parseSubmission } from "../../../adapters/discord/forms/forms.ts";
import { type Me, parseDraw, parseMessage, parseTyped, targetOf } from "../../../adapters/discord/in/turn.ts";
import { isReachable, toWhere, userOf } from "../../../adapters/discord/live/where.ts";
import {
  isOurForm,
  parseButtonId,
  parseFormId,
  parseMessageKey,
  toButtonId,
  toFormId,
} from "../../../adapters/discord/wire/keys.ts";
import { permissionsIn } from "../../../adapters/discord/wire/permissions.ts";
import { isSpoiler, picturesOf } from "../../../adapters/discord/wire/pictures.ts";
import { cut, toPlain, toThreadName } from "../../../adapters/discord/wire/words.ts";
import { noCore } from "../../rig/no-core.ts";

/** A payload as Discord sends it. */
function fixture<T>(name: string): T {
  return JSON.parse(
    readFileSync(new URL(`../../fixtures/discord/${name}.json`, import.meta.url), "utf8"),
  ) as T;
}

const me: Me = { id: "1280000000000000002", role: "1290000000000000020", readsAll: false };
const channel = toWhere(0);
const ours = toWhere(11, true);
const message = (name: string) => fixture<GatewayMessageCreateDispatchData>(name);
const parse = (name: string, where = channel, who = me) => parseMessage(message(name), who, where);

const { seal } = noCore();

test("/draw: words, options, files and the adapter's own fields", () => {
  const interaction = fixture<APIChatInputApplicationCommandInteraction>("interaction-draw");
  const asked = parseDraw(interaction);
  assert.equal(asked.text, "a fox for @mo.k :wave:");
  assert.deepEqual(asked.options, { size: "1536x1024", compression: 0 });
  assert.deepEqual(
    asked.references.map(({ name, mediaType, size }) => [name, mediaType, size]),
    [
      ["garden.png", "image/png", 51234],
      ["IMG_0042.HEIC", "image/heic", 51234],
    ],
  );
  assert.deepEqual(
    asked.masks.map(({ name }) => name),
    ["mask.webp"],
  );
  assert.equal(asked.spoiler, true);
  assert.equal(asked.private, false);
  const roles = ["discord:role:1290000000000000001"];
  assert.deepEqual(userOf(interaction), { id: "discord:1270000000000000003", name: "Ada", roles });
  assert.equal(isReachable(interaction), true);
});

test("/draw in a group, by a person's own installation", () => {
  const interaction = fixture<APIChatInputApplicationCommandInteraction>("interaction-draw-group");
  assert.deepEqual(userOf(interaction), { id: "discord:1270000000000000003", name: "Ada" });
  assert.equal(isReachable(interaction), false);
  assert.equal(toWhere(interaction.channel.type).kind, "direct");
});

test("the field that is typed into", () => {
  const interaction = fixture<APIApplicationCommandAutocompleteInteraction>("interaction-autocomplete");
  assert.deepEqual(parseTyped(interaction), { name: "size", typed: "tal" });
});

test("a button: who pressed it, and what it says of the picture", () => {
  const interaction = fixture<APIMessageComponentInteraction>("interaction-button");
  const roles = ["discord:role:1290000000000000001"];
  const mo = { id: "discord:1270000000000000004", name: "mo.k", moderator: true, roles };
  assert.deepEqual(userOf(interaction), mo);
  assert.deepEqual(parseButtonId(interaction.data.custom_id), { action: "vary", spoiler: true });
  assert.equal(isSpoiler(interaction.message), true);
  assert.deepEqual(
    picturesOf(interaction.message).map(({ name }) => name),
    ["a-fox.png"],
    "a gallery's pictures are not among the attachments",
  );
});

test("a form's id is believed where we gave it to that person", () => {
  const id = { form: "edit", spot: { channelId: "1", messageId: "2" }, opened: "3", spoiler: false } as const;
  const ours = toFormId(id, "discord:1", seal);
  assert.ok(isOurForm(ours, "discord:1", seal));
  const mark = ours.slice(ours.lastIndexOf(":") + 1);
  for (const forged of [
    ours.replace(":2:", ":4:"),
    ours.replace("f:edit:1:", "f:edit:9:"),
    ours.replace("edit", "reference"),
    ours.replace(`::${mark}`, `:s:${mark}`),
    `${ours}A`,
    ours.slice(0, -1),
    "f:edit:1:2:3:",
    "f:edit:1:2:3",
    mark,
    "",
  ]) {
    assert.ok(!isOurForm(forged, "discord:1", seal), forged);
  }
  assert.ok(!isOurForm(ours, "discord:2", seal), "somebody else's");
});

test("a form: words, options and files in the order in which they were chosen", () => {
  const { data } = fixture<APIModalSubmitInteraction>("interaction-form");
  const filled = parseSubmission(data);
  assert.equal(filled.text, "make it night");
  assert.deepEqual(filled.options, { size: "1024x1536" });
  assert.deepEqual(
    filled.references.map(({ filename }) => filename),
    ["stars.png", "moon.jpg"],
  );
  assert.deepEqual(filled.masks, []);
  assert.deepEqual(parseFormId(data.custom_id), {
    form: "edit",
    spot: { channelId: "1290000000000000010", messageId: "1300000000000000200" },
    opened: "1300000000000000099",
    spoiler: true,
  });
});

test("a message command finds every picture of its message, from Discord's own hosts", () => {
  const target = targetOf(fixture<APIMessageApplicationCommandInteraction>("interaction-message-command"));
  assert.deepEqual(
    picturesOf(target ?? {}).map(({ name, mediaType }) => [name, mediaType]),
    [
      ["beach.png", "image/png"],
      ["beach.jpg", "image/jpeg"],
      ["Fox.png", "image/png"],
    ],
  );
});

test("a mention: the bot's name goes, others' become words", () => {
  const said = parse("message-mention");
  assert.equal(said?.text, "a sign for @mo.k in #channel\n\n:fox: --size wide");
  assert.equal(said?.addressed, true);
  assert.deepEqual(
    said?.files.map(({ name, mediaType }) => [name, mediaType]),
    [
      ["garden.png", "image/png"],
      ["notes.txt", "text/plain"],
    ],
  );
  assert.equal(parse("message-role-mention")?.text, "a fox", "people pick its role from the list as well");
});

test("what is not for the bot", () => {
  for (const name of [
    "message-everyone",
    "message-own",
    "message-webhook",
    "message-pinned",
    "message-thread",
  ]) {
    assert.equal(parse(name), undefined, name);
  }
});

test("replies: to ours, to another's picture, to one that is hidden, to one that is gone", () => {
  const spot = (messageId: string) => ({ channelId: "1290000000000000010", messageId });
  const toOurs = parse("message-reply");
  assert.deepEqual(toOurs?.replyTo, spot("1300000000000000200"));
  assert.equal(toOurs?.continues, true);
  assert.equal(toOurs?.spoiler, true, "what was hidden stays hidden");
  assert.equal(toOurs?.hidden, false);

  const silent = parse("message-reply-silent");
  assert.equal(silent?.hidden, true);
  assert.equal(parse("message-reply-silent", channel, { ...me, readsAll: true })?.hidden, false);

  const another = parse("message-reply-to-another");
  assert.equal(another?.replyTo, undefined);
  assert.equal(another?.files[0]?.name, "beach.png");
  assert.equal(another?.continues, false);

  const hidden = parse("message-reply-to-hidden");
  assert.deepEqual(
    hidden?.replyTo,
    spot("1300000000000000210"),
    "the core finds out whether it shows a picture",
  );
  assert.deepEqual(parse("message-reply-to-deleted")?.replyTo, spot("1300000000000000200"));
});

test("direct messages, forwards and the bot's threads", () => {
  const direct = parse("message-direct", toWhere(1));
  assert.equal(direct?.addressed, true);
  const forward = parse("message-forward", toWhere(1));
  assert.equal(forward?.text, "");
  assert.equal(forward?.replyTo, undefined);
  assert.deepEqual(
    forward?.files.map(({ name }) => name),
    ["beach.png"],
  );
  const thread = parse("message-thread", ours);
  assert.equal(thread?.addressed, false);
  assert.equal(thread?.text, "add a moon");
  assert.equal(parse("message-thread", toWhere(11, false)), undefined);
});

test("ids come back as they went, and what is none is told apart", () => {
  const button = { action: "edit", spoiler: false, stands: "1300000000000000200" } as const;
  assert.deepEqual(parseButtonId(toButtonId(button)), button);
  assert.equal(toButtonId({ action: "redo", spoiler: false }), "a:redo");
  assert.equal(parseButtonId("a:enlarge"), undefined);
  assert.equal(parseButtonId("show"), undefined);
  const form = {
    form: "reference",
    spot: { channelId: "1", messageId: "2" },
    opened: "3",
    spoiler: false,
  } as const;
  assert.deepEqual(parseFormId(toFormId(form, "discord:1", seal)), form);
  const long = { channelId: "9".repeat(20), messageId: "9".repeat(20) };
  const longest = { form: "reference", spot: long, opened: "9".repeat(20), spoiler: true } as const;
  assert.ok(toFormId(longest, `discord:${"9".repeat(20)}`, seal).length <= 100);
  assert.equal(parseFormId("f:enlarge:1:2:3:"), undefined);
  assert.equal(parseMessageKey("slack:C1:17.0"), undefined);
});

test("plain text stays plain where Markdown is read", () => {
  assert.equal(
    toPlain("a *b*\n# c <@1> @everyone [d](e)"),
    "a \\*b\\* \\# c \\<@1\\> @\u200beveryone \\[d\\](e)",
  );
  assert.equal(cut("abc", 3), "abc");
  assert.equal(cut("a\\*b", 3), "a…", "never in the middle of an escape");
  assert.equal(cut("a😀b", 3), "a…", "never in the middle of a character");
  assert.equal(toThreadName("a fox\nin snow --size wide --quality=high", 100), "a fox in snow");
  assert.equal(toThreadName("--size wide", 100), "Picture");
  assert.equal(toThreadName("x".repeat(200), 100).length, 100);
});

test("permissions in a channel add up as Discord's do", () => {
  const [send, files, manage, admin] = [1n << 11n, 1n << 15n, 1n << 13n, 1n << 3n];
  const roles: Record<string, bigint> = { g: send, a: files, boss: admin };
  const server = { id: "g", ownerId: "owner", permissionsOf: (role: string) => roles[role] ?? 0n };
  const member = { id: "m", roles: ["a"] };
  assert.equal(permissionsIn(server, member, []), send | files);
  const none = { allow: 0n, deny: 0n };
  const overwrites = [
    { ...none, id: "g", deny: send | files },
    { ...none, id: "a", allow: files },
    { ...none, id: "m", allow: manage },
  ];
  assert.equal(permissionsIn(server, member, overwrites), files | manage);
  assert.ok(permissionsIn(server, { id: "owner", roles: [] }, overwrites) & manage);
  assert.ok(permissionsIn(server, { id: "x", roles: ["boss"] }, overwrites) & send);
});
