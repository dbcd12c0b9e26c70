import { recallAll } from "../answer/recall.ts";
import {
  areaView,
  deletedView,
  detailsView,
  noticeView,
  pickedView,
  redoneView,
  restoredView,
  undoneView,
} from "../answer/views.ts";
import type { Choose, ChooseAgain } from "../options/choices.ts";
import { haveSameLinks } from "../pictures/links.ts";
import type { ActionName } from "../seam/actions.ts";
import type { Adapter } from "../seam/adapter.ts";
import { BotError } from "../seam/errors.ts";
import type { ImageOptions } from "../seam/options.ts";
import type { Attachment, MessageKey, Press, User } from "../seam/turn.ts";
import type { Reply } from "../seam/view.ts";
import type { Generation, History } from "../store/history.ts";
import { type AreaBook, areaMs } from "./areas.ts";
import type { Ask } from "./ask.ts";
import type { Cancels } from "./control/cancels.ts";
import type { Approvals } from "./rules/approvals.ts";
import type { Runs } from "./runs.ts";

const varyWords =
  "Draw a variation of this picture: the same subject and style, with another composition and other details.";

/**
 * What each button does: those that draw ask for a turn of their own, the others answer at once.
 *
 * Throws BotError `unknown_message` or `forbidden`, and what asking throws.
 */
export function createPress(parts: {
  readonly history: History;
  readonly choose: Choose;
  readonly chooseAgain: ChooseAgain;
  readonly runs: Runs;
  /** Of the other processes, where there are any. */
  readonly cancels: Cancels | undefined;
  readonly ask: Ask;
  readonly areas: AreaBook | undefined;
  readonly approvals: Approvals;
}): (adapter: Adapter, turn: Press, reply: Reply, signal: AbortSignal) => Promise<void> {
  const { history, choose, chooseAgain, runs, cancels, ask, areas, approvals } = parts;

  /** False: nothing runs there. */
  function cancelRunning({ message, user }: Press): boolean {
    const running = runs.find(message);
    if (!running) return false;
    demand(user, running.user.id, "cancel");
    running.cancel();
    return true;
  }

  /** False: nothing that could be cancelled is at work there in another process. */
  async function cancelElsewhere({ message, user }: Press): Promise<boolean> {
    const owner = await cancels?.ownerOf(message);
    if (!owner) return false;
    demand(user, owner.id, "cancel");
    await cancels?.cancel(message);
    return true;
  }

  async function cancel(adapter: Adapter, turn: Press, reply: Reply): Promise<void> {
    const { message, user } = turn;
    if (cancelRunning(turn)) return;
    if (await approvals.cancel(adapter, turn)) return;
    if (await cancelElsewhere(turn)) return;
    // The platform may show a message to people before it has answered us that it is there.
    const isOver = await history.find(message);
    if (cancelRunning(turn)) return; // it has begun meanwhile
    if (isOver) return void (await reply.show(noticeView("This one is over already.")));
    runs.cancelEarly(message, user);
    await cancels?.tellEarly(message, user);
    await reply.show(noticeView("Nothing is being drawn there. If it is about to begin, it is stopped."));
  }

  async function press(adapter: Adapter, turn: Press, reply: Reply, signal: AbortSignal): Promise<void> {
    const { message, user, thread, place } = turn;
    if (turn.action === "cancel") return cancel(adapter, turn, reply);
    if (turn.action === "approve") return approvals.approve(adapter, turn, reply);
    if (turn.action === "decline") return approvals.decline(adapter, turn, reply);
    const { text, options, attachments: files } = turn.input ?? { text: "", options: {}, attachments: [] };
    const who = { user, place };
    const here = { thread, ...who, ...(turn.event && { event: turn.event }) };
    switch (turn.action) {
      case "edit": {
        const chosen = await choose({ ...who, text, options });
        return ask(adapter, reply, { ...here, ...chosen, files, from: message, mustDraw: false });
      }
      case "reference": {
        const chosen = await choose({ ...who, text, options });
        const { picked } = (await history.find(message)) ?? {};
        const shown = await recallAll(adapter, message, signal);
        const taken = picked === undefined ? shown : shown.slice(picked, picked + 1);
        return ask(adapter, reply, {
          ...{ ...here, ...chosen, from: null, mustDraw: true },
          files: [...taken, ...files],
        });
      }
      case "area": {
        if (!areas) {
          const how = "Press Edit… and attach a mask: the picture with the part to change made see-through.";
          return void (await reply.show(noticeView(how)));
        }
        const address = await areas.open(adapter, message, user);
        return void (await reply.show(areaView(address, areaMs / 60_000)));
      }
    }
    const found = await history.find(message);
    if (turn.action === "restore" && found?.outcome === "deleted") {
      demand(user, found.user, "bring back");
      return void (await reply.show(restoredView(await history.restore(found))));
    }
    if (!found || found.outcome === "deleted") throw unknown();
    if (found.forgotten && ofWords.includes(turn.action)) throw forgotten();
    const again = { ...here, from: found.parent ?? null };
    switch (turn.action) {
      case "vary": {
        const chosen = await chooseAgain({ ...who, options: withoutAction(found.options) });
        return ask(adapter, reply, {
          ...{ ...here, ...chosen, from: message, mustDraw: true, again: true, files: [] },
          text: varyWords,
          ...(found.style && { style: found.style }),
        });
      }
      case "redo": {
        const chosen = await chooseAgain({ ...who, options: found.options });
        return ask(adapter, reply, {
          ...{ ...again, ...chosen, ...brought(found), again: true, files: [] },
          text: found.prompt,
          mustDraw: found.mustDraw || found.pictures.length > 0,
        });
      }
      case "rephrase": {
        const chosen = await choose({ ...who, text, options, over: found.options });
        const isOtherStyle = chosen.style !== undefined || chosen.options.style !== found.options.style;
        return ask(adapter, reply, {
          ...again,
          ...broughtBy(found, { text: chosen.text, isOtherStyle, files }),
          ...{ ...chosen, files, mustDraw: false },
        });
      }
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
        await history.takeBack(thread, head);
        return void (await reply.show(undoneView(head)));
      }
      case "forward":
        return void (await reply.show(redoneView(await history.bringForward(thread, turn.event))));
      case "restore":
        return void (await reply.show(restoredView(undefined)));
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
    const head = await history.strike(found);
    await adapter.reopen(found.message).show({ ...deletedView(by), ...(head !== undefined && { head }) });
  }

  /** The picture before, past those that failed or are deleted by now. */
  async function before({ parent }: Generation): Promise<MessageKey | null> {
    return (parent && (await history.base(parent))?.message) ?? null;
  }

  return press;
}

/** What a button needs the words for that a picture was asked for with. */
const ofWords: readonly ActionName[] = ["redo", "rephrase", "details"];

/** Whoever asked for it has had it forgotten, or its time is over. */
function forgotten(): BotError {
  return new BotError(
    "unknown_message",
    "I no longer know what this picture was asked for with. Reply to it, and I go on from what it shows.",
  );
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

/** The pictures and the style an answer was made from. */
function brought({ inputs, fromView, under, like, linksFrom, style, stylePictures }: Generation) {
  return {
    brought: inputs,
    ...(fromView && { fromView }),
    ...(under && { under }),
    ...(like && { like }),
    ...(linksFrom !== undefined && { linksFrom }),
    ...(style && { style }),
    ...(stylePictures && { stylePictures }),
  };
}

/** What is left of that when it is said anew: other files, links and styles take the place of those before. */
function broughtBy(
  found: Generation,
  now: { readonly text: string; readonly isOtherStyle: boolean; readonly files: readonly Attachment[] },
) {
  const { style, stylePictures, ...rest } = brought(found);
  const styled = now.isOtherStyle ? {} : { ...(style && { style }), ...(stylePictures && { stylePictures }) };
  const kept = found.inputs.filter(({ role }) => role !== "style" || !now.isOtherStyle);
  if (now.files.length > 0) return { ...styled, brought: kept.filter(({ role }) => role === "style") };
  if (haveSameLinks(now.text, found.prompt)) return { ...rest, ...styled, brought: kept };
  const references = kept.filter(({ role }) => role === "reference");
  const { linksFrom = references.length, under, fromView } = found;
  const linked = references.slice(linksFrom);
  // A mask goes with the picture that it lies on.
  const isMasked = linksFrom > 0;
  return {
    ...styled,
    brought: kept.filter((input) => !linked.includes(input) && (isMasked || input.role !== "mask")),
    ...(under && isMasked && { under }),
    ...(fromView && { fromView }),
  };
}

/** `edit` or `generate` was said of that turn, not of the next. */
function withoutAction({ action: _, ...rest }: Partial<ImageOptions>): Partial<ImageOptions> {
  return rest;
}
