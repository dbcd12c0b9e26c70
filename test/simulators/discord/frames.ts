import type { RawData, WebSocket } from "ws";
import { isFields } from "./form.ts";

/** Bytes of a frame from a client. docs: events/gateway, "Sending Events". */
const longestFrame = 4096;

/** Sends a frame, unless the socket is closing. */
export function send(socket: WebSocket, frame: object): void {
  if (socket.readyState === socket.OPEN) socket.send(JSON.stringify(frame));
}

/** A frame from a client; undefined for what Discord closes on with 4002. */
export function parseFrame(data: RawData): { readonly op: unknown; readonly d: unknown } | undefined {
  const text = Buffer.isBuffer(data) ? data : Buffer.concat(Array.isArray(data) ? data : [Buffer.from(data)]);
  if (text.length > longestFrame) return undefined;
  try {
    const frame: unknown = JSON.parse(text.toString("utf8"));
    return isFields(frame) ? { op: frame.op, d: frame.d } : undefined;
  } catch {
    return undefined;
  }
}
