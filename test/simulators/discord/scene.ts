import type { Changes } from "./changes.ts";
import type { Gateway } from "./gateway.ts";
import { shardOf } from "./identify.ts";
import { intents, messageFlags } from "./limits.ts";
import { allPermissions, type Permission, toBits, usualPermissions } from "./permissions.ts";
import type { Posts } from "./posts.ts";
import { botSees, type Wire } from "./wire.ts";
import {
  type Channel,
  channelTypes,
  type Guild,
  isThread,
  type Member,
  type Message,
  type User,
  type World,
} from "./world.ts";

/** Sets the scene: who and what there is. The bot is told of what changes. */
export interface Scene {
  /** `bot`: another app. */
  addUser(spec?: {
    name?: string;
    locale?: string;
    uploadBytes?: number;
    installed?: boolean;
    bot?: boolean;
  }): User;
  /** A guild with the bot in it, unless said otherwise; everyone may do the usual, the bot too. */
  addGuild(spec?: {
    name?: string;
    premiumTier?: 0 | 1 | 2 | 3;
    /** Bytes of one file, where it is not what the tier allows. */
    fileBytes?: number;
    locale?: string;
    /** Whether the bot is a member; true unless said. */
    joined?: boolean;
    owner?: User;
    /** What the bot may do beyond what everyone may. */
    botPermissions?: readonly Permission[];
    /** Which shard hears of it, and of how many; whichever its id falls to unless said. */
    shard?: readonly [id: number, count: number];
  }): Guild;
  /** Lets a user in, with permissions beyond everyone's. */
  join(guild: Guild, user: User, spec?: { nick?: string; permissions?: readonly Permission[] }): Member;
  /** Lets the bot into a guild, as its admin does with an invite. */
  invite(guild: Guild): void;
  /** Takes the bot out of a guild. */
  kick(guild: Guild): void;
  addChannel(
    guild: Guild,
    spec?: { name?: string; type?: "text" | "news" | "voice" | "stage" | "forum" | "media" },
  ): Channel;
  addThread(
    parent: Channel,
    spec: {
      name: string;
      archiveMinutes?: number;
      isPrivate?: boolean;
      ownerId?: string;
      from?: Message;
      id?: string;
    },
  ): Channel;
  /** The direct conversation of a user with the bot. */
  dm(user: User): Channel;
  /** A conversation without the bot: of two people, or a group. */
  conversation(users: readonly User[]): Channel;
  /** Allows or denies things in a channel, for a user or for everyone. */
  permit(
    channel: Channel,
    who: User | "everyone",
    change: { allow?: readonly Permission[]; deny?: readonly Permission[] },
  ): void;
  changeChannel(
    channel: Channel,
    change: { name?: string; archived?: boolean; locked?: boolean; archiveMinutes?: number },
  ): void;
  removeChannel(channel: Channel): void;
}

/** The stage hands. `posts` is asked late: it needs the gateway first. */
export function createScene(parts: {
  world: World;
  wire: Wire;
  gateway: Gateway;
  changes: Changes;
  posts: Posts;
  newId: () => string;
}): Scene {
  const { world, wire, gateway, changes, posts, newId } = parts;

  function tell(event: string, channel: Channel, data: object): void {
    changes.happened();
    if (!channel.guild || !botSees(world, channel)) return;
    gateway.dispatch(event, channel.guild, (session) =>
      session.intents & intents.guilds ? data : undefined,
    );
  }

  function addRaw(
    channel: Omit<Channel, "id" | "archived" | "locked" | "archiveMinutes" | "messages" | "overwrites"> & {
      id?: string;
      archiveMinutes?: number;
    },
  ): Channel {
    const added: Channel = {
      id: newId(),
      overwrites: [],
      archived: false,
      locked: false,
      archiveMinutes: 4320,
      messages: new Map(),
      ...channel,
    };
    world.channels.set(added.id, added);
    return added;
  }

  function letIn(guild: Guild, permissions: readonly Permission[]): void {
    scene.join(guild, world.bot, { permissions });
    gateway.dispatch("GUILD_CREATE", guild, (session) =>
      session.intents & intents.guilds ? wire.guild(guild) : undefined,
    );
  }

  const scene: Scene = {
    addUser({
      name = `user-${world.users.size}`,
      locale = "en-US",
      uploadBytes,
      installed = false,
      bot = false,
    } = {}) {
      const user: User = {
        id: newId(),
        name,
        bot,
        locale,
        acceptsDms: true,
        installed,
        ...(uploadBytes ? { uploadBytes } : {}),
      };
      world.users.set(user.id, user);
      return user;
    },
    addGuild({
      name = "Guild",
      premiumTier = 0,
      fileBytes,
      locale = "en-US",
      joined = true,
      owner,
      botPermissions = [],
      shard: [shard, count] = [0, 1],
    } = {}) {
      const made = newId();
      const id = String(BigInt(made) + (BigInt(count + shard - shardOf({ id: made }, count)) << 22n));
      const guild: Guild = {
        id,
        name,
        ownerId: owner?.id ?? newId(),
        premiumTier,
        ...(fileBytes ? { fileBytes } : {}),
        locale,
        joined,
        roles: new Map([[id, { id, name: "@everyone", permissions: usualPermissions }]]),
        members: new Map(),
      };
      world.guilds.set(id, guild);
      if (owner) guild.members.set(owner.id, { user: owner, roles: [] });
      if (joined) letIn(guild, botPermissions);
      return guild;
    },
    invite(guild) {
      guild.joined = true;
      letIn(guild, []);
      changes.happened();
    },
    join(guild, user, { nick, permissions = [] } = {}) {
      const member: Member = { user, roles: [], ...(nick ? { nick } : {}) };
      if (permissions.length > 0) {
        const role = { id: newId(), name: user.name, permissions: toBits(permissions) };
        guild.roles.set(role.id, role);
        member.roles.push(role.id);
        if (guild.joined && user !== world.bot)
          gateway.dispatch("GUILD_ROLE_CREATE", guild, (session) =>
            session.intents & intents.guilds ? { guild_id: guild.id, role: wire.role(role, 1) } : undefined,
          );
      }
      guild.members.set(user.id, member);
      return member;
    },
    kick(guild) {
      guild.joined = false;
      guild.members.delete(world.bot.id);
      gateway.dispatch("GUILD_DELETE", guild, (session) =>
        session.intents & intents.guilds ? { id: guild.id } : undefined,
      );
      changes.happened();
    },
    addChannel(guild, { name = "general", type = "text" } = {}) {
      const channel = addRaw({ type: channelTypes[type], name, guild, recipients: [] });
      tell("CHANNEL_CREATE", channel, wire.channel(channel));
      return channel;
    },
    addThread(parent, { name, archiveMinutes = 4320, isPrivate = false, ownerId, from, id = from?.id }) {
      if (!parent.guild) throw new Error("Threads are for channels of a guild.");
      const thread = addRaw({
        // A thread that a message starts has that message's id, and so has a post of a forum.
        ...(id ? { id } : {}),
        type: isPrivate ? channelTypes.privateThread : channelTypes.publicThread,
        name,
        guild: parent.guild,
        parent,
        recipients: [],
        ownerId: ownerId ?? parent.guild.ownerId,
        archiveMinutes,
      });
      tell("THREAD_CREATE", thread, { ...wire.channel(thread), newly_created: true });
      if (from) {
        from.threadId = thread.id;
        from.flags |= messageFlags.hasThread;
        posts.updated(from);
      }
      return thread;
    },
    dm(user) {
      const found = [...world.channels.values()].find(
        ({ type, recipients }) =>
          type === channelTypes.dm && recipients.includes(user) && recipients.includes(world.bot),
      );
      return found ?? addRaw({ type: channelTypes.dm, name: "", recipients: [user, world.bot] });
    },
    conversation(users) {
      const [first] = users;
      return addRaw({
        type: users.length > 2 ? channelTypes.groupDm : channelTypes.dm,
        name: "",
        recipients: users,
        ...(first ? { ownerId: first.id } : {}),
      });
    },
    permit(channel, who, { allow = [], deny = [] }) {
      const { guild } = channel;
      if (!guild) throw new Error("Only channels of a guild have permissions.");
      const id = who === "everyone" ? guild.id : who.id;
      let overwrite = channel.overwrites.find((one) => one.id === id);
      if (!overwrite) {
        overwrite = { id, of: who === "everyone" ? "role" : "member", allow: 0n, deny: 0n };
        channel.overwrites.push(overwrite);
      }
      const [allowed, denied] = [toBits(allow), toBits(deny)];
      overwrite.allow = (overwrite.allow & ~denied & allPermissions) | allowed;
      overwrite.deny = (overwrite.deny & ~allowed & allPermissions) | denied;
      changes.happened();
      gateway.dispatch("CHANNEL_UPDATE", guild, (session) =>
        guild.joined && session.intents & intents.guilds ? wire.channel(channel) : undefined,
      );
    },
    changeChannel(channel, change) {
      Object.assign(channel, change);
      tell(isThread(channel) ? "THREAD_UPDATE" : "CHANNEL_UPDATE", channel, wire.channel(channel));
    },
    removeChannel(channel) {
      const threads = [...world.channels.values()].filter(({ parent }) => parent === channel);
      for (const thread of threads) scene.removeChannel(thread);
      const { id, type, guild, parent } = channel;
      const data = isThread(channel)
        ? { id, type, guild_id: guild?.id, parent_id: parent?.id }
        : wire.channel(channel);
      tell(isThread(channel) ? "THREAD_DELETE" : "CHANNEL_DELETE", channel, data);
      for (const message of channel.messages.values()) {
        message.deleted = true;
        for (const file of message.body.files) file.deleted = true;
      }
      world.channels.delete(id);
      changes.happened();
    },
  };
  return scene;
}
