import type { HttpBindings } from "@hono/node-server";
import type { Context } from "hono";
import type { Events } from "../live/events.ts";

/** What happens from now on, as an answer that goes on. */
export function streamEvents(
  c: Context<{ Bindings: HttpBindings }>,
  events: Pick<Events<never>, "open">,
): Response {
  c.header("Content-Type", "text/event-stream");
  c.header("X-Accel-Buffering", "no"); // nginx would hold events back
  c.header("Connection", "close"); // kept alive after its end, it would hold up a stop
  // What answers a HEAD is never read, so it must not wait in line.
  return c.req.method === "HEAD" ? c.body(null) : c.body(events.open(() => c.env.outgoing.destroy()));
}
