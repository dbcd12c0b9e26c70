import type { ActionName } from "../../../src/seam/actions.ts";
import { BotError, toBotError } from "../../../src/seam/errors.ts";
import { checkHeld } from "../../../src/seam/held.ts";
import type { Log } from "../../../src/seam/log.ts";
import type { MessageKey } from "../../../src/seam/turn.ts";
import type { Image, Measured, Reply, View } from "../../../src/seam/view.ts";
import { isOver } from "../../../src/seam/view.ts";
import type { Chat } from "../live/chat.ts";
import { trashMs } from "../live/gallery/trash.ts";
import { type Draft, measureShown, toExtension, toSrc } from "../live/pictures.ts";
import type { Stage } from "../live/stage.ts";
import { imageLimits, paceMs } from "../wire/limits.ts";
import type { WireAnswer, WirePicture, WireThread } from "../wire/messages.ts";
import { isBehind, toAskId, toId, toKey, toWireAction, toWireView, withButtons } from "./view.ts";

/**
 * The reply behind an answer, which is stored with the first show. What is deleted meanwhile stays deleted, and what is
 * shown is not taken back. Rejects with BotError `storage` for as long as a view cannot be stored.
 */
export function createReply(stage: Stage, answer: Pick<WireAnswer, "id" | "thread" | "ask">): Reply {
  const { chat, partials, events, trouble, log, now } = stage;
  const { id } = answer;

  /** What cannot be stored cannot be shown either, but the pages that are open can be told why. */
  async function keep<T>(store: () => T | Promise<T>): Promise<T> {
    try {
      return await store();
    } catch (error) {
      trouble.begin(toBotError(error), answer.thread);
      throw error;
    }
  }

  return {
    pace: paceMs,
    limits: imageLimits,
    message: toKey(id),
    async show(view) {
      checkOpen(chat);
      await keep(chat.fresh);
      const over = isOver(view.phase);
      const { images, files = [] } = view;
      const finals = over ? await keep(() => draftAll([...images, ...files], stage)) : [];
      const sketches = over ? [] : await partials.put(id, view.images);
      checkOpen(chat);
      checkHeld();
      const drafts = finals.map(({ draft }) => draft);
      const before = chat.message(id);
      const pictures = finals.map(({ picture }) => picture);
      const stored: WireAnswer = {
        kind: "answer",
        ...answer,
        createdAt: before?.createdAt ?? now(),
        view: {
          ...toWireView(view, pictures.slice(0, images.length), pictures.slice(images.length)),
          ...(view.gone && { gone: now() + trashMs }),
        },
      };
      const head = toHead(view);
      const thread = await keep(() => chat.answer(stored, drafts, head, (shown) => isBehind(view, shown)));
      if (over) trouble.end();
      if (thread === "behind") {
        log.warn({ message: id, phase: view.phase }, "view.late");
        await partials.retire(id);
        return toKey(id);
      }
      if (thread === "gone") {
        await partials.drop(id);
        return unwanted(log, id);
      }
      if (over) await partials.retire(id);
      events.emit({ type: "message", message: over ? stored : withSketches(stored, sketches) });
      if (over || !before || head !== undefined) events.emit({ type: "thread", thread });
      return toKey(id);
    },
  };
}

/** The reply to a press that draws nothing: it moves the head or picks a picture, says a line, and is not kept. */
export function createNotice(
  stage: Stage,
  press: { readonly thread: string; readonly message: string; readonly action: ActionName },
): Reply {
  const { chat, events, log } = stage;

  return {
    pace: paceMs,
    limits: imageLimits,
    async show(view) {
      checkOpen(chat);
      await chat.fresh();
      if (!chat.thread(press.thread)) return unwanted(log, press.message);
      // First, since it may be what the list shows of the thread.
      const restored =
        press.action === "restore" && view.phase === "done" ? await chat.restore(press.message) : undefined;
      const moved = await moveHead(chat, press, view);
      const thread = moved ?? (restored && chat.thread(press.thread));
      if (thread) events.emit({ type: "thread", thread });
      const place = toPlace(press.action);
      const answer = place !== undefined && moved ? await chat.pick(press.message, place) : restored;
      if (answer) events.emit({ type: "message", message: withButtons(answer) });
      const text = view.text || view.status;
      if (text && isOver(view.phase)) {
        const failed = view.phase === "failed";
        const isUndone = press.action === "undo" && thread !== undefined;
        const offer = isUndone && { message: press.message, action: toWireAction("forward") };
        events.emit({ type: "notice", thread: press.thread, text, failed, ...(offer && { offer }) });
      }
      return toKey(press.message);
    },
  };
}

/** Where the thread goes on from now; undefined where that is as it was. */
async function moveHead(
  chat: Chat,
  { thread, action }: { readonly thread: string; readonly action: ActionName },
  view: View,
): Promise<WireThread | undefined> {
  const head = toHead(view);
  if (head === undefined) return action === "forward" ? chat.forgetUndone(thread) : undefined;
  if (action === "undo" && chat.thread(thread)?.head === head) return undefined;
  return chat.setHead(thread, head, ways[action]);
}

const ways: Partial<Readonly<Record<ActionName, "back" | "forward" | "kept">>> = {
  undo: "back",
  forward: "forward",
  restore: "kept",
};

/** The reply behind an answer of that key, whichever process it was begun by; it is looked for when it is to be shown. */
export function createReopened(stage: Stage, key: MessageKey): Reply {
  const { chat, log } = stage;
  const id = toId(key);
  return {
    ...{ pace: paceMs, limits: imageLimits, message: key },
    async show(view) {
      checkOpen(chat);
      await chat.fresh();
      // It may have been noted and not been shown yet.
      const message = chat.message(id) ?? chat.message(toAskId(id));
      if (!message) return unwanted(log, id);
      const ask = message.kind === "answer" ? message.ask : message.id;
      return createReply(stage, { id, thread: message.thread, ask }).show(view);
    },
  };
}

/** The reply behind a message that is gone. */
export function createUnwanted(log: Log, message: MessageKey): Reply {
  return { pace: paceMs, limits: imageLimits, show: async () => unwanted(log, toId(message)) };
}

/** An answer as it looks while it is drawn. */
export function withSketches(answer: WireAnswer, sketches: readonly WirePicture[]): WireAnswer {
  return { ...answer, view: { ...answer.view, images: sketches } };
}

function checkOpen(chat: Chat): void {
  if (!chat.isOpen) throw new BotError("stopped", "The playground has been stopped.");
}

function unwanted(log: Log, message: string): MessageKey {
  log.debug({ message }, "reply.unwanted");
  return toKey(message);
}

/** The place of the picture that a button picks, from 0. */
function toPlace(action: ActionName): number | undefined {
  const [, number] = /^pick(\d)$/.exec(action) ?? [];
  return number === undefined ? undefined : Number(number) - 1;
}

function toHead(view: View): string | null | undefined {
  return view.head ? toId(view.head) : view.head;
}

/** A picture on disk, and as the page has it. */
interface Drafted {
  readonly draft: Draft;
  readonly picture: WirePicture;
}

/** All of them or, when one cannot be stored, none. */
async function draftAll(
  images: readonly Image[],
  { chat, measure }: Pick<Stage, "chat" | "measure">,
): Promise<readonly Drafted[]> {
  const drafted: Drafted[] = [];
  try {
    for (const { bytes, mediaType, name, alt } of images) {
      const measured = (await measureShown(measure, bytes)) ?? toUnmeasured(mediaType);
      const draft = await chat.draft(bytes, measured);
      drafted.push({ draft, picture: { src: toSrc(draft.file), name, alt, ...measured } });
    }
  } catch (error) {
    chat.discard(drafted.map(({ draft }) => draft));
    throw error;
  }
  return drafted;
}

/** A paid picture is kept even if its size cannot be read. */
function toUnmeasured(mediaType: string): Measured {
  if (toExtension(mediaType)) return { mediaType, width: 0, height: 0 };
  throw new BotError("internal", `The playground cannot show ${mediaType}. Ask for PNG, JPEG or WebP.`);
}
