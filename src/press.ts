import type { Accounts, Adapter, MessageKey, Press, Reply, User } from "./adapter.ts";
import type { Ask } from "./ask.ts";
import { BotError } from "./errors.ts";
import { parseFlags, parseOptions } from "./flags.ts";
import type { Generation, History } from "./history.ts";
import type { ImageOptions } from "./options.ts";
import type { Runs } from "./run.ts";
import { deletedView, detailsView, noticeView, pickedView, undoneView } from "./views.ts";

const varyWords =
  "Draw a variation of this picture: the same subject and style, with another composition and other details.";

/**
 * What each button does: those that draw ask for a turn of their own, the others answer at once.
 *
 * Throws BotError `unknown_message` or `forbidden`, and what asking throws.
 */
export function createPress(parts: {
  readonly history: History;
  readonly accounts: Accounts;
  readonly runs: Runs;
  readonly ask: Ask;
}): (adapter: Adapter, turn: Press, reply: Reply) => Promise<void> {
  const { history, accounts, runs, ask } = parts;

  async function press(adapter: Adapter, turn: Press, reply: Reply): Promise<void> {
    const { message, user, thread } = turn;
    if (turn.action === "cancel") {
      const running = runs.find(message);
      if (!running) {
        // The platform may show a message to people before it has answered us that it is there.
        if (await history.find(message))
          return void (await reply.show(noticeView("This one is over already.")));
        runs.cancelEarly(message, user);
        return void (await reply.show(
          noticeView("Nothing is being drawn there. If it is about to begin, it is stopped."),
        ));
      }
      demand(user, running.user.id, "cancel");
      return running.cancel();
    }
    const found = await history.find(message);
    const flags = parseFlags(turn.input?.text ?? "");
    const fresh = { text: flags.text, notes: flags.notes, files: turn.input?.attachments ?? [] };
    const chosen = { ...flags.options, ...parseOptions(turn.input?.options ?? {}) };
    if (turn.action === "edit") {
      const { defaults } = await accounts.of(user.id);
      const options = { ...defaults, ...chosen };
      return ask(adapter, reply, { ...fresh, thread, user, options, from: message, mustDraw: false });
    }
    if (!found || found.outcome === "deleted") throw unknown();
    const again = { thread, user, from: found.parent ?? null };
    switch (turn.action) {
      case "vary":
        return ask(adapter, reply, {
          ...{ thread, user, from: message, mustDraw: true, notes: [], files: [] },
          text: varyWords,
          options: withoutAction(found.options),
        });
      case "redo":
        return ask(adapter, reply, {
          ...again,
          text: found.prompt,
          options: found.options,
          notes: [],
          files: [],
          inputs: found.inputs,
          mustDraw: found.pictures.length > 0,
        });
      case "rephrase":
        return ask(adapter, reply, {
          ...again,
          ...fresh,
          options: { ...found.options, ...chosen },
          mustDraw: false,
          ...(fresh.files.length === 0 && { inputs: found.inputs }),
        });
      case "pick1":
      case "pick2":
      case "pick3":
      case "pick4":
        return pick(found, Number(turn.action.slice("pick".length)), reply);
      case "details":
        return void (await reply.show(
          found.details ? detailsView(found.details) : noticeView("There are none."),
        ));
      case "undo": {
        const head = await before(found);
        await history.moveHead(thread, head);
        return void (await reply.show(undoneView(head)));
      }
      case "delete":
        demand(user, found.user, "delete");
        return remove(adapter, found, user);
    }
  }

  async function pick(found: Generation, place: number, reply: Reply): Promise<void> {
    if (place > found.pictures.length) throw new BotError("unknown_message", "That picture is not there.");
    const kept = await history.change(found.message, (now) => ({ ...now, picked: place - 1 }));
    if (kept?.outcome !== "done") throw unknown(); // someone was faster to delete it
    await history.moveHead(found.thread, found.message);
    await reply.show(pickedView(place, found.message));
  }

  async function remove(adapter: Adapter, found: Generation, by: User): Promise<void> {
    await history.change(found.message, (now) => ({ ...now, outcome: "deleted" }));
    const isHead = (await history.head(found.thread)) === found.message;
    const head = await before(found);
    if (isHead) await history.moveHead(found.thread, head);
    await adapter.reopen(found.message).show({ ...deletedView(by), ...(isHead && { head }) });
  }

  /** The picture before, past those that failed or are deleted by now. */
  async function before({ parent }: Generation): Promise<MessageKey | null> {
    return (parent && (await history.base(parent))?.message) ?? null;
  }

  return press;
}

function unknown(): BotError {
  return new BotError(
    "unknown_message",
    "I no longer know this picture. Attach it to a message and say what to do.",
  );
}

function demand(user: User, owner: string, what: string): void {
  if (user.id === owner || user.moderator) return;
  throw new BotError("forbidden", `Only the one who asked for this picture, or a moderator, can ${what} it.`);
}

/** `edit` or `generate` was said of that turn, not of the next. */
function withoutAction({ action: _, ...rest }: Partial<ImageOptions>): Partial<ImageOptions> {
  return rest;
}
