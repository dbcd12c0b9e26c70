import { CloseCodes, type SessionInfo, WebSocketManager, WebSocketShardEvents } from "@discordjs/ws";
import {
  type APIInteraction,
  GatewayDispatchEvents,
  type GatewayDispatchPayload,
  type REST,
} from "discord.js";
import { withTimeout } from "../../../../src/seam/timeout.ts";

/** Ms in which all has to come that a session has missed. */
const replayMs = 15_000;

/**
 * Takes up the gateway's session of an earlier connection until the one that follows it is there, and ends it; where none
 * will follow (`isThere` is false), leaves it for the next to take up. Resolves with what Discord tells of what has
 * happened since, in that order; undefined: the session is over, or Discord cannot be reached. Interactions cannot wait:
 * they are told as they come.
 *
 * One that was left by another close code than 1000 and 1001, or by none, lives on for a few minutes. Source: Discord's
 * documentation, Gateway, "Initiating a Disconnect" and "Resuming".
 */
export async function replaySession(
  session: SessionInfo,
  of: { readonly token: string; readonly rest: REST },
  next: { readonly isThere: Promise<boolean>; hear(interaction: APIInteraction): void },
): Promise<readonly GatewayDispatchPayload[] | undefined> {
  const came: GatewayDispatchPayload[] = [];
  const { promise: whole, resolve } = Promise.withResolvers<boolean>();
  let known: SessionInfo | null = session;
  const manager = new WebSocketManager({
    ...of,
    intents: 0, // those of the session hold
    shardCount: session.shardCount,
    shardIds: [session.shardId],
    retrieveSessionInfo: () => known,
    updateSessionInfo(_, now) {
      known = now;
      if (!now) resolve(false);
    },
    // It is this session or none: a new one would hear nothing of what was missed.
    buildIdentifyThrottler: () => ({
      async waitForIdentify(_, signal) {
        await manager.destroy();
        signal.throwIfAborted();
      },
    }),
  });
  manager.on(WebSocketShardEvents.Dispatch, ({ data }) => {
    if (data.t === GatewayDispatchEvents.Resumed) resolve(true);
    else if (data.t === GatewayDispatchEvents.InteractionCreate) next.hear(data.d);
    else came.push(data);
  });
  manager.on(WebSocketShardEvents.Error, () => {}); // it tries again until the time is over
  manager.connect().catch(() => resolve(false));
  const isWhole = await withTimeout(whole, replayMs);
  const isLeft = isWhole && !(await next.isThere);
  const code = isLeft ? CloseCodes.Resuming : CloseCodes.Normal;
  void Promise.resolve(manager.destroy({ code })).catch(() => {});
  return isWhole ? came : undefined;
}
