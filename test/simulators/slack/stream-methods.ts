import type { Clock } from "../discord/clock.ts";
import { refuse } from "./api-error.ts";
import type { Args } from "./args.ts";
import { parseBlocks } from "./block-check.ts";
import { openChannel, postedMessage, readableChannel, threadRoot } from "./channels.ts";
import { toObjects, toText } from "./fields.ts";
import type { Files } from "./files.ts";
import type { Ids } from "./ids.ts";
import { limits } from "./limits.ts";
import type { MessageWire } from "./message-wire.ts";
import type { Method } from "./method.ts";
import type { Posts } from "./posts.ts";
import type { Message, World } from "./world.ts";

/** `chat.startStream`, `chat.appendStream`, `chat.stopStream`. Source: docs.slack.dev, reference/methods/chat.startStream. */
export function createStreamMethods(parts: {
  world: World;
  posts: Posts;
  wire: MessageWire;
  files: Files;
  ids: Ids;
  clock: Clock;
}): readonly Method[] {
  const { world, posts, wire, files, ids, clock } = parts;
  const scopes = ["chat:write"];

  /** The Markdown of a call: its own, and that of its chunks. */
  function markdown(args: Args): string {
    const chunks = toObjects(args.json("chunks", "invalid_chunks"));
    const text = [args.text("markdown_text"), ...chunks.map((chunk) => toText(chunk.text))].join("");
    if (text.length > limits.markdown) throw refuse("msg_too_long");
    return text;
  }

  function streaming(args: Args): Message {
    const channel = readableChannel(world, args.need("channel"));
    const message = postedMessage(channel, args.need("ts"));
    const since = message.streamingSinceMs;
    if (!message.byBot) throw refuse("message_not_owned_by_app");
    if (since === undefined || since + limits.streamMs <= clock.now())
      throw refuse("message_not_in_streaming_state");
    return message;
  }

  return [
    {
      name: "chat.startStream",
      scopes,
      tier: 2,
      run(args) {
        const channel = openChannel(world, args.need("channel"));
        const root = threadRoot(channel, args.need("thread_ts"));
        if (channel.kind !== "im") {
          if (!args.text("recipient_user_id")) throw refuse("missing_recipient_user_id");
          if (!args.text("recipient_team_id")) throw refuse("missing_recipient_team_id");
        }
        const { message } = posts.post({
          channel,
          author: world.bot,
          text: markdown(args),
          threadTs: root.ts,
        });
        message.streamingSinceMs = clock.now();
        return { channel: channel.id, ts: message.ts };
      },
    },
    {
      name: "chat.appendStream",
      scopes,
      tier: 4,
      run(args) {
        const message = streaming(args);
        posts.change(message, { text: message.text + markdown(args) });
        return { channel: message.channel.id, ts: message.ts };
      },
    },
    {
      name: "chat.stopStream",
      scopes,
      tier: 2,
      run(args) {
        const message = streaming(args);
        const given = args.json("blocks", "invalid_blocks_format");
        const blocks =
          given === undefined
            ? undefined
            : parseBlocks(given, files.isShowable, () => ids.next("B").slice(-5));
        delete message.streamingSinceMs;
        posts.change(message, { text: message.text + markdown(args), ...(blocks ? { blocks } : {}) });
        return { channel: message.channel.id, ts: message.ts, message: wire.message(message) };
      },
    },
  ];
}
