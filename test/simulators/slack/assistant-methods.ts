import { refuse, refuseWith } from "./api-error.ts";
import { needObjects } from "./args.ts";
import { knownChannel } from "./channels.ts";
import { toText } from "./fields.ts";
import { limits } from "./limits.ts";
import type { Method } from "./method.ts";
import type { Statuses } from "./statuses.ts";
import type { World } from "./world.ts";

/**
 * `assistant.threads.*`. Sources: docs.slack.dev, reference/methods/assistant.threads.setStatus and its neighbours; for
 * what an agent's calls come to, vercel/chat issues 684 and 698, and openclaw/openclaw pull request 136510.
 */
export function createAssistantMethods({
  world,
  statuses,
}: {
  world: World;
  statuses: Statuses;
}): readonly Method[] {
  function threadAt(channelId: string, threadTs: string): { channel: string; threadTs: string } {
    const channel = knownChannel(world, channelId);
    if (!channel.messages.has(threadTs)) throw refuse("invalid_thread_ts");
    return { channel: channel.id, threadTs };
  }

  return [
    {
      name: "assistant.threads.setStatus",
      scopes: ["chat:write", "assistant:write"],
      tier: "special",
      run(args) {
        const thread = threadAt(args.need("channel_id"), args.need("thread_ts"));
        const given = args.json("loading_messages", "invalid_arguments");
        const loadingMessages = Array.isArray(given) ? given.map(String) : undefined;
        if ((loadingMessages?.length ?? 0) > limits.loadingMessages)
          throw refuseWith("invalid_arguments", [
            `no more than ${limits.loadingMessages} items allowed [json-pointer:/loading_messages]`,
          ]);
        if (args.all.status === undefined)
          throw refuseWith("invalid_arguments", ["missing required field: status"]);
        const text = args.text("status") ?? "";
        statuses.note({ kind: "status", ...thread, text, ...(loadingMessages ? { loadingMessages } : {}) });
        return {};
      },
    },
    {
      name: "assistant.threads.setTitle",
      scopes: ["assistant:write"],
      tier: 4,
      run(args) {
        const thread = threadAt(args.need("channel_id"), args.need("thread_ts"));
        statuses.note({ kind: "title", ...thread, text: args.need("title") });
        return {};
      },
    },
    {
      name: "assistant.threads.setSuggestedPrompts",
      scopes: ["assistant:write"],
      tier: 4,
      run(args) {
        const channel = knownChannel(world, args.need("channel_id"));
        const threadTs = args.text("thread_ts");
        if (world.app === "assistant" && threadTs === undefined) throw refuse("not_agent_app");
        const thread = threadTs === undefined ? { channel: channel.id } : threadAt(channel.id, threadTs);
        const prompts = needObjects(args.json("prompts", "invalid_arguments"), "invalid_arguments").map(
          ({ title, message }) => ({ title: toText(title), message: toText(message) }),
        );
        if (prompts.length === 0 || prompts.length > limits.prompts)
          throw refuseWith("invalid_arguments", [
            `between 1 and ${limits.prompts} prompts [json-pointer:/prompts]`,
          ]);
        const offered = prompts.map(({ title, message }) => {
          if (title === undefined || message === undefined)
            throw refuseWith("invalid_arguments", [
              "missing required field: title, message [json-pointer:/prompts]",
            ]);
          return { title, message };
        });
        // An agent's conversation has no such threads: the call is answered as if all was well, and nobody sees anything.
        if (world.app === "agent" && threadTs !== undefined) return {};
        statuses.note({ kind: "prompts", ...thread, text: args.text("title") ?? "", prompts: offered });
        return {};
      },
    },
  ];
}
