import type { ChannelKey, CommunityKey, Place } from "../turn.ts";

/** Where people may use the bot on a platform, as the operator says. */
export interface Access {
  /** Servers, or workspaces whose people may; absent: all. */
  readonly communities?: readonly CommunityKey[];
  /** Channels, with their threads; absent: all. */
  readonly channels?: readonly ChannelKey[];
  /** In a conversation with the bot alone. */
  readonly direct: boolean;
  /** Where a person has brought it along, by an installation of their own. */
  readonly carried: boolean;
}

/** What keeps people from using it. */
export type Barrier = "community" | "channel" | "direct" | "carried";

/** Everybody may, everywhere. */
export const openAccess: Access = { direct: true, carried: true };

/** What keeps people from using the bot in that place; undefined: nothing. Pure. */
export function barrierAt(
  { communities, channels, direct, carried }: Access,
  place: Place,
): Barrier | undefined {
  const { kind, channel, community, from = community } = place;
  if (kind === "carried") return carried ? undefined : "carried";
  if (kind === "direct" && !direct) return "direct";
  // A direct message may belong to no community at all; then it is for whoever says so with `direct`.
  const isStrange = communities !== undefined && (from === undefined || !communities.includes(from));
  if (isStrange && !(kind === "direct" && from === undefined)) return "community";
  return kind === undefined && channels && !channels.includes(channel) ? "channel" : undefined;
}
