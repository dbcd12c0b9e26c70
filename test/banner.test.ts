import assert from "node:assert/strict";
import { test } from "node:test";
import { sayEndings, toBanner } from "../src/banner.ts";
import { parseConfig } from "../src/config.ts";

const running = { version: "1", store: "sqlite:x", adapters: {}, now: Date.parse("2026-12-02"), notices: [] };
const old = parseConfig({ IMAGE_MODEL: "gpt-image-1.5", OPENAI_MODEL: "gpt-5-2025-08-07" });

test("a month before a model that is set ends, the admin is told, and afterwards who took its place", () => {
  assert.deepEqual(sayEndings(old, Date.parse("2026-10-30")), []);
  assert.deepEqual(sayEndings(old, Date.parse("2026-11-15")), [
    "OpenAI ends gpt-image-1.5 on 2026-12-01, and gpt-image-2.5-sunburst takes its place. Set IMAGE_MODEL to one you want.",
    "OpenAI ends gpt-5-2025-08-07 on 2026-12-11, and gpt-6-luna takes its place. Set OPENAI_MODEL to one you want.",
  ]);
  assert.match(
    sayEndings(old, Date.parse("2026-12-01"))[0] ?? "",
    /^OpenAI has ended gpt-image-1\.5 on 2026-12-01, so gpt-image-2\.5-sunburst is used in its place\./,
  );
});

test("the start says who draws, and names no mainline model that is not asked", () => {
  const set = { OPENAI_BASE_URL: "http://10.0.0.1/v1", IMAGE_MODEL: "own", ENGINE: "images" };
  assert.match(toBanner(parseConfig(set), running), /10\.0\.0\.1\/v1, own by the Image API\n/);
  const both = parseConfig({ ...set, OPENAI_MODEL: "gpt-5" });
  assert.match(toBanner(both, running), /own by the Image API, and gpt-5 for words\n/);
  assert.equal(sayEndings(parseConfig(set), Date.parse("2027-06-01")).length, 0);
  assert.equal(sayEndings(both, Date.parse("2027-06-01")).length, 1);
});

test("what is set where nothing is set lives for another month at least", () => {
  assert.deepEqual(sayEndings(parseConfig({}), Date.now()), []);
});

test("who draws is who will, also where a model that is set has ended", () => {
  const config = parseConfig({
    OPENAI_API_KEY: "sk-1",
    IMAGE_MODEL: "gpt-image-1-mini",
    OPENAI_MODEL: "gpt-4o",
  });
  assert.match(toBanner(config, running), /Painter +OpenAI, gpt-4o with gpt-image-2\.5-flare\n/);
});

test("nothing is said to stay on this machine that does not, and no password is shown", () => {
  assert.doesNotMatch(toBanner(parseConfig({ DISCORD_TOKEN: "a.b.c" }), running), /leaves/);
  const config = parseConfig({ OPENAI_BASE_URL: "https://me:hunter22@gateway.example.com/v1" });
  const banner = toBanner(config, running);
  assert.match(banner, /Painter +https:\/\/\[redacted\]@gateway\.example\.com\/v1, /);
  assert.doesNotMatch(banner, /hunter22/);
});

test("a store in memory is said to be forgotten, and what is to be looked at stands there", () => {
  const banner = toBanner(parseConfig({}), { ...running, store: "memory:", notices: ["Look here."] });
  assert.match(banner, /Store +memory: forgotten when this process ends\n/);
  assert.match(banner, /\nLook here\.\n/);
});

test("the start says where the admin's page is, and names nothing that is not served", () => {
  const web = { ...running, adapters: { web: "http://127.0.0.1:8080" } };
  assert.match(toBanner(parseConfig({}), web), /Admin +http:\/\/127\.0\.0\.1:8080\/admin\n/);
  const alone = toBanner(parseConfig({ PLAYGROUND: "off", ADMIN_PASSWORD: "a gate nobody knows" }), web);
  assert.match(alone, /Admin +http/);
  assert.doesNotMatch(alone, /Painting +http/);
  const locked = toBanner(parseConfig({ PLAYGROUND_PASSWORD: "a gate nobody knows" }), web);
  assert.doesNotMatch(locked, /Admin/);
});
