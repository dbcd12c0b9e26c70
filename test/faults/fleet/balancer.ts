import { once } from "node:events";
import { Agent, createServer, type IncomingMessage, request, type ServerResponse } from "node:http";
import { setTimeout as sleep } from "node:timers/promises";

/** One of those that a balancer hands requests to. */
export interface Target {
  /** Asked whether it is ready. */
  readonly health: string;
  /** Where requests go, up to the path. */
  readonly to: string;
}

/** One address for several servers. */
export interface Balancer {
  readonly url: string;
  close(): Promise<void>;
}

/** How often each is asked whether it is ready, and how long it may take to say so, in ms: as balancers are set up. */
const lookMs = 500;
const healthMs = 1000;

/**
 * Hands each request to the next that is ready, whoever asks: nothing sticks. Where none is ready those have it that at
 * least live, as with Envoy and the clouds' balancers. What nobody could be handed is answered with 503; what was handed
 * to a server that goes away in the middle ends in the middle.
 */
export async function createBalancer(targets: () => readonly Target[]): Promise<Balancer> {
  const agent = new Agent({ keepAlive: false });
  const closing = new AbortController();
  let ready: readonly Target[] = [];
  let turn = 0;

  async function look(): Promise<void> {
    const all = targets();
    const states = await Promise.all(all.map(stateOf));
    const are = (wanted: string) => all.filter((_, index) => states[index] === wanted);
    ready = are("ready").length > 0 ? are("ready") : are("alive");
  }
  const looking = (async () => {
    while (!closing.signal.aborted) {
      await look();
      await sleep(lookMs, undefined, { signal: closing.signal }).catch(() => {});
    }
  })();

  async function serve(incoming: IncomingMessage, response: ServerResponse): Promise<void> {
    const body = await readAll(incoming);
    const order = [...ready.slice(turn % (ready.length || 1)), ...ready.slice(0, turn % (ready.length || 1))];
    turn += 1;
    for (const { to } of order) {
      const answer = await pass(to, incoming, body, response);
      if (answer === "nobody there") continue;
      if (!answer) return void response.destroy();
      response.writeHead(answer.statusCode ?? 502, answer.headers);
      answer.on("error", () => response.destroy()).pipe(response);
      return;
    }
    response.writeHead(503, { "content-type": "text/plain" }).end("nobody is there");
  }

  /** Undefined: it was there, and went away. */
  async function pass(
    to: string,
    incoming: IncomingMessage,
    body: Buffer,
    response: ServerResponse,
  ): Promise<IncomingMessage | "nobody there" | undefined> {
    const { connection: _, ...headers } = incoming.headers;
    const onward = request(`${to}${incoming.url ?? "/"}`, {
      agent,
      method: incoming.method ?? "GET",
      headers: { ...headers, "content-length": String(body.length) },
    });
    response.once("close", () => onward.destroy());
    onward.end(body);
    try {
      const [answer] = (await once(onward, "response")) as [IncomingMessage];
      return answer;
    } catch (error) {
      return (error as NodeJS.ErrnoException).code === "ECONNREFUSED" ? "nobody there" : undefined;
    }
  }

  const server = createServer((incoming, response) => {
    serve(incoming, response).catch(() => response.destroy());
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  const port = address && typeof address === "object" ? address.port : 0;
  return {
    url: `http://127.0.0.1:${port}`,
    async close() {
      closing.abort();
      await looking;
      server.closeAllConnections();
      server.close();
    },
  };
}

async function stateOf({ health }: Target): Promise<"ready" | "alive" | "away"> {
  const answer = await fetch(`${health}/ready`, { signal: AbortSignal.timeout(healthMs) }).catch(
    () => undefined,
  );
  await answer?.body?.cancel();
  if (!answer) return "away";
  return answer.ok ? "ready" : "alive";
}

async function readAll(incoming: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of incoming) chunks.push(chunk);
  return Buffer.concat(chunks);
}
