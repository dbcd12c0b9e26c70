import assert from "node:assert/strict";
import { once } from "node:events";
import { createServer } from "node:http";
import { describe, test } from "node:test";
import { readInputs } from "../../src/pictures/inputs.ts";
import { createLinks, withoutLinks } from "../../src/pictures/links.ts";
import { flat } from "../rig/pictures.ts";

const never = new AbortController().signal;
const cat = "https://a.example/cat.png";
const hat = "https://a.example/hat.jpg";

const names = (text: string) =>
  createLinks()
    .toAttachments(text)
    .map(({ name }) => name);

describe("an address that promises a picture counts, and leaves its number in the words", () => {
  const cases: readonly [what: string, text: string, words: string][] = [
    ["alone", cat, "picture 1"],
    ["in a sentence", `put ${hat} on ${cat}`, "put picture 1 on picture 2"],
    ["before a full stop", `make it look like ${cat}.`, "make it look like picture 1."],
    [
      "before other marks",
      `like ${cat}, no: ${hat}! or ${cat}?...`,
      "like picture 1, no: picture 2! or picture 1?...",
    ],
    ["in brackets", `the cat (${cat}) [${hat}]`, "the cat (picture 1) [picture 2]"],
    ["in brackets with a word after", `(${cat})and`, "(picture 1)and"],
    ["in quotes", `“${cat}” "${hat}" '${cat}'`, "“picture 1” \"picture 2\" 'picture 1'"],
    [
      "in emphasis",
      `**${cat}** _${hat}_ ||${cat}|| \`${hat}\``,
      "**picture 1** _picture 2_ ||picture 1|| `picture 2`",
    ],
    ["in angle brackets", `use <${cat}>, please`, "use picture 1, please"],
    ["as a link with a label", `put [my hat](${hat}) on`, "put my hat (picture 1) on"],
    ["as a link with a title", `[my hat](${hat} "A hat"), red`, "my hat (picture 1), red"],
    ["as a link in angle brackets", `[my hat](<${hat}>)`, "my hat (picture 1)"],
    ["as a picture", `![a cat](${cat}) in snow`, "a cat (picture 1) in snow"],
    ["as a picture without words", `![](${cat})`, "picture 1"],
    [
      "as a link that repeats the address",
      `[a.example/cat.png](${cat}) <${hat}|${hat}>`,
      "picture 1 picture 2",
    ],
    ["as Slack's link", `<${hat}|my hat> on <${cat}|a.example/cat.png>`, "my hat (picture 1) on picture 2"],
    ["as a picture that is a link", `[![a cat](${cat})](${hat})`, "[a cat (picture 1)](picture 2)"],
    ["as a link that is its own label", `[${cat}](${cat})`, "[picture 1](picture 1)"],
    ["with another as its label", `<${cat}|${hat}>`, "picture 1"],
    ["with another as its title", `[x](${cat} "${hat}") y`, "x (picture 1) y"],
    ["twice", `${cat} and ${hat} and ${cat}#top`, "picture 1 and picture 2 and picture 1"],
    ["without a space between two", `${cat},${hat};${cat}`, "picture 1,picture 2;picture 1"],
    ["in Chinese", `看${cat}，再看（${hat}）。`, "看picture 1，再看（picture 2）。"],
    ["with brackets of its own", "see https://a.example/cat_(1).png!", "see picture 1!"],
    ["in capitals", "HTTPS://A.EXAMPLE/CAT.PNG", "picture 1"],
    ["with a query", "https://a.example/cat.webp?w=1&s=2 now", "picture 1 now"],
    [
      "of every type",
      "http://b.example/a.jpeg http://b.example/a.gif http://b.example/a.avif",
      "picture 1 picture 2 picture 3",
    ],
    ["by its query", "https://a.example/m/XyZ?format=jpg&name=large", "picture 1"],
    [
      "by another query",
      "https://a.example/m/?fm=PJPG https://a.example/?w=9&output=webp",
      "picture 1 picture 2",
    ],
    [
      "by its path",
      "https://a.example/image/format=png,width=80/8fe https://a.example/f_gif,w_9/x",
      "picture 1 picture 2",
    ],
    ["by a name of other letters", "https://bücher.example/größe.png", "picture 1"],
    ["by numbers", "http://[2001:4860::1]/a.png http://8.8.8.8/a.png", "picture 1 picture 2"],
  ];
  for (const [what, text, words] of cases) {
    test(what, () => {
      assert.equal(withoutLinks(text, 0), words);
      const numbers = new Set(words.match(/picture \d+/g));
      assert.equal(names(text).length, numbers.size, "as many attachments as numbers");
    });
  }
});

describe("any other address stays in the words, which may be meant for a sign", () => {
  const cases = [
    "a sign that says https://drawbridge.example",
    "https://a.example/cat.pngx https://a.example/png https://a.example/cat.png/about",
    "https://a.example/cat.svg https://a.example/cat.pdf",
    "https://a.example/?format=json https://a.example/?format=constructor https://a.example/f_auto/x",
    "https://a.example/?u=https://b.example/",
    "ftp://a.example/cat.png file:///cat.png a.example/cat.png //a.example/cat.png",
    "xhttps://a.example/cat.png",
    "https:// http://.png https://a.example:99999/cat.png http://[fe80::1%25eth0]/cat.png",
    "no address at all, [just](words) <and> (brackets)",
    "",
  ];
  for (const text of cases) {
    test(text || "nothing", () => {
      assert.equal(withoutLinks(text, 0), text);
      assert.deepEqual(names(text), []);
    });
  }
});

describe("a link's name", () => {
  const cases: readonly [address: string, name: string, mediaType: string][] = [
    ["https://a.example/secret/folder/cat.png?token=secret#secret", "a.example/cat.png", "image/png"],
    ["https://me:secret@a.example:8443/cat.jpg", "a.example/cat.jpg", "image/jpeg"],
    ["https://bücher.example/gr%C3%B6%C3%9Fe%20XL.png", "bücher.example/größe XL.png", "image/png"],
    ["https://a.example/%E0%.gif", "a.example/%E0%.gif", "image/gif"],
    ["https://a.example/?format=avif", "a.example", "image/avif"],
    ["https://a.example/a%0Ab%E2%80%AEgnp.webp", "a.example/a b gnp.webp", "image/webp"],
    ["http://0x7f.1/cat.png", "127.0.0.1/cat.png", "image/png"],
  ];
  for (const [address, name, mediaType] of cases) {
    test(`is ${name}`, () => {
      const found = createLinks().toAttachments(address);
      assert.deepEqual(
        found.map((attachment) => [attachment.name, attachment.mediaType, attachment.size]),
        [[name, mediaType, 0]],
      );
    });
  }
});

test("numbers go on after the pictures that come before", () => {
  assert.equal(withoutLinks(`${hat} on ${cat}, ${hat}`, 2), "picture 3 on picture 4, picture 3");
});

test("links beyond what one request takes stay in the words", () => {
  const text = Array.from({ length: 20 }, (_, index) => `https://a.example/${index}.png`).join(" ");
  const words = withoutLinks(text, 3).split(" picture ");
  assert.equal(words.length, 13);
  assert.match(words.at(-1) ?? "", /^16 https:\/\/a\.example\/13\.png /);
  assert.equal(
    withoutLinks(`${text} https://a.example/0.png`, 15).split(" ").at(-1),
    "16",
    "a number given stays",
  );
});

describe("words made to keep the search busy", () => {
  const cases: readonly [what: string, text: string][] = [
    ["marks", `https://a.example/${",".repeat(300_000)}x`],
    ["closing marks", `https://a.example/${".!".repeat(150_000)}x`],
    ["brackets", `${"[".repeat(300_000)}](https://a.example/${"(".repeat(300_000)}`],
    ["beginnings", "https://".repeat(40_000)],
    ["labels without an end", "<https://a.example/cat.png|".repeat(10_000)],
    ["titles without an end", '[a](https://a.example/cat.png "'.repeat(10_000)],
  ];
  for (const [what, text] of cases) {
    test(what, { timeout: 20_000 }, () => {
      assert.ok(names(text).length <= 1);
      assert.ok(withoutLinks(text, 0).length <= text.length);
    });
  }
});

describe("a link read like any other attachment", () => {
  test("is checked, and numbered after what was attached", async (t) => {
    const bytes = await flat("#c00", 64, 48);
    const server = createServer((_, response) => response.end(bytes)).listen(0, "127.0.0.1");
    t.after(() => server.close());
    await once(server, "listening");
    const address = server.address();
    assert.ok(address && typeof address === "object");
    const links = createLinks({ allow: (ip) => ip === "127.0.0.1", ports: [address.port] });
    const text = `like http://127.0.0.1:${address.port}/cat.png?token=secret`;
    const { pictures } = await readInputs(links.toAttachments(text), never);
    assert.deepEqual(
      pictures.map(({ role, width, height }) => ({ role, width, height })),
      [{ role: "reference", width: 64, height: 48 }],
    );
    assert.deepEqual(Buffer.from(pictures[0]?.bytes ?? []), bytes);
  });

  test("says which one cannot be used, without what its query may hold", async () => {
    const text = `like http://127.0.0.1/cat.png?token=secret and http://[::1]/hat.png?token=secret`;
    await assert.rejects(readInputs(createLinks().toAttachments(text), never), {
      code: "bad_attachment",
      message: [
        "“127.0.0.1/cat.png” does not lead to a public address. Check how it is written, or attach the picture itself.",
        "“[::1]/hat.png” does not lead to a public address. Check how it is written, or attach the picture itself.",
      ].join("\n"),
    });
  });

  test("at an address that was shown and not said, whatever it looks like: from the public web only", async () => {
    const links = createLinks();
    const { name, mediaType } = links.fromAddress("https://media.example/v1/giphy?token=secret");
    assert.deepEqual([name, mediaType], ["media.example/giphy", "application/octet-stream"]);
    for (const address of ["http://127.0.0.1/cat?token=secret", "file:///etc/passwd", "cat.png"]) {
      await assert.rejects(links.fromAddress(address).read(never), { code: "bad_attachment" }, address);
    }
  });
});
