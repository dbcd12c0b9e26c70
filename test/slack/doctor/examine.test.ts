import assert from "node:assert/strict";
import { once } from "node:events";
import { readFileSync } from "node:fs";
import { createServer } from "node:http";
import { type TestContext, test } from "node:test";
import { parse } from "yaml";
import { examineSlack } from "../../../adapters/slack/doctor/examine.ts";
import { openAccess } from "../../../src/seam/trust/access.ts";
import { assertFound, assertWell } from "../../rig/findings.ts";
import { freePort } from "../../rig/free-port.ts";
import { createSlackSimulator } from "../../simulators/slack/index.ts";
import { startSlack } from "../server.ts";

const file = new URL("../../../adapters/slack/manifest.yaml", import.meta.url);
const toManifest = () => parse(readFileSync(file, "utf8"));

async function slack(t: TestContext) {
  const simulator = await createSlackSimulator();
  t.after(() => simulator.close());
  simulator.setManifest(toManifest());
  const { token: botToken, api: apiUrl, appToken, configToken } = simulator;
  const examine = (more: Partial<Parameters<typeof examineSlack>[0]> = {}) =>
    examineSlack({
      ...{ botToken, apiUrl, mode: { kind: "socket", appToken }, access: openAccess, configToken },
      ...more,
    });
  return { simulator, examine };
}

test("an app that was made from the manifest is well, and no socket is opened", async (t) => {
  const { simulator, examine } = await slack(t);
  const found = await examine();
  assertWell(found);
  assertFound(found, "slack.token", "ok", /as @drawbridge/);
  assertFound(found, "slack.delivery", "ok", /opens a socket/);
  assertFound(found, "slack.features", "ok", /every feature and event/);
  assert.equal(simulator.socket.opened, 0, "events would go to it");
});

test("a token that is not taken is mended by the right one, and is not shown", async (t) => {
  const { simulator, examine } = await slack(t);
  const old = await examine({ botToken: "xoxb-old-token" });
  assertFound(
    old,
    "slack.token",
    "error",
    /does not accept SLACK_BOT_TOKEN/,
    /Copy the Bot User OAuth Token/,
  );
  assert.ok(!JSON.stringify(old).includes("xoxb-old"));
  const swapped = { kind: "socket", appToken: simulator.token } as const;
  assertFound(
    await examine({ mode: swapped }),
    "slack.delivery",
    "error",
    /no app-level token/,
    /App-Level Tokens/,
  );
  const wrong = { kind: "socket", appToken: "xapp-old" } as const;
  assertFound(await examine({ mode: wrong }), "slack.delivery", "error", /does not accept SLACK_APP_TOKEN/);
  const away = await examine({ apiUrl: "http://127.0.0.1:1/api/" });
  assertFound(away, "slack.reach", "error", /could not be reached/, /online/);
});

test("a scope that was not granted is named, and mended by granting it", async (t) => {
  const { simulator, examine } = await slack(t);
  simulator.revoke("im:write", "files:read");
  assertFound(await examine(), "slack.scopes", "error", /files:read, im:write/, /reinstall/);
  simulator.grant("im:write", "files:read");
  assertWell(await examine());
});

test("what the app lacks of the manifest is named, and mended by pasting it again", async (t) => {
  const { simulator, examine } = await slack(t);
  const { features, settings, ...rest } = toManifest();
  const { agent_view: _, assistant_view: __, ...others } = features;
  simulator.setManifest({
    ...rest,
    features: {
      ...others,
      slash_commands: [],
      shortcuts: features.shortcuts.slice(1),
      app_home: { ...features.app_home, messages_tab_enabled: false },
    },
    settings: {
      ...settings,
      event_subscriptions: { bot_events: settings.event_subscriptions.bot_events.slice(1) },
      interactivity: { is_enabled: false },
      socket_mode_enabled: false,
      token_rotation_enabled: true,
    },
  });
  const found = await examine();
  const [event] = settings.event_subscriptions.bot_events;
  const lacks = new RegExp(
    `lacks the command /draw, the shortcut “${features.shortcuts[0].name}” .*messages_tab_enabled: true, the events ${event}, interactivity$`,
  );
  assertFound(
    found,
    "slack.features",
    "error",
    lacks,
    /^Paste adapters\/slack\/manifest\.yaml at https:\/\/api\.slack\.com\/apps\/A0SIM000001\//,
  );
  assertFound(found, "slack.view", "error", /no (agent|assistant) view/, /Paste/);
  assertFound(found, "slack.delivery", "error", /Socket Mode is off/, /socket-mode/);
  assertFound(found, "slack.rotation", "error", /Token rotation is on/, /anew/);
  simulator.setManifest(toManifest());
  assertWell(await examine());
});

test("of two kinds of view the other one works, too", async (t) => {
  const { simulator, examine } = await slack(t);
  const { features, ...rest } = toManifest();
  const { agent_view: agent, assistant_view: assistant, ...others } = features;
  const other = agent ? { assistant_view: {} } : { agent_view: assistant };
  simulator.setManifest({ ...rest, features: { ...others, ...other } });
  assertFound(
    await examine(),
    "slack.view",
    "warning",
    /The app has the \w+ view; the manifest has the/,
    /works as it is/,
  );
});

test("without a configuration token, or with an old one, it says how to have the app compared", async (t) => {
  const { simulator } = await slack(t);
  const { token: botToken, api: apiUrl, appToken } = simulator;
  const plain = { botToken, apiUrl, mode: { kind: "socket", appToken } as const, access: openAccess };
  assertFound(await examineSlack(plain), "slack.features", "unknown", /does not say/, /SLACK_CONFIG_TOKEN/);
  const old = await examineSlack({ ...plain, configToken: "xoxe.xoxp-old" });
  assertFound(old, "slack.features", "unknown", /does not accept SLACK_CONFIG_TOKEN/, /Generate a new one/);
});

test("channels and workspaces that are named are looked for", async (t) => {
  const { simulator, examine } = await slack(t);
  const channel = simulator.addChannel({ name: "pictures", bot: false });
  const access = {
    ...{ direct: true, carried: true },
    communities: ["slack:team:T0ELSEWHERE"],
    channels: [`slack:channel:${channel.id}`],
  } as const;
  const found = await examine({ access });
  assertFound(
    found,
    "slack.workspaces",
    "error",
    /does not name T0SIM000001/,
    /Add T0SIM000001 to SLACK_WORKSPACES/,
  );
  assertFound(found, "slack.channels", "error", new RegExp(channel.id), /\/invite @drawbridge/);
  simulator.invite(channel);
  assertWell(await examine({ access: { ...access, communities: ["slack:team:T0SIM000001"] } }));
});

test("over HTTP it asks as Slack asks: here, and where the app says that it is", async (t) => {
  const { simulator, examine } = await slack(t);
  const { signingSecret } = simulator;
  const unset = {
    kind: "http",
    signingSecret: "",
    host: "127.0.0.1",
    port: 1,
    path: "/slack/events",
  } as const;
  assertFound(await examine({ mode: unset }), "slack.delivery", "error", /Neither/, /SLACK_APP_TOKEN/);

  const port = await freePort();
  const mode = { ...unset, signingSecret, port };
  assertFound(await examine({ mode }), "slack.delivery", "error", /Socket Mode is on/, /Turn it off/);
  assertFound(await examine({ mode }), "slack.listener", "unknown", /Nobody listens/, /Start the bot/);

  const outside = createServer((_, response) => response.writeHead(502).end("bad gateway")).listen(
    0,
    "127.0.0.1",
  );
  t.after(() => outside.close());
  await once(outside, "listening");
  const address = outside.address();
  assert.ok(address && typeof address === "object");
  const url = `http://127.0.0.1:${address.port}/slack/events`;
  const { features, settings, ...rest } = toManifest();
  const setUrls = (request_url: string | undefined, command_url = request_url) =>
    simulator.setManifest({
      ...rest,
      features: {
        ...features,
        slash_commands: features.slash_commands.map((one: object) => ({ ...one, url: command_url })),
      },
      settings: {
        ...settings,
        socket_mode_enabled: false,
        event_subscriptions: { ...settings.event_subscriptions, request_url },
        interactivity: { is_enabled: true, request_url },
      },
    });
  setUrls(undefined);
  assertFound(
    await examine({ mode }),
    "slack.delivery",
    "error",
    /no Request URL for Event Subscriptions, Interactivity/,
  );
  setUrls(url, `${url}/other`);
  assertFound(await examine({ mode }), "slack.delivery", "error", /different Request URLs/);
  setUrls(url);
  assertFound(await examine({ mode }), "slack.delivery", "error", /answers 502/, /the proxy passes it on/);

  const running = await startSlack(t, { over: "http" });
  const own = { ...mode, port: running.port };
  setUrls(`http://127.0.0.1:${running.port}/slack/events`);
  assertWell(await examine({ mode: own }));
  const other = { ...own, signingSecret: "another app's" };
  assertFound(
    await examine({ mode: other }),
    "slack.listener",
    "error",
    /refuses what is signed/,
    /Start the bot anew/,
  );
});
