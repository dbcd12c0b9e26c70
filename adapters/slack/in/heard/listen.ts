import { App, type Receiver, type ReceiverEvent, type webApi } from "@slack/bolt";
import { createOnce } from "../../../../src/seam/bounded.ts";
import { toBotError } from "../../../../src/seam/errors.ts";
import { formCallback } from "../../forms/forms.ts";
import type { Stage } from "../../live/stage.ts";
import { say } from "../../out/notice.ts";
import { toLogger } from "../../wire/gateway.ts";
import { openResponseUrl } from "../../wire/response-url.ts";
import { toLogged } from "../../wire/trouble.ts";
import { greet, noteAssistant } from "../agent/assistant.ts";
import { noteContext, welcome } from "../agent/opened.ts";
import { showHome } from "../home-tab.ts";
import type { Command, Doing, Pressed, Shortcut, Stop, Submitted } from "../payloads.ts";
import { faultsOf } from "../submissions.ts";
import type { MessageEvent } from "../turn.ts";
import type { Begin, Incoming } from "./incoming.ts";

/** Everything is noted, acknowledged at once and worked on later, so that nothing is late, however busy the core is. */
export function listen(
  stage: Stage,
  incoming: Incoming,
  receiver: Receiver,
  of: { readonly botToken: string; readonly clientOptions: webApi.WebClientOptions },
): void {
  const { me, log, now } = stage;
  const app = new App({
    receiver: toNoting(receiver, incoming),
    authorize: async () => ({ botToken: of.botToken, botId: me.botId, botUserId: me.userId }),
    ignoreSelf: false, // told apart where messages are read
    convoStore: false,
    clientOptions: { ...of.clientOptions, retryConfig: { retries: 0 } },
    logger: toLogger(log),
  });
  const isFirst = createOnce(2000);
  const later = (what: string, go: () => Promise<void>) => {
    if (stage.closing.aborted) return;
    go().catch((error: unknown) => log.error({ error: toLogged(error) }, what));
  };
  const acknowledge = async (ack: () => Promise<void>) => {
    await ack().catch((error: unknown) => log.warn({ error: toLogged(error) }, "slack.acknowledge.failed"));
  };
  /** `refuse`: tells the person, with the acknowledgement where Slack takes it there. */
  const take = async (
    doing: Doing,
    ack: () => Promise<void>,
    refuse: (words: string) => Promise<void>,
  ): Promise<void> => {
    let begin: Begin;
    try {
      begin = await incoming.take(doing);
    } catch (error) {
      const refused = toBotError(error);
      if (refused.code !== "forbidden") {
        log.error({ kind: doing.kind, error: toLogged(error) }, "slack.event.unnoted");
      }
      return acknowledge(() => refuse(refused.message));
    }
    await acknowledge(ack);
    begin();
  };
  const whisper = (body: Pressed | Shortcut, words: string) => {
    const responseUrl = openResponseUrl(body.response_url, now());
    const channelId = body.channel?.id ?? "";
    return say(stage, { channelId, userId: body.user.id, ...(responseUrl && { responseUrl }) }, words);
  };
  app.error(async (error) => log.error({ error: toLogged(error) }, "slack.listener.failed"));

  app.event("app_home_opened", async ({ event, body }) => {
    if (event.tab !== "messages") later("slack.home.failed", () => showHome(stage, event.user));
    else if (isFirst(body.event_id)) later("slack.agent.failed", () => welcome(stage, event));
  });
  app.event("app_context_changed", async ({ event }) => noteContext(stage, event.user, event.context ?? {}));
  app.event("assistant_thread_started", async ({ event, body }) => {
    if (isFirst(body.event_id)) later("slack.assistant.failed", () => greet(stage, event.assistant_thread));
  });
  app.event("assistant_thread_context_changed", async ({ event }) => {
    noteAssistant(stage, event.assistant_thread);
  });
  // Bolt's types know fewer fields than Slack's reference, hence the casts.
  app.command(/.*/, async ({ ack, body }) => {
    const refuse = (text: string) => ack({ response_type: "ephemeral", text });
    await take({ kind: "command", payload: body as Command }, ack, refuse);
  });
  app.action(/.*/, async ({ ack, body }) => {
    const payload = body as unknown as Pressed;
    await take({ kind: "press", payload }, ack, async (words) => {
      await ack();
      // What stands in App Home since it was open is taken away.
      if (payload.view) await showHome(stage, payload.user.id, payload.user.team_id);
      else await whisper(payload, words);
    });
  });
  app.shortcut(/.*/, async ({ ack, body }) => {
    const payload = body as Shortcut;
    await take({ kind: "shortcut", payload }, ack, (words) => ack().then(() => whisper(payload, words)));
  });
  app.view(formCallback, async ({ ack, body }) => {
    const payload = body as Submitted;
    const refuse = (errors: Readonly<Record<string, string>>) =>
      ack({ response_action: "errors", errors: { ...errors } });
    const errors = faultsOf(payload);
    if (errors) return acknowledge(() => refuse(errors));
    const [field = ""] = Object.keys(payload.view.state.values);
    await take({ kind: "form", payload }, ack, (words) => refuse({ [field]: words }));
  });
}

/** Bolt acknowledges an event before anybody hears of it: what people say and stop is noted before Bolt hears of it. */
function toNoting(receiver: Receiver, incoming: Incoming): Receiver {
  const messages = ["message", "app_mention"];

  async function hear(event: MessageEvent | Stop): Promise<Begin | undefined> {
    if (isStop(event)) return incoming.stop(event);
    return messages.includes(event.type) ? incoming.hear(event) : undefined;
  }

  async function process(app: App, event: ReceiverEvent): Promise<void> {
    const { type, event: said } = event.body as {
      readonly type?: string;
      readonly event?: MessageEvent | Stop;
    };
    const begin = type === "event_callback" && said ? await hear(said) : undefined;
    try {
      await app.processEvent(event);
    } finally {
      begin?.();
    }
  }

  return {
    init: (app) =>
      receiver.init(
        Object.assign(Object.create(app), { processEvent: (event: ReceiverEvent) => process(app, event) }),
      ),
    start: (...args) => receiver.start(...args),
    stop: (...args) => receiver.stop(...args),
  };
}

function isStop(event: MessageEvent | Stop): event is Stop {
  return event.type === "agent_session_stopped";
}
