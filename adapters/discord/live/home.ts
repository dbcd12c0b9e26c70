import type { Rules } from "../../../src/seam/core.ts";
import type { CommunityKey, Place, Turn, User } from "../../../src/seam/turn.ts";
import { userIdOf } from "../wire/keys.ts";
import { rolesIn } from "./where.ts";

/**
 * A turn with whose rules hold in it, where it belongs to no server of the bot's: those of the only one it is in. With
 * the roles that the person has there, where the rules ask for some.
 */
export function createHome(of: {
  /** Ids of the servers that the bot is in, as many as two at least. Rejects as Discord does. */
  servers(): Promise<readonly string[]>;
  /** Ids of somebody's roles in a server. */
  rolesOf(serverId: string, userId: string): Promise<readonly string[]>;
  readonly rules: Pick<Rules, "at">;
}): <Some extends Turn>(turn: Some) => Promise<Some> {
  const { servers, rolesOf, rules } = of;

  /** Undefined where nothing depends on them, or Discord does not tell. */
  async function rolesFor(user: User, place: Place, home: string): Promise<User["roles"]> {
    const { allowed = [], denied = [] } = await rules.at(place);
    const userId = userIdOf(user);
    if (!userId || ![...allowed, ...denied].some(({ role }) => role)) return undefined;
    return rolesIn(home, await rolesOf(home, userId).catch(() => undefined));
  }

  return async (turn) => {
    if (turn.place.kind === undefined) return turn;
    const [home, ...others] = await servers();
    if (home === undefined || others.length > 0) return turn;
    const ruledBy: CommunityKey = `discord:guild:${home}`;
    const place = { ...turn.place, ruledBy };
    const { roles: _, ...bare } = turn.user;
    const roles = await rolesFor(turn.user, place, home);
    return { ...turn, place, user: { ...bare, ...(roles && { roles }) } };
  };
}
