import { z } from "zod";
import { action } from "../../../../src/seam/actions.ts";
import { BotError } from "../../../../src/seam/errors.ts";
import type { PlatformEvent } from "../../../../src/seam/turn.ts";
import type { Came } from "../../live/came.ts";
import type { Stage } from "../../live/stage.ts";
import { say } from "../../out/notice.ts";
import { parseButtonId, parseStandsFor, toMessageKey, toThreadKey } from "../../wire/keys.ts";
import { openResponseUrl } from "../../wire/response-url.ts";
import { toLogged } from "../../wire/trouble.ts";
import { answerStop } from "../agent/stop.ts";
import { toWhole } from "../agent/whole.ts";
import { answerCommand, answerShortcut } from "../asks.ts";
import { answerAtHome } from "../home-tab.ts";
import { createMessages } from "../messages.ts";
import type { Doing, Pressed, Stop } from "../payloads.ts";
import { answerPress } from "../presses.ts";
import { answerSubmission } from "../submissions.ts";
import { forget } from "../taken-back.ts";
import { type MessageEvent, parseDeleted, parseMessage } from "../turn.ts";
import { threadOf } from "./thread.ts";
import { type Whence, whenceOf } from "./whence.ts";

/** Begins to see to what was noted: to be called when it is acknowledged. Returns at once. */
export type Begin = () => void;

/** What people do comes in here: it is noted before it is acknowledged, and each counts once however often it comes. */
export interface Incoming {
  /**
   * A message, or one that was taken away. Rejects with BotError `storage` when it could not be noted: then it is not to
   * be acknowledged, so that Slack delivers it again.
   */
  hear(event: MessageEvent): Promise<Begin>;
  /** Somebody stops what goes on in a thread. Rejects as `hear`. */
  stop(event: Stop): Promise<Begin>;
  /**
   * What is done to Slack's own controls. Rejects as `hear`, and with BotError `forbidden` where the bot may not be used:
   * the person is to be told.
   */
  take(doing: Doing): Promise<Begin>;
  /** As of `Adapter`. */
  replay(event: PlatformEvent): Promise<void>;
}

/** What is noted of each. */
const noted = z.object({
  kind: z.enum(["message", "stop", "command", "press", "shortcut", "form"]),
  /** Unix time, ms. */
  at: z.number(),
  payload: z.record(z.string(), z.unknown()),
});

export function createIncoming(stage: Stage): Incoming {
  const { core, me, app, now, log, strangers, door, closing } = stage;
  const answerMessage = createMessages(stage);
  /** Messages are seen to in the order in which they came, however long it takes to note each. */
  let before: Promise<unknown> = Promise.resolve();

  /** What to tell whoever may not use the bot there; undefined: they may. */
  function refusalOf({ place }: Whence): string | undefined {
    return place && door.refusalAt(place);
  }

  /** Whoever spoke to the bot where it may not be used is told so alone, once in a while. */
  async function turnAway(event: MessageEvent, whence: Whence, words: string): Promise<void> {
    const said = parseMessage(event, me);
    const { userId, channelId } = whence;
    if (!said?.addressed || !door.maySay(channelId, userId)) return;
    const { threadTs, inThread } = said.where;
    await say(stage, { channelId, userId, ...(threadTs && { threadTs, inThread }) }, words);
  }

  async function see(doing: Doing, { event, at, again }: Omit<Came, "from">): Promise<void> {
    closing.throwIfAborted();
    const whence = whenceOf(doing, me, core.seal);
    const refusal = again ? refusalOf(whence) : undefined;
    if (refusal !== undefined) {
      if (doing.kind === "message") return turnAway(doing.payload, whence, refusal);
      const { channelId, userId } = whence;
      const responseUrl = openResponseUrl(whence.responseUrl, at);
      return say(stage, { channelId, userId, ...(responseUrl && { responseUrl }) }, refusal);
    }
    const came: Came = { event, at, again, ...(whence.from && { from: whence.from }) };
    switch (doing.kind) {
      case "message": {
        const said = parseMessage(doing.payload, me);
        return said ? answerMessage(said, doing.payload, came) : Promise.resolve();
      }
      case "stop":
        return answerStop(stage, doing.payload, came);
      case "command":
        return answerCommand(stage, doing.payload, came);
      case "press": {
        const { view, actions } = doing.payload;
        const [pressed] = actions;
        if (!pressed) return Promise.resolve();
        if (view) return answerAtHome(stage, doing.payload, view, pressed, came);
        return answerPress(stage, doing.payload, came);
      }
      case "shortcut":
        return answerShortcut(stage, doing.payload, came);
      case "form":
        return answerSubmission(stage, doing.payload, came);
    }
  }

  async function note(doing: Doing): Promise<Begin> {
    const at = now();
    const thread = threadOf(doing, { me, app, seal: core.seal });
    const event = { ...toEvent(doing, at), ...(thread && { thread }) };
    const noting = core.note(event);
    const turn = before;
    if (doing.kind === "message") before = Promise.allSettled([before, noting]);
    const seeTo = await noting;
    if (!seeTo) return () => {};
    const work = async () => {
      if (doing.kind === "message") await turn;
      await see(doing, { event: event.key, at, again: false });
    };
    return () => void seeTo(work, { isAcknowledged: true });
  }

  function onUnsaid(error: unknown): void {
    log.debug({ error: toLogged(error) }, "slack.refusal.unsaid");
  }

  /** Small talk in a thread that is not ours costs nothing once that is known. */
  function isForUs(event: MessageEvent): boolean {
    const said = parseMessage(event, me);
    if (!said) return false;
    const thread = toThreadKey(said.where.channelId, said.where.threadTs);
    if (said.addressed) strangers.delete(thread);
    return !strangers.has(thread);
  }

  return {
    async hear(heard) {
      const deleted = parseDeleted(heard);
      if (deleted) forget(stage, heard.channel, deleted);
      const event = toWhole(stage, heard);
      if (!isForUs(event)) return () => {};
      const doing = { kind: "message", payload: event } as const;
      const whence = whenceOf(doing, me, core.seal);
      const refusal = refusalOf(whence);
      return refusal === undefined
        ? note(doing)
        : () => void turnAway(event, whence, refusal).catch(onUnsaid);
    },
    stop: (payload) => note({ kind: "stop", payload }),
    async take(doing) {
      const refusal = refusalOf(whenceOf(doing, me, core.seal));
      if (refusal !== undefined) throw new BotError("forbidden", refusal);
      return note(doing);
    },
    async replay({ key, body }) {
      const parsed = noted.safeParse(body);
      if (!parsed.success) {
        log.error({ event: key, error: toLogged(parsed.error) }, "slack.event.unread");
        return;
      }
      const { kind, at, payload } = parsed.data;
      // It was Slack's when it was noted.
      await see({ kind, payload } as unknown as Doing, { event: key, at, again: true }).catch(
        (error: unknown) => {
          throw error instanceof BotError
            ? error
            : new BotError("unreachable", "Slack failed.", { cause: error });
        },
      );
    },
  };
}

/** Slack's own name for what was done, and all of it. Its token is of no use to anybody. */
function toEvent(doing: Doing, at: number): PlatformEvent {
  const { kind, payload } = doing;
  const { token: _, ...rest } = payload as typeof payload & { readonly token?: string };
  const body = { kind, at, payload: rest };
  switch (kind) {
    case "message":
      return { key: `slack:message:${payload.channel}:${payload.ts}`, body };
    case "stop":
      return { key: `slack:stop:${payload.channel}:${payload.thread_ts}:${payload.event_ts}`, body };
    case "form":
      return { key: `slack:form:${payload.view.id}`, body };
    case "press": {
      const of = toClick(payload);
      const [pressed] = payload.actions;
      const clickedAt = Number(pressed?.action_ts) * 1000;
      const key = `slack:press:${payload.trigger_id}:${pressed?.action_ts ?? ""}` as const;
      return { key, body, ...(of && { click: { of, at: Number.isNaN(clickedAt) ? at : clickedAt } }) };
    }
    default:
      return { key: `slack:${kind}:${payload.trigger_id}`, body };
  }
}

/** A double click on what draws at once draws once. */
function toClick({ actions, container, channel, message, user }: Pressed): string | undefined {
  const [pressed] = actions;
  const name = parseButtonId(pressed?.action_id ?? "");
  if (!name || !action(name).draws || action(name).form) return undefined;
  const channelId = container.channel_id ?? channel?.id ?? "";
  const ts = container.message_ts ?? message?.ts ?? "";
  const stands = parseStandsFor(pressed?.value ?? "");
  return `${toMessageKey(stands ?? { channelId, ts })} ${name} ${user.id}`;
}
