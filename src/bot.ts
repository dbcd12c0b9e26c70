import type {
  Adapter,
  Attachment,
  Handle,
  MessageKey,
  Press,
  Prompt,
  PromptOf,
  Reply,
  User,
  View,
} from "./adapter.ts";
import { type Answer, answer } from "./answer.ts";
import { BotError, toBotError } from "./errors.ts";
import type { Generation, History } from "./history.ts";
import type { Identity } from "./identity.ts";
import type { Lanes } from "./lanes.ts";
import type { Ledger, OpenTurn } from "./ledger.ts";
import type { Log } from "./log.ts";
import { type ImageOptions, parseFlags, parseOptions } from "./options.ts";
import { createPace } from "./pace.ts";
import type { Painter } from "./painter.ts";
import { promptLimit, type RequestDefaults } from "./request.ts";
import {
  cancelledView,
  deletedView,
  detailsView,
  failedView,
  forgottenView,
  noticeView,
  pickedView,
  queuedView,
  startingStatus,
  undoneView,
  workingView,
} from "./views.ts";

/** The core: what all adapters hand their turns to. */
export interface Bot {
  /** The Handle to start an adapter with. */
  attach(adapter: Adapter): Handle;
  readonly promptOf: PromptOf;
  /** Finishes what the process before left in flight. Call it when the attached adapters have started. */
  resume(): Promise<void>;
  /**
   * Takes no more turns and waits up to `graceMs` for those in flight. What is not done by then stays in the ledger
   * and is finished after the next start.
   */
  drain(graceMs: number): Promise<void>;
}

export interface BotParts {
  readonly painter: Painter;
  readonly history: History;
  readonly ledger: Ledger;
  readonly lanes: Lanes;
  readonly identity: Identity;
  readonly defaults: RequestDefaults;
  readonly log: Log;
  readonly now?: () => number;
}

/** What a person wants drawn, before it has a message and an order. */
type Ask = Pick<
  OpenTurn,
  "thread" | "user" | "text" | "options" | "notes" | "from" | "mustDraw" | "inputs"
> & {
  readonly files: readonly Attachment[];
};

interface InFlight {
  readonly user: User;
  readonly stop: AbortController;
  readonly over: Promise<void>;
}

/** Why a turn's signal aborts. A cancelled turn is over; one that a shutdown stops goes on after the next start. */
const cancelled = new BotError("stopped", "Cancelled.");
const shutdown = new BotError("stopped", "The bot is restarting.");

const varyWords =
  "Draw a variation of this picture: the same subject and style, with another composition and other details.";

export function createBot(parts: BotParts): Bot {
  const { painter, history, ledger, lanes, log, now = Date.now } = parts;
  const adapters = new Map<string, Adapter>();
  const inFlight = new Map<MessageKey, InFlight>();
  let draining = false;

  async function prompt(adapter: Adapter, turn: Prompt, reply: Reply): Promise<void> {
    if (!turn.addressed && (await history.head(turn.thread)) === undefined) return;
    const flags = parseFlags(turn.text);
    const options = { ...flags.options, ...parseOptions(turn.options) };
    const { thread, user, replyTo } = turn;
    await ask(adapter, reply, {
      thread,
      user,
      text: flags.text,
      options,
      notes: flags.notes,
      files: turn.attachments,
      mustDraw: false,
      ...(replyTo && { from: replyTo }),
    });
  }

  async function press(adapter: Adapter, turn: Press, reply: Reply): Promise<void> {
    const { message, user, thread } = turn;
    const running = inFlight.get(message);
    if (turn.action === "cancel") {
      if (!running) return void (await reply.show(noticeView("This one is over already.")));
      demand(user, running.user.id, "cancel");
      return running.stop.abort(cancelled);
    }
    const found = await history.find(message);
    const flags = parseFlags(turn.input?.text ?? "");
    const fresh = { text: flags.text, notes: flags.notes, files: turn.input?.attachments ?? [] };
    const chosen = { ...flags.options, ...parseOptions(turn.input?.options ?? {}) };
    if (turn.action === "edit") {
      return ask(adapter, reply, { ...fresh, thread, user, options: chosen, from: message, mustDraw: false });
    }
    if (!found || found.outcome === "deleted") {
      throw new BotError(
        "unknown_message",
        "I no longer know this picture. Attach it to a message and say what to do.",
      );
    }
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
        const head = found.parent ?? null;
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
    await history.save({ ...found, picked: place - 1 });
    await history.moveHead(found.thread, found.message);
    await reply.show(pickedView(place, found.message));
  }

  async function remove(adapter: Adapter, found: Generation, by: User): Promise<void> {
    await history.save({ ...found, outcome: "deleted" });
    const isHead = (await history.head(found.thread)) === found.message;
    const head = found.parent ?? null;
    if (isHead) await history.moveHead(found.thread, head);
    await adapter.reopen(found.message).show({ ...deletedView(by), ...(isHead && { head }) });
  }

  /** Checks the words, posts the message that will show the answer, and notes the turn before anything is spent. */
  async function ask(adapter: Adapter, reply: Reply, wanted: Ask): Promise<void> {
    const { files, ...rest } = wanted;
    checkWords(rest.text, files.length + (rest.inputs?.length ?? 0));
    const message = await reply.show(workingView({ notes: rest.notes, strokes: [] }, startingStatus));
    const turn: OpenTurn = {
      ...rest,
      message,
      adapter: adapter.name,
      attachments: files.length,
      acceptedAt: now(),
    };
    await run(adapter, turn, reply, files);
  }

  /** Sees one turn through to its last view, whatever happens. */
  function run(adapter: Adapter, turn: OpenTurn, reply: Reply, files: readonly Attachment[]): Promise<void> {
    const stop = new AbortController();
    const turnLog = log.child({ adapter: adapter.name, thread: turn.thread, message: turn.message });
    const over = see(adapter, turn, reply, files, stop, turnLog).finally(() => inFlight.delete(turn.message));
    inFlight.set(turn.message, { user: turn.user, stop, over });
    return over;
  }

  async function see(
    adapter: Adapter,
    turn: OpenTurn,
    reply: Reply,
    files: readonly Attachment[],
    stop: AbortController,
    turnLog: Log,
  ): Promise<void> {
    const pace = createPace(reply, (error) => turnLog.warn({ error }, "view.lost"));
    const state: Answer = { turn, notes: [...turn.notes], strokes: [] };
    const tools = { ...parts, adapter, log: turnLog, now };
    let leave: (() => void) | undefined;
    let last: View;
    try {
      await ledger.note(turn);
      leave = await lanes.enter(turn.thread, stop.signal, (ahead) => pace.offer(queuedView(ahead)));
      const { generation, view } = await answer(state, files, tools, reply.limits, pace.offer, stop.signal);
      // Saved before it is shown: who sees the picture may answer it at once.
      last = await keep(generation).then(
        () => view,
        (error: unknown) => {
          turnLog.error({ error }, "store.failed");
          return forgottenView(view);
        },
      );
    } catch (error) {
      if (stop.signal.reason === shutdown) return leave?.();
      last = await undone(state, error, stop.signal.reason === cancelled, turnLog);
    }
    await pace.finish(last).catch((error: unknown) => turnLog.error({ error }, "answer.lost"));
    leave?.();
    await ledger.forget(turn.message).catch((error: unknown) => turnLog.error({ error }, "store.failed"));
  }

  async function keep(generation: Generation): Promise<void> {
    await history.save(generation);
    await history.moveHead(generation.thread, generation.message);
  }

  /** What a turn that came to nothing leaves: a line in the log, a generation to run again, and its last view. */
  async function undone(state: Answer, error: unknown, wasCancelled: boolean, turnLog: Log): Promise<View> {
    const { turn } = state;
    for (const id of wasCancelled ? (turn.responseIds ?? []) : []) if (id) void painter.cancel(id);
    const known = toBotError(error);
    turnLog[severity(known)](
      { code: known.code, error: known },
      wasCancelled ? "turn.cancelled" : "turn.failed",
    );
    const haveAll = turn.attachments === 0 || turn.inputs !== undefined;
    const again = haveAll && (await keepUndone(state, wasCancelled ? "cancelled" : "failed"));
    return wasCancelled ? cancelledView(again, state) : failedView(known, again, state);
  }

  /** Whether redo and edit prompt will find it. */
  async function keepUndone({ turn }: Answer, outcome: "failed" | "cancelled"): Promise<boolean> {
    try {
      const parent = turn.from === undefined ? await history.head(turn.thread) : turn.from;
      await history.save({
        message: turn.message,
        thread: turn.thread,
        ...(parent && { parent }),
        user: turn.user.id,
        prompt: turn.text,
        options: turn.options,
        inputs: turn.inputs ?? [],
        outcome,
        pictures: [],
        createdAt: now(),
      });
      return true;
    } catch {
      return false; // the person is being told of what failed first
    }
  }

  return {
    attach(adapter) {
      adapters.set(adapter.name, adapter);
      return async (turn, reply) => {
        try {
          if (draining) throw new BotError("stopped", "I am being restarted. Try again in a minute.");
          await (turn.kind === "prompt" ? prompt(adapter, turn, reply) : press(adapter, turn, reply));
        } catch (error) {
          const known = toBotError(error);
          log[severity(known)](
            { adapter: adapter.name, thread: turn.thread, code: known.code, error: known },
            "turn.refused",
          );
          const view = {
            ...failedView(known, false),
            ...(turn.kind === "press" && { audience: "asker" as const }),
          };
          await reply.show(view).catch((lost: unknown) => log.warn({ error: lost }, "view.lost"));
        }
      };
    },
    promptOf: async (message) => (await history.find(message))?.prompt,
    async resume() {
      for (const turn of await ledger.open()) {
        const adapter = adapters.get(turn.adapter);
        log.info(
          {
            adapter: turn.adapter,
            message: turn.message,
            on: adapter !== undefined,
          },
          "turn.resumed",
        );
        if (!adapter) continue;
        run(adapter, turn, adapter.reopen(turn.message), []).catch((error: unknown) => {
          log.error({ message: turn.message, error }, "turn.lost");
        });
      }
    },
    async drain(graceMs) {
      draining = true;
      const all = Promise.allSettled([...inFlight.values()].map(({ over }) => over));
      const grace = new Promise((resolve) => setTimeout(resolve, graceMs).unref());
      await Promise.race([all, grace]);
      for (const { stop } of inFlight.values()) stop.abort(shutdown);
      await all;
    },
  };
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

/** What the operator has to mend is an error; the rest is everyday. */
function severity({ code }: BotError): "error" | "info" {
  return code === "internal" || code === "storage" || code === "auth" || code === "quota" ? "error" : "info";
}

function demand(user: User, owner: string, what: string): void {
  if (user.id === owner || user.moderator) return;
  throw new BotError("forbidden", `Only the one who asked for this picture, or a moderator, can ${what} it.`);
}

/** `edit` or `generate` was said of that turn, not of the next. */
function withoutAction({ action: _, ...rest }: Partial<ImageOptions>): Partial<ImageOptions> {
  return rest;
}
