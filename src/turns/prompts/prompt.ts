import { recall } from "../../answer/recall.ts";
import type { Choose } from "../../options/choices.ts";
import type { Links } from "../../pictures/links.ts";
import { UselessMask } from "../../pictures/mask/mask.ts";
import type { Adapter } from "../../seam/adapter.ts";
import { BotError, type ErrorCode, toBotError } from "../../seam/errors.ts";
import type { Log } from "../../seam/log.ts";
import type { MessageKey, Press, Prompt, SettingWish } from "../../seam/turn.ts";
import type { Reply } from "../../seam/view.ts";
import { parseSetting } from "../../seam/words/setting-words.ts";
import type { History } from "../../store/history.ts";
import { createQueue } from "../../store/queue.ts";
import type { Ask } from "../ask.ts";
import { type Asked, complete, isEmpty, isWhole } from "./asked.ts";
import { lookAround, nothingInView } from "./in-view.ts";
import { readWords } from "./text-files.ts";
import type { Held, UnfinishedRequests } from "./unfinished.ts";

/** What is said in words. */
export interface Prompts {
  /**
   * What one person says in one thread, in the order in which it comes: the next begins when this is over, or when
   * `onTaken` was called. So words find the picture that was sent just before them.
   */
  inOrder(turn: Pick<Prompt, "thread" | "user">, work: (onTaken: () => void) => Promise<void>): Promise<void>;
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
  answer(
    adapter: Adapter,
    turn: Prompt,
    reply: Reply,
    onTaken: () => void,
    signal: AbortSignal,
  ): Promise<void>;
}

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

/** What may be over when the same is said again: what was taken from before is not lost to it. */
const passing: readonly ErrorCode[] = ["unreachable", "busy", "quota", "auth", "storage"];

export function createPrompts(parts: {
  readonly history: History;
  readonly unfinished: UnfinishedRequests;
  readonly choose: Choose;
  readonly links: Links;
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
  const { history, unfinished, choose, links, ask, refuse, log } = parts;
  const queue = createQueue();

  /** The message whose picture is answered; undefined where it is the bot's own and shows none. */
  async function findAnswered(adapter: Adapter, { replyTo, toBot }: Prompt, signal: AbortSignal) {
    if (!replyTo || !toBot || (await history.find(replyTo))) return replyTo;
    return (await recall(adapter, replyTo, signal)).length > 0 ? replyTo : undefined;
  }

  /** A message that is none of ours shows pictures of its own; an answer of ours may have failed and go on from none. */
  async function showsPicture(message: MessageKey): Promise<boolean> {
    const found = await history.find(message);
    if (found?.fromView && found.outcome !== "done") return false; // what it was about is in view still
    return !found || (await history.base(message)) !== undefined;
  }

  /** Somebody else's file that cannot be read would come between the person and all that they say next. */
  async function withoutLost(asked: Asked, { code }: BotError): Promise<Asked> {
    const { from, ...rest } = asked;
    const isFile = code === "bad_attachment" || code === "unknown_message";
    return from && isFile && !(await history.find(from)) ? rest : asked;
  }

  /** In a thread below what the bot says of it, the person sees no other picture than here. */
  async function withHead({ thread }: Prompt, asked: Asked): Promise<Asked> {
    const head = asked.head ?? (await history.head(thread));
    return head ? { ...asked, head } : asked;
  }

  /** What a turn goes on from that neither brings, nor answers, nor sees a picture, in a thread that has just begun. */
  async function beginning({ thread }: Prompt, { head }: Asked): Promise<MessageKey | undefined> {
    return head && (await history.head(thread)) === undefined ? head : undefined;
  }

  /** The files of what was asked, as far as they can be used. */
  async function hold({ files }: Asked, error: BotError, signal: AbortSignal): Promise<Held> {
    if (!(error instanceof UselessMask)) return unfinished.hold(files, signal);
    const held = await unfinished.hold(
      files.filter(({ role }) => role !== "mask"),
      signal,
    );
    return { ...held, lost: [...held.lost, error.message] };
  }

  /** Remembers what was asked. Whatever the person says next waits for that, from now on. */
  async function remember(
    turn: Prompt,
    asked: Asked,
    held: Promise<Held>,
    error: BotError,
    shown: Promise<MessageKey | undefined>,
  ): Promise<void> {
    const request = Promise.all([withoutLost(asked, error).then((kept) => withHead(turn, kept)), held]);
    request.catch(() => {}); // it may fail before its turn comes
    try {
      const wanted = request.then(([kept, its]) => ({ asked: kept, held: its }));
      wanted.catch(() => {});
      await unfinished.remember(turn, wanted, shown);
    } catch (failure) {
      log.error({ thread: turn.thread, error: failure }, "unfinished.lost");
    }
  }

  const answer: Prompts["answer"] = async (adapter, turn, reply, onTaken, signal) => {
    const { thread, user, place } = turn;
    let asked: Asked = {
      ...{ text: turn.text, more: [], options: turn.options, files: turn.attachments, notes: [] },
      mustDraw: turn.mustDraw === true,
      spoiler: turn.spoiler === true,
    };
    let isTaken = false;
    let remembering: Promise<void> | undefined;
    const isWorth = ({ code }: BotError) =>
      (mendable.includes(code) || (isTaken && passing.includes(code))) && !(isEmpty(asked) && !asked.from);
    try {
      const words = await readWords(turn.text, turn.attachments, signal);
      const now = { ...asked, ...words };
      const before = isEmpty(now) && !turn.replyTo ? undefined : await unfinished.take(turn);
      isTaken = before !== undefined;
      asked = complete(now, before); // should it fail from here on, that is what is remembered
      const answered = before?.isAnswered ? undefined : await findAnswered(adapter, turn, signal);
      const whole = { ...now, ...(answered && { from: answered }) };
      asked = complete(whole, before);
      if (before && isWhole(whole, before)) await before.leave();
      const {
        text,
        more,
        options,
        earlier,
        files,
        from,
        mustDraw,
        spoiler,
        notes,
        lost = [],
        isLacking,
      } = asked;
      // A mask is no picture: it lies on one.
      const isBare = files.every(({ role }) => role === "mask") && !(from && (await showsPicture(from)));
      const chosen = await choose({ user, place, text, options, ...(earlier && { earlier }) });
      const said = [chosen.text, ...more].join("\n\n").trim();
      const wish = {
        options: chosen.options,
        mustDraw: mustDraw && !isQuestion(chosen.text),
        masked: files.length > 0,
      };
      const isAlone = isBare && links.toAttachments(said).length === 0;
      const seen = isAlone ? await lookAround(turn, wish, history, signal) : nothingInView;
      const goesOn = from ?? (isAlone && !seen.fromView ? await beginning(turn, asked) : undefined);
      const isPictured = files.length > 0 || from !== undefined;
      if (isLacking && !isPictured && chosen.options.action !== "generate") throw stillLost(lost);
      await ask(
        adapter,
        reply,
        {
          ...{ thread, user, place, ...chosen },
          text: said,
          notes: [...notes, ...lost.map((what) => `Left out: ${what}`), ...seen.notes, ...chosen.notes],
          files: [...files, ...seen.files],
          mustDraw: wish.mustDraw,
          ...(seen.fromView && { fromView: true }),
          ...(goesOn && { from: goesOn }),
          ...(spoiler && { spoiler }),
        },
        {
          onTaken,
          onUndone: (error, message) => {
            if (!isWorth(error)) return;
            const held = hold(asked, error, signal);
            remembering = remember(turn, asked, held, error, Promise.resolve(message));
          },
        },
      );
      await remembering;
    } catch (error) {
      signal.throwIfAborted();
      const known = toBotError(error);
      if (!isWorth(known)) return void (await refuse(adapter, turn, reply, known));
      const held = hold(asked, known, signal);
      const shown = refuse(adapter, turn, reply, withLost(known, await held.catch(() => undefined)));
      remembering = remember(turn, asked, held, known, shown);
      await shown;
      await remembering;
    }
  };

  return {
    inOrder(turn, work) {
      const { promise, resolve, reject } = Promise.withResolvers<void>();
      void queue(`${turn.thread} ${turn.user.id}`, async () => {
        const taken = Promise.withResolvers<void>();
        work(taken.resolve).then(resolve, reject).finally(taken.resolve);
        await taken.promise;
      });
      return promise;
    },
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
    toWish({ addressed, mustDraw, text, attachments, spoiler }) {
      const wish = addressed && !mustDraw ? parseSetting(text, attachments) : undefined;
      return wish?.name === "saveStyle" && spoiler ? { ...wish, spoiler } : wish;
    },
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

/** What is wrong with the files is said at once: else it would come out when something was drawn without them. */
function withLost(error: BotError, held: Held | undefined): BotError {
  const more = (held?.lost ?? []).filter((what) => !error.message.includes(what));
  if (more.length === 0) return error;
  return new BotError(error.code, [...more, error.message].join("\n"), { cause: error });
}

/** Said once: who says the words again wants them drawn as they are. */
function stillLost(lost: readonly string[]): BotError {
  const how = "Attach it to your words. To draw from words alone, say them once more.";
  return new BotError("bad_attachment", [...lost, `There is still no picture I can read. ${how}`].join("\n"));
}

/** A command that draws is sometimes asked something all the same: that must not cost a picture. */
function isQuestion(text: string): boolean {
  return /[?？]\s*$/.test(text);
}
