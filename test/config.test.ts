import assert from "node:assert/strict";
import { join } from "node:path";
import { describe, test } from "node:test";
import { ConfigError, parseConfig } from "../src/config.ts";
import { models } from "../src/seam/models.ts";

describe("the configuration", () => {
  test("has the Image API draw, with a mainline model where one is named", () => {
    const { openai } = parseConfig({ ENGINE: "images" });
    assert.deepEqual([openai.engine, openai.mainline], ["images", false]);
    const both = parseConfig({ ENGINE: "images", OPENAI_MODEL: "gpt-6-luna" }).openai;
    assert.deepEqual([both.engine, both.mainline, both.model], ["images", true, "gpt-6-luna"]);
    assert.equal(parseConfig({ ENGINE: "responses", OPENAI_MODEL: "gpt-6-luna" }).openai.engine, undefined);
    const own = { ENGINE: "images", OPENAI_BASE_URL: "http://10.0.0.1/v1", IMAGE_MODEL: "own" };
    assert.deepEqual(parseConfig(own).openai.imageModels, ["own"], "it need not have OpenAI's");
    assert.throws(() => parseConfig({ ENGINE: "dall-e" }), /ENGINE: must be one of responses, images/);
  });

  test("with no environment at all is a playground on this machine, with the stand-in", () => {
    assert.deepEqual(parseConfig({}), {
      budget: { all: {}, person: {}, timeZone: "UTC" },
      openai: { model: "gpt-6-luna", imageModels: Object.keys(models), background: true, store: true },
      http: { host: "127.0.0.1", port: 8080 },
      playground: { idleMs: 7 * 24 * 3_600_000, sharedLinks: false, trustedProxies: [] },
      admin: { trustedProxies: [] },
      dataDir: "./data",
      storeUrl: `sqlite:${join("data", "drawbridge.db")}`,
      isFleet: false,
      logLevel: "info",
      concurrency: 4,
      missedMs: 600_000,
      keep: {},
      queue: { all: 1000, ofOne: 20 },
      stopGraceMs: 6000,
      takeoverMs: 60_000,
      storeWaitMs: 120_000,
      standinPaceMs: 4000,
    });
  });

  test("takes every variable", () => {
    assert.deepEqual(
      parseConfig({
        OPENAI_API_KEY: "sk-test",
        OPENAI_BASE_URL: "http://10.0.0.1:8000/v1",
        OPENAI_MODEL: "some-model",
        IMAGE_MODEL: "some-image-model",
        IMAGE_MODELS: "gpt-image-1-mini, some-image-model,",
        OPENAI_BACKGROUND: "off",
        OPENAI_STORE: "false",
        PRICES_FILE: "/etc/prices.json",
        PUBLIC_URL: "https://draw.example.com/",
        PLAYGROUND_PASSWORD: "long enough",
        ADMIN_PASSWORD: "another one that is long",
        PLAYGROUND_IDLE_HOURS: "1",
        TRUSTED_PROXIES: "127.0.0.1, ::1,172.16.0.0/12,",
        HOST: "0.0.0.0",
        PORT: "0",
        DISCORD_TOKEN: "a.b.c",
        DISCORD_API_URL: "http://127.0.0.1:4000/api",
        DISCORD_GUILD_ID: "123456789012345678",
        DISCORD_THREADS: "always",
        DATA_DIR: "/var/lib/drawbridge",
        STORE_URL: "redis://10.0.0.2",
        LOG_LEVEL: "debug",
        CONCURRENCY: "64",
        QUEUE_LIMIT: "500",
        QUEUE_LIMIT_PERSON: "3",
        MISSED_MINUTES: "0",
        SHARED_LINKS: "on",
        STOP_GRACE_SECONDS: "25",
        TAKEOVER_SECONDS: "0",
        STORE_WAIT_SECONDS: "7",
        STANDIN_PACE_MS: "0",
        BUDGET_USD_DAY: "5",
        BUDGET_PICTURES_MONTH: "0",
        BUDGET_PERSON_USD_MONTH: "0.50",
        BUDGET_TIMEZONE: "Europe/Berlin",
        HOME: "/root",
      }),
      {
        openai: {
          apiKey: "sk-test",
          baseUrl: "http://10.0.0.1:8000/v1",
          model: "some-model",
          imageModels: ["some-image-model", "gpt-image-1-mini"],
          background: false,
          store: false,
        },
        budget: {
          all: { usdDay: 5, picturesMonth: 0 },
          person: { usdMonth: 0.5 },
          timeZone: "Europe/Berlin",
        },
        pricesFile: "/etc/prices.json",
        publicUrl: "https://draw.example.com",
        http: { host: "0.0.0.0", port: 0 },
        admin: {
          password: "another one that is long",
          trustedProxies: ["127.0.0.1", "::1", "172.16.0.0/12"],
        },
        playground: {
          password: "long enough",
          idleMs: 3_600_000,
          sharedLinks: true,
          trustedProxies: ["127.0.0.1", "::1", "172.16.0.0/12"],
        },
        discord: {
          token: "a.b.c",
          apiUrl: "http://127.0.0.1:4000/api",
          access: { communities: ["discord:guild:123456789012345678"], direct: false, carried: false },
          threads: "always",
        },
        dataDir: "/var/lib/drawbridge",
        storeUrl: "redis://10.0.0.2",
        isFleet: true,
        logLevel: "debug",
        concurrency: 64,
        missedMs: 0,
        keep: {},
        queue: { all: 500, ofOne: 3 },
        stopGraceMs: 25_000,
        takeoverMs: 0,
        storeWaitMs: 7000,
        standinPaceMs: 0,
      },
    );
  });

  test("Slack over HTTP is listened for on this machine alone, unless it is said", () => {
    const slack = { SLACK_BOT_TOKEN: "xoxb-1", SLACK_SIGNING_SECRET: "a secret" };
    const mode = { kind: "http", signingSecret: "a secret", port: 3000, path: "/slack/events" };
    assert.deepEqual(parseConfig(slack).slack?.mode, { ...mode, host: "127.0.0.1" });
    const said = { SLACK_HOST: "::", SLACK_PORT: "1", SLACK_PATH: "/x" };
    assert.deepEqual(parseConfig({ ...slack, ...said, HOST: "127.0.0.1" }).slack?.mode, {
      ...mode,
      host: "::",
      port: 1,
      path: "/x",
    });
    // Where the page is served says nothing of Slack.
    assert.deepEqual(parseConfig({ ...slack, PLAYGROUND: "off", HOST: "0.0.0.0" }).slack?.mode, {
      ...mode,
      host: "127.0.0.1",
    });
  });

  test("keeps it to where it is said that it may be used, and to nothing else unless that is said, too", () => {
    const [a, b] = ["123456789012345678", "223456789012345678"];
    const discord = (env: object) => parseConfig({ DISCORD_TOKEN: "a.b.c", ...env }).discord?.access;
    const slack = (env: object) => parseConfig({ SLACK_BOT_TOKEN: "xoxb-1", ...env }).slack?.access;
    assert.deepEqual(discord({}), { direct: true, carried: true });
    assert.deepEqual(discord({ DISCORD_DMS: "off" }), { direct: false, carried: true });
    assert.deepEqual(discord({ DISCORD_USER_INSTALLS: "off" }), { direct: true, carried: false });
    assert.deepEqual(discord({ DISCORD_SERVERS: `${a}, ${b}`, DISCORD_DMS: "on" }), {
      ...{ communities: [`discord:guild:${a}`, `discord:guild:${b}`], direct: true, carried: false },
    });
    assert.deepEqual(discord({ DISCORD_CHANNELS: a }), {
      ...{ channels: [`discord:channel:${a}`], direct: false, carried: false },
    });
    const kept = { communities: [`discord:guild:${a}`], direct: false, carried: false };
    assert.deepEqual(discord({ DISCORD_GUILD_ID: a }), kept, "as it was called before");
    assert.deepEqual(slack({}), { direct: true, carried: true });
    assert.deepEqual(slack({ SLACK_CHANNELS: "C0PICTURES" }), {
      ...{ channels: ["slack:channel:C0PICTURES"], direct: false, carried: true },
    });
    assert.deepEqual(slack({ SLACK_WORKSPACES: "T0QUAY0001" }), {
      ...{ communities: ["slack:team:T0QUAY0001"], direct: true, carried: true },
    });
    const wrong = {
      ...{ DISCORD_GUILD_ID: a, DISCORD_SERVERS: `${b},The Quay`, DISCORD_CHANNELS: "#pictures" },
      ...{ SLACK_CHANNELS: "pictures", SLACK_WORKSPACES: "the-quay", SLACK_DMS: "maybe", DISCORD_DMS: "x" },
    };
    assert.throws(
      () => parseConfig(wrong),
      ({ message }: Error) => {
        for (const line of [
          "DISCORD_SERVERS: The is no server's id: digits only",
          "DISCORD_CHANNELS: #pictures is no channel's id: digits only",
          "SLACK_CHANNELS: pictures is no channel's id: it begins with C or G, in capitals",
          "SLACK_WORKSPACES: the-quay is no workspace's id: it begins with T, in capitals",
          "SLACK_DMS: must be on or off",
          "DISCORD_DMS: must be on or off",
        ]) {
          assert.ok(message.includes(line), `${line} in ${message}`);
        }
        return true;
      },
    );
    assert.throws(() => parseConfig({ DISCORD_GUILD_ID: a, DISCORD_SERVERS: b }), /leave one of them out/);
    assert.throws(() => parseConfig({ SLACK_CHANNELS: "," }), /names nothing/);
  });

  test("is watched as far as that is asked for", () => {
    const token = "sixteen characters and more";
    const watched = (env: Record<string, string>) => {
      const { metrics, health, logFormat } = parseConfig(env);
      return [metrics, health, logFormat];
    };
    assert.deepEqual(watched({ METRICS_TOKEN: token }), [undefined, undefined, undefined]);
    assert.deepEqual(watched({ METRICS: "on", HEALTH_PORT: "0", LOG_FORMAT: "json" }), [
      {},
      { host: "127.0.0.1", port: 0 },
      "json",
    ]);
    assert.deepEqual(
      watched({ METRICS: "on", METRICS_TOKEN: token, HEALTH_PORT: "9464", HEALTH_HOST: "::" }),
      [{ token }, { host: "::", port: 9464 }, undefined],
    );
  });

  test("counts an empty variable as absent, and one of spaces too", () => {
    const names = ["OPENAI_API_KEY", "OPENAI_BASE_URL", "PORT", "DISCORD_TOKEN", "STORE_URL", "CONCURRENCY"];
    for (const empty of ["", "  "]) {
      const config = parseConfig(Object.fromEntries(names.map((name) => [name, empty])));
      assert.deepEqual(config, parseConfig({}));
    }
  });

  test("takes a pasted key without the line's end behind it", () => {
    const config = parseConfig({ OPENAI_API_KEY: " sk-test\n", DISCORD_TOKEN: "a.b.c\r\n" });
    assert.equal(config.openai.apiKey, "sk-test");
    assert.equal(config.discord?.token, "a.b.c");
  });

  test("keeps the store in the data folder unless it is said", () => {
    assert.equal(parseConfig({ DATA_DIR: "/srv/x" }).storeUrl, "sqlite:/srv/x/drawbridge.db");
  });

  test("PLAYGROUND=off leaves it out, and demands no password", () => {
    const config = parseConfig({ PLAYGROUND: "off", HOST: "0.0.0.0" });
    assert.equal(config.playground, undefined);
  });

  for (const host of ["127.0.0.1", "::1", "localhost"]) {
    test(`${host} needs no password`, () => assert.equal(parseConfig({ HOST: host }).http.host, host));
  }

  const wrong: readonly [Record<string, string>, RegExp][] = [
    [{ OPENAI_BASE_URL: "ftp://x" }, /OPENAI_BASE_URL: must be an http\(s\) address/],
    [{ OPENAI_BASE_URL: "localhost:8000" }, /OPENAI_BASE_URL: /],
    [{ OPENAI_BACKGROUND: "yes" }, /OPENAI_BACKGROUND: must be on or off/],
    [{ PLAYGROUND_PASSWORD: "short" }, /PLAYGROUND_PASSWORD: must have 8 characters at least/],
    [{ PLAYGROUND_IDLE_HOURS: "0" }, /PLAYGROUND_IDLE_HOURS: must be a whole number from 1 to 720/],
    [{ TRUSTED_PROXIES: "nginx" }, /TRUSTED_PROXIES: must be addresses or networks/],
    [{ TRUSTED_PROXIES: "10.0.0.0/33" }, /TRUSTED_PROXIES: must be addresses or networks/],
    [{ TRUSTED_PROXIES: "127.0.0.1 ::1" }, /TRUSTED_PROXIES: must be addresses or networks/],
    [{ HOST: "0.0.0.0" }, /HOST: 0\.0\.0\.0 can be reached from other machines: set PLAYGROUND_PASSWORD/],
    [{ HOST: "::" }, /HOST: :: can be reached/],
    [
      { PUBLIC_URL: "https://x.example" },
      /PUBLIC_URL: opens the playground to the world: set PLAYGROUND_PASSWORD/,
    ],
    [{ PUBLIC_URL: "https://x.example/?a=b", PLAYGROUND: "off" }, /PUBLIC_URL: must end with its path/],
    [{ PUBLIC_URL: "draw.example.com", PLAYGROUND: "off" }, /PUBLIC_URL: /],
    [{ OPENAI_STORE: "no" }, /OPENAI_STORE: must be on or off/],
    [{ PORT: "65536" }, /PORT: must be a whole number from 0 to 65535/],
    [{ PORT: "80.5" }, /PORT: must be a whole number/],
    [{ DISCORD_GUILD_ID: "my server" }, /DISCORD_GUILD_ID: must be a server's id: digits only/],
    [{ DISCORD_THREADS: "sometimes" }, /DISCORD_THREADS: must be one of off, auto, always/],
    [{ STORE_URL: "mysql://x" }, /STORE_URL: must begin with sqlite:, redis:, postgres: or memory:/],
    [{ LOG_LEVEL: "loud" }, /LOG_LEVEL: must be one of trace, /],
    [{ LOG_FORMAT: "xml" }, /LOG_FORMAT: must be one of auto, json, pretty/],
    [{ METRICS_TOKEN: "short" }, /METRICS_TOKEN: must have 16 characters at least/],
    [{ HEALTH_PORT: "high" }, /HEALTH_PORT: must be a whole number/],
    [{ MISSED_MINUTES: "1.5" }, /MISSED_MINUTES: must be a whole number from 0 to 1440/],
    [{ QUEUE_LIMIT: "0" }, /QUEUE_LIMIT: must be a whole number from 1 to 100000/],
    [{ QUEUE_LIMIT_PERSON: "many" }, /QUEUE_LIMIT_PERSON: must be a whole number from 1 to 100000/],
    [{ CONCURRENCY: "0" }, /CONCURRENCY: must be a whole number from 1 to 512/],
    [{ STOP_GRACE_SECONDS: "soon" }, /STOP_GRACE_SECONDS: must be a whole number from 0 to 3600/],
    [{ TAKEOVER_SECONDS: "-1" }, /TAKEOVER_SECONDS: must be a whole number from 0 to 3600/],
    [{ STANDIN_PACE_MS: "-1" }, /STANDIN_PACE_MS: /],
  ];
  for (const [env, message] of wrong) {
    test(`${JSON.stringify(env)} is said to need a change`, () =>
      assert.throws(() => parseConfig(env), { name: "ConfigError", message }));
  }

  for (const password of [
    "password",
    "Password1",
    "P@ssw0rd",
    "12345678",
    "qwertyuiop",
    "iloveyou",
    "trustno1",
    "administrator",
    "letmein2026!",
    "!Dragon1999",
    "ｐａｓｓｗｏｒｄ",
    "drawbridge",
    "Drawbridge-2026",
    "playground1",
    "aaaaaaaaaaaaaaaaaaaa",
    "abababababababab",
  ]) {
    test(`the password ${password} is refused as one that is tried first`, () =>
      assert.throws(
        () => parseConfig({ PLAYGROUND_PASSWORD: password }),
        (error) => {
          assert.ok(error instanceof ConfigError && !error.message.includes(password));
          return /PLAYGROUND_PASSWORD: is one of those that are tried first: choose/.test(error.message);
        },
      ));
  }

  for (const password of [
    "correct horse battery staple",
    "the drawbridge is up again",
    "x7$kQ9-2mW",
    "483920184726351",
    "dragons eat 4 sheep",
  ]) {
    test(`the password ${password} is taken`, () =>
      assert.equal(parseConfig({ PLAYGROUND_PASSWORD: password }).playground?.password, password));
  }

  test("the admin's page is for this machine where no password is set, and for who has its own otherwise", () => {
    const adminOf = (env: Record<string, string>) => parseConfig(env).admin;
    const long = "the drawbridge is up again";
    assert.deepEqual(adminOf({}), { trustedProxies: [] });
    assert.equal(adminOf({ PLAYGROUND_PASSWORD: long }), undefined);
    assert.equal(adminOf({ PLAYGROUND: "off" }), undefined);
    assert.equal(adminOf({ PLAYGROUND: "off", HOST: "0.0.0.0", ADMIN_PASSWORD: long })?.password, long);
    assert.equal(adminOf({ PLAYGROUND_PASSWORD: "another one", ADMIN_PASSWORD: long })?.password, long);
    for (const [env, why] of [
      [{ ADMIN_PASSWORD: "short" }, /ADMIN_PASSWORD: must have 8/],
      [{ ADMIN_PASSWORD: "administrator" }, /ADMIN_PASSWORD: is one of those that are tried first/],
      [{ ADMIN_PASSWORD: long, PLAYGROUND_PASSWORD: long }, /ADMIN_PASSWORD: is that of the playground/],
    ] as const) {
      assert.throws(
        () => parseConfig(env),
        ({ message }: Error) => why.test(message) && !message.includes(long),
      );
    }
  });

  test("names everything that is wrong at once, a line each", () => {
    const env = { PORT: "eighty", STORE_URL: "mysql://x", LOG_LEVEL: "loud", HOST: "0.0.0.0" };
    assert.throws(
      () => parseConfig(env),
      (error) => {
        assert.ok(error instanceof ConfigError);
        const [first, ...lines] = error.message.split("\n");
        assert.equal(first, "These settings need a change:");
        assert.deepEqual(lines.map((line) => line.trim().split(":")[0]).sort(), [
          "HOST",
          "LOG_LEVEL",
          "PORT",
          "STORE_URL",
        ]);
        return true;
      },
    );
  });

  test("repeats no secret in what it says", () => {
    const env = { PLAYGROUND_PASSWORD: "hunter2", STORE_URL: "mysql://u:hunter3@x", PORT: "eighty" };
    assert.throws(
      () => parseConfig(env),
      (error) => error instanceof ConfigError && !/hunter/.test(error.message),
    );
  });
});

test("Discord's shards are as many as it recommends, or a count", () => {
  const discord = { DISCORD_TOKEN: "t" };
  assert.equal(parseConfig(discord).discord?.shards, undefined);
  assert.equal(parseConfig({ ...discord, SHARDS: "auto" }).discord?.shards, undefined);
  assert.equal(parseConfig({ ...discord, SHARDS: "16" }).discord?.shards, 16);
  assert.throws(() => parseConfig({ ...discord, SHARDS: "0" }), /SHARDS:/);
});

test("several processes share a store on a server, and no other, with nothing else to set", () => {
  for (const url of ["redis://127.0.0.1:6379", "rediss://cache", "postgres://db/bot", "postgresql://db/bot"])
    assert.equal(parseConfig({ STORE_URL: url }).isFleet, true, url);
  assert.equal(parseConfig({}).isFleet, false);
  assert.equal(parseConfig({ STORE_URL: "memory:" }).isFleet, false);
});
