import assert from "node:assert/strict";
import { createServer, type RequestListener } from "node:http";
import { type TestContext, test } from "node:test";
import { toMakeRequest, toSent } from "../../../adapters/discord/wire/request.ts";
import { keep, letGo, takeSpare } from "../../../src/seam/spare.ts";
import { portOf } from "../../rig/port-of.ts";

const size = 30_000_000;

function takePicture(): Buffer<ArrayBuffer> {
  const picture = takeSpare(size);
  keep(picture);
  return picture;
}

/** Sends a picture as discord.js does; the answer's status. */
async function send(t: TestContext, picture: Uint8Array, answer: RequestListener): Promise<number> {
  const port = await portOf(t, createServer(answer));
  const makeRequest = toMakeRequest() as unknown as (url: string, init: object) => Promise<Response>;
  const sent = toSent({ content: "" }, [{ name: "fox.png", data: picture, contentType: "image/png" }]);
  return (await makeRequest(`http://127.0.0.1:${port}/`, { method: "POST", ...sent })).status;
}

test("a picture's memory is free when Discord has it, and not while a part of it may still be sent", async (t) => {
  const posted = takePicture();
  const well = await send(t, posted, (request, response) => {
    request.resume().on("end", () => response.end("{}"));
  });
  letGo(posted);
  assert.deepEqual([well, posted.length], [200, 0]);
  // It says all is well, and has read next to nothing.
  const unread = takePicture();
  const early = await send(t, unread, (request, response) => {
    request.pause();
    response.end("{}");
  });
  letGo(unread);
  assert.deepEqual([early, unread.length], [200, size]);
  const cut = takePicture();
  await assert.rejects(send(t, cut, (request) => request.socket.destroy()));
  letGo(cut);
  assert.equal(cut.length, size);
});

test("what was let go of is not sent as an empty picture", async (t) => {
  const gone = takePicture();
  letGo(gone);
  await assert.rejects(
    send(t, gone, () => assert.fail("it was sent")),
    /let go of/,
  );
});
