import { once } from "node:events";
import { type APIInteraction, type Client, Events, type REST } from "discord.js";
import type { Keep } from "../../../../src/seam/core.ts";
import { BotError } from "../../../../src/seam/errors.ts";
import type { Held, Leases } from "../../../../src/seam/leases.ts";
import type { Log } from "../../../../src/seam/log.ts";
import { withTimeout } from "../../../../src/seam/timeout.ts";
import { connect, type Gateway, type Shard, TooFewShards } from "../../wire/gateway/gateway.ts";
import type { Identity } from "../../wire/gateway/identity.ts";
import { timeOf } from "../../wire/keys.ts";
import { replaySession } from "./past-session.ts";
import { readSessions, type Sessions } from "./sessions.ts";

/** The shards of the gateway that this process holds. */
export interface Shards {
  /** Those that are connected. */
  readonly clients: () => readonly Client<true>[];
  /** Events come in of all that are held. */
  isConnected(): boolean;
  /** Resolves when one process alone has connected all; at once where there may be others. Rejects as `connect`. */
  readonly begun: Promise<void>;
  /** Lets go of all, to be taken up again. */
  close(): Promise<void>;
}

/** A shard that is there. */
export interface There {
  readonly shard: Shard;
  readonly client: Client<true>;
  readonly readsAll: boolean;
  readonly sessions: Sessions;
}

/** Ms that Discord waits for the answer to an interaction. */
const pressedMs = 3000;

/** Ms within which the servers of a shard are told of. */
const guildsMs = 3000;

/**
 * Takes part in holding the shards. What one process has left is heard of by its session, from the moment that the next
 * one has the shard, and the next one's own connection begins beside that: it is told what there is.
 */
export function holdShards(of: {
  readonly leases: Leases;
  readonly identity: Identity;
  readonly count: number;
  readonly token: string;
  /** Requests by which a session is taken up. */
  readonly rest: REST;
  readonly keep: Keep;
  /** Ms between two shards of a kind that identify themselves. */
  readonly identifyMs: number;
  /** As of `connect`. */
  readonly by: Pick<Parameters<typeof connect>[0], "rest" | "status" | "listen">;
  /** What a shard is told by its last session, and cannot wait. */
  hear(interaction: APIInteraction): void;
  /** The shard is connected. Awaited before it counts as there. */
  onThere(there: There): Promise<void>;
  /** As of `connect`. */
  onMissed(shard: Shard, since: number): void;
  /** Discord does not let this process in as it is: all has to begin anew. `since`: as of `onMissed`. */
  onLost(error: BotError, since: number): void;
  readonly now: () => number;
  readonly log: Log;
}): Shards {
  const { leases, identity, count, token, keep, now } = of;
  /** What is held, and its connection once there is one. */
  const held = new Map<number, Gateway | undefined>();
  const first = Array.from({ length: count }, () => Promise.withResolvers<void>());
  const begun = new Set<number>();
  for (const { promise } of first) promise.catch(() => {});
  let { readsAll } = identity;

  /** An identification that is given up says so; what else keeps it waiting is waited for. */
  function mayIdentify(id: number, lease: Held): (signal: AbortSignal) => Promise<void> {
    const kind = id % identity.atOnce;
    return async (signal) => {
      const either = AbortSignal.any([signal, lease.leave]);
      await leases.turn(`discord:${identity.appId}:identify:${kind}`, of.identifyMs, either).catch(() => {});
      if (!signal.aborted && lease.leave.aborted) await once(signal, "abort");
      signal.throwIfAborted();
    };
  }

  /** What was pressed longer ago has failed where it was. */
  function hear(interaction: APIInteraction): void {
    if (now() - timeOf(interaction.id) < pressedMs) of.hear(interaction);
  }

  async function attend(id: number, lease: Held): Promise<void> {
    const shard = { id, count };
    const log = count === 1 ? of.log : of.log.child({ shard: id });
    const isThere = Promise.withResolvers<boolean>();
    const sessions = await readSessions(keep, {
      ...{ shard, isHeld: lease.isHeld, now, log },
      replay: (session) =>
        replaySession(session, { token, rest: of.rest }, { isThere: isThere.promise, hear }),
    });
    try {
      if (leases.isShared) void sessions.replay();
      const gateway = await connect({
        ...{ token, shard, readsAll, log, now, leave: lease.leave, ...of.by },
        mayIdentify: mayIdentify(id, lease),
        onLost: of.onLost,
        onMissed: (since) => of.onMissed(shard, since),
      });
      held.set(id, gateway);
      ({ readsAll } = gateway);
      try {
        await sessions.follow(gateway.session);
        const { client } = gateway;
        if (!client.isReady()) await withTimeout(once(client as Client, Events.ClientReady), guildsMs);
        await of.onThere({ shard, client, readsAll, sessions });
        isThere.resolve(true);
        first[id]?.resolve();
        begun.add(id);
        if (!lease.leave.aborted) await once(lease.leave, "abort");
      } finally {
        sessions.close();
        await gateway.close();
      }
    } finally {
      isThere.resolve(false);
    }
  }

  const share = leases.share(`discord:${identity.appId}:${count}`, count, async (id, lease) => {
    held.set(id, undefined);
    try {
      await attend(id, lease);
    } catch (error) {
      const isFirst = !begun.has(id);
      first[id]?.reject(error);
      // Who started the process is told.
      if (lease.leave.aborted || (isFirst && !leases.isShared)) return;
      // Another process would not be let in either.
      const isForAll = error instanceof TooFewShards || (error instanceof BotError && error.code === "auth");
      if (!isForAll) throw error;
      of.onLost(error, now());
    } finally {
      held.delete(id);
    }
  });

  return {
    clients: () => [...held.values()].flatMap((gateway) => (gateway ? [gateway.client] : [])),
    isConnected: () => [...held.values()].every((gateway) => gateway?.isConnected() === true),
    begun: leases.isShared
      ? Promise.resolve()
      : Promise.all(first.map(({ promise }) => promise)).then(() => {}),
    close: share.close,
  };
}
