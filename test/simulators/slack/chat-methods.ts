import { refuse } from "./api-error.ts";
import type { Args } from "./args.ts";
import { openChannel, openIm, postedMessage, readableChannel, threadRoot } from "./channels.ts";
import { parseContent } from "./content.ts";
import type { Files } from "./files.ts";
import type { Ids } from "./ids.ts";
import { limits } from "./limits.ts";
import type { MessageWire } from "./message-wire.ts";
import type { Method } from "./method.ts";
import type { Draft, Posts } from "./posts.ts";
import type { Statuses } from "./statuses.ts";
import type { Channel, StoredFile, World } from "./world.ts";

/** `chat.*`, streams apart. Source: docs.slack.dev, reference/methods/chat.postMessage and its neighbours. */
export function createChatMethods(parts: {
  world: World;
  posts: Posts;
  wire: MessageWire;
  files: Files;
  ids: Ids;
  statuses: Statuses;
  attaches: boolean;
}): readonly Method[] {
  const { world, posts, wire, files, ids, statuses, attaches } = parts;
  const scopes = ["chat:write"];

  /** A user's id stands for the conversation with them. */
  function target(args: Args): Channel {
    const id = args.need("channel");
    if (world.users.has(id)) return openIm(world, id, () => ids.next("D"));
    return openChannel(world, id);
  }

  function draft(args: Args, channel: Channel): Draft {
    const content = parseContent(args, parts);
    const threadTs = args.text("thread_ts");
    const root = threadTs === undefined ? undefined : threadRoot(channel, threadTs);
    return {
      channel,
      author: world.bot,
      ...content,
      text: content.text ?? "",
      ...(root ? { threadTs: root.ts } : {}),
      broadcast: root !== undefined && args.flag("reply_broadcast"),
      parsesNames: args.text("parse") === "full" || args.flag("link_names"),
    };
  }

  function listedFiles(args: Args): { files?: readonly StoredFile[] } {
    const given = args.json("file_ids", "invalid_arguments");
    if (!attaches || !Array.isArray(given)) return {};
    return {
      files: given.map((id) => {
        const file = files.find(String(id));
        if (!file || !files.isVisible(file)) throw refuse("file_not_found");
        return file;
      }),
    };
  }

  return [
    {
      name: "chat.postMessage",
      scopes,
      tier: "special",
      perSecond: (args) => args.text("channel"),
      run(args) {
        const { message } = posts.post(draft(args, target(args)));
        if (message.threadTs) statuses.clear(message.channel.id, message.threadTs);
        return { channel: message.channel.id, ts: message.ts, message: wire.message(message) };
      },
    },
    {
      name: "chat.postEphemeral",
      scopes,
      tier: 4,
      run(args) {
        const channel = openChannel(world, args.need("channel"));
        const user = world.users.get(args.need("user"));
        if (!user || !channel.members.has(user.id)) throw refuse("user_not_in_channel");
        const { message } = posts.post({ ...draft(args, channel), ephemeralTo: user, broadcast: false });
        return { message_ts: message.ts };
      },
    },
    {
      name: "chat.update",
      scopes,
      tier: 3,
      run(args) {
        const channel = readableChannel(world, args.need("channel"));
        const message = postedMessage(channel, args.need("ts"));
        if (channel.archived) throw refuse("is_archived");
        if (!message.byBot) throw refuse("cant_update_message");
        if (message.streamingSinceMs !== undefined) throw refuse("streaming_state_conflict");
        if ((args.text("text")?.length ?? 0) > limits.updateText) throw refuse("msg_too_long");
        const attached = listedFiles(args);
        const content = parseContent(args, parts, { allowNothing: attached.files !== undefined });
        // Text alone takes the blocks away; with blocks no "edited" shows. docs: reference/methods/chat.update
        const bare = content.text !== undefined && content.blocks === undefined;
        posts.change(
          message,
          { ...content, ...(bare ? { blocks: [] } : {}), ...attached },
          bare ? { editedBy: world.bot } : {},
        );
        return { channel: channel.id, ts: message.ts, text: message.text, message: wire.message(message) };
      },
    },
    {
      name: "chat.delete",
      scopes,
      tier: 3,
      run(args) {
        const channel = readableChannel(world, args.need("channel"));
        const message = postedMessage(channel, args.need("ts"));
        if (!message.byBot) throw refuse("cant_delete_message");
        posts.remove(message);
        return { channel: channel.id, ts: message.ts };
      },
    },
    {
      name: "chat.getPermalink",
      tier: "special",
      run(args) {
        const channel = readableChannel(world, args.need("channel"));
        const message = postedMessage(channel, args.need("message_ts"));
        const thread = message.threadTs ? `?thread_ts=${message.threadTs}&cid=${channel.id}` : "";
        return {
          channel: channel.id,
          permalink: `https://${world.team.domain}.slack.com/archives/${channel.id}/p${message.ts.replace(".", "")}${thread}`,
        };
      },
    },
  ];
}
