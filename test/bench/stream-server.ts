import { randomBytes } from "node:crypto";
import { createServer } from "node:http";
import { parentPort } from "node:worker_threads";

/**
 * A thread that answers every request with one picture's stream of some 14 MB: three sketches, and the picture twice,
 * as OpenAI sends it. In chunks of 16 KB. It posts its port.
 */
const picture = toPng(3_100_000);
const sketch = toPng(1_400_000);
const item = { id: "ig_1", type: "image_generation_call", status: "completed", result: picture };

const events = [
  { type: "response.created", response: { id: "resp_1", status: "in_progress", output: [] } },
  ...[0, 1, 2].map((index) => ({
    type: "response.image_generation_call.partial_image",
    partial_image_index: index,
    partial_image_b64: sketch,
  })),
  { type: "response.output_item.done", item },
  { type: "response.completed", response: { id: "resp_1", status: "completed", output: [item] } },
];
const body = Buffer.from(
  events
    .map(
      (event, index) =>
        `event: ${event.type}\ndata: ${JSON.stringify({ ...event, sequence_number: index })}\n\n`,
    )
    .join(""),
);

/** Chunks of a PNG from its signature to its end, with nothing in them that could be seen. */
function toPng(bytes: number): string {
  const [length, end] = [Buffer.alloc(4), Buffer.from("\0\0\0\0IEND\xaeB`\x82", "latin1")];
  length.writeUInt32BE(bytes);
  const signature = Buffer.from("\x89PNG\r\n\x1a\n", "latin1");
  return Buffer.concat([signature, length, Buffer.from("IDAT"), randomBytes(bytes + 4), end]).toString(
    "base64",
  );
}

const server = createServer(async (_, response) => {
  response.writeHead(200, { "content-type": "text/event-stream" });
  for (let at = 0; at < body.length; at += 16_384) {
    if (!response.write(body.subarray(at, at + 16_384))) {
      await new Promise((resolve) => response.once("drain", resolve));
    }
  }
  response.end();
});
server.listen(0, "127.0.0.1", () => {
  const address = server.address();
  if (address && typeof address === "object") parentPort?.postMessage(address.port);
});
