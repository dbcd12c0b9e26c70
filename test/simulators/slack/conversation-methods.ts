import { ApiError, refuse } from "./api-error.ts";
import type { Args } from "./args.ts";
import { knownChannel, openIm, readableChannel } from "./channels.ts";
import type { Fields } from "./fields.ts";
import type { Ids } from "./ids.ts";
import { type MessageWire, repliesTo } from "./message-wire.ts";
import type { Method } from "./method.ts";
import type { Channel, Message, World } from "./world.ts";

/** `conversations.*`. Source: docs.slack.dev, reference/methods/conversations.*. */
export function createConversationMethods(parts: {
  world: World;
  wire: MessageWire;
  ids: Ids;
}): readonly Method[] {
  const { world, wire, ids } = parts;
  const prefix = { public: "channels", private: "groups", im: "im", mpim: "mpim" } as const;

  /** Which scope is needed depends on the channel. */
  function need(channel: Channel, right: "history" | "read"): Channel {
    const needed = `${prefix[channel.kind]}:${right}`;
    if (!world.scopes.has(needed))
      throw new ApiError("missing_scope", { needed, provided: [...world.scopes].join(",") });
    return channel;
  }

  function page(all: readonly Message[], args: Args): Fields {
    const { oldest, latest } = { oldest: args.text("oldest") ?? "0", latest: args.text("latest") };
    const inclusive = args.flag("inclusive");
    const most = Math.min(args.number("limit") ?? 100, 1000);
    const start = Number(args.text("cursor") ?? 0);
    const within = all.filter(
      ({ ts }) =>
        (inclusive ? ts >= oldest : ts > oldest) &&
        (latest === undefined || (inclusive ? ts <= latest : ts < latest)),
    );
    const shown = within.slice(start, start + most);
    const more = start + most < within.length;
    return {
      messages: shown.map(wire.message),
      has_more: more,
      response_metadata: { next_cursor: more ? String(start + most) : "" },
    };
  }

  return [
    {
      name: "conversations.info",
      tier: 3,
      run(args) {
        const channel = need(knownChannel(world, args.need("channel")), "read");
        return { channel: show(channel) };
      },
    },
    {
      name: "conversations.members",
      tier: 4,
      run(args) {
        const channel = need(knownChannel(world, args.need("channel")), "read");
        return { members: [...channel.members], response_metadata: { next_cursor: "" } };
      },
    },
    {
      name: "conversations.open",
      scopes: ["im:write"],
      tier: 3,
      run(args) {
        const id = args.text("users");
        if (id === undefined) {
          const channel = knownChannel(world, args.need("channel"));
          return { channel: show(channel) };
        }
        if (!world.users.has(id)) throw refuse("user_not_found");
        return { channel: show(openIm(world, id, () => ids.next("D"))) };
      },
    },
    {
      name: "conversations.history",
      tier: 3,
      run(args) {
        const channel = need(readableChannel(world, args.need("channel")), "history");
        const top = [...channel.messages.values()].filter(
          (one) => !one.deleted && !one.ephemeralTo && (!one.threadTs || one.broadcast),
        );
        return page(top.reverse(), args);
      },
    },
    {
      name: "conversations.replies",
      tier: 3,
      run(args) {
        const channel = need(readableChannel(world, args.need("channel")), "history");
        const named = channel.messages.get(args.need("ts"));
        if (!named || named.ephemeralTo) throw refuse("thread_not_found");
        // Asked for a reply, Slack answers with that reply alone.
        const replies = repliesTo(named);
        if (named.deleted && replies.length === 0) throw refuse("thread_not_found");
        return page(named.deleted ? replies : [named, ...replies], args);
      },
    },
  ];

  function show(channel: Channel): Fields {
    const other = [...channel.members].find((id) => id !== world.bot.id);
    return {
      id: channel.id,
      ...(channel.kind === "im" ? { user: other } : { name: channel.name }),
      is_channel: channel.kind === "public",
      is_group: channel.kind === "private",
      is_im: channel.kind === "im",
      is_mpim: channel.kind === "mpim",
      is_private: channel.kind !== "public",
      is_archived: channel.archived,
      is_member: channel.members.has(world.bot.id),
      is_ext_shared: channel.shared,
      is_shared: channel.shared,
      num_members: channel.members.size,
      context_team_id: world.team.id,
    };
  }
}
