import { createHash } from "node:crypto";
import { once } from "node:events";
import { createServer, type IncomingMessage, request, type ServerResponse } from "node:http";
import { setTimeout as sleep } from "node:timers/promises";
import { createStandin } from "../../src/standin/index.ts";
import type { Drawn, Recorder } from "./history.ts";

/** What OpenAI can do to the next response of a group. */
export const openaiFaults = ["429", "500", "broken", "cut short", "lost", "forgotten"] as const;
export type OpenaiFault = (typeof openaiFaults)[number];

/** OpenAI, with somebody who reads along: what the bot asks for, and how far it was told what came of it. */
export interface OpenAI {
  /** The base URL of one process. */
  urlFor(process: number): string;
  /** Orders something to go wrong with the next response of a group, after so many events where it is a stream. */
  order(group: string, fault: OpenaiFault, after: number): void;
  /** Which response drew a picture, as far as is known. */
  drawerOf(hash: string): { readonly response: string; readonly group: string } | undefined;
  /** What all responses came to. */
  drawn(): Promise<readonly Drawn[]>;
  close(): Promise<void>;
}

/** In ms. */
const flushMs = 100;

const markPattern = /\bqz[0-9a-z]{5}x\b/g;

/** A mark: a word that one request alone has, and that a drawing differs by. */
export function toMark(index: number): string {
  return `qz${index.toString(36).padStart(5, "0")}x`;
}

export function toHash(bytes: Uint8Array): string {
  return createHash("sha256").update(bytes).digest("hex").slice(0, 12);
}

/** What a press without words is told by: what it goes on from. */
export function toPressGroup(response: string): string {
  return `from ${response}`;
}

/** `paceMs`: how long a picture takes. Its pictures are tiles that differ by the words. */
export async function createOpenAI(record: Recorder, paceMs: number): Promise<OpenAI> {
  const standin = await createStandin({ paceMs, flat: true });
  const orders = new Map<string, { readonly fault: OpenaiFault; readonly after: number }[]>();
  const groups = new Map<string, string>();
  /** Presses without words whose parent was forgotten, by the mark that what is told again ends with. */
  const retold = new Map<string, string>();
  /** What those came to that OpenAI has forgotten since: it was drawn all the same. */
  const forgotten = new Map<string, Pick<Drawn, "status" | "pictures">>();
  const drawers = new Map<string, { readonly response: string; readonly group: string }>();
  const origin = new URL(standin.url).origin;

  /** What is forgotten is what the request goes on from: one that goes on from nothing has nothing to lose. */
  function take(
    group: string,
    parent: string | undefined,
  ): { readonly fault: OpenaiFault; readonly after: number } | undefined {
    const order = orders.get(group)?.shift();
    if (!order || (order.fault === "forgotten" && !parent)) return undefined;
    const what = (order.fault === "forgotten" && parent) || group;
    record.add({ kind: "fault", name: `openai ${order.fault}`, what });
    return order;
  }

  /** The words that the picture was first asked for by. */
  function markOf(response: string): string {
    const group = groups.get(response) ?? "";
    const parent = /^from (resp_\w+)$/.exec(group)?.[1];
    return parent ? markOf(parent) : group;
  }

  /** What a response came to. */
  async function look(response: string): Promise<Pick<Drawn, "status" | "pictures">> {
    const shown = await fetch(`${standin.url}/responses/${response}`, {
      headers: { authorization: "Bearer storm" },
    });
    const body = (await shown.json()) as {
      status?: string;
      output?: { type: string; result?: string | null }[];
    };
    const pictures = (body.output ?? []).flatMap(({ type, result }) =>
      type === "image_generation_call" && result ? [toHash(Buffer.from(result, "base64"))] : [],
    );
    return { status: body.status ?? "forgotten", pictures };
  }

  async function serve(incoming: IncomingMessage, response: ServerResponse): Promise<void> {
    const [, owner = "0", path = "/"] = /^\/p(\d+)(\/.*)$/.exec(incoming.url ?? "") ?? [];
    const body = await readAll(incoming);
    const makes = incoming.method === "POST" && path === "/v1/responses";
    const asked = makes ? parseAsked(body) : undefined;
    const known = /^\/v1\/responses\/(resp_\w+)/.exec(path)?.[1];
    const told = asked && !asked.parent && asked.told ? retold.get(asked.told) : undefined;
    const group = told ?? asked?.group ?? (known && groups.get(known)) ?? "";
    record.add({ kind: "request", to: "openai", what: `${incoming.method} ${path} ${group}` });
    const order = makes ? take(group, asked?.parent) : undefined;
    if (order?.fault === "429" || order?.fault === "500") return refuse(response, Number(order.fault));
    if (order?.fault === "forgotten" && asked?.parent) {
      forgotten.set(asked.parent, await look(asked.parent));
      await fetch(`${standin.url}/responses/${asked.parent}`, {
        method: "DELETE",
        headers: { authorization: "Bearer storm" },
      });
    }
    // It is told anew, in words that are not its own, whoever met it first that OpenAI has forgotten.
    if (asked?.parent && forgotten.has(asked.parent) && asked.group === toPressGroup(asked.parent))
      retold.set(markOf(asked.parent), asked.group);
    // Whether a connection is closed is a matter of that connection alone.
    const { connection: _, ...passed } = incoming.headers;
    const headers = { ...passed, host: new URL(origin).host };
    const onward = request(`${origin}${path}`, { method: incoming.method ?? "GET", headers });
    onward.end(body);
    const [answer] = (await once(onward, "response")) as [IncomingMessage];
    response.once("close", () => onward.destroy());
    const isStream = answer.headers["content-type"]?.includes("text/event-stream") === true;
    response.writeHead(answer.statusCode ?? 502, answer.headers);
    if (!isStream) return void answer.on("error", () => response.destroy()).pipe(response);
    response.flushHeaders();
    let sent = 0;
    let rest = "";
    let id = known;
    answer.setEncoding("utf8");
    for await (const chunk of answer) {
      const frames = (rest + chunk).split("\n\n");
      rest = frames.pop() ?? "";
      for (const frame of frames) {
        const event = toEvent(frame);
        if (event.response && makes && !groups.has(event.response)) {
          groups.set(event.response, group);
          record.add({
            ...{ kind: "created", response: event.response, group, process: Number(owner) },
            ...(asked?.parent && { parent: asked.parent }),
          });
        }
        if (order?.fault === "lost") return void response.destroy();
        const isTaken = response.write(`${frame}\n\n`);
        sent += 1;
        id ??= event.response;
        // Before it is waited for: whoever is told may do what comes of it meanwhile.
        if (id) record.add({ kind: "told", response: id, event: event.type });
        if (!isTaken) await Promise.race([once(response, "drain"), once(response, "close")]);
        if (id && event.picture) drawers.set(event.picture, { response: id, group });
        if (sent > (order?.after ?? 0)) {
          if (order?.fault === "broken") {
            await sleep(flushMs); // what was sent is to arrive: a cut connection takes with it what is on its way
            return void response.destroy();
          }
          if (order?.fault === "cut short") return void response.end();
        }
      }
    }
    response.end(rest);
  }

  const server = createServer((incoming, response) => {
    serve(incoming, response).catch(() => response.destroy());
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  const port = address && typeof address === "object" ? address.port : 0;

  return {
    urlFor: (process) => `http://127.0.0.1:${port}/p${process}/v1`,
    order(group, fault, after) {
      orders.set(group, [...(orders.get(group) ?? []), { fault, after }]);
    },
    drawerOf: (hash) => drawers.get(hash),
    async drawn() {
      const all: Drawn[] = [];
      for (const [response, group] of groups) {
        const known = forgotten.get(response) ?? (await look(response));
        all.push({ response, group, ...known });
      }
      return all;
    },
    async close() {
      server.closeAllConnections();
      server.close();
      await standin.close();
    },
  };
}

async function readAll(incoming: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of incoming) chunks.push(chunk);
  return Buffer.concat(chunks);
}

/** Which request of which person it is, and what it goes on from; where it has no words, the last that are told again. */
function parseAsked(body: Buffer): {
  readonly group: string;
  readonly parent?: string;
  readonly told?: string;
} {
  const { input, previous_response_id: parent } = JSON.parse(body.toString("utf8")) as {
    input?: unknown;
    previous_response_id?: string;
  };
  const items = Array.isArray(input) ? input : [input];
  const lastMark = (part: unknown) => JSON.stringify(part)?.match(markPattern)?.at(-1);
  const mark = lastMark(items.at(-1));
  const told = mark ? undefined : lastMark(items);
  return {
    group: mark ?? toPressGroup(parent ?? "nothing"),
    ...(parent && { parent }),
    ...(told && { told }),
  };
}

function refuse(response: ServerResponse, status: number): void {
  const error =
    status === 429
      ? {
          message: "Rate limit reached. Please try again in 1s.",
          type: "rate_limit_exceeded",
          code: "rate_limit_exceeded",
        }
      : { message: "The server had an error.", type: "server_error", code: null };
  response.writeHead(status, { "content-type": "application/json" });
  response.end(JSON.stringify({ error }));
}

/** What kind of event a frame is, the response that it names, and the finished picture that it brings. */
function toEvent(frame: string): {
  readonly type: string;
  readonly response?: string;
  readonly picture?: string;
} {
  const type = /^event: (\S+)/m.exec(frame)?.[1] ?? "";
  const response = type === "response.created" ? /"id":"(resp_\w+)"/.exec(frame)?.[1] : undefined;
  const result =
    type === "response.output_item.done" ? /"result":"([A-Za-z0-9+/=]+)"/.exec(frame)?.[1] : undefined;
  return {
    type,
    ...(response && { response }),
    ...(result && { picture: toHash(Buffer.from(result, "base64")) }),
  };
}
