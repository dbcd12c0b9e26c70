import type { Log } from "../../seam/log.ts";
import type { AccountBook } from "../../store/accounts.ts";
import type { Generation, History } from "../../store/history.ts";
import type { OpenTurn } from "../../store/open-turn.ts";

/** What is kept of a turn when it is over: in the history, and in its person's account. */
export interface Books {
  /**
   * Keeps an answer. Each part of it can be done twice, since a crash may come between them. False: it could not be
   * kept.
   */
  book(generation: Generation, log: Log): Promise<boolean>;
  /** Keeps what came to nothing. Whether redo and edit prompt will find it. */
  keepUndone(turn: OpenTurn, outcome: "failed" | "cancelled"): Promise<boolean>;
}

export function createBooks(of: {
  readonly history: History;
  readonly accounts: AccountBook;
  readonly now: () => number;
}): Books {
  const { history, accounts, now } = of;
  return {
    async book(generation, log) {
      const { thread, message, user } = generation;
      try {
        const isBooked = await accounts.has(user, message);
        await history.save(generation);
        if (!isBooked) await history.moveHead(thread, message);
      } catch (error) {
        log.error({ error }, "store.failed");
        return false;
      }
      await accounts.mark(user, message).catch((error: unknown) => log.error({ error }, "store.failed"));
      return true;
    },
    async keepUndone(turn, outcome) {
      try {
        const parent = turn.from === undefined ? await history.head(turn.thread) : turn.from;
        await history.save({
          message: turn.message,
          thread: turn.thread,
          ...(parent && { parent }),
          ...(turn.fromView && { fromView: true as const }),
          user: turn.user.id,
          prompt: turn.text,
          options: turn.options,
          inputs: turn.inputs ?? turn.brought ?? [],
          ...(turn.style && { style: turn.style }),
          ...(turn.stylePictures && !turn.inputs && { stylePictures: turn.stylePictures }),
          mustDraw: turn.mustDraw,
          ...(turn.under && { under: turn.under }),
          ...(turn.like && { like: turn.like }),
          ...(turn.linksFrom !== undefined && { linksFrom: turn.linksFrom }),
          outcome,
          ...responsesOf(turn),
          pictures: [],
          createdAt: now(),
        });
        return true;
      } catch {
        return false; // the person is being told of what failed first
      }
    },
  };
}

/** What was begun is known at OpenAI by these, whatever has come of it. */
function responsesOf({ responseIds = [] }: OpenTurn): Pick<Generation, "responses"> {
  const responses = responseIds.filter((id) => id !== null);
  return responses.length > 0 ? { responses } : {};
}
