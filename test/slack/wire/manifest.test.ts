import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { commandNames, shortcutNames } from "../../../adapters/slack/forms/commands.ts";
import { suggestions } from "../../../adapters/slack/out/assistant.ts";
import { events, missingScopes, scopes } from "../../../adapters/slack/wire/permissions.ts";
import { parseFlags } from "../../../src/seam/words/flags.ts";
import { usual } from "../../simulators/slack/events.ts";

const manifest = readFileSync(new URL("../../../adapters/slack/manifest.yaml", import.meta.url), "utf8");

test("the manifest makes an agent: what it says of itself, what it offers, the events and scopes for that", () => {
  const [, view = ""] = /\n {2}agent_view:\n((?: {4}.*\n)+)/.exec(manifest) ?? [];
  const all = (name: string) =>
    [...view.matchAll(new RegExp(`^ +(?:- )?${name}: "?(.*?)"?$`, "gm"))].map(([, value]) => value);
  const [description = "", ...more] = all("agent_description");
  assert.deepEqual(more, []);
  assert.ok(description.length > 20 && description.length <= 300, description); // @slack/web-api, ManifestAgentView
  const titles = all("title");
  const offered = all("message").map((message, index) => ({ title: titles[index], message }));
  assert.deepEqual(offered, suggestions, "as when the conversation is opened");
  assert.ok(offered.length <= 4);
  assert.doesNotMatch(manifest, /assistant_view|assistant_thread/, "one or the other");
  assert.match(manifest, /messages_tab_enabled: true\n {4}messages_tab_read_only_enabled: false/);
  for (const event of ["app_home_opened", "app_context_changed", "agent_session_stopped", "message.im"])
    assert.ok(
      events.some((one) => one === event),
      event,
    );
  for (const scope of ["assistant:write", "chat:write", "im:history"])
    assert.ok(
      scopes.some((one) => one === scope),
      scope,
    );
});

test("the guide says what each scope and each event is for", () => {
  const guide = readFileSync(new URL("../../../docs/slack.md", import.meta.url), "utf8");
  const tables = /\n## Scopes\n([\s\S]*?)\n## /.exec(guide)?.[1] ?? "";
  const named = [...tables.matchAll(/^\| (`.*?`) \|/gm)].flatMap(
    ([, names = ""]) => names.match(/[\w.:]+/g) ?? [],
  );
  assert.deepEqual(named.toSorted(), [...scopes, ...events].toSorted());
});

test("what is offered is drawn as it stands: every flag in it is one", () => {
  for (const { message } of suggestions) {
    const { text, options } = parseFlags(message);
    assert.doesNotMatch(text, /--/);
    assert.equal(Object.keys(options).length > 0, message.includes("--"), message);
  }
});

test("the manifest asks for what the code uses, and nothing else", () => {
  const list = (name: string) => {
    const [, indent = "", items = ""] =
      new RegExp(`^( *)${name}:\\n((?: +- \\S+\\n)+)`, "m").exec(manifest) ?? [];
    assert.ok(items, `${name} (${indent.length})`);
    return items.match(/(?<=- )\S+/g);
  };
  assert.deepEqual(list("bot"), [...scopes]);
  assert.deepEqual(list("bot_events"), [...events]);
  assert.deepEqual(
    [usual.scopes, usual.subscriptions.agent],
    [scopes, events],
    "and the loopback Slack, too",
  );
  assert.deepEqual(manifest.match(/(?<=callback_id: )\S+/g)?.sort(), Object.values(shortcutNames).sort());
  assert.deepEqual(manifest.match(/(?<=- command: )\S+/g), Object.values(commandNames));
  assert.match(manifest, /socket_mode_enabled: true/);
  assert.match(manifest, /interactivity:\n {4}is_enabled: true/);
  assert.match(manifest, /home_tab_enabled: true/);
  assert.deepEqual(missingScopes(undefined), []);
  assert.deepEqual(missingScopes(scopes.slice(1)), ["app_mentions:read"]);
});
