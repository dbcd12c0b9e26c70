import { UselessMask } from "../../pictures/picture.ts";
import { BotError, type ErrorCode } from "../../seam/errors.ts";
import type { Log } from "../../seam/log.ts";
import type { Attachment, MessageKey, Prompt, User } from "../../seam/turn.ts";
import type { History } from "../../store/history.ts";
import type { Wish } from "../../store/open-turn.ts";
import { type Asked, isEmpty } from "./asked.ts";
import type { Held, UnfinishedRequests } from "./unfinished.ts";

/** What the next words or files can put right. */
const mendable: readonly ErrorCode[] = [
  "bad_prompt",
  "bad_option",
  "bad_attachment",
  "unknown_message",
  "refused",
  "rejected",
  "empty",
];

/** What may be over when the same is said again: files, and what was taken from before, are not lost to it. */
const passing: readonly ErrorCode[] = ["unreachable", "busy", "quota", "auth", "storage"];

/** Whether what was asked is remembered when it comes to nothing. `isCompleted`: by what was said before. */
export function isWorth({ code }: BotError, asked: Asked, isCompleted: boolean): boolean {
  const mayPass = (isCompleted || asked.files.length > 0) && passing.includes(code);
  return (mendable.includes(code) || mayPass) && !(isEmpty(asked) && !asked.from);
}

/** What is noted with a turn of what was asked. */
export function toSaid(asked: Asked, isCompleted: boolean): NonNullable<Wish["said"]> {
  const { text, more, options, earlier, files, from, head } = asked;
  return {
    ...{ text, more, options, files: files.length, isCompleted },
    ...(earlier && { earlier }),
    ...(from && { from }),
    ...(head && { head }),
  };
}

/** What was asked, of a turn that was noted; undefined where that was not in words. */
export function toAsked({ said, mustDraw, spoiler }: Wish, files: readonly Attachment[]): Asked | undefined {
  if (!said) return undefined;
  const { isCompleted: _, files: count, ...rest } = said;
  return { ...rest, files: files.slice(0, count), mustDraw, spoiler: spoiler === true, notes: [] };
}

/** Who asked, where, and in which event. */
type Where = Pick<Prompt, "thread" | "user" | "event">;

/** Remembers what was asked and came to nothing. */
export interface Remember {
  /** The files of what was asked, as far as they can be used. Rejects as reading does, but for files that cannot. */
  hold(asked: Asked, by: User, error: BotError, signal: AbortSignal): Promise<Held>;
  /**
   * Whatever the person says next waits for that, from now on. `held` are its files, `error` is why it came to nothing, and
   * `shown` the message that says so. Never rejects.
   */
  remember(
    turn: Where,
    asked: Asked,
    held: Promise<Held>,
    error: BotError,
    shown: Promise<MessageKey | undefined>,
  ): Promise<void>;
}

export function createRemember(parts: {
  readonly history: History;
  readonly unfinished: UnfinishedRequests;
  readonly log: Log;
}): Remember {
  const { history, unfinished, log } = parts;

  /** Somebody else's file that cannot be read would come between the person and all that they say next. */
  async function withoutLost(asked: Asked, { code }: BotError): Promise<Asked> {
    const { from, ...rest } = asked;
    const isFile = code === "bad_attachment" || code === "unknown_message";
    return from && isFile && !(await history.find(from)) ? rest : asked;
  }

  /** In a thread below what the bot says of it, the person sees no other picture than here. */
  async function withHead({ thread }: Where, asked: Asked): Promise<Asked> {
    const head = asked.head ?? (await history.head(thread));
    return head ? { ...asked, head } : asked;
  }

  return {
    async hold({ files }, { id }, error, signal) {
      if (!(error instanceof UselessMask)) return unfinished.hold(files, id, signal);
      const held = await unfinished.hold(
        files.filter(({ role }) => role !== "mask"),
        id,
        signal,
      );
      return { ...held, lost: [...held.lost, error.message] };
    },
    async remember(turn, asked, held, error, shown) {
      const kept = withoutLost(asked, error).then((rest) => withHead(turn, rest));
      const wanted = Promise.all([kept, held, shown]).then(([rest, its, message]) => {
        if (!message && turn.event) throw error; // it was not said: the event comes again
        return { asked: rest, held: its };
      });
      wanted.catch(() => {}); // it may fail before its turn comes
      try {
        await unfinished.remember(turn, wanted, shown);
      } catch (failure) {
        log.error({ thread: turn.thread, error: failure }, "unfinished.lost");
      }
    },
  };
}

/** What is wrong with the files is said at once: else it would come out when something was drawn without them. */
export function withLost(error: BotError, held: Held | undefined): BotError {
  const more = (held?.lost ?? []).filter((what) => !error.message.includes(what));
  if (more.length === 0) return error;
  return new BotError(error.code, [...more, error.message].join("\n"), { cause: error });
}
