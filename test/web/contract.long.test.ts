import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createWebAdapter } from "../../adapters/web/index.ts";
import { toKey } from "../../adapters/web/out/view.ts";
import type { WireAnswer, WireEvent, WireMessage, WirePicture } from "../../adapters/web/wire/messages.ts";
import { createLog } from "../../src/seam/log.ts";
import { nobodyBeside, nobodyModerates } from "../contract/beside.ts";
import { adapterContract } from "../contract/contract.ts";
import type { Platform, Seen } from "../contract/platform.ts";

/** The playground as its page uses it, over HTTP. */
async function simulate(): Promise<Platform> {
  const dataDir = await mkdtemp(join(tmpdir(), "drawbridge-contract-"));
  const thread = randomUUID();
  const told: string[] = [];
  const connections = new AbortController();
  let adapter: ReturnType<typeof createWebAdapter> | undefined;
  let listening: string | undefined;

  const url = () => {
    assert.ok(adapter);
    if (listening !== adapter.url) {
      listening = adapter.url;
      void listen(adapter.url, connections.signal, (event) => {
        if (event.type === "notice") told.push(event.text);
      });
    }
    return adapter.url;
  };
  const post = async (path: string, form: FormData) => {
    const response = await fetch(url() + path, { method: "POST", body: form });
    assert.equal(response.status, 202, await response.text());
  };

  return {
    connect() {
      adapter = createWebAdapter({
        host: "127.0.0.1",
        port: 0,
        dataDir,
        version: "0.0.0",
        painter: { name: "the offline stand-in", standIn: true },
        log: createLog("silent"),
      });
      return adapter;
    },
    person: {
      async say(text, { files = [], options = {}, replyTo } = {}) {
        const form = new FormData();
        form.set("text", text);
        form.set("options", JSON.stringify(options));
        if (replyTo) form.set("replyTo", toId(replyTo));
        for (const { name, bytes, mask } of files) {
          form.append(
            mask ? "mask" : "attachment",
            new File([Buffer.from(bytes)], name, { type: "image/png" }),
          );
        }
        await post(`/api/threads/${thread}/prompts`, form);
      },
      async press(seen, action, input) {
        const form = new FormData();
        form.set("action", action);
        if (input) form.set("text", input.text);
        await post(`/api/messages/${toId(seen)}/press`, form);
      },
      async look() {
        const response = await fetch(`${url()}/api/threads/${thread}`);
        if (response.status === 404) return [];
        const { messages } = (await response.json()) as { messages: WireMessage[] };
        return Promise.all(
          messages.filter((message) => message.kind === "answer").map((answer) => toSeen(url(), answer)),
        );
      },
      told: async () => told,
    },
    ruled: {
      place: { channel: "web:channel", community: "web:community" },
      userId: "web:playground",
    },
    async close() {
      connections.abort();
      await rm(dataDir, { recursive: true, force: true });
    },
  };
}

function toId({ key }: Seen): string {
  return key.slice("web:".length);
}

async function toSeen(url: string, { id, view }: WireAnswer): Promise<Seen> {
  const read = async ({ src, alt }: WirePicture) => {
    const response = await fetch(url + src);
    return response.ok ? [{ bytes: new Uint8Array(await response.arrayBuffer()), alt }] : [];
  };
  const { details } = view;
  return {
    key: toKey(id),
    text: [
      view.status,
      view.text,
      ...view.notes,
      ...(details?.options ?? []).map(({ requested, applied }) => `${requested} ${applied}`),
      details?.cost && `$${details.cost.usd.toFixed(3)}`,
    ].join("\n"),
    pictures: (await Promise.all(view.images.map(read))).flat(),
    files: await Promise.all(
      (view.files ?? []).map(async ({ src, name }) => {
        const response = await fetch(url + src);
        assert.match(response.headers.get("content-disposition") ?? "", /^attachment/);
        return { name, bytes: new Uint8Array(await response.arrayBuffer()) };
      }),
    ),
    buttons: view.actions.map(({ name }) => name),
    labels: view.actions.map(({ label }) => label),
  };
}

async function listen(url: string, signal: AbortSignal, onEvent: (event: WireEvent) => void): Promise<void> {
  try {
    const response = await fetch(`${url}/api/events`, { signal });
    let text = "";
    for await (const chunk of response.body?.pipeThrough(new TextDecoderStream()) ?? []) {
      text += chunk;
      for (let end = text.indexOf("\n\n"); end >= 0; end = text.indexOf("\n\n")) {
        const data = /^data: (.*)$/m.exec(text.slice(0, end))?.[1];
        text = text.slice(end + 2);
        if (data) onEvent(JSON.parse(data) as WireEvent);
      }
    }
  } catch {
    // the server stopped, or the test is over
  }
}

adapterContract({
  name: "web",
  simulate,
  lacks: {
    ...nobodyBeside,
    ...nobodyModerates,
    "says when the next may be asked for in slow mode":
      "whoever sits at the playground moderates it, and waits for nobody",
    "takes a deleted answer's message away, where no thread hangs on it":
      "its question stays in the thread of the page, and below it the line that says what became of the answer",
    "mentions nobody, whatever the words are": "the playground has nobody to mention",
  },
});
