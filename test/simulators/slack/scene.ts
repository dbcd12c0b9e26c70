import type { Changes } from "../discord/changes.ts";
import { openIm } from "./channels.ts";
import type { Ids } from "./ids.ts";
import type { Channel, ChannelKind, Team, User, UserGroup, World } from "./world.ts";

/** Sets the stage: people, channels, workspaces. */
export interface Scene {
  addUser(given?: { readonly name?: string; readonly admin?: boolean; readonly team?: Team }): User;
  /** A user group, such as @designers. */
  addGroup(handle: string, members?: readonly User[]): UserGroup;
  /** Everybody of the workspace so far is in it, and so is the bot, unless said. */
  addChannel(given?: {
    readonly name?: string;
    readonly kind?: Exclude<ChannelKind, "im">;
    readonly members?: readonly User[];
    readonly bot?: boolean;
    /** Shared with another workspace: Slack Connect. */
    readonly shared?: boolean;
  }): Channel;
  /** Another workspace, for Slack Connect. */
  addTeam(name?: string): Team;
  /** The direct conversation of a person and the bot. */
  dm(user: User): Channel;
  join(channel: Channel, user: User): void;
  leave(channel: Channel, user: User): void;
  /** Lets the bot into a channel, as `/invite` does, or takes it out. */
  invite(channel: Channel): void;
  kick(channel: Channel): void;
  archive(channel: Channel): void;
  /** Changes what the bot's token was granted. */
  grant(...scopes: readonly string[]): void;
  revoke(...scopes: readonly string[]): void;
  /** From now on every call is refused, e.g. with `token_revoked` or `account_inactive`; nothing takes it back. */
  refuseTokens(code?: string): void;
}

/** A stage without anybody on it. */
export function createScene({ world, ids, changes }: { world: World; ids: Ids; changes: Changes }): Scene {
  const scene: Scene = {
    addUser({ name = "somebody", admin = false, team = world.team } = {}) {
      const id = ids.next("U");
      const user: User = {
        id,
        name,
        realName: name,
        team,
        bot: false,
        admin,
        timeZone: "Europe/Berlin",
      };
      world.users.set(id, user);
      return user;
    },
    addGroup(handle, members = []) {
      const group = { id: ids.next("S"), handle, users: new Set(members.map(({ id }) => id)) };
      world.groups.set(group.id, group);
      return group;
    },
    addChannel({ name = "general", kind = "public", members, bot = true, shared = false } = {}) {
      const people =
        members ?? [...world.users.values()].filter((user) => !user.bot && user.team === world.team);
      const channel: Channel = {
        id: ids.next("C"),
        kind,
        name,
        members: new Set([...people.map(({ id }) => id), ...(bot ? [world.bot.id] : [])]),
        archived: false,
        shared,
        messages: new Map(),
      };
      world.channels.set(channel.id, channel);
      return channel;
    },
    addTeam(name = "Elsewhere") {
      const team: Team = { id: ids.next("T"), name, domain: name.toLowerCase() };
      world.teams.set(team.id, team);
      return team;
    },
    dm: (user) => openIm(world, user.id, () => ids.next("D")),
    join: (channel, user) => void channel.members.add(user.id),
    leave: (channel, user) => void channel.members.delete(user.id),
    invite: (channel) => void channel.members.add(world.bot.id),
    kick: (channel) => void channel.members.delete(world.bot.id),
    archive(channel) {
      channel.archived = true;
      changes.happened();
    },
    grant(...scopes) {
      for (const scope of scopes) world.scopes.add(scope);
    },
    revoke(...scopes) {
      for (const scope of scopes) world.scopes.delete(scope);
    },
    refuseTokens(code = "token_revoked") {
      world.refuseTokens = code;
    },
  };
  return scene;
}
