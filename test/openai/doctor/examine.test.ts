import assert from "node:assert/strict";
import { once } from "node:events";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import { type TestContext, test } from "node:test";
import { examineOpenAI, tryDrawing } from "../../../src/openai/doctor/examine.ts";
import { assertFound, assertWell } from "../../rig/findings.ts";
import { events, html, json, stream } from "../server.ts";

const now = Date.parse("2026-11-26");
const good = "sk-good-0123456789";
const defaults = {
  model: "gpt-6-luna",
  imageModels: ["gpt-image-2.5-sunburst", "gpt-image-1-mini", "gpt-image-1"],
  background: true,
  store: true,
};

/** An OpenAI of few lines, whose models and answers a test can change. */
async function openai(t: TestContext) {
  const at = {
    models: new Map<string, string | number | null>([
      ["gpt-6-luna", null],
      ["gpt-image-2.5-sunburst", null],
      ["gpt-image-1-mini", "2026-12-01"],
    ]),
    list: undefined as ((response: ServerResponse) => void) | undefined,
    draw: (response: ServerResponse) => stream(response, events()),
  };
  const asked: string[] = [];
  const server = createServer(async (request: IncomingMessage, response) => {
    let body = "";
    for await (const chunk of request) body += chunk;
    asked.push(`${request.method} ${request.url} ${body}`);
    if (request.headers.authorization !== `Bearer ${good}`) {
      return json(response, 401, { error: { code: "invalid_api_key", message: "Incorrect key sk-bad" } });
    }
    if (request.method === "POST") return at.draw(response);
    if (at.list) return at.list(response);
    const data = [...at.models].map(([id, end]) => ({ id, object: "model", shutdown_date: end }));
    json(response, 200, { object: "list", data });
  }).listen(0, "127.0.0.1");
  await once(server, "listening");
  t.after(() => server.close());
  const address = server.address();
  assert.ok(address && typeof address === "object");
  return { at, asked, access: { apiKey: good, baseUrl: `http://127.0.0.1:${address.port}/v1` } };
}

test("a key that is taken, and models that may be used, are well", async (t) => {
  const { access } = await openai(t);
  const found = await examineOpenAI(access, defaults, now);
  assertWell(found);
  assertFound(found, "openai.key", "ok", /takes the key, which may use 3 models/);
  assertFound(
    found,
    "openai.other-models",
    "ok",
    /gpt-image-1-mini \(until 2026-12-01\), gpt-image-1 \(ended 2026-10-23\)/,
  );
});

test("a key that is not taken is mended by another", async (t) => {
  const { access } = await openai(t);
  const found = await examineOpenAI({ ...access, apiKey: "sk-bad-0123456789" }, defaults, now);
  assertFound(
    found,
    "openai.key",
    "error",
    /does not accept OPENAI_API_KEY/,
    /Set OPENAI_API_KEY to a key of that server/,
  );
  assert.ok(!JSON.stringify(found).includes("sk-bad"));
  assertWell(await examineOpenAI(access, defaults, now));
});

test("a model that has ended, ends soon, or is not to be had, is mended by another", async (t) => {
  const { at, access } = await openai(t);
  at.models.set("gpt-6-luna", "2026-12-20");
  const ending = await examineOpenAI(access, defaults, now);
  assertFound(
    ending,
    "openai.model",
    "warning",
    /gpt-6-luna may be used until 2026-12-20/,
    /Set OPENAI_MODEL/,
  );
  at.models.set("gpt-6-luna", Date.parse("2027-06-01") / 1000);
  assertFound(await examineOpenAI(access, defaults, now), "openai.model", "ok", /until 2027-06-01/);

  const ended = { ...defaults, imageModels: ["gpt-image-1"] };
  assertFound(
    await examineOpenAI(access, ended, now),
    "openai.image-model",
    "error",
    /has ended gpt-image-1 on 2026-10-23/,
    /Set IMAGE_MODEL/,
  );
  const absent = { ...defaults, imageModels: ["gpt-image-9"] };
  assertFound(
    await examineOpenAI(access, absent, now),
    "openai.image-model",
    "error",
    /gpt-image-9 is not among/,
    /Set IMAGE_MODEL to another/,
  );
  assertWell(await examineOpenAI(access, { ...defaults, imageModels: ["gpt-image-2.5-sunburst"] }, now));
});

test("a gateway may put whose a model is before its name", async (t) => {
  const { at, access } = await openai(t);
  at.models = new Map([...at.models].map(([name, end]) => [`openai/${name}`, end]));
  assertWell(await examineOpenAI(access, defaults, now));
});

test("a server that is away, busy, or has no such list, is said to be", async (t) => {
  const { at, access } = await openai(t);
  at.list = (response) => json(response, 404, { error: { message: "no such route" } });
  assertFound(
    await examineOpenAI(access, defaults, now),
    "openai.models",
    "unknown",
    /has no list of models/,
    /--draw/,
  );
  at.list = (response) => json(response, 403, { error: { message: "no" } });
  assertFound(
    await examineOpenAI(access, defaults, now),
    "openai.models",
    "unknown",
    /does not let this key list/,
  );
  at.list = (response) => html(response, 502);
  assertFound(
    await examineOpenAI(access, defaults, now),
    "openai.reach",
    "error",
    /answers with 502/,
    /OPENAI_BASE_URL/,
  );
  at.list = (response) => json(response, 200, { data: [{ name: "no id" }] });
  assertFound(await examineOpenAI(access, defaults, now), "openai.reach", "error", /does not answer/);
  const nowhere = { ...access, baseUrl: "http://127.0.0.1:1/v1" };
  assertFound(await examineOpenAI(nowhere, defaults, now), "openai.reach", "error", /does not answer/);
});

test("a picture tells whether the organisation is verified, and has credit", async (t) => {
  const { at, asked, access } = await openai(t);
  at.draw = (response) =>
    json(response, 403, {
      error: {
        message: "Your organization must be verified to use the model `gpt-image-2.5-sunburst`.",
        type: "invalid_request_error",
      },
    });
  assertFound(
    await tryDrawing(access, defaults),
    "openai.verified",
    "error",
    /to be verified/,
    /settings\/organization\/general/,
  );
  at.draw = (response) =>
    json(response, 429, { error: { code: "insufficient_quota", message: "You exceeded your quota" } });
  assertFound(await tryDrawing(access, defaults), "openai.credit", "error", /no credit left/, /billing/);
  at.draw = (response) => json(response, 403, { error: { message: "Project does not have access" } });
  assertFound(
    await tryDrawing(access, defaults),
    "openai.drawing",
    "error",
    /may not use/,
    /Allow the project/,
  );
  at.draw = (response) => stream(response, events());
  assertFound(await tryDrawing(access, defaults), "openai.drawing", "ok", /has drawn a picture/);
  const request = asked.at(-1) ?? "";
  assert.match(request, /"quality":"low"/, "the cheapest");
  assert.match(request, /"store":false/, "and nothing is left there");
});

test("of a server that draws by the Image API alone, no mainline model is asked for", async (t) => {
  const { access, at } = await openai(t);
  at.models.delete("gpt-6-luna");
  const found = await examineOpenAI(access, { ...defaults, engine: "images", mainline: false }, now);
  assert.ok(!found.some(({ words }) => /gpt-6-luna/.test(words)), JSON.stringify(found));
  assertFound(
    await examineOpenAI(access, { ...defaults, engine: "images", mainline: true }, now),
    "openai.model",
    "error",
    /gpt-6-luna/,
  );
});
