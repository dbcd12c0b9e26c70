import { randomBytes } from "node:crypto";
import type { Clock } from "../discord/clock.ts";
import { ApiError, toErrorBody } from "./api-error.ts";
import { createArgs } from "./args.ts";
import { threadRoot } from "./channels.ts";
import { parseContent } from "./content.ts";
import { type Fields, isFields } from "./fields.ts";
import type { Files } from "./files.ts";
import type { Ids } from "./ids.ts";
import { limits } from "./limits.ts";
import type { Posts } from "./posts.ts";
import type { Channel, Message, User, World } from "./world.ts";

/** What a response URL belongs to. */
export interface ResponseTarget {
  readonly id: string;
  readonly channel: Channel;
  readonly user: User;
  /** The message that was pressed: what `replace_original` and `delete_original` are about. */
  readonly original?: Message;
  readonly issuedMs: number;
  uses: number;
  /** What was posted with it and with the acknowledgement. */
  readonly posted: Message[];
}

/** Response URLs: they post and change messages without a token, also where the bot is not. */
export interface ResponseUrls {
  issue(target: { channel: Channel; user: User; original?: Message }): ResponseTarget;
  url(target: ResponseTarget): string;
  /** Answers a POST. */
  receive(id: string, body: Fields): { readonly status: number; readonly body: Fields | string };
  /** Posts what an acknowledgement carried. Throws ApiError. */
  respond(target: ResponseTarget, body: Fields): void;
}

/** docs.slack.dev, interactivity/handling-user-interaction, "Message responses". */
export function createResponseUrls(parts: {
  world: World;
  posts: Posts;
  files: Files;
  ids: Ids;
  clock: Clock;
  origin: () => string;
}): ResponseUrls {
  const { world, posts, clock, origin } = parts;
  const targets = new Map<string, ResponseTarget>();

  function respond(target: ResponseTarget, body: Fields): void {
    const { channel, original, user, posted } = target;
    if (body.delete_original === true || body.delete_original === "true") {
      if (original) posts.remove(original);
      return;
    }
    const args = createArgs(body);
    const content = parseContent(args, parts);
    // Of a command there is no message that was pressed: what it was answered with before is replaced.
    const replaced = original ?? posted.findLast(({ deleted }) => !deleted);
    if (body.replace_original === true && replaced) {
      const bare = content.text !== undefined && content.blocks === undefined;
      posts.change(replaced, { ...content, ...(bare ? { blocks: [] } : {}) });
      return;
    }
    const threadTs = args.text("thread_ts");
    const everyone = body.response_type === "in_channel";
    const { message } = posts.post({
      channel,
      author: world.bot,
      ...content,
      text: content.text ?? "",
      ...(threadTs ? { threadTs: threadRoot(channel, threadTs).ts } : {}),
      ...(everyone ? {} : { ephemeralTo: user }),
    });
    posted.push(message);
  }

  return {
    respond,
    issue(given) {
      const id = randomBytes(16).toString("hex");
      const target: ResponseTarget = { ...given, id, issuedMs: clock.now(), uses: 0, posted: [] };
      targets.set(id, target);
      return target;
    },
    url: ({ id }) => `${origin()}/actions/${world.team.id}/${id}`,
    receive(id, body) {
      const target = targets.get(id);
      const refused = (error: string, status: number) => ({ status, body: { ok: false, error } });
      if (!target) return refused("invalid_url", 404);
      if (target.issuedMs + limits.responseMs <= clock.now()) return refused("expired_url", 404);
      if (target.uses >= limits.responseUses) return refused("used_url", 404);
      if (!isFields(body)) return refused("invalid_payload", 400);
      try {
        respond(target, body);
        target.uses += 1;
        return { status: 200, body: "ok" };
      } catch (error) {
        if (!(error instanceof ApiError)) throw error;
        return { status: 400, body: toErrorBody(error) };
      }
    },
  };
}
