import { type APIInteraction, InteractionResponseType } from "discord.js";
import { createBounded } from "../../../src/seam/bounded.ts";
import type { Attend, Core, Handle } from "../../../src/seam/core.ts";
import { BotError, toBotError } from "../../../src/seam/errors.ts";
import { withLimit } from "../../../src/seam/timeout.ts";
import type { Click, PlatformEvent, Turn } from "../../../src/seam/turn.ts";
import type { Stage } from "../live/stage.ts";
import type { Answers } from "../out/answers.ts";
import type { DiscordReply } from "../out/reply.ts";
import { toEventKey } from "../wire/keys.ts";
import { noteMs } from "../wire/limits.ts";

/** What came in, and how it is seen to. */
export interface Attended {
  /** `again`: what is to be done of it may be done already, by this process or the one before. */
  readonly work: (again: boolean) => Promise<void>;
  readonly again: boolean;
  /** As of `PlatformEvent`. */
  readonly click?: Click;
  /** A picture comes of it; who sees that, and what it goes on from. */
  readonly draws?: Parameters<Answers["threadOf"]>[1];
  /** It needs nothing that outlives the process: it is done even where it cannot be noted. */
  readonly passing?: boolean;
  /** It could not be noted: nothing has happened. */
  readonly onLost?: () => void;
}

/** Notes an interaction before it is acknowledged, and then sees to it: once. */
export type AttendTo = (interaction: APIInteraction, it: Attended) => Promise<void>;

/** What is noted too late, when the person has been told so, is over at once. */
export function createAttendTo(stage: Stage, answers: Answers, note: Core["note"]): AttendTo {
  /** The interaction that each click was, the first time. */
  const clicks = createBounded<string, string>(500);

  /** The second half of a double click wants an answer of its own, which changes nothing. */
  async function acknowledge(interaction: APIInteraction, click: Click | undefined): Promise<void> {
    const first = click && clicks.get(click.of);
    if (!first || first === interaction.id) return;
    await stage.send.respond(interaction, { type: InteractionResponseType.DeferredMessageUpdate });
  }

  return async (interaction, { work, again, click, draws, passing = false, onLost = () => {} }) => {
    if (again) return work(true);
    const thread = draws && answers.threadOf(interaction, draws);
    const event = {
      key: toEventKey("interaction", interaction.id),
      body: interaction,
      ...(thread && { thread }),
      ...(click && { click }),
    };
    let seeTo: Attend | undefined;
    try {
      seeTo = await noteInTime(note, event);
    } catch (error) {
      if (passing) return work(false);
      onLost();
      return answers.say(interaction, toBotError(error).message);
    }
    if (!seeTo) return acknowledge(interaction, click);
    if (click) clicks.set(click.of, interaction.id);
    await seeTo(() => work(false));
  };
}

/** Rejects with BotError `storage` when it takes too long: an interaction is answered within 3 s. */
async function noteInTime(note: Core["note"], event: PlatformEvent): Promise<Attend | undefined> {
  const noted = note(event);
  try {
    return await withLimit(
      noteMs,
      () => noted,
      () => new BotError("storage", tooSlow),
    );
  } catch (error) {
    noted.then((seeTo) => seeTo?.(async () => {})).catch(() => {});
    throw error;
  }
}

const tooSlow = "My memory is too slow to keep track of this, so I have not begun. Try again in a minute.";

/** Hands a turn to the core. Rejects where Discord was away, and nobody has seen anything of it yet. */
export async function handOver(handle: Handle, turn: Turn, reply: DiscordReply): Promise<void> {
  await handle(turn, reply);
  if (reply.lost) throw reply.lost;
}
