import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import { readdir } from "node:fs/promises";
import { join } from "node:path";
import { test } from "node:test";
import type { WireAnswer, WireStyle } from "../../../adapters/web/wire/messages.ts";
import type { EstimateWish, Style, Styles } from "../../../src/seam/core.ts";
import { BotError } from "../../../src/seam/errors.ts";
import type { Place, Scope, StyleDraft, User } from "../../../src/seam/turn.ts";
import type { Image } from "../../../src/seam/view.ts";
import { png, startPlayground, view } from "../playground.ts";

const you = { id: "web:playground", name: "You", moderator: true, admin: true };
const here = { channel: "web:channel", community: "web:community" };

/** Styles as the core keeps them, without its checks; it writes down what it is given. */
function keepStyles() {
  const kept = new Map<string, { readonly style: Style; readonly pictures: readonly Image[] }>();
  const calls: (readonly [User, Place, Scope | undefined])[] = [];
  const find = (name: string) => {
    const found = kept.get(name);
    if (found) return found;
    throw new BotError("bad_option", `There is no style “${name}”.`);
  };
  const styles: Styles = {
    list: async (user, place) => {
      calls.push([user, place, undefined]);
      return [...kept.values()].map(({ style }) => style);
    },
    async save(user, place, scope, draft: StyleDraft, signal) {
      calls.push([user, place, scope]);
      const pictures = await Promise.all(
        draft.attachments.map(async ({ name, mediaType, read }) => ({
          name,
          mediaType,
          bytes: await read(signal),
          alt: name,
        })),
      );
      const { style: name, instruction, options } = draft;
      const style = { name, scope, instruction, options, pictures: pictures.length };
      kept.set(name, { style, pictures });
      return style;
    },
    pictures: async (_user, _place, name) => find(name).pictures,
    async remove(user, place, scope, name) {
      calls.push([user, place, scope]);
      find(name);
      kept.delete(name);
    },
  };
  return { styles, kept, calls };
}

test("a style is saved with its words, options and pictures, listed, looked at and removed", async (t) => {
  const { styles, kept, calls } = keepStyles();
  const playground = await startPlayground(t, {}, { styles });
  assert.deepEqual(await playground.json("/api/styles"), []);

  const { reply } = await (async () => {
    await playground.post(`/api/threads/${randomUUID()}/prompts`, { text: "a fox" });
    return playground.next();
  })();
  const key = await reply.show(await view("done", { shade: 7 }));
  const [, file = ""] = /\/pictures\/(\S+?)"/.exec(await (await playground.get("/api/threads")).text()) ?? [];
  assert.ok(key && file);

  const saved = await playground.post("/api/styles", {
    name: "ink-wash",
    text: "Loose ink,\r\nmuch paper.",
    options: JSON.stringify({ quality: "high" }),
    attachment: new File([await png(3)], "brush.png", { type: "image/png" }),
    reuse: file,
  });
  assert.equal(saved.status, 201, await saved.clone().text());
  const style = (await saved.json()) as WireStyle;
  assert.deepEqual(style, {
    name: "ink-wash",
    scope: "mine",
    instruction: "Loose ink,\nmuch paper.",
    options: { quality: "high" },
    pictures: ["/api/styles/ink-wash/pictures/0", "/api/styles/ink-wash/pictures/1"],
  });
  assert.deepEqual(await playground.json("/api/styles"), [style]);
  assert.equal((await readdir(join(playground.dataDir, "pictures"))).length, 1, "the chat keeps no copy");

  const [first = "", second = ""] = style.pictures;
  const shown = await playground.get(first);
  assert.equal(shown.headers.get("content-type"), "image/png");
  assert.equal(shown.headers.get("x-content-type-options"), "nosniff");
  assert.match(shown.headers.get("content-security-policy") ?? "", /^sandbox; default-src 'none'/);
  assert.equal(shown.headers.get("cache-control"), "no-store");
  assert.deepEqual(Buffer.from(await shown.arrayBuffer()), await png(3));
  assert.deepEqual(Buffer.from(await (await playground.get(second)).arrayBuffer()), await png(7));
  assert.equal((await playground.get("/api/styles/ink-wash/pictures/2")).status, 404);

  const remove = (name: string) => playground.get(`/api/styles/${name}?scope=shared`, { method: "DELETE" });
  assert.equal((await remove("ink-wash")).status, 204);
  assert.equal(kept.size, 0);
  const gone = await remove("ink-wash");
  assert.equal(gone.status, 400);
  assert.match(await gone.text(), /no style “ink-wash”/);
  for (const [user, place] of calls) assert.deepEqual([user, place], [you, here]);
  assert.deepEqual(
    calls.map(([, , scope]) => scope).filter((scope) => scope !== undefined),
    ["mine", "shared", "shared"],
  );
});

test("a style is changed from the playground's own page only, and no SVG in it is opened", async (t) => {
  const { styles, kept } = keepStyles();
  const playground = await startPlayground(t, {}, { styles });
  const svg = new TextEncoder().encode(
    "<svg xmlns='http://www.w3.org/2000/svg'><script>alert(1)</script></svg>",
  );
  const style: Style = { name: "lines", scope: "mine", instruction: "", options: {}, pictures: 1 };
  kept.set("lines", {
    style,
    pictures: [{ name: "lines.svg", mediaType: "image/svg+xml", bytes: svg, alt: "" }],
  });
  const shown = await playground.get("/api/styles/lines/pictures/0");
  assert.equal(shown.headers.get("content-disposition"), "attachment");
  assert.match(shown.headers.get("content-security-policy") ?? "", /^sandbox; default-src 'none'/);

  const headers = { origin: "https://elsewhere.example" };
  const removal = await playground.get("/api/styles/lines", { method: "DELETE", headers });
  assert.equal(removal.status, 403);
  const put = await playground.get("/api/defaults", { method: "PUT", headers, body: "{}" });
  assert.equal(put.status, 403);
  assert.equal(kept.size, 1);
});

test("defaults are the person's own: read beside the channel's, replaced, reset", async (t) => {
  const owners: string[] = [];
  let defaults: Readonly<Record<string, unknown>> = {};
  const playground = await startPlayground(
    t,
    {},
    {
      accounts: {
        of: async (owner) => ({
          defaults: owner === here.channel ? { count: 2 } : defaults,
          pictures: 0,
          usd: 0,
        }),
        async setDefaults(owner, next) {
          owners.push(owner);
          if (next.size === "huge") throw new BotError("bad_option", "There is no size “huge”.");
          defaults = next;
        },
      },
    },
  );
  const put = (body: string) => playground.get("/api/defaults", { method: "PUT", body });
  const high = { mine: { quality: "high" }, channel: { count: 2 } };
  assert.deepEqual(await (await put('{"quality":"high"}')).json(), high);
  assert.deepEqual(await playground.json("/api/defaults"), high);
  const refused = await put('{"size":"huge"}');
  assert.equal(refused.status, 400);
  assert.match(await refused.text(), /no size “huge”/);
  for (const nonsense of ["", "[]", "7", '{"size":{}}', `{"size":"${"x".repeat(9000)}"}`]) {
    assert.equal((await put(nonsense)).status, 400, nonsense.slice(0, 20));
  }
  assert.equal((await put("x".repeat(20_000))).status, 413);
  assert.deepEqual(await (await put("{}")).json(), { mine: {}, channel: { count: 2 } });
  assert.deepEqual(new Set(owners), new Set([you.id]));
});

test("what it would cost is asked of the core, and nothing is said when no price is known", async (t) => {
  const wishes: EstimateWish[] = [];
  const playground = await startPlayground(
    t,
    {},
    {
      estimateOf: async (wish) => {
        wishes.push(wish);
        if (wish.options.size === "huge") throw new BotError("bad_option", "There is no size “huge”.");
        return wish.options.quality === "high" ? "about $0.2" : undefined;
      },
    },
  );
  const ask = (body: unknown) =>
    playground.get("/api/estimate", { method: "POST", body: JSON.stringify(body) });
  const wish = { text: "a fox", options: { quality: "high" }, pictures: 2 };
  assert.deepEqual(await (await ask(wish)).json(), { estimate: "about $0.2" });
  assert.deepEqual(wishes, [{ ...wish, user: you, place: here }]);
  assert.deepEqual(await (await ask({ text: "a fox" })).json(), {});
  assert.equal((await ask({ text: "a fox", options: { size: "huge" } })).status, 400);
  for (const nonsense of [null, { text: 7 }, { pictures: -1 }, { options: [] }]) {
    assert.equal((await ask(nonsense)).status, 400);
  }
});

test("a drawing's source is kept with its answer, served to be saved, and goes with it", async (t) => {
  const playground = await startPlayground(t);
  const thread = randomUUID();
  await playground.post(`/api/threads/${thread}/prompts`, { text: "a fox" });
  const { reply } = await playground.next();
  const bytes = Buffer.from("<svg xmlns='http://www.w3.org/2000/svg' width='8' height='6'/>");
  const source: Image = { name: "a-fox.svg", mediaType: "image/svg+xml", bytes, alt: "A fox" };
  const key = await reply.show(await view("done", { shade: 1, files: [source] }));

  const other = randomUUID();
  await playground.post(`/api/threads/${other}/prompts`, { text: "gone soon" });
  await playground.get(`/api/threads/${other}`, { method: "DELETE" }); // takes what nobody shows off the disk

  const [, answer] = (await playground.thread(thread)).messages as [unknown, WireAnswer];
  const [file, ...others] = answer.view.files ?? [];
  assert.equal(others.length, 0);
  assert.deepEqual([file?.name, file?.mediaType], ["a-fox.svg", "image/svg+xml"]);
  const served = await playground.get(file?.src ?? "");
  assert.equal(served.headers.get("content-type"), "image/svg+xml");
  assert.equal(served.headers.get("content-disposition"), "attachment");
  assert.equal(served.headers.get("x-content-type-options"), "nosniff");
  assert.match(served.headers.get("content-security-policy") ?? "", /^sandbox; default-src 'none'/);
  assert.deepEqual(Buffer.from(await served.arrayBuffer()), bytes);
  assert.deepEqual(
    (await playground.adapter.recall(key)).map(({ mediaType }) => mediaType),
    ["image/png"],
  );
  assert.match((await playground.json<{ cover: string }[]>("/api/threads"))[0]?.cover ?? "", /\.png$/);

  await playground.adapter.reopen(key).show(await view("done", { text: "Deleted." }));
  assert.deepEqual(await readdir(join(playground.dataDir, "pictures")), []);
});

test("an answer about the studio is known from a picture of the thread", async (t) => {
  const playground = await startPlayground(t);
  const thread = randomUUID();
  await playground.post(`/api/threads/${thread}/prompts`, { text: "styles" });
  const { reply } = await playground.next();
  await reply.show(await view("done", { text: "Two styles.", audience: "asker" }));
  const [, answer] = (await playground.thread(thread)).messages as [unknown, WireAnswer];
  assert.equal(answer.view.aside, true);
});
