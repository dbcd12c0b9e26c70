import type { ServerResponse } from "node:http";
import type { After, Taken } from "../errors/faults.ts";
import { write } from "./http.ts";

/** An event of a stream: its type, and what else the API puts beside that. */
type SentEvent = { readonly type: string };

/** Sends events as server-sent events, with what a fault does to them on the way. */
export async function sendEvents(
  response: ServerResponse,
  events: AsyncIterable<SentEvent>,
  signal: AbortSignal,
  taken?: Taken,
): Promise<void> {
  response.writeHead(200, {
    "content-type": "text/event-stream; charset=utf-8",
    "cache-control": "no-cache",
    connection: "keep-alive",
  });
  response.flushHeaders();
  let sent = 0;
  let pending = taken && strikes(taken) ? taken : undefined;
  /** True when a fault struck that leaves nothing more to send. */
  const struck = async (last?: string): Promise<boolean> => {
    if (!pending || !isDue(afterOf(pending), sent, last)) return false;
    const order = pending;
    pending = undefined;
    return await strike(response, order, signal, sent);
  };

  if (await struck()) return;
  for await (const event of events) {
    if (!(await write(response, toFrame(event), signal))) return;
    sent += 1;
    if (await struck(event.type)) return;
  }
  if (!signal.aborted) response.end();
}

function toFrame(event: SentEvent): string {
  return `event: ${event.type}\ndata: ${JSON.stringify(event)}\n\n`;
}

/** True: nothing more is to be sent. */
async function strike(
  response: ServerResponse,
  taken: Taken,
  signal: AbortSignal,
  sequence: number,
): Promise<boolean> {
  taken.strike();
  const { fault } = taken;
  switch (fault.kind) {
    case "drop":
      await flush(response);
      response.socket?.destroy();
      return true;
    case "end":
      response.end();
      return true;
    case "stall":
      await Promise.race([taken.released, gone(signal)]);
      return signal.aborted;
    case "garble":
      await write(response, 'event: response.in_progress\ndata: {"type":"response.in_pro\n\n', signal);
      return false;
    case "error": {
      const event = {
        type: "error",
        sequence_number: sequence,
        code: fault.code ?? "server_error",
        message: fault.message ?? "The server had an error while processing your request. Sorry about that!",
        param: null,
      };
      await write(response, toFrame(event), signal);
      response.end();
      return true;
    }
    default:
      return false;
  }
}

/** Lets the client read what was sent: a cut connection takes with it whatever was still on the way. */
async function flush(response: ServerResponse): Promise<void> {
  await new Promise<void>((resolve) => response.write(":\n\n", () => resolve()));
  await new Promise((resolve) => setTimeout(resolve, 25));
}

function strikes({ fault }: Taken): boolean {
  return ["drop", "stall", "end", "garble", "error"].includes(fault.kind);
}

function afterOf({ fault }: Taken): After {
  return "after" in fault ? (fault.after ?? 0) : 0;
}

function isDue(after: After, sent: number, last: string | undefined): boolean {
  return typeof after === "number" ? sent === after : last === after;
}

function gone(signal: AbortSignal): Promise<void> {
  if (signal.aborted) return Promise.resolve();
  return new Promise((resolve) => signal.addEventListener("abort", () => resolve(), { once: true }));
}
