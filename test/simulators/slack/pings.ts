import { type Fields, isFields } from "./fields.ts";
import type { Ping } from "./world.ts";

/**
 * Whom a message calls when it is posted: mentions in its text and in every block whose text is parsed. Source:
 * docs.slack.dev, messaging/formatting-message-text, "Mentioning users" and "Special mentions".
 */
export function toPings(text: string, blocks: readonly Fields[], parsesNames = false): readonly Ping[] {
  const found = new Map<string, Ping>();
  const add = (ping: Ping) => void found.set(JSON.stringify(ping), ping);
  for (const part of [text, ...blocks.flatMap(parsedTexts)]) {
    for (const [, name] of part.matchAll(/<!(channel|here|everyone)(?:\|[^>]*)?>/g))
      add({ kind: toRange(name) });
    for (const [, id = ""] of part.matchAll(/<@([UW][A-Z0-9]+)(?:\|[^>]*)?>/g)) add({ kind: "user", id });
    for (const [, id = ""] of part.matchAll(/<!subteam\^([A-Z0-9]+)(?:\|[^>]*)?>/g))
      add({ kind: "group", id });
  }
  // With `parse: full` or `link_names`, a name in plain letters calls, too.
  if (parsesNames)
    for (const [, name] of text.matchAll(/(?:^|\s)@(channel|here|everyone)\b/g)) add({ kind: toRange(name) });
  for (const ping of blocks.flatMap(richPings)) add(ping);
  return [...found.values()];
}

function toRange(name: string | undefined): "channel" | "here" | "everyone" {
  return name === "here" || name === "everyone" ? name : "channel";
}

/** Texts of a block that Slack parses: `mrkdwn` objects and markdown blocks. */
function parsedTexts(value: unknown): readonly string[] {
  if (Array.isArray(value)) return value.flatMap(parsedTexts);
  if (!isFields(value)) return [];
  if ((value.type === "mrkdwn" || value.type === "markdown") && typeof value.text === "string")
    return [value.text];
  return Object.values(value).flatMap(parsedTexts);
}

function richPings(value: unknown): readonly Ping[] {
  if (Array.isArray(value)) return value.flatMap(richPings);
  if (!isFields(value)) return [];
  if (value.type === "user" && typeof value.user_id === "string")
    return [{ kind: "user", id: value.user_id }];
  if (value.type === "usergroup" && typeof value.usergroup_id === "string")
    return [{ kind: "group", id: value.usergroup_id }];
  if (value.type === "broadcast") return [{ kind: toRange(String(value.range)) }];
  return Object.values(value).flatMap(richPings);
}
