import { recall } from "../../answer/recall.ts";
import { LetGo } from "../../fleet/ledger.ts";
import type { Choose } from "../../options/choices.ts";
import type { Links } from "../../pictures/links.ts";
import type { Adapter } from "../../seam/adapter.ts";
import { BotError, toBotError } from "../../seam/errors.ts";
import type { Log } from "../../seam/log.ts";
import { createQueue } from "../../seam/queue.ts";
import type { Attachment, MessageKey, Press, Prompt, SettingWish } from "../../seam/turn.ts";
import type { Reply } from "../../seam/view.ts";
import { parseSetting } from "../../seam/words/setting-words.ts";
import type { History } from "../../store/history.ts";
import type { Wish } from "../../store/open-turn.ts";
import { StoreAway } from "../../store/store-away.ts";
import type { Ask } from "../ask.ts";
import type { OnUndone } from "../run.ts";
import { type Asked, complete, isEmpty, isWhole } from "./asked.ts";
import { lookAround, nothingInView } from "./in-view.ts";
import { createRemember, isWorth, toAsked, toSaid, withLost } from "./remember.ts";
import { readWords } from "./text-files.ts";
import type { Taken, UnfinishedRequests } from "./unfinished.ts";

/** The store does not say whether words are for us: nothing is said of that, and they come again. */
export class Unsure extends BotError {
  constructor(cause: unknown) {
    super("storage", "It is not known whether that was said to me.", { cause });
  }
}

/** What is said in words. */
export interface Prompts {
  /**
   * What one person says in one thread, in the order in which it comes: the next begins when this is over, or when
   * `onTaken` was called. So words find the picture that was sent just before them.
   */
  inOrder(turn: Pick<Prompt, "thread" | "user">, work: (onTaken: () => void) => Promise<void>): Promise<void>;
  /** What people say among themselves is nothing to answer, not even with an error. Rejects with `Unsure`. */
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
  /** What is done where nothing comes of a turn that the process before has taken on. `files` are those it was sent. */
  onUndone(turn: Wish, files: readonly Attachment[], signal: AbortSignal): OnUndone;
}

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
  const { hold, remember } = createRemember(parts);
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

  /** What a turn goes on from that neither brings, nor answers, nor sees a picture, in a thread that has just begun. */
  async function beginning({ thread }: Prompt, { head }: Asked): Promise<MessageKey | undefined> {
    return head && (await history.head(thread)) === undefined ? head : undefined;
  }

  /** That it came to nothing is about to be said in that message. */
  function keep(
    turn: Pick<Prompt, "thread" | "user" | "event">,
    asked: Asked,
    error: BotError,
    message: MessageKey,
    signal: AbortSignal,
  ): Promise<void> {
    return remember(turn, asked, hold(asked, turn.user, error, signal), error, Promise.resolve(message));
  }

  const answer: Prompts["answer"] = async (adapter, turn, reply, onTaken, signal) => {
    const { thread, user, place } = turn;
    let asked: Asked = {
      ...{ text: turn.text, more: [], options: turn.options, files: turn.attachments, notes: [] },
      mustDraw: turn.mustDraw === true,
      spoiler: turn.spoiler === true,
    };
    let isTaken = false;
    /** What is done with the request from before, when this turn is noted, or remembered in its place. */
    let taken: Taken | undefined;
    const letGo = async () => taken && unfinished.letGo(turn, taken);
    let remembering: Promise<void> | undefined;
    // A crash came after all was said and kept: with itself it is not completed.
    if (turn.event && (await unfinished.isRemembered(turn.event))) return;
    try {
      const words = await readWords(turn.text, turn.attachments, signal);
      const now = { ...asked, ...words };
      const before = isEmpty(now) && !turn.replyTo ? undefined : await unfinished.find(turn);
      isTaken = before !== undefined;
      asked = complete(now, before); // should it fail from here on, that is what is remembered
      const answered = before?.isAnswered ? undefined : await findAnswered(adapter, turn, signal);
      const whole = { ...now, ...(answered && { from: answered }) };
      asked = complete(whole, before);
      if (before) taken = { id: before.id, isUsedUp: !isWhole(whole, before) };
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
          ...(turn.event && { event: turn.event }),
          text: said,
          notes: [...notes, ...lost.map((what) => `Left out: ${what}`), ...seen.notes, ...chosen.notes],
          files: [...files, ...seen.files],
          mustDraw: wish.mustDraw,
          ...(seen.fromView && { fromView: true }),
          ...(goesOn && { from: goesOn }),
          ...(spoiler && { spoiler }),
          ...(taken && { taken }),
          said: toSaid(asked, isTaken),
        },
        {
          onTaken() {
            void letGo()
              .catch((error: unknown) => log.error({ thread, error }, "store.failed"))
              .then(onTaken);
          },
          onUndone: (error, message) => {
            if (isWorth(error, asked, isTaken)) remembering = keep(turn, asked, error, message, signal);
          },
        },
      );
      await remembering;
    } catch (error) {
      signal.throwIfAborted();
      const known = toBotError(error);
      if (known instanceof StoreAway && turn.event) throw known; // it is waited for
      if (known instanceof LetGo) throw known; // another goes on with it
      if (!isWorth(known, asked, isTaken)) {
        if (!(await refuse(adapter, turn, reply, known)) && turn.event) throw known; // it comes again
        return await letGo();
      }
      const held = hold(asked, user, known, signal);
      const shown = refuse(adapter, turn, reply, withLost(known, await held.catch(() => undefined)));
      remembering = remember(turn, asked, held, known, shown);
      if (!(await shown) && turn.event) throw known; // it comes again
      await remembering;
      await letGo();
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
        throw new Unsure(error);
      }
    },
    // Who asks for a picture outright is given one, whatever its words are.
    toWish({ addressed, mustDraw, text, attachments, spoiler }) {
      const wish = addressed && !mustDraw ? parseSetting(text, attachments) : undefined;
      return wish?.name === "saveStyle" && spoiler ? { ...wish, spoiler } : wish;
    },
    async ofPress({ event, action, input, message, thread, user, place }) {
      const said = { user, replyTo: message };
      if (action === "redo" || action === "rephrase") {
        const found = await unfinished.find(said);
        if (found) await unfinished.letGo(said, { id: found.id, isUsedUp: true }); // put right in another way
      }
      if (action !== "edit" || !input || !(await unfinished.has(said))) return undefined;
      return {
        ...{ kind: "prompt", thread, user, place, ...input },
        ...(event && { event }),
        ...{ replyTo: message, toBot: true, addressed: true },
      };
    },
    answer,
    onUndone: (turn, files, signal) => (error, message) => {
      const asked = toAsked(turn, files);
      if (asked && isWorth(error, asked, turn.said?.isCompleted === true))
        void keep(turn, asked, error, message, signal);
    },
  };
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
