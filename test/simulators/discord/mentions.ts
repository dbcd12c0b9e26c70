import { type Fields, type Form, isFields } from "./form.ts";
import { limits } from "./limits.ts";
import { may } from "./permissions.ts";
import type { Channel, Message, Ping, User, World } from "./world.ts";

/** Whom a message may call. Absent parts mean what the docs say of an absent `allowed_mentions`. */
export interface Allowed {
  readonly parse: readonly string[];
  readonly users: readonly string[];
  readonly roles: readonly string[];
  readonly repliedUser: boolean;
}

/** Checks `allowed_mentions`. docs: resources/message, "Allowed Mentions Object". */
export function checkAllowed(form: Form, value: unknown, byDefault: Allowed): Allowed {
  if (value === undefined || value === null) return byDefault;
  const reader = form.read(value, ["allowed_mentions"]);
  if (!reader) return byDefault;
  const texts = (key: string, max: number) =>
    (reader.list(key, { max }) ?? []).filter((item) => typeof item === "string");
  const allowed = {
    parse: texts("parse", 3),
    users: texts("users", limits.allowedMentions),
    roles: texts("roles", limits.allowedMentions),
    repliedUser: reader.flag("replied_user") ?? false,
  };
  for (const kind of allowed.parse)
    if (!["users", "roles", "everyone"].includes(kind))
      reader.fail("parse", "BASE_TYPE_CHOICES", "Value must be one of {'everyone', 'roles', 'users'}.");
  for (const kind of ["users", "roles"] as const)
    if (allowed.parse.includes(kind) && allowed[kind].length > 0)
      reader.fail(
        "parse",
        "MESSAGE_ALLOWED_MENTIONS_PARSE_EXCLUSIVE",
        `parse:["${kind}"] and ${kind}: [ids...] are mutually exclusive.`,
      );
  return allowed;
}

/** What a message's words point at, and whom of them it calls. */
export function findMentions(
  world: World,
  message: {
    readonly channel: Channel;
    readonly author: User;
    readonly texts: readonly string[];
    readonly allowed: Allowed;
    readonly answers?: Message;
  },
): { users: readonly User[]; roles: readonly string[]; everyone: boolean; pings: readonly Ping[] } {
  const { channel, author, allowed, answers } = message;
  const words = message.texts.join("\n").replace(/```[\s\S]*?```|`[^`]*`/g, "");
  const ids = (pattern: RegExp) => [...new Set([...words.matchAll(pattern)].map((match) => match[1] ?? ""))];
  const named = ids(/<@!?(\d+)>/g).flatMap((id) => world.users.get(id) ?? []);
  const callable = (user: User) =>
    channel.guild ? channel.guild.members.has(user.id) : channel.recipients.includes(user);
  const users = named.filter(
    (user) => callable(user) && (allowed.parse.includes("users") || allowed.users.includes(user.id)),
  );
  const roles = ids(/<@&(\d+)>/g).filter(
    (id) => channel.guild?.roles.has(id) && (allowed.parse.includes("roles") || allowed.roles.includes(id)),
  );
  const everyone =
    /@(everyone|here)\b/.test(words) &&
    allowed.parse.includes("everyone") &&
    channel.guild !== undefined &&
    may(channel, author, "MENTION_EVERYONE");
  const replied = answers && allowed.repliedUser && answers.author !== author ? answers.author : undefined;
  return {
    users: [...new Set(replied ? [...users, replied] : users)],
    roles,
    everyone,
    pings: [
      ...(everyone ? [{ kind: "everyone" } as const] : []),
      ...users.map(({ id }) => ({ kind: "user", id }) as const),
      ...roles.map((id) => ({ kind: "role", id }) as const),
      ...(replied ? [{ kind: "reply", id: replied.id } as const] : []),
    ],
  };
}

/** The texts of a message that can hold mentions. */
export function textsOf(content: string, components: readonly Fields[]): readonly string[] {
  const found: string[] = [content];
  const walk = (node: unknown): void => {
    if (Array.isArray(node)) node.forEach(walk);
    else if (isFields(node)) {
      if (node.type === 10 && typeof node.content === "string") found.push(node.content);
      Object.values(node).forEach(walk);
    }
  };
  walk(components);
  return found.filter((text) => text !== "");
}
