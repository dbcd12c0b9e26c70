import { App, webApi } from "@slack/bolt";
import type { Adapter } from "../../src/seam/adapter.ts";
import { createBounded, createOnce } from "../../src/seam/bounded.ts";
import type { Core, Handle } from "../../src/seam/core.ts";
import { BotError } from "../../src/seam/errors.ts";
import { badFile } from "../../src/seam/files/sent-file.ts";
import type { Log } from "../../src/seam/log.ts";
import type { Attachment, MessageKey } from "../../src/seam/turn.ts";
import type { Reply } from "../../src/seam/view.ts";
import { formCallback } from "./forms/forms.ts";
import { showHome } from "./in/home-tab.ts";
import { createInteractions } from "./in/interactions.ts";
import { createMessages } from "./in/messages.ts";
import type { Command, Pressed, Shortcut, Submitted } from "./in/payloads.ts";
import { faultsOf } from "./in/submissions.ts";
import type { MessageEvent } from "./in/turn.ts";
import { createPeople } from "./live/people.ts";
import type { Stage } from "./live/stage.ts";
import type { Me } from "./live/where.ts";
import { openBelow } from "./out/answers.ts";
import { greet } from "./out/assistant.ts";
import { createReply } from "./out/reply.ts";
import { createFiles } from "./wire/attachments.ts";
import { type Gateway, type Mode, toLogger } from "./wire/gateway.ts";
import { createHttp } from "./wire/http.ts";
import { isSpot, parseMessageKey, toPlace, toThreadKey } from "./wire/keys.ts";
import { imageLimits, paceMs, pollMs, type Timing } from "./wire/limits.ts";
import { createMissing, missingScopes } from "./wire/permissions.ts";
import { picturesOf } from "./wire/pictures.ts";
import { createSend } from "./wire/send.ts";
import { createSocket } from "./wire/socket.ts";
import { toLogged, toTrouble } from "./wire/trouble.ts";

export interface SlackOptions {
  readonly botToken: string;
  readonly mode: Mode;
  /** Another server that speaks the protocol: `http://127.0.0.1:4000/api/`. */
  readonly apiUrl?: string;
  readonly painter: { readonly name: string; readonly standIn: boolean };
  readonly log: Log;
  /** Unix time, ms. */
  readonly now?: () => number;
  /** What Slack likes unless said. */
  readonly timing?: Partial<Timing>;
}

interface Running {
  readonly stage: Stage;
  readonly gateway: Gateway;
  readonly closing: AbortController;
}

/** Ms a request to Slack may take, and one that nobody waits for any more after that. */
const requestMs = 30_000;
const quickMs = 10_000;

/** Ms for taking unwanted files away before the process ends. */
const tidyMs = 3000;

/**
 * Slack, by Bolt. `where` says how events come in, after `start`, which rejects with BotError `auth`, `unreachable` or
 * `internal`.
 */
export function createSlackAdapter(options: SlackOptions): Adapter & { readonly where: string } {
  const { botToken, mode, now = Date.now, painter } = options;
  const apiUrl = options.apiUrl?.replace(/\/*$/, "/");
  const log = options.log.child({ adapter: "slack" });
  const timing: Timing = { paceMs, pollMs, retryMs: [1000, 3000, 8000, 20_000], ...options.timing };
  let running: Running | undefined;

  function stage(): Stage {
    if (running) return running.stage;
    throw new BotError("stopped", "Slack is not connected.");
  }

  async function recall(key: MessageKey): Promise<readonly Attachment[]> {
    const { send, files, seen, me } = stage();
    const spot = parseMessageKey(key);
    const found = isSpot(spot) ? await send.fetchMessage(spot).catch(() => undefined) : undefined;
    const pictures = found ? picturesOf(found, me) : [];
    // The bot is not everywhere where people may choose its shortcuts.
    return (pictures.length > 0 ? pictures : (seen.get(key) ?? [])).map((file) => files.toAttachment(file));
  }

  async function run(core: Core): Promise<Running> {
    // Objects of their own, always with a retry rule: what is left out, the library fills in for everybody.
    const toClient = (timeout: number) =>
      new webApi.WebClient(botToken, {
        ...(apiUrl && { slackApiUrl: apiUrl }),
        retryConfig: { retries: 0 },
        rejectRateLimitedCalls: true,
        timeout,
        logger: toLogger(log),
      });
    const client = toClient(requestMs);
    const missing = createMissing(log);
    const me = await introduce(client, missing);
    const send = createSend({
      client,
      quick: toClient(quickMs),
      token: botToken,
      timing,
      ownId: () => me.userId,
      now,
    });
    const closing = new AbortController();
    const apiHost = URL.parse(apiUrl ?? "")?.hostname;
    const stage: Stage = {
      send,
      files: createFiles({
        ...{
          token: botToken,
          name: me.name,
          ownId: me.userId,
          info: send.info,
          fromAddress: core.fromAddress,
        },
        unscoped: (scope) => missing([scope]),
        ...(apiHost && { apiHost }),
      }),
      missing,
      people: createPeople({ info: send.fetchPerson, teamId: me.teamId, log, now }),
      core,
      me,
      painter,
      log,
      now,
      timing,
      live: createBounded(2000),
      responseUrls: createBounded(2000),
      seen: createBounded(500),
      handed: createBounded(500),
      told: createBounded(5000),
      assistants: createBounded(2000),
      closing: closing.signal,
      tidying: new Set(),
      gone: (message) => void withdraw(message, me.teamId, core.handle),
    };
    const gateway = mode.kind === "socket" ? createSocket(mode.appToken, apiUrl, log) : createHttp(mode, log);
    listen(stage, gateway);
    await gateway.open();
    log.info({ bot: me.name, team: me.teamId, where: gateway.where() }, "slack.ready");
    return { stage, gateway, closing };
  }

  /** Everything is acknowledged at once and worked on later, so that nothing is late, however busy the core is. */
  function listen(stage: Stage, gateway: Gateway): void {
    const { me } = stage;
    const app = new App({
      receiver: gateway.receiver,
      authorize: async () => ({ botToken, botId: me.botId, botUserId: me.userId }),
      ignoreSelf: false, // told apart where messages are read
      convoStore: false,
      clientOptions: { ...(apiUrl && { slackApiUrl: apiUrl }), retryConfig: { retries: 0 } },
      logger: toLogger(log),
    });
    const messages = createMessages(stage);
    const interactions = createInteractions(stage);
    const isFirst = createOnce(2000);
    const later = (what: string, go: () => Promise<void>) => {
      if (stage.closing.aborted) return;
      go().catch((error: unknown) => log.error({ error: toLogged(error) }, what));
    };
    const acknowledge = async (ack: () => Promise<void>) => {
      await ack().catch((error: unknown) => log.warn({ error: toLogged(error) }, "slack.acknowledge.failed"));
    };
    app.error(async (error) => log.error({ error: toLogged(error) }, "slack.listener.failed"));

    // Bolt acknowledges events itself. Its types know fewer fields than Slack's reference, hence the casts.
    for (const name of ["message", "app_mention"]) {
      app.event(name, async ({ event, body }) => {
        later("slack.message.failed", () => messages(event as unknown as MessageEvent, body.event_id));
      });
    }
    app.event("app_home_opened", async ({ event }) => {
      if (event.tab === "messages") return;
      later("slack.home.failed", () => showHome(stage, event.user));
    });
    app.event("assistant_thread_started", async ({ event, body }) => {
      const { channel_id: channelId, thread_ts: threadTs } = event.assistant_thread;
      if (isFirst(body.event_id)) later("slack.assistant.failed", () => greet(stage, channelId, threadTs));
    });
    app.event("assistant_thread_context_changed", async ({ event }) => {
      const { channel_id: channelId, thread_ts: threadTs } = event.assistant_thread;
      stage.assistants.set(`${channelId}:${threadTs}`, true);
    });
    app.command(/.*/, async ({ ack, body }) => {
      await acknowledge(ack);
      later("slack.command.failed", () => interactions.command(body as Command));
    });
    app.action(/.*/, async ({ ack, body }) => {
      await acknowledge(ack);
      later("slack.press.failed", () => interactions.press(body as unknown as Pressed));
    });
    app.shortcut(/.*/, async ({ ack, body }) => {
      await acknowledge(ack);
      later("slack.shortcut.failed", () => interactions.shortcut(body as Shortcut));
    });
    app.view(formCallback, async ({ ack, body }) => {
      const errors = faultsOf(body as Submitted);
      if (errors) return acknowledge(() => ack({ response_action: "errors", errors }));
      await acknowledge(ack);
      later("slack.form.failed", () => interactions.submit(body as Submitted));
    });
  }

  return {
    name: "slack",
    get where() {
      return running ? `as @${running.stage.me.name}, ${running.gateway.where()}` : "";
    },
    async start(core) {
      running = await run(core);
    },
    async stop() {
      if (!running) return;
      const { stage, gateway, closing } = running;
      running = undefined;
      closing.abort(new BotError("stopped", "Slack is not connected."));
      await gateway.close();
      const patience = AbortSignal.timeout(tidyMs);
      while (stage.tidying.size > 0 && !patience.aborted) {
        const enough = new Promise((resolve) => patience.addEventListener("abort", resolve, { once: true }));
        await Promise.race([Promise.allSettled(stage.tidying), enough]);
      }
    },
    replay: async () => {},
    toAttachment: ({ file: _, ...claims }) => ({
      ...claims,
      read: () => Promise.reject(badFile(claims.name, "is no longer here. Send it again.")),
    }),
    reopen(key) {
      const spot = parseMessageKey(key);
      if (!spot) throw new BotError("unknown_message", "That is no message of Slack's.");
      const { channelId } = spot;
      return createReply(stage(), {
        channelId,
        reopened: true,
        ...(isSpot(spot) ? { ts: spot.ts } : { ephemeral: spot, userId: spot.userId }),
      });
    },
    below: (key, user) => openBelow(stage(), key, user),
    recall,
  };
}

/** Who the token belongs to. What is missing is one line in the log. */
async function introduce(client: webApi.WebClient, missing: Stage["missing"]): Promise<Me> {
  const found = await client.auth.test().catch((error: unknown) => {
    const cause = new Error(JSON.stringify(toLogged(error)));
    if (toTrouble(error) === "unauthorized") {
      throw new BotError(
        "auth",
        "Slack does not accept SLACK_BOT_TOKEN. Copy the Bot User OAuth Token, which begins with xoxb-, from OAuth & Permissions.",
        { cause },
      );
    }
    throw new BotError(
      "unreachable",
      "Slack could not be reached. Is this machine online, and SLACK_API_URL right?",
      {
        cause,
      },
    );
  });
  const { user_id: userId = "", bot_id: botId = "", team_id: teamId = "", user: name = "drawbridge" } = found;
  if (!userId || (!botId && client.token?.startsWith("xoxp-"))) {
    throw new BotError(
      "auth",
      "SLACK_BOT_TOKEN is a person's token. Copy the Bot User OAuth Token, which begins with xoxb-.",
    );
  }
  missing(missingScopes(found.response_metadata?.scopes));
  return { userId, botId, teamId, name };
}

function withdraw(message: MessageKey, teamId: string, handle: Handle): Promise<void> {
  const nobody: Reply = { pace: 0, limits: imageLimits, show: async () => message };
  const user = { id: "slack:deleted", name: "whoever deleted the message", moderator: true };
  const spot = parseMessageKey(message);
  const channelId = spot?.channelId ?? "";
  const thread = toThreadKey(channelId, isSpot(spot) ? spot.ts : undefined);
  const place = toPlace(teamId, channelId);
  return handle({ kind: "press", thread, user, place, action: "cancel", message }, nobody);
}
