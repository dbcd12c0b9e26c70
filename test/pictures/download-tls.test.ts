import assert from "node:assert/strict";
import type { RequestListener } from "node:http";
import { createServer as createSecureServer } from "node:https";
import { describe, type TestContext, test } from "node:test";
import { getCACertificates, setDefaultCACertificates } from "node:tls";
import { fetcher, name, portOf, refused, site } from "./download-site.ts";

describe("over TLS", () => {
  async function secureSite(t: TestContext, listener: RequestListener) {
    return portOf(t, createSecureServer({ key, cert: certificate }, listener));
  }
  function trust(t: TestContext) {
    const before = getCACertificates("default");
    setDefaultCACertificates([...before, certificate]);
    t.after(() => setDefaultCACertificates(before));
  }
  const untrusted = `The site of ${name} cannot be trusted: its certificate is not in order. Attach the picture itself.`;

  test("a picture comes when the certificate fits the name, not the IP address", async (t) => {
    trust(t);
    const port = await secureSite(t, (_, response) => response.end("picture"));
    assert.equal(Buffer.from(await fetcher(port, {}, "https")()).toString(), "picture");
  });

  test("a certificate that nobody vouches for", async (t) => {
    const port = await secureSite(t, (_, response) => response.end("picture"));
    await assert.rejects(fetcher(port, {}, "https")(), refused(untrusted));
  });

  test("a certificate for another name", async (t) => {
    trust(t);
    const port = await secureSite(t, (_, response) => response.end("picture"));
    await assert.rejects(fetcher(port, {}, "https")(`//other.test:${port}`), refused(untrusted));
  });

  test("a server that does not speak it", async (t) => {
    const { port } = await site(t, (_, response) => response.end("picture"));
    await assert.rejects(fetcher(port, {}, "https")(), refused(untrusted));
  });

  test("a redirect to an address without it", async (t) => {
    trust(t);
    const open = await site(t, (_, response) => response.end("picture"));
    const port = await secureSite(t, (_, response) =>
      response.writeHead(302, { location: `http://pictures.test:${open.port}/` }).end(),
    );
    await assert.rejects(
      fetcher(port, { ports: [port, open.port] }, "https")(),
      refused(`${name} leads from a secure address to one that is not. Attach the picture itself.`),
    );
    assert.deepEqual(open.asked, []);
  });
});

/** Of nobody, for the name pictures.test, until 2126. */
const key = `-----BEGIN PRIVATE KEY-----
MIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQgjZe9h6URZHairmK2
FW0EJgxJslOfF6KGFe4mbF6FCxChRANCAATNFQ/OK29g0iwkPOI/1V9rfz9Dt7Tl
vnJ7n5s41Cgumz16wUB3zU2EMYW8DNlXv7f88umy1anTrZ0VBh3YJYJG
-----END PRIVATE KEY-----`;
const certificate = `-----BEGIN CERTIFICATE-----
MIIBoDCCAUegAwIBAgIUfJKNVauWMa0/cZL0umZFswVPtDYwCgYIKoZIzj0EAwIw
GDEWMBQGA1UEAwwNcGljdHVyZXMudGVzdDAgFw0yNjExMjExMzIxNTRaGA8yMTI2
MTAyODEzMjE1NFowGDEWMBQGA1UEAwwNcGljdHVyZXMudGVzdDBZMBMGByqGSM49
AgEGCCqGSM49AwEHA0IABM0VD84rb2DSLCQ84j/VX2t/P0O3tOW+cnufmzjUKC6b
PXrBQHfNTYQxhbwM2Ve/t/zy6bLVqdOtnRUGHdglgkajbTBrMB0GA1UdDgQWBBSq
buMy4M1+WhkCj8IyT5eryz3k7jAfBgNVHSMEGDAWgBSqbuMy4M1+WhkCj8IyT5er
yz3k7jAPBgNVHRMBAf8EBTADAQH/MBgGA1UdEQQRMA+CDXBpY3R1cmVzLnRlc3Qw
CgYIKoZIzj0EAwIDRwAwRAIgc8UnOLRs7qBF3KC0LVeQBuuKRnqdK6zufHrDBBII
EkICIF4eWk04GjaYUHjHDBLMJig0IkM17moFQU92hfJ4m1Lv
-----END CERTIFICATE-----`;
