import assert from "node:assert/strict";
import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { test } from "node:test";
import { Script } from "node:vm";
import { createFolder, raw, startPlayground } from "../playground.ts";

/** What a bundle leaves in `told`, run as a browser would. */
async function run(url: string): Promise<readonly unknown[]> {
  const response = await fetch(`${url}/page/main.bundle.js`);
  assert.equal(response.status, 200);
  const told: unknown[] = [];
  new Script(`((told) => { "use strict"; ${await response.text()} })`).runInThisContext()(told);
  return told;
}

async function startWith(t: Parameters<typeof createFolder>[0], files: Readonly<Record<string, string>>) {
  const pageDir = await createFolder(t);
  const write = async (name: string, text: string) => {
    await mkdir(join(pageDir, name, ".."), { recursive: true });
    await writeFile(join(pageDir, name), text);
  };
  await write("index.html", "<p>");
  for (const [name, text] of Object.entries(files)) await write(name, text);
  return { ...(await startPlayground(t, { pageDir })), write };
}

test("scripts become one, each run once and after what it imports", async (t) => {
  const { url, write } = await startWith(t, {
    "main.ts": `import "./first.ts";
import {
  type Shape,
  add as plus,
  Box,
} from "./deep/parts.ts";
import { again } from "./deep/again.ts";
import { directive } from "lit-html/directive.js";
const shape: Shape = { side: 2 };
told.push(plus(shape.side, 1), new Box().name, again, typeof directive, "import { a } from 'b';");
`,
    "first.ts": `told.push("first");\n`,
    "deep/parts.ts": `export interface Shape { readonly side: number }
told.push("parts");
export function add(a: number, b: number): number {
  return a + b;
}
export class Box {
  name = "box";
}
export const text = \`
  export { nothing }
\`;
`,
    "deep/again.ts": `import { add, text } from "./parts.ts";\nexport const again = add(text.length, 0) > 0;\n`,
  });
  assert.deepEqual(await run(url), ["first", "parts", 3, "box", true, "function", "import { a } from 'b';"]);
  await write("first.ts", `told.push("changed");\n`);
  assert.equal((await run(url)).at(0), "changed");
});

test("what cannot be put together is no half of a page", async (t) => {
  const { url } = await startWith(t, {
    "main.ts": `import { a } from "./one.ts";\na();\n`,
    "one.ts": `import { b } from "./two.ts";\nexport const a = b;\n`,
    "two.ts": `import { a } from "./one.ts";\nexport const b = a;\n`,
    "other.ts": "told.push(1);\n",
  });
  assert.equal((await fetch(`${url}/page/main.bundle.js`)).status, 500, "in a circle");
  assert.equal((await fetch(`${url}/page/other.bundle.js`)).status, 404, "no page of its own");
});

test("style sheets become one, in their order", async (t) => {
  const { url } = await startWith(t, {
    "main.css": `@import "look/a.css";\n@import "b.css";\nb { top: 0 }\n`,
    "look/a.css": "a { color: red }",
    "b.css": "a { color: blue }",
  });
  const sheet = await fetch(`${url}/page/main.bundle.css`);
  assert.equal(sheet.headers.get("content-type"), "text/css; charset=utf-8");
  assert.match(await sheet.text(), /red[^@]*blue[^@]*top: 0/);
});

test("words travel packed, as the browser takes them, and are not sent again when it has them", async (t) => {
  const { url } = await startPlayground(t);
  const path = "/page/main.bundle.js";
  const plain = await raw(url, { path });
  assert.equal(plain.headers["content-encoding"], undefined);
  for (const [accepted, packing] of [
    ["gzip, deflate, br", "br"],
    ["gzip;q=1.0, br;q=0", "gzip"],
    ["identity", undefined],
  ] as const) {
    const headers = { "accept-encoding": accepted };
    const answer = await raw(url, { path, headers });
    assert.equal(answer.headers["content-encoding"], packing);
    assert.equal(answer.headers.vary, "Accept-Encoding");
    const etag = String(answer.headers.etag);
    assert.equal(etag === plain.headers.etag, packing === undefined, "other bytes, another tag");
    assert.equal((await raw(url, { path, headers: { ...headers, "if-none-match": etag } })).status, 304);
  }
  const unpack = async (accept: string) => {
    const response = await fetch(url + path, { headers: { "accept-encoding": accept } });
    return response.text();
  };
  assert.equal(await unpack("br"), plain.text);
  assert.equal(await unpack("gzip"), plain.text);
  const about = await raw(url, { path: "/api/about", headers: { "accept-encoding": "br" } });
  assert.equal(about.headers["content-encoding"], "br");
  const read = await fetch(`${url}/api/about`, { headers: { "accept-encoding": "gzip" } });
  assert.equal(read.headers.get("content-encoding"), "gzip");
  assert.equal(((await read.json()) as { version: string }).version, "1.2.3");
  const events = await fetch(`${url}/api/events`, { method: "HEAD", headers: { "accept-encoding": "br" } });
  assert.equal(events.headers.get("content-encoding"), null, "what goes on and on is not packed");
});
