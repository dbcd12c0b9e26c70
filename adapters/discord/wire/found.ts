import { type APIMessage, ComponentType, MessageReferenceType } from "discord.js";
import { toMark } from "./keys.ts";
import { pageMessages } from "./limits.ts";
import type { Send } from "./send.ts";
import { toTrouble } from "./trouble.ts";

/** How a line begins that says in which thread a request is answered. */
export const goOnLine = "I go on in";

/** How often as many messages as one request brings are looked through for an answer: it comes right behind its request. */
const pages = 3;

/**
 * The message of ours that was made for something, if there is one: for a message that asked, or an interaction, by its
 * id. `me`: the bot's own id. What we may not see is not there. Rejects as Discord does while that is away.
 */
export async function findMadeFor(
  send: Send,
  me: string,
  channelId: string,
  id: string,
): Promise<APIMessage | undefined> {
  let after = id;
  for (let page = 0; page < pages; page += 1) {
    const messages = await send.fetchMessages(channelId, { after }).catch(onUnseen);
    const found = messages.findLast((one) => one.author.id === me && isMadeFor(one, id));
    const newest = messages[0];
    if (found || !newest || messages.length < pageMessages) return found;
    after = newest.id;
  }
  return undefined;
}

/** The newest message of ours that stands in for another one, by that one's id. As `findMadeFor`. */
export async function findStandIn(
  send: Send,
  me: string,
  channelId: string,
  id: string,
): Promise<APIMessage | undefined> {
  const messages = await send.fetchMessages(channelId, {}).catch(onUnseen);
  return messages.find((one) => one.author.id === me && hasMark(one, id));
}

/** The line that says where it goes on, below the message that asked. */
export function isGoOnLine(message: APIMessage, request: string): boolean {
  return answers(message, request) && saysGoOn(message);
}

/** Whether a message is a reply to another. */
function answers({ message_reference: reference }: APIMessage, id: string): boolean {
  return reference?.message_id === id && reference.type !== MessageReferenceType.Forward;
}

function isMadeFor(message: APIMessage, id: string): boolean {
  if (hasMark(message, id) || message.interaction_metadata?.id === id) return true;
  return answers(message, id) && !saysGoOn(message);
}

function hasMark({ components }: APIMessage, id: string): boolean {
  return components?.[0]?.id === toMark(id);
}

function saysGoOn({ components }: APIMessage): boolean {
  const [first] = components ?? [];
  return first?.type === ComponentType.TextDisplay && first.content.includes(goOnLine);
}

function onUnseen(error: unknown): readonly APIMessage[] {
  const trouble = toTrouble(error);
  if (trouble === "forbidden" || trouble === "gone") return [];
  throw error;
}
