import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { createDownload, isPublic } from "../../src/pictures/download.ts";
import { name, never, refused, site } from "./download-site.ts";

const notPublic = `${name} does not lead to a public address. Check how it is written, or attach the picture itself.`;

describe("an IP address is public or not", () => {
  const cases: Readonly<Record<"public" | "closed", readonly string[]>> = {
    public: ["8.8.8.8", "1.1.1.1", "172.32.0.1", "100.128.0.1", "2606:4700::1111", "::ffff:8.8.8.8"],
    closed: [
      ...["0.0.0.0", "0.1.2.3", "127.0.0.1", "127.255.255.254", "10.0.0.1", "172.16.0.1", "172.31.255.255"],
      ...["192.168.1.1", "169.254.169.254", "100.64.0.1", "100.100.100.200", "192.0.0.192", "192.0.2.1"],
      ...["192.88.99.1", "198.18.0.1", "198.51.100.1", "203.0.113.1", "224.0.0.1", "239.255.255.255"],
      ...["240.0.0.1", "255.255.255.255", "168.63.129.16"],
      ...["::", "::1", "::127.0.0.1", "::808:808", "::ffff:127.0.0.1", "::ffff:7f00:1", "::ffff:a9fe:a9fe"],
      ...["::ffff:0:127.0.0.1", "::ffff:168.63.129.16", "64:ff9b::7f00:1", "64:ff9b:1::a00:1"],
      ...["2002:7f00:1::", "2001:0:7f00:1::", "2001:db8::1", "3fff::1", "100::1", "5f00::1"],
      ...["fc00::1", "fd00:ec2::254", "fe80::1", "fe80::1%eth0", "fec0::1", "ff02::1", "4000::1", "e000::1"],
      ...["", "localhost", "pictures.test", "127.0.0.1.", "8.8.8.8/32"],
    ],
  };
  for (const [kind, addresses] of Object.entries(cases)) {
    for (const address of addresses) {
      test(`${address || "nothing"}: ${kind}`, () => assert.equal(isPublic(address), kind === "public"));
    }
  }
});

/** Hosts that mean this machine or its network, however they are written. */
const closedHosts = [
  ...["127.0.0.1", "127.0.0.1.", "127.1", "0x7f.1", "0177.0.0.1", "2130706433", "0", "１２７.0.0.1", "[::1]"],
  ...["[::ffff:127.0.0.1]", "[::127.0.0.1]", "[64:ff9b::127.0.0.1]", "[2002:7f00:1::]", "169.254.169.254"],
  ...["localhost", "localhost.", "LOCALHOST"],
];

describe("nothing is asked of a host that is not public", () => {
  for (const host of closedHosts) {
    test(host, async (t) => {
      const { asked, port } = await site(t, (_, response) => response.end("secret"));
      const download = createDownload({ ports: [port], timeoutMs: 5000 });
      const url = new URL(`http://${host}:${port}/cat.png`);
      await assert.rejects(download(url, name, never), refused(notPublic));
      assert.deepEqual(asked, []);
    });
  }

  const answers: readonly [what: string, answer: readonly string[] | Error][] = [
    ["a private address", ["10.0.0.7"]],
    ["a public address and a private one", ["8.8.8.8", "10.0.0.7"]],
    ["the address of a metadata server, wrapped", ["::ffff:169.254.169.254"]],
    ["no address", []],
    ["that there is no such host", Object.assign(new Error("getaddrinfo"), { code: "ENOTFOUND" })],
  ];
  for (const [what, answer] of answers) {
    test(`a name server that answers ${what}`, async (t) => {
      const resolve = async () => {
        if (answer instanceof Error) throw answer;
        return answer;
      };
      const { fetch } = await site(t, (_, response) => response.end("secret"), { resolve, timeoutMs: 5000 });
      await assert.rejects(fetch(), refused(notPublic));
    });
  }
});

describe("a redirect is checked as the first address is", () => {
  for (const host of [...closedHosts, "internal.test"]) {
    test(`to ${host}`, async (t) => {
      let passed = 0;
      const inHeader = host.replace(/[^ -~]/g, encodeURIComponent);
      const { asked, port, fetch } = await site(
        t,
        (request, response) => {
          if (request.url !== "/cat.png") return response.end("secret");
          return response.writeHead(302, { location: `http://${inHeader}:${port}/secret` }).end();
        },
        {
          allow: () => passed++ === 0, // the first host only
          resolve: async (asked) => [asked === "internal.test" ? "10.0.0.7" : "127.0.0.1"],
          timeoutMs: 5000,
        },
      );
      await assert.rejects(fetch(), refused(notPublic));
      assert.deepEqual(asked, ["/cat.png"]);
    });
  }

  const elsewhere: readonly [location: string, sentence: string][] = [
    ["file:///etc/passwd", `${name} leads away from the web. Attach the picture itself.`],
    ["data:image/png;base64,AAAA", `${name} leads away from the web. Attach the picture itself.`],
    ["gopher://pictures.test/", `${name} leads away from the web. Attach the picture itself.`],
    ["http://", `${name} leads away from the web. Attach the picture itself.`],
    ["http://pictures.test:22/", `${name} asks for a port that I do not use. Attach the picture itself.`],
    [
      "//me:secret@pictures.test/",
      `The address of ${name} holds a name or password, which I do not use. Attach the picture itself.`,
    ],
  ];
  for (const [location, sentence] of elsewhere) {
    test(`to ${location}`, async (t) => {
      const { asked, fetch } = await site(t, (_, response) => response.writeHead(301, { location }).end());
      await assert.rejects(fetch(), refused(sentence));
      assert.deepEqual(asked, ["/cat.png"]);
    });
  }

  test("three are followed, with the address taken from the one before", async (t) => {
    const steps = ["/cat.png", "/a/1", "/a/2", "/3"];
    const { asked, fetch } = await site(t, (request, response) => {
      const next = { "/cat.png": "/a/1", "/a/1": "2", "/a/2": "../3" }[request.url ?? ""];
      if (next) response.writeHead(307, { location: next }).end();
      else response.end("picture");
    });
    assert.equal(Buffer.from(await fetch()).toString(), "picture");
    assert.deepEqual(asked, steps);
  });

  test("a circle ends", async (t) => {
    const { asked, fetch } = await site(t, (_, response) =>
      response.writeHead(302, { location: "/cat.png" }).end(),
    );
    await assert.rejects(
      fetch(),
      refused(`${name} leads on and on to other addresses. Attach the picture itself.`),
    );
    assert.equal(asked.length, 4);
  });

  test("one that leads nowhere is no picture", async (t) => {
    const { fetch } = await site(t, (_, response) => response.writeHead(302).end());
    await assert.rejects(
      fetch(),
      refused(`The site of ${name} answered with 302, not with a picture. Attach the picture itself.`),
    );
  });
});

describe("a name server that changes its answer", () => {
  test("is asked once: the address that was checked is the one that is fetched from", async (t) => {
    const answers = ["127.0.0.1", "10.0.0.7"];
    const { fetch } = await site(t, (_, response) => response.end("picture"), {
      resolve: async () => answers.splice(0, 1),
    });
    assert.equal(Buffer.from(await fetch()).toString(), "picture");
    assert.deepEqual(answers, ["10.0.0.7"]);
  });

  test("is believed no more on the next redirect than on the first", async (t) => {
    const answers = ["127.0.0.1", "10.0.0.7"];
    const { asked, fetch } = await site(
      t,
      (_, response) => response.writeHead(302, { location: "/again" }).end(),
      { resolve: async () => answers.splice(0, 1) },
    );
    await assert.rejects(fetch(), refused(notPublic));
    assert.deepEqual(asked, ["/cat.png"]);
  });
});

describe("an address with more than a host in it", () => {
  const password = `The address of ${name} holds a name or password, which I do not use. Attach the picture itself.`;
  const port = `${name} asks for a port that I do not use. Attach the picture itself.`;
  const cases: readonly [address: string, sentence: string][] = [
    ["http://me:secret@pictures.test/cat.png", password],
    ["http://me@pictures.test/cat.png", password],
    ["http://:secret@pictures.test/cat.png", password],
    ["http://pictures.test:22/cat.png", port],
    ["https://pictures.test:6379/cat.png", port],
    ["http://pictures.test:0/cat.png", port],
  ];
  for (const [address, sentence] of cases) {
    test(address, async () => {
      const resolve = () => assert.fail("nobody is asked where it is");
      await assert.rejects(createDownload({ resolve })(new URL(address), name, never), refused(sentence));
    });
  }
});
