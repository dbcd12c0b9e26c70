import { ServerResponse } from "node:http";
import type { HttpBindings } from "@hono/node-server";
import type { MiddlewareHandler } from "hono";
import { BotError } from "../../../src/seam/errors.ts";

/** How long nobody may read on before their place is another's, in ms. */
const stillMs = 30_000;

/**
 * A picture is held in memory until it has gone out, so only so many go through at the same time; whoever comes then is
 * told `busy`. Who does not read on is cut off.
 */
export function limitAtOnce(most: number, busy: string): MiddlewareHandler<{ Bindings: HttpBindings }> {
  let inside = 0;
  return async ({ env }, next) => {
    if (inside >= most) throw new BotError("busy", busy);
    inside += 1;
    const leave = () => {
      inside -= 1;
    };
    const outgoing: unknown = env?.outgoing;
    if (!(outgoing instanceof ServerResponse) || outgoing.closed) return next().finally(leave);
    outgoing.once("close", leave);
    await next();
    outgoing.setTimeout(stillMs, () => outgoing.destroy());
  };
}
