import { once } from "node:events";
import { Worker } from "node:worker_threads";
import OpenAI from "openai";
import { toRequest } from "../../src/openai/responses/request.ts";
import { createLog } from "../../src/seam/log.ts";
import { createResponsesOn } from "../rig/responses.ts";
import { compare } from "./compare.ts";

/** What the painter adds to reading a stream: against the least that must be done, and against the SDK alone. */
export async function benchDecode(): Promise<void> {
  const worker = new Worker(new URL("./stream-server.ts", import.meta.url));
  const [port] = await once(worker, "message");
  const baseURL = `http://127.0.0.1:${port}/v1`;
  const request = toRequest(
    { text: "a fox", options: {}, imageModel: "gpt-image-2", inputs: [], mustDraw: true, safetyId: "x" },
    { model: "m", imageModels: ["i"], background: true, store: true },
  );
  const client = new OpenAI({ apiKey: "x", baseURL, maxRetries: 0 });
  const log = createLog("silent");
  const painter = createResponsesOn({ apiKey: "x", baseUrl: baseURL, standIn: true, log });
  const never = new AbortController().signal;

  await compare(
    "A stream of 14 MB, decoded to its pictures",
    {
      "one pass over the bytes": () => onePass(`${baseURL}/responses`),
      "the SDK's iterator": async () => {
        for await (const event of await client.responses.create(request)) decode(event);
      },
      "the painter": async () => {
        for await (const painted of painter.paint(request, never)) void painted;
      },
    },
    9,
  );
  await worker.terminate();
}

/** Looks at every byte once, for the end of a line. */
async function onePass(url: string): Promise<void> {
  const { body } = await fetch(url, { method: "POST" });
  let line: Uint8Array[] = [];
  for await (const chunk of body ?? []) {
    let from = 0;
    for (let end = chunk.indexOf(10); end >= 0; end = chunk.indexOf(10, from)) {
      take(Buffer.concat([...line, chunk.subarray(from, end)]));
      line = [];
      from = end + 1;
    }
    if (from < chunk.length) line.push(chunk.subarray(from));
  }
}

function take(line: Buffer): void {
  if (line.subarray(0, 5).toString("latin1") === "data:")
    decode(JSON.parse(line.subarray(5).toString("utf8")));
}

function decode(event: object): void {
  const { partial_image_b64: sketch, item } = event as {
    partial_image_b64?: string;
    item?: { result?: string };
  };
  if (sketch) Buffer.from(sketch, "base64");
  if (item?.result) Buffer.from(item.result, "base64");
}
