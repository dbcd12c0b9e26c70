import { recall } from "../../answer/recall.ts";
import type { Choose } from "../../options/choices.ts";
import type { Adapter } from "../../seam/adapter.ts";
import { type BotError, type ErrorCode, toBotError } from "../../seam/errors.ts";
import type { Log } from "../../seam/log.ts";
import type { MessageKey, Press, Prompt, SettingWish } from "../../seam/turn.ts";
import type { Reply } from "../../seam/view.ts";
import { parseSetting } from "../../seam/words/setting-words.ts";
import type { History } from "../../store/history.ts";
import type { Ask } from "../ask.ts";
import { type Asked, complete, isEmpty } from "./asked.ts";
import { readWords } from "./text-files.ts";
import type { UnfinishedRequests } from "./unfinished.ts";

/** What is said in words. */
export interface Prompts {
  /** What people say among themselves is nothing to answer, not even with an error. */
  isMeant(turn: Prompt): Promise<boolean>;
  /** What it asks for about the studio, where it is no picture that is asked for. Throws BotError `bad_option`. */
  toWish(turn: Prompt): SettingWish | undefined;
  /**
   * A form of *Edit* that was opened on what the bot said of an unfinished request: its words are an answer to that. Who
   * has it drawn again by its own buttons has no need of it any more.
   */
  ofPress(turn: Press): Promise<Prompt | undefined>;
  /**
   * Asks for a turn, with what that person said before and nothing could be drawn of. Where nothing can be drawn of this
   * either, that is remembered in its place, and said. Throws what else asking throws.
   */
  answer(adapter: Adapter, turn: Prompt, reply: Reply, signal: AbortSignal): Promise<void>;
}

/** What the next words or files can put right. */
const mendable: readonly ErrorCode[] = ["bad_prompt", "bad_option", "bad_attachment", "unknown_message"];

/** What may be over when the same is said again: what was taken from before is not lost to it. */
const passing: readonly ErrorCode[] = ["unreachable", "busy", "quota", "auth", "storage"];

export function createPrompts(parts: {
  readonly history: History;
  readonly unfinished: UnfinishedRequests;
  readonly choose: Choose;
  readonly ask: Ask;
  /** Says what is wrong; the message in which it stands. */
  readonly refuse: (
    adapter: Adapter,
    turn: Prompt,
    reply: Reply,
    error: BotError,
  ) => Promise<MessageKey | undefined>;
  readonly log: Log;
}): Prompts {
  const { history, unfinished, choose, ask, refuse, log } = parts;

  /** The message whose picture is answered; undefined where it is the bot's own and shows none. */
  async function findAnswered(adapter: Adapter, { replyTo, toBot }: Prompt, signal: AbortSignal) {
    if (!replyTo || !toBot || (await history.find(replyTo))) return replyTo;
    return (await recall(adapter, replyTo, signal)).length > 0 ? replyTo : undefined;
  }

  /** A message that is none of ours shows pictures of its own; an answer of ours may have failed and go on from none. */
  async function showsPicture(message: MessageKey): Promise<boolean> {
    return !(await history.find(message)) || (await history.base(message)) !== undefined;
  }

  /** Somebody else's file that cannot be read would come between the person and all that they say next. */
  async function withoutLost(asked: Asked, { code }: BotError): Promise<Asked> {
    const { from, ...rest } = asked;
    const isFile = code === "bad_attachment" || code === "unknown_message";
    return from && isFile && !(await history.find(from)) ? rest : asked;
  }

  /** Remembers what was asked. Whatever the person says next waits for that, from now on. */
  async function remember(
    turn: Prompt,
    asked: Asked,
    error: BotError,
    shown: Promise<MessageKey | undefined>,
    signal: AbortSignal,
  ): Promise<void> {
    if (isEmpty(asked)) return;
    try {
      await unfinished.remember(turn, withoutLost(asked, error), shown, signal);
    } catch (failure) {
      log.error({ thread: turn.thread, error: failure }, "unfinished.lost");
    }
  }

  async function answer(adapter: Adapter, turn: Prompt, reply: Reply, signal: AbortSignal): Promise<void> {
    const { thread, user, place } = turn;
    let asked: Asked = {
      ...{ text: turn.text, more: [], options: turn.options, files: turn.attachments, notes: [] },
      mustDraw: turn.mustDraw === true,
      spoiler: turn.spoiler === true,
    };
    let isTaken = false;
    let remembering: Promise<void> | undefined;
    const keep = (error: BotError, shown: Promise<MessageKey | undefined>) => {
      const isWorth = mendable.includes(error.code) || (isTaken && passing.includes(error.code));
      if (isWorth) remembering = remember(turn, asked, error, shown, signal);
    };
    try {
      const words = await readWords(turn.text, turn.attachments, signal);
      const now = { ...asked, ...words };
      const before = isEmpty(now) ? undefined : await unfinished.take(turn);
      isTaken = before !== undefined;
      asked = complete(now, before);
      const answered = before?.isAnswered ? undefined : await findAnswered(adapter, turn, signal);
      if (answered) asked = complete({ ...now, from: answered }, before);
      const { text, more, options, earlier, files, from, mustDraw, spoiler, notes } = asked;
      const isBare = files.length === 0 && !(from && (await showsPicture(from)));
      const seen = (isBare && (await turn.inView?.(signal))) || [];
      const chosen = await choose({ user, place, text, options, ...(earlier && { earlier }) });
      await ask(
        adapter,
        reply,
        {
          ...{ thread, user, place, ...chosen },
          text: [chosen.text, ...more].join("\n\n").trim(),
          notes: [...notes, ...chosen.notes],
          files: [...files, ...seen],
          mustDraw: mustDraw && !isQuestion(chosen.text),
          ...(from && { from }),
          ...(spoiler && { spoiler }),
        },
        (error, message) => keep(error, Promise.resolve(message)),
      );
      await remembering;
    } catch (error) {
      signal.throwIfAborted();
      const known = toBotError(error);
      const shown = refuse(adapter, turn, reply, known);
      keep(known, shown);
      await shown;
      await remembering;
    }
  }

  return {
    async isMeant(turn) {
      const { addressed, thread } = turn;
      if (addressed) return true;
      try {
        return (await history.head(thread)) !== undefined || (await unfinished.has(turn));
      } catch (error) {
        log.error({ thread, error }, "store.failed");
        return false;
      }
    },
    // Who asks for a picture outright is given one, whatever its words are.
    toWish: ({ addressed, mustDraw, text, attachments }) =>
      addressed && !mustDraw ? parseSetting(text, attachments) : undefined,
    async ofPress({ action, input, message, thread, user, place }) {
      const said = { user, replyTo: message };
      if (action === "redo" || action === "rephrase") await unfinished.take(said); // put right in another way
      if (action !== "edit" || !input || !(await unfinished.has(said))) return undefined;
      return {
        ...{ kind: "prompt", thread, user, place, ...input },
        ...{ replyTo: message, toBot: true, addressed: true },
      };
    },
    answer,
  };
}

/** A command that draws is sometimes asked something all the same: that must not cost a picture. */
function isQuestion(text: string): boolean {
  return /[?？]\s*$/.test(text);
}
