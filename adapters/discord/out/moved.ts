import { type APIMessage, ComponentType } from "discord.js";
import type { View } from "../../../src/seam/view.ts";
import { isOver } from "../../../src/seam/view.ts";
import { type Answer, hides } from "../live/answer.ts";
import type { Stage, Token } from "../live/stage.ts";
import { isGood } from "../live/stage.ts";
import { findStandIn } from "../wire/found.ts";
import type { Spot } from "../wire/keys.ts";
import type { Message } from "../wire/send.ts";
import { type Trouble, toLogged, toTrouble } from "../wire/trouble.ts";
import { vanish } from "./vanish.ts";
import { type Look, toLine, toMessage } from "./view.ts";

/** How an answer is to look in its own message, or in one in that channel that stands in for it. */
export function toLook(
  answer: Answer,
  view: View,
  edit: number,
  elsewhere = answer.standIn?.channelId,
): Look {
  const { spot, venue } = answer;
  const madeFor = elsewhere ? spot?.messageId : venue.once;
  return {
    ...{ spoiler: hides(answer), edit },
    ...(elsewhere && spot && { stands: spot.messageId }),
    ...(elsewhere && spot && elsewhere !== spot.channelId && { from: spot.channelId }),
    ...(madeFor && { madeFor }),
    ...(venue.note && isOver(view.phase) && { note: venue.note }),
  };
}

/**
 * Discord does not let us change that message, but perhaps write another: below it, else to the one who asked, alone.
 * Undefined: it lets us do neither. Rejects where the next try may go better.
 */
export async function showElsewhere(
  stage: Stage,
  answer: Answer,
  view: View,
  how: { readonly edit: number; readonly why: unknown; readonly signal: AbortSignal },
): Promise<APIMessage | undefined> {
  const { spot, key, venue } = answer;
  if (!spot || !key) return undefined;
  const message = (channelId: string) => toMessage(view, toLook(answer, view, how.edit, channelId));
  const made =
    (await besideIt(stage, answer, message, how.signal)) ??
    (await toAsker(stage, answer, message, how.signal));
  if (!made) return undefined;
  answer.standIn = { channelId: made.channel_id, messageId: made.id };
  if (venue.reachable) stage.moved.set(key, answer.standIn);
  const isBeside = made.channel_id === spot.channelId;
  const link = venue.private ? undefined : await stage.linkTo(answer.standIn);
  const line = isBeside ? toMovedLine(toTrouble(how.why), link) : sentLine;
  const right = { token: stage.tokens.get(key), reachable: venue.reachable };
  await leave(stage, spot, right, line);
  stage.log.info({ message: key, error: toLogged(how.why) }, "discord.answer.moved");
  return made;
}

type ToMessage = (channelId: string) => Message;

/** A new message in the same channel. */
async function besideIt(stage: Stage, answer: Answer, toOne: ToMessage, signal: AbortSignal) {
  const { spot, key, venue, standIn } = answer;
  const token = key && stage.tokens.get(key);
  if (!spot || standIn) return undefined;
  try {
    if (!venue.reachable) {
      if (!isGood(token, stage.now())) return undefined;
      return await stage.send.followUp(token.value, toOne(spot.channelId), venue.private, { signal });
    }
    return await postFor(stage, answer, spot.channelId, toOne, { answers: spot.messageId, signal });
  } catch (error) {
    return onRefused(stage, answer, error);
  }
}

/** A direct message to the one who asked. */
async function toAsker(stage: Stage, answer: Answer, toOne: ToMessage, signal: AbortSignal) {
  const { asker } = answer.venue;
  if (!asker) return undefined;
  try {
    return await postFor(stage, answer, await stage.send.openDirect(asker), toOne, { signal });
  } catch (error) {
    return onRefused(stage, answer, error);
  }
}

/** Posts what stands in for the answer's message, once: it is changed where it is there already. */
async function postFor(
  { send, me }: Stage,
  answer: Answer,
  channelId: string,
  toOne: ToMessage,
  { signal, ...more }: { readonly answers?: string; readonly signal: AbortSignal },
): Promise<APIMessage> {
  const id = answer.spot?.messageId ?? "";
  const before = answer.mayBeElsewhere ? await findStandIn(send, me, channelId, id) : undefined;
  answer.mayBeElsewhere = true;
  const message = toOne(channelId);
  if (before) return send.edit({ channelId, messageId: before.id }, message, { signal });
  return send.post(channelId, message, { ...more, once: `m${id}` }, { signal });
}

function onRefused({ log }: Stage, { key }: Answer, error: unknown): undefined {
  const trouble = toTrouble(error);
  if (trouble !== "forbidden" && trouble !== "expired" && trouble !== "gone") throw error;
  log.debug({ message: key, trouble, error: toLogged(error) }, "discord.answer.barred");
}

const sentLine =
  "Discord does not let me show the picture here any more, so I have sent it to the one who asked for it.";

/** What is left to say in a message whose answer had to go into another. `link`: the way to that one. */
function toMovedLine(why: Trouble, link: string | undefined): string {
  const what =
    why === "unplaced"
      ? "Discord did not take the picture in this message, so it is in one of its own"
      : "Discord did not let me change this message any more, so the answer is in one of its own";
  return link ? `${what}: ${link}` : `${what}.`;
}

/** Where the line says that the answer went; undefined for any other message. */
export function movedTo({ components }: Pick<APIMessage, "components">): Spot | undefined {
  for (const one of components ?? []) {
    const line = one.type === ComponentType.TextDisplay ? one.content : "";
    const [, channelId, messageId] = /^Discord did not .+\/channels\/[^/]+\/(\d+)\/(\d+)$/.exec(line) ?? [];
    if (channelId && messageId) return { channelId, messageId };
  }
  return undefined;
}

/** Leaves nothing but a line where an answer was; where not even that can be said, takes the message away. */
async function leave(
  stage: Stage,
  old: Spot,
  right: { readonly token: Token | undefined; readonly reachable: boolean },
  line: string,
): Promise<void> {
  const { send, log, now } = stage;
  const { token, reachable } = right;
  const message = toLine(line);
  try {
    const byToken = isGood(token, now()) ? send.editByToken(token.value, token.target, message) : undefined;
    const changed = await byToken?.catch((error: unknown) => {
      if (!reachable) throw error;
    });
    if (!changed) await send.edit(old, message);
  } catch (error) {
    const went = await vanish(stage, old, right);
    log.debug({ channel: old.channelId, went, error: toLogged(error) }, "discord.moved.left");
  }
}
