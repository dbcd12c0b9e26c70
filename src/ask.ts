import type { Adapter, Attachment, Reply } from "./adapter.ts";
import { BotError } from "./errors.ts";
import { adminOptions } from "./flags.ts";
import type { OpenTurn } from "./ledger.ts";
import { promptLimit } from "./request.ts";
import type { Runs } from "./run.ts";
import { startingStatus, workingView } from "./views.ts";

/** What a person wants drawn, before it has a message and an order. */
export type Wanted = Pick<
  OpenTurn,
  "thread" | "user" | "text" | "options" | "notes" | "from" | "mustDraw" | "inputs"
> & {
  readonly files: readonly Attachment[];
};

/** Takes what is wanted on as a turn and sees it through. Throws BotError `bad_prompt`, and what the platform throws. */
export type Ask = (adapter: Adapter, reply: Reply, wanted: Wanted) => Promise<void>;

export function createAsk(runs: Runs, now: () => number): Ask {
  return async (adapter, reply, wanted) => {
    const { files, ...rest } = permit(wanted);
    checkWords(rest.text, files.length + (rest.inputs?.length ?? 0));
    const message = await reply.show(workingView({ notes: rest.notes, strokes: [] }, startingStatus));
    const turn: OpenTurn = {
      ...rest,
      message,
      adapter: adapter.name,
      attachments: files.length,
      acceptedAt: now(),
    };
    await runs.start(adapter, turn, reply, files);
  };
}

/** What is the admin's to set is left out for everybody else, and said. */
function permit(wanted: Wanted): Wanted {
  const denied = wanted.user.moderator ? [] : adminOptions(wanted.options);
  if (denied.length === 0) return wanted;
  const options = Object.fromEntries(
    Object.entries(wanted.options).filter(([name]) => !denied.includes(name)),
  );
  const note = `Only a moderator can set ${denied.join(" and ")}, so I left it out.`;
  return { ...wanted, options, notes: [...wanted.notes, note] };
}

function checkWords(text: string, pictures: number): void {
  if (text.length > promptLimit) {
    throw new BotError(
      "bad_prompt",
      `That is ${text.length.toLocaleString("en")} characters; ${promptLimit.toLocaleString("en")} is the most. Shorten it and send it again.`,
    );
  }
  if (text.trim() === "") {
    throw new BotError(
      "bad_prompt",
      pictures > 0
        ? "Say what to do with the picture, for example “make it night” or “what is written here?”."
        : "Say what to draw, for example “a lighthouse in a storm”.",
    );
  }
}
