import assert from "node:assert/strict";
import type { RequestListener } from "node:http";
import { createServer as createSecureServer } from "node:https";
import { describe, type TestContext, test } from "node:test";
import { getCACertificates, setDefaultCACertificates } from "node:tls";
import { certificate, key } from "../rig/certificate.ts";
import { portOf } from "../rig/port-of.ts";
import { fetcher, name, refused, site } from "./download-site.ts";

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
