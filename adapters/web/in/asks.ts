import { randomUUID } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";
import { z } from "zod";
import { type ActionName, isActionName } from "../../../src/seam/actions.ts";
import type { Attend, Core } from "../../../src/seam/core.ts";
import { BotError, toBotError } from "../../../src/seam/errors.ts";
import type { Attachment, EventKey, PlatformEvent, Turn } from "../../../src/seam/turn.ts";
import type { Reply } from "../../../src/seam/view.ts";
import { isOver } from "../../../src/seam/view.ts";
import type { Stage } from "../live/stage.ts";
import { createNotice, createReply } from "../out/reply.ts";
import { toAnswerId, toKey } from "../out/view.ts";
import type { WireAsk, WireMessage } from "../wire/messages.ts";
import { postAsk, replyTo } from "./ask.ts";
import { type AskForm, type Pressed, toPress, toPrompt } from "./turn.ts";
import { keptOf, receive, toSent } from "./uploads.ts";

/** What comes in from the page: noted, stored and seen to, each once, however often it is sent. */
export interface Asks {
  /**
   * Takes words, or a button that draws, on; the ask's id. When it resolves nothing can be lost any more. Rejects with
   * BotError `storage` where it cannot be noted or stored, `stopped` where this process was for too long, and as `receive`
   * and `postAsk`: then nothing has happened.
   */
  take(ask: Pick<WireAsk, "thread" | "replyTo" | "action">, form: AskForm): Promise<string>;
  /** A button that draws nothing. Rejects with BotError `storage` where it cannot be noted. */
  press(id: string, press: Pressed): Promise<void>;
  /** As of `Adapter`. */
  replay(event: PlatformEvent): Promise<void>;
}

/** What is noted of an ask, beside what the chat has of it. */
const notedAsk = z.object({
  ask: z.string(),
  /** The message it replies to is an answer. */
  toBot: z.boolean(),
  files: z.array(
    z.object({
      name: z.string(),
      mediaType: z.string(),
      size: z.number(),
      role: z.enum(["reference", "mask"]).exactOptional(),
      /** As its attachment's source has it; absent: the process that got it held it in memory. */
      file: z.unknown().optional(),
    }),
  ),
});

const action = z.custom<ActionName>((name) => typeof name === "string" && isActionName(name));

const notedPress = z.object({
  press: z.object({ thread: z.string(), message: z.string(), action }),
});

/** Ms in which a second press of a button that draws is the first one's. */
const clickMs = 2000;

/** Ms after which what is not there is looked for again: what a server has lost is put back by the process that knows it. */
const putBackMs = [500, 2000];

export function createAsks(
  stage: Stage,
  { note, handle, shared }: Pick<Core, "note" | "handle" | "shared">,
): Asks {
  const { chat, uploads, log, now } = stage;
  /** Asks that are being stored, by their id. */
  const begun = new Map<string, Promise<string>>();
  /** Events that are being seen to. */
  const running = new Map<EventKey, Promise<void>>();
  /** When a button was pressed last, and as which ask. */
  const clicks = new Map<string, { readonly ask: string; readonly at: number }>();

  function run(event: EventKey, turn: Turn, reply: Reply): Promise<void> {
    const over = handle(turn, reply).finally(() => running.delete(event));
    running.set(event, over);
    return over;
  }

  /** A line on the page, which goes by; but what was deleted of a person can be read for longer. */
  function replyToPress(press: Pressed): Reply {
    const pressed = chat.message(press.message);
    if (press.action !== "forget" || pressed?.kind !== "answer") return createNotice(stage, press);
    return createReply(stage, { id: pressed.id, thread: pressed.thread, ask: pressed.ask });
  }

  function isAnswered(ask: string): boolean {
    const answer = chat.message(toAnswerId(ask));
    return answer?.kind === "answer" && isOver(answer.view.phase);
  }

  async function answer(ask: WireAsk, event: EventKey, files: readonly Attachment[], toBot: boolean) {
    await run(event, toTurn(ask, files, toBot), replyTo(stage, ask));
    await letGo(ask.id, keptOf(files));
  }

  /** What only the core reads is of no more use when it is answered, or when nobody will see the answer. */
  async function letGo(ask: string, kept: readonly string[]): Promise<void> {
    if (kept.length === 0 || !chat.isOpen) return; // what is in flight when we are stopped goes on after the next start
    if (chat.message(ask) && !isAnswered(ask)) return;
    await uploads.remove(kept).catch((error: unknown) => log.warn({ error }, "upload.left"));
  }

  /**
   * Notes an ask that is not stored. Its key can be known all the same: by a process that was killed between the two, or
   * that had no room to store it. What was noted then is over, so this is noted under another.
   */
  async function noteAsk(
    { id, thread }: Pick<WireAsk, "id" | "thread">,
    body: unknown,
  ): Promise<{ event: EventKey; seeTo: Attend }> {
    for (const event of [`web:ask:${id}`, `web:ask:${id}:${randomUUID()}`] as const) {
      const seeTo = await note({ key: event, body, thread: toKey(thread) });
      if (seeTo) return { event, seeTo };
    }
    throw new BotError("storage", "That could not be noted. Send it again.");
  }

  async function begin(asked: Parameters<Asks["take"]>[0], form: AskForm): Promise<string> {
    const { id, text, options } = form;
    if (!chat.isOpen) throw new BotError("stopped", "The playground is being restarted. Send it again.");
    const { pictures, drafts, attachments, kept } = await receive(form.uploads, stage);
    const toBot = asked.replyTo !== undefined && chat.message(asked.replyTo)?.kind === "answer";
    const body = { ask: id, toBot, files: attachments.map(toNoted) };
    const { event, seeTo } = await noteAsk({ id, thread: asked.thread }, body).catch(
      async (error: unknown) => {
        await uploads.remove(kept);
        throw error;
      },
    );
    const ask = { ...asked, id, text, options, pictures, event };
    const post = () => postAsk(stage, ask, { drafts, isSecond: asked.action && isSecond });
    const posting = Promise.withResolvers<Awaited<ReturnType<typeof post>>>();
    /** Where another process got it, too, and was faster, that one sees to it. */
    const work = async () => {
      posting.resolve(post());
      // The page is told why. What may be stored all the same is looked for then; of the rest nothing comes.
      const posted = await posting.promise.catch((error: unknown) => {
        if (mayBeStored(error)) throw error;
      });
      if (posted) await answer(posted.ask, event, attachments, toBot);
    };
    // It was stopped for so long that another has seen to it, and found nothing that was asked.
    void seeTo(work).finally(() => posting.reject(heldUp()));
    const posted = await posting.promise.catch(async (error: unknown) => {
      if (!mayBeStored(error)) await uploads.remove(kept);
      throw error;
    });
    if (!posted) await uploads.remove(kept);
    return id;
  }

  /** Whether it is the second half of a double click, of which the first came to another process. */
  function isSecond(ask: WireAsk, before: WireAsk): boolean {
    const { action, replyTo, text, createdAt } = before;
    const isSame = action === ask.action && replyTo === ask.replyTo && text === ask.text;
    return isSame && Math.abs(ask.createdAt - createdAt) < clickMs;
  }

  /** The same of one that came to this process. */
  function firstOf(click: string): string | undefined {
    const isLong = (ms: number) => ms >= clickMs || ms < 0; // the clock may have been set back since
    for (const [one, { at }] of clicks) if (isLong(now() - at)) clicks.delete(one);
    return clicks.get(click)?.ask;
  }

  async function find(id: string): Promise<WireMessage | undefined> {
    for (const ms of shared ? [0, ...putBackMs] : [0]) {
      if (ms > 0) await sleep(ms);
      await chat.fresh();
      const found = chat.message(id);
      if (found) return found;
    }
    return shared ? chat.findLast(id) : undefined;
  }

  async function replayAsk(key: EventKey, { ask: id, toBot, files }: z.output<typeof notedAsk>) {
    await begun.get(id)?.catch(() => {});
    const ask = await find(id);
    const attachments = files.map(({ file, ...claims }) => toSent({ ...claims, file }, stage));
    // Not stored, or stored when it was sent again: the page was not told that it is taken.
    if (ask?.kind !== "ask" || ask.event !== key) return uploads.remove(keptOf(attachments));
    if (isAnswered(id)) return;
    await (running.get(key) ?? answer(ask, key, attachments, toBot));
  }

  return {
    async take(asked, form) {
      const { replyTo: message, action } = asked;
      const click = action && `${message} ${action} ${form.text}`;
      for (const id of [form.id, click && firstOf(click)]) {
        if (id && chat.message(id)) return id;
        const beginning = id && begun.get(id);
        if (beginning) return beginning;
      }
      if (click) clicks.set(click, { ask: form.id, at: now() });
      const beginning = begin(asked, form).finally(() => begun.delete(form.id));
      begun.set(form.id, beginning);
      return beginning;
    },
    async press(id, press) {
      const event = `web:press:${id}` as const;
      const seeTo = await note({ key: event, body: { press } });
      void seeTo?.(() => run(event, toPress(press, event), replyToPress(press)));
    },
    async replay({ key, body }) {
      const underWay = running.get(key);
      if (underWay) return underWay;
      const ask = notedAsk.safeParse(body).data;
      if (ask) return replayAsk(key, ask);
      const press = notedPress.safeParse(body).data?.press;
      await chat.fresh();
      if (press) return running.get(key) ?? run(key, toPress(press, key), replyToPress(press));
      log.error({ event: key }, "event.unreadable");
    },
  };
}

/** A store that fails may have written what it does not answer for. */
function mayBeStored(error: unknown): boolean {
  return toBotError(error).code === "storage";
}

function heldUp(): BotError {
  return new BotError("stopped", "I was held up just now, and have not begun. Send it again.");
}

function toNoted({ name, mediaType, size, role, source }: Attachment): z.input<typeof notedAsk>["files"][0] {
  const file = source?.kind === "platform" ? source.file : undefined;
  return { name, mediaType, size, ...(role && { role }), ...(file !== undefined && { file }) };
}

function toTurn(ask: WireAsk, attachments: readonly Attachment[], toBot: boolean): Turn {
  const { thread, replyTo: message, action, text, options, event } = ask;
  if (!action || !message) return toPrompt(ask, attachments, toBot);
  return toPress({ thread, message, action }, event, { text, options, attachments });
}
