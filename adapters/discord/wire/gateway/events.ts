import {
  type APIInteraction,
  type Client,
  GatewayDispatchEvents,
  type GatewayMessageCreateDispatchData,
  type GatewayMessageDeleteBulkDispatchData,
  type GatewayMessageDeleteDispatchData,
} from "discord.js";
import type { Log } from "../../../../src/seam/log.ts";
import type { Spot } from "../keys.ts";
import { toLogged } from "../trouble.ts";

/** What is done with each kind of event. */
interface Routes {
  interaction(event: APIInteraction): Promise<void>;
  message(event: GatewayMessageCreateDispatchData): Promise<void>;
  deleted(spot: Spot): void;
}

/**
 * The events of a connection, as Discord sends them and at once: discord.js holds them back while it starts, and by
 * then an interaction has run out.
 */
export interface Events {
  listen(client: Client): void;
  /** One that came another way. */
  interaction(event: APIInteraction): void;
  /** Hands on what came so far, and what comes from now on. What fails is logged: it must not end the process. */
  route(routes: Routes): void;
  /** Resolves when all that came has been seen to, also what came meanwhile; takes nothing more from then on. */
  close(): Promise<void>;
}

/** Listens to nothing yet: a connection calls `listen` before its first event. */
export function createEvents(log: Log): Events {
  const early: ((routes: Routes) => void)[] = [];
  let routes: Routes | undefined;
  let closed = false;
  const busy = new Set<Promise<void>>();

  function take(kind: string, go: (routes: Routes) => Promise<void> | void): void {
    if (closed) return;
    const safely = (to: Routes) => {
      const over = Promise.try(go, to)
        .catch((error: unknown) => log.error({ error: toLogged(error) }, `discord.${kind}.failed`))
        .finally(() => busy.delete(over));
      busy.add(over);
    };
    if (routes) safely(routes);
    else early.push(safely);
  }

  return {
    // Copies: discord.js then puts objects of its own into what it was sent, and that could not be noted any more.
    listen({ ws }) {
      ws.on(GatewayDispatchEvents.InteractionCreate, (event: APIInteraction) => {
        const copy = structuredClone(event);
        take("interaction", (to) => to.interaction(copy));
      });
      ws.on(GatewayDispatchEvents.MessageCreate, (event: GatewayMessageCreateDispatchData) => {
        const copy = structuredClone(event);
        take("message", (to) => to.message(copy));
      });
      ws.on(
        GatewayDispatchEvents.MessageDelete,
        ({ channel_id: channelId, id: messageId }: GatewayMessageDeleteDispatchData) =>
          take("delete", (to) => to.deleted({ channelId, messageId })),
      );
      ws.on(
        GatewayDispatchEvents.MessageDeleteBulk,
        ({ channel_id: channelId, ids }: GatewayMessageDeleteBulkDispatchData) => {
          for (const messageId of ids) take("delete", (to) => to.deleted({ channelId, messageId }));
        },
      );
    },
    interaction: (event) => take("interaction", (to) => to.interaction(event)),
    route(to) {
      routes = to;
      for (const go of early.splice(0)) go(to);
    },
    async close() {
      while (busy.size > 0) await Promise.all(busy);
      closed = true;
    },
  };
}
