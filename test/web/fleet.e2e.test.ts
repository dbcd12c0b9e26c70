import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import { describe, type TestContext, test } from "node:test";
import { z } from "zod";
import type { WireAnswer, WireMessage } from "../../adapters/web/wire/messages.ts";
import { createStandin } from "../../src/standin/index.ts";
import { openStore } from "../../src/store/store.ts";
import { createBalancer } from "../rig/balancer.ts";
import { askedOf } from "../rig/core.ts";
import { masked } from "../rig/pictures.ts";
import { createFolder, startDrawbridge } from "../rig/process.ts";
import { type Server, serverKinds } from "../rig/servers.ts";
import { until } from "../rig/until.ts";
import { png, toFormData } from "./playground.ts";
import { unzip } from "./unzip.ts";

/** Two processes on one store, behind a balancer that gives each request to the next of them. */
async function startTwo(t: TestContext, server: Server) {
  await server.start();
  const standin = await createStandin({ paceMs: 30, flat: true });
  const balancer = await createBalancer([]);
  t.after(async () => {
    await balancer.close();
    await standin.close();
    await server.remove();
  });

  async function launch() {
    const process = startDrawbridge(t, {
      ...{ STORE_URL: server.url, DATA_DIR: await createFolder(t), LOG_FORMAT: "json" },
      ...{ OPENAI_API_KEY: "sk-test-0123456789", OPENAI_BASE_URL: standin.url, SHARED_LINKS: "on" },
    });
    return { ...process, address: await process.url() };
  }
  const [first, second] = await Promise.all([launch(), launch()]);
  balancer.serve([first.address, second.address]);

  const messages = async (thread: string, url = balancer.url): Promise<readonly WireMessage[]> => {
    const response = await fetch(`${url}/api/threads/${thread}`);
    return response.ok ? ((await response.json()) as { messages: WireMessage[] }).messages : [];
  };
  const answersOf = async (thread: string, url?: string) =>
    (await messages(thread, url)).filter((one): one is WireAnswer => one.kind === "answer");

  return {
    ...{ standin, balancer, first, second, launch, messages, answersOf },
    async send(path: string, form: Parameters<typeof toFormData>[0], url = balancer.url): Promise<void> {
      const response = await fetch(url + path, { method: "POST", body: toFormData(form) });
      assert.equal(response.status, 202, await response.text());
    },
    /** The answers, when there are so many and the last of them is done. */
    async drawn(thread: string, count: number): Promise<readonly WireAnswer[]> {
      const isDone = async () => {
        const answers = await answersOf(thread);
        return answers.length === count && answers.every(({ view }) => view.phase === "done");
      };
      await until(
        isDone,
        async () =>
          `it; there is ${(await answersOf(thread)).map(({ view }) => JSON.stringify([view.phase, view.text]))}`,
      );
      return answersOf(thread);
    },
  };
}

/** The answers that a page hears of, as they come. */
async function watch(t: TestContext, url: string) {
  const abort = new AbortController();
  t.after(() => abort.abort());
  const response = await fetch(`${url}/api/events`, { signal: abort.signal });
  const heard: WireAnswer[] = [];
  const read = async () => {
    let text = "";
    for await (const chunk of response.body?.pipeThrough(new TextDecoderStream()) ?? []) {
      text += chunk;
      const lines = text.split("\n\n");
      text = lines.pop() ?? "";
      for (const line of lines) {
        const event = JSON.parse(/^data: (.*)$/m.exec(line)?.[1] ?? "{}");
        if (event.type === "message" && event.message.kind === "answer") heard.push(event.message);
      }
    }
  };
  read().catch(() => {}); // its process is killed, or the test is over
  return heard;
}

for (const { kind, create, skip } of serverKinds) {
  describe(`the playground of two processes on ${kind}`, { skip }, () => {
    test("is watched at one while it is drawn at the other, and outlives that one's kill -9", async (t) => {
      const two = await startTwo(t, (await create()) ?? assert.fail());
      const thread = randomUUID();
      const heard = await watch(t, two.second.address);
      two.standin.fault({ kind: "stall", after: "response.image_generation_call.partial_image" });
      await two.send(`/api/threads/${thread}/prompts`, { text: "a lighthouse" }, two.first.address);
      const sketch = () => heard.find(({ view }) => view.images.length > 0)?.view.images[0];
      await until(
        () => sketch() !== undefined,
        async () => `a sketch; there is ${two.first.output()}`,
      );
      const seen = await fetch(`${two.second.address}${sketch()?.src}`);
      assert.deepEqual([seen.status, seen.headers.get("content-type")], [200, sketch()?.mediaType]);

      await two.first.kill("SIGKILL");
      two.balancer.serve([two.second.address]);
      const isDone = () => heard.some(({ view }) => view.phase === "done");
      await until(isDone, async () => `the picture; there is ${two.second.output()}`);
      assert.equal((await two.answersOf(thread)).length, 1);
      assert.equal(askedOf(two.standin).length, 1, "what OpenAI was at is gone on with");
      const third = await two.launch();
      assert.deepEqual(await two.messages(thread, third.address), await two.messages(thread));
      const [answer] = await two.answersOf(thread);
      for (const { address } of [two.second, third]) {
        const picture = await fetch(`${address}${answer?.view.images[0]?.src}`);
        assert.equal(picture.status, 200);
      }
    });

    test("says so while the store is away, and goes on with what it knew", async (t) => {
      const server = (await create()) ?? assert.fail();
      const two = await startTwo(t, server);
      const thread = randomUUID();
      await two.send(`/api/threads/${thread}/prompts`, { text: "a lighthouse" });
      const before = await two.drawn(thread, 1);
      await server.pause();
      const refused = await fetch(`${two.balancer.url}/api/threads/${thread}`);
      const { error } = (await refused.json()) as { error: { message: string } };
      assert.equal(refused.status, 500);
      assert.match(error.message, /My memory \(\w+\) does not answer/);
      await server.resume();
      const isBack = async () => (await two.answersOf(thread)).length === 1;
      await until(isBack, "it to be back");
      assert.deepEqual(await two.answersOf(thread), before);
      await two.send(`/api/threads/${thread}/prompts`, { text: "make it night" });
      await two.drawn(thread, 2);
    });

    test("is cancelled by one while the other draws", async (t) => {
      const two = await startTwo(t, (await create()) ?? assert.fail());
      const thread = randomUUID();
      two.standin.fault({ kind: "stall", after: "response.image_generation_call.partial_image" });
      await two.send(`/api/threads/${thread}/prompts`, { text: "a lighthouse" }, two.first.address);
      const last = async (url: string) => (await two.answersOf(thread, url)).at(-1);
      const isSketched = async () => (await last(two.second.address))?.view.images.length === 1;
      await until(isSketched, "a sketch");
      const answer = await last(two.second.address);
      const form = { action: "cancel", id: randomUUID() };
      await two.send(`/api/messages/${answer?.id}/press`, form, two.second.address);
      for (const { address } of [two.first, two.second]) {
        const isOver = async () => (await last(address))?.view.phase === "cancelled";
        await until(isOver, async () => `it to be cancelled; there is ${two.first.output()}`);
      }
      const cancelled = () => two.standin.requests.filter(({ path }) => path.endsWith("/cancel")).length;
      await until(() => cancelled() === 1, "OpenAI to be told");
    });

    test("asks, edits, branches, paints, marks, links, downloads and forgets by whichever is asked", async (t) => {
      const server = (await create()) ?? assert.fail();
      const two = await startTwo(t, server);
      const { balancer } = two;
      const thread = randomUUID();
      const path = `/api/threads/${thread}/prompts`;
      const reference = new File([await png(5, 64, 64)], "kitten.png", { type: "image/png" });
      await two.send(path, { text: "an amber harbour", attachment: reference });
      const [first] = await two.drawn(thread, 1);
      await two.send(path, { text: "make it night", replyTo: first?.id ?? "" });
      const [, second] = await two.drawn(thread, 2);
      assert.equal(second?.view.parent, first?.id, "an edit");
      await two.send(path, { text: "make it snow", replyTo: first?.id ?? "" });
      const [, , third] = await two.drawn(thread, 3);
      assert.equal(third?.view.parent, first?.id, "a branch");
      const { width = 0, height = 0 } = third?.view.images[0] ?? {};
      const hole = { left: 10, top: 10, width: 200, height: 200 };
      const mask = new File([Buffer.from(await masked(width, height, hole))], "mask.png", {
        type: "image/png",
      });
      const painted = { action: "edit", text: "a boat here", mask, id: randomUUID() };
      await two.send(`/api/messages/${third?.id}/press`, painted);
      const [, , , fourth] = await two.drawn(thread, 4);
      assert.equal(fourth?.view.parent, third?.id, "painted");

      const src = fourth?.view.images[0]?.src ?? "";
      const file = src.slice("/pictures/".length);
      const ask = (path: string, method = "GET") => fetch(balancer.url + path, { method });
      assert.equal((await ask(`/api/favourites/${file}`, "PUT")).status, 204);
      assert.deepEqual(await (await ask("/api/favourites")).json(), [src]);
      const link = (await (await ask(`/api/links/${fourth?.id}/0`, "POST")).json()) as { path: string };
      assert.equal((await ask(link.path)).status, 200);
      for (const size of ["thumbnail", "preview"]) {
        const small = await ask(`${src}?as=${size}`);
        assert.deepEqual([small.status, small.headers.get("content-type")], [200, "image/webp"]);
      }
      const saved = unzip(Buffer.from(await (await ask(`/api/threads/${thread}/export`)).arrayBuffer()));
      assert.equal([...saved.keys()].filter((name) => name.endsWith(".png")).length, 6, "and what was sent");

      const store = await openStore(server.url);
      t.after(() => store.close());
      const table = store.table("shared:web", z.unknown());
      const holding = async (word: string) => {
        const found: string[] = [];
        for await (const keys of table.keys()) {
          for (const key of keys) {
            if (`${key} ${JSON.stringify(await table.get(key))}`.includes(word)) found.push(key);
          }
        }
        return found;
      };
      assert.notDeepEqual(await holding("harbour"), []);
      const other = randomUUID();
      await two.send(`/api/threads/${other}/prompts`, { text: "forget me" });
      const [held] = await two.drawn(other, 1);
      await two.send(`/api/messages/${held?.id}/press`, { action: "forget", id: randomUUID() });
      const isGone = async () => (await two.messages(thread)).length === 0;
      await until(isGone, "all to be forgotten");
      await until(async () => (await holding("blob:")).length === 0, "the pictures to be deleted");
      await until(async () => (await holding("harbour")).length === 0, "the words to be deleted");
      const used = new Set(balancer.asked);
      assert.equal(used.size, 2, "both were asked all the while");
    });
  });
}
