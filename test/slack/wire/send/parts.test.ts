import assert from "node:assert/strict";
import { once } from "node:events";
import { createServer, type RequestListener } from "node:http";
import { buffer } from "node:stream/consumers";
import { type TestContext, test } from "node:test";
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { postParts } from "../../../../adapters/slack/wire/send/parts.ts";
import { keep, letGo, takeSpare } from "../../../../src/seam/spare.ts";

const never = new AbortController().signal;
setFlagsFromString("--expose-gc");
const collect = runInNewContext("gc") as () => void;

async function serve(t: TestContext, answer: RequestListener): Promise<string> {
  const server = createServer(answer).listen(0, "127.0.0.1");
  await once(server, "listening");
  t.after(() => {
    server.close();
    server.closeAllConnections();
  });
  const address = server.address();
  return `http://127.0.0.1:${typeof address === "object" ? address?.port : ""}/`;
}

test("what is posted arrives as one, and the status comes back", async (t) => {
  let got: Buffer | undefined;
  const url = await serve(t, async (request, response) => {
    got = await buffer(request);
    response.writeHead(got.length === Number(request.headers["content-length"]) ? 201 : 400).end("thanks");
  });
  const parts = [Buffer.from("head"), Buffer.alloc(3_000_000, 7), Buffer.from("end")];
  assert.equal(await postParts(url, { "content-type": "text/plain" }, parts, never), 201);
  assert.ok(got?.equals(Buffer.concat(parts)));
});

test("nothing is copied while it is on its way", async (t) => {
  const asked = Promise.withResolvers<() => void>();
  const url = await serve(t, (request, response) =>
    asked.resolve(() => {
      request.resume().on("end", () => response.end());
    }),
  );
  const picture = Buffer.alloc(20_000_000, 7);
  collect();
  const before = process.memoryUsage().arrayBuffers;
  const posted = postParts(url, {}, [picture], never);
  const go = await asked.promise;
  collect();
  const more = process.memoryUsage().arrayBuffers - before;
  go();
  await posted;
  assert.ok(more < picture.length / 4, `${more} bytes more are held`);
});

test("an answer before the end is taken, and a stop is the signal's reason", async (t) => {
  const early = await serve(t, (_, response) => response.writeHead(413).end("too large"));
  assert.equal(await postParts(early, {}, [Buffer.alloc(30_000_000)], never), 413);
  const silent = await serve(t, () => {});
  const stop = new AbortController();
  const posted = postParts(silent, {}, [Buffer.from("x")], stop.signal);
  stop.abort(new Error("enough"));
  await assert.rejects(posted, /enough/);
});

test("an answer that leads elsewhere is not followed, and one that breaks off rejects", async (t) => {
  const led = await serve(t, (_, response) => response.writeHead(307, { location: "/other" }).end());
  assert.equal(await postParts(led, {}, [Buffer.from("x")], never), 307);
  const broken = await serve(t, (request) => request.socket.destroy());
  await assert.rejects(postParts(broken, {}, [Buffer.from("x")], never), { code: "ECONNRESET" });
});

test("a picture's memory is free when it is posted, and not while a part of it may still be sent", async (t) => {
  const takePicture = () => {
    const picture = takeSpare(30_000_000);
    keep(picture);
    return picture;
  };
  const well = await serve(t, (request, response) => {
    request.resume().on("end", () => response.end());
  });
  const posted = takePicture();
  await postParts(well, {}, [Buffer.from("head"), posted], never);
  letGo(posted);
  assert.equal(posted.length, 0);
  // It says all is well, and has read next to nothing.
  const early = await serve(t, (request, response) => {
    request.pause();
    response.end();
  });
  const unread = takePicture();
  assert.equal(await postParts(early, {}, [unread], never), 200);
  letGo(unread);
  assert.equal(unread.length, 30_000_000);
  const broken = await serve(t, (request) => request.socket.destroy());
  const cut = takePicture();
  await assert.rejects(postParts(broken, {}, [cut], never));
  letGo(cut);
  assert.equal(cut.length, 30_000_000);
  await assert.rejects(postParts(well, {}, [posted], never), /let go of/);
});
