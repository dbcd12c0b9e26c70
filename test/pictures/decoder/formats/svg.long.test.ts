import assert from "node:assert/strict";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { createServer } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, test } from "node:test";
import { pathToFileURL } from "node:url";
import sharp from "sharp";
import { rasterise } from "../../../../src/pictures/jobs.ts";
import { flat } from "../../../rig/pictures.ts";

function svg(body: string, size = `width="40" height="20"`, prologue = ""): Buffer {
  return Buffer.from(
    `${prologue}<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink" xmlns:xi="http://www.w3.org/2001/XInclude" ${size}>${body}</svg>`,
  );
}

/** How red it is, from 0 to 1, as far as it is anything. */
async function redness(bytes: Uint8Array): Promise<number> {
  const { channels } = await sharp(
    await sharp(bytes).flatten({ background: "#000" }).png().toBuffer(),
  ).stats();
  return (channels[0]?.mean ?? 0) / 255;
}

const field = `<rect width="100%" height="100%" fill="#f00"/>`;

describe("an SVG becomes a PNG", () => {
  const cases: readonly [string, Buffer, number, number][] = [
    ["as wide as can be", svg(field), 1536, 768],
    ["as high as can be", svg(field, `width="3" height="9"`), 512, 1536],
    ["of a small icon", svg(field, `viewBox="0 0 16 16"`), 1536, 1536],
    ["of one that claims to be huge", svg(field, `width="30000" height="15000"`), 1536, 768],
    ["in other units", svg(field, `width="4cm" height="2cm"`), 1536, 768],
    ["after a byte order mark", Buffer.concat([Buffer.from("\ufeff"), svg(field)]), 1536, 768],
    [
      "after more than libvips reads",
      svg(
        field,
        undefined,
        `<?xml version="1.0" encoding="UTF-8"?><!-- ${"drawn by a program ".repeat(200)} --><!DOCTYPE svg PUBLIC "-//W3C//DTD SVG 1.1//EN" "http://127.0.0.1:1/x.dtd" [<!ENTITY a "x"><!ENTITY b 'y'>]>`,
      ),
      1536,
      768,
    ],
  ];
  for (const [what, drawing, width, height] of cases) {
    test(what, async () => {
      const picture = await rasterise(drawing);
      const meta = await sharp(picture.bytes).metadata();
      assert.deepEqual([picture.width, picture.height, picture.mediaType], [width, height, "image/png"]);
      assert.deepEqual([meta.width, meta.height, meta.format], [width, height, "png"]);
      assert.ok((await redness(picture.bytes)) > 0.99); // a last row may be half covered
    });
  }

  test("with sharp edges, however small it was", async () => {
    const half = svg(`<rect width="8" height="16" fill="#f00"/>`, `width="16" height="16"`);
    const row = await sharp((await rasterise(half)).bytes)
      .extractChannel("alpha")
      .extract({ left: 0, top: 700, width: 1536, height: 1 })
      .raw()
      .toBuffer();
    assert.ok(row.filter((alpha) => alpha > 0 && alpha < 255).length <= 2);
  });

  test("transparent where nothing is drawn", async () => {
    const { isOpaque } = await sharp((await rasterise(svg(""))).bytes).stats();
    assert.equal(isOpaque, false);
  });
});

test("nothing outside the document is loaded", async (t) => {
  const folder = await mkdtemp(join(tmpdir(), "drawbridge-svg-"));
  t.after(() => rm(folder, { recursive: true, force: true }));
  const [picture, words, styles] = ["red.png", "words.txt", "red.css"].map((name) => join(folder, name));
  assert.ok(picture && words && styles);
  const red = await flat("#f00", 40, 20);
  await Promise.all([
    writeFile(picture, red),
    writeFile(words, "MMMMMMMM"),
    writeFile(styles, "rect{fill:#f00}"),
  ]);
  const asked: (string | undefined)[] = [];
  const server = createServer((request, response) => {
    asked.push(request.url);
    response.end(red);
  });
  await new Promise<void>((ready) => server.listen(0, "127.0.0.1", ready));
  t.after(() => server.close());
  const address = server.address();
  const web = `http://127.0.0.1:${address && typeof address === "object" ? address.port : 0}`;

  // What of it is loaded would be seen, whatever else is not: all that can be said with one address is in one drawing.
  const bodies = [picture, pathToFileURL(picture).href, `${web}/a.png`].map((href) =>
    [
      `<image width="40" height="20" href="${href}"/>`,
      `<image width="40" height="20" xlink:href="${href}"/>`,
      `<filter id="f"><feImage href="${href}"/></filter><g filter="url(#f)"><rect width="9" height="9"/></g>`,
      `<use href="${href}#x"/>`,
      `<style>@import url("${href}"); rect { fill: url(${href}) }</style>`,
      `<rect width="9" height="9" fill="url(${href}#x)"/>`,
      `<a href="${href}"/><script href="${href}"/>`,
    ].join(""),
  );
  const hostile = [
    ...bodies.map((body) => svg(body)),
    svg(`<text y="15" fill="#f00"><xi:include href="${pathToFileURL(words).href}" parse="text"/></text>`),
    svg(`<rect width="9" height="9"/>`, undefined, `<?xml-stylesheet href="${pathToFileURL(styles).href}"?>`),
    svg("", undefined, `<!DOCTYPE svg SYSTEM "${web}/x.dtd">`),
    svg(
      `<text y="15" fill="#f00">&x;</text>`,
      undefined,
      `<!DOCTYPE svg [<!ENTITY x SYSTEM "${pathToFileURL(words).href}">]>`,
    ),
    svg("", undefined, `<!DOCTYPE svg [<!ENTITY % x SYSTEM "${web}/y.dtd"> %x;]>`),
  ];
  const shown = `<image width="40" height="20" href="data:image/png;base64,${red.toString("base64")}"/>`;
  assert.equal(await redness((await rasterise(svg(shown))).bytes), 1, "a picture can be seen at all");
  for (const [index, drawing] of hostile.entries()) {
    const picture = await rasterise(drawing).catch(() => undefined);
    if (picture) assert.equal(await redness(picture.bytes), 0, drawing.toString());
    else assert.ok(index >= bodies.length, "what is well-formed is drawn");
  }
  assert.deepEqual(asked, []);
});

describe("what cannot be drawn says what to do", () => {
  const laughs = Array.from(
    { length: 9 },
    (_, index) => `<!ENTITY a${index + 1} "${`&a${index};`.repeat(10)}">`,
  );
  const cases: readonly [string, Buffer, RegExp][] = [
    ["half of one", svg(field).subarray(0, 150), /is damaged/],
    ["words", Buffer.from("hello"), /is damaged/],
    ["nothing", Buffer.alloc(0), /is damaged/],
    ["no size at all", svg("", `width="0" height="0"`), /is damaged/],
    ["a size that nothing has", svg(field, `width="1e30" height="1e30"`), /is damaged/],
    ["thinner than can be", svg(field, `width="1" height="1000000"`), /is damaged/],
    ["deep", svg("<g>".repeat(50_000)), /is damaged/],
    ["too many bytes", svg("x".repeat(5 * 1024 * 1024)), /is too large/],
    ["too many elements", svg("<g/>".repeat(100_000)), /is too complex/],
    [
      "a billion laughs",
      svg("&a9;", undefined, `<!DOCTYPE svg [<!ENTITY a0 "ha">${laughs.join("")}]>`),
      /is too complex/,
    ],
    [
      "elements in an entity",
      svg("&a;", undefined, `<!DOCTYPE svg [<!ENTITY b 'x'><!ENTITY a "<g/><g/>">]>`),
      /is too complex/,
    ],
    [
      "a few words very often",
      svg("&a;".repeat(20_000), undefined, `<!DOCTYPE svg [<!ENTITY a "${"x".repeat(50_000)}">]>`),
      /is damaged/,
    ],
    [
      "what refers to itself without end",
      svg(
        Array.from(
          { length: 12 },
          (_, index) => `<g id="u${index + 1}">${`<use href="#u${index}"/>`.repeat(10)}</g>`,
        ).join(""),
      ),
      /is damaged/,
    ],
  ];
  for (const [what, drawing, message] of cases) {
    test(what, async () => {
      const rejected = { code: "bad_attachment", message };
      await assert.rejects(rasterise(drawing, undefined, 1500), rejected);
    });
  }

  test("what would take hours is given up, and the next one is drawn", async () => {
    const rules = Array.from({ length: 9000 }, (_, index) => `g ~ g > *:not(.a${index}) { fill: red }`);
    const endless = svg(`<style>${rules.join("")}</style>${"<g><rect/></g>".repeat(9000)}`);
    const [slow, next] = await Promise.allSettled([
      rasterise(endless, undefined, 1500),
      rasterise(svg(field)),
    ]);
    assert.ok(slow?.status === "rejected" && /takes too long/.test(String(slow.reason)), `${slow?.status}`);
    assert.equal(next?.status, "fulfilled");
  });

  test("who cancels does not wait, neither for their own nor for those before", async () => {
    const endless = svg(`<path fill="#f00" d="M0 0${"L40 20 0 19 40 0 0 0".repeat(100_000)}"/>`);
    const stop = new AbortController();
    const reason = new Error("cancelled");
    let before = "drawing";
    const ahead = rasterise(endless, undefined, 1500).finally(() => {
      before = "given up";
    });
    const waiting = rasterise(svg(field), stop.signal);
    stop.abort(reason);
    await assert.rejects(waiting, reason);
    assert.equal(before, "drawing");
    await assert.rejects(ahead, { code: "bad_attachment" });

    const drawn = new AbortController();
    const own = rasterise(endless, drawn.signal);
    drawn.abort(reason);
    await assert.rejects(own, reason);
    await assert.rejects(rasterise(svg(field), stop.signal), reason);
    assert.ok(await rasterise(svg(field)));
  });
});
