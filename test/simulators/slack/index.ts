import { once } from "node:events";
import { type Changes, createChanges } from "../discord/changes.ts";
import { createClock } from "../discord/clock.ts";
import { type Agents, createAgents } from "./agents.ts";
import { createApi, type RecordedRequest } from "./api.ts";
import { createAppMethods } from "./app-methods.ts";
import { createAssistantMethods } from "./assistant-methods.ts";
import { createChatMethods } from "./chat-methods.ts";
import { createConversationMethods } from "./conversation-methods.ts";
import { createDelivery, type Delivered } from "./delivery.ts";
import { createDoings, type Doings } from "./doings.ts";
import { createEvents, usual } from "./events.ts";
import { createFaults, type Fault, type Order } from "./faults.ts";
import type { Fields } from "./fields.ts";
import { createFileMethods } from "./file-methods.ts";
import { createFileWire } from "./file-wire.ts";
import { createFiles } from "./files.ts";
import { createHttp, type HttpControls } from "./http.ts";
import { createIds } from "./ids.ts";
import { createInteractions } from "./interactions.ts";
import { limits } from "./limits.ts";
import { createMessageWire } from "./message-wire.ts";
import { createPeople, type People } from "./people.ts";
import { createPosts } from "./posts.ts";
import { createRateLimits, type Limit } from "./rate-limits.ts";
import { createResponseUrls } from "./response-urls.ts";
import { createScene, type Scene } from "./scene.ts";
import { type Seen, toSeen } from "./seen.ts";
import { type SeenView, toSeenView } from "./seen-view.ts";
import { createSessionMethods } from "./session-methods.ts";
import { createSessions } from "./sessions.ts";
import { createSocket, type SocketControls } from "./socket.ts";
import { createStatuses, type Statuses } from "./statuses.ts";
import { createStreamMethods } from "./stream-methods.ts";
import { createTriggers } from "./triggers.ts";
import { createViewMethods } from "./view-methods.ts";
import { createViews } from "./views.ts";
import type { AppKind, Channel, MessageRef, Ping, StoredFile, User, World } from "./world.ts";

/** How a simulator is set up. Everything may be left out. */
export interface SlackSimulatorOptions {
  readonly botName?: string;
  /** Which kind of app it is; an older one, with `assistant_view`, unless said. */
  readonly app?: AppKind;
  /** Whether an agent is told what people look at with what they write, and when they open it; it is unless said. */
  readonly stampsContext?: boolean;
  /** What the bot's token was granted, instead of what the app asks for. */
  readonly scopes?: readonly string[];
  /** Events the app subscribes to, e.g. `message.channels`, instead of the usual ones. */
  readonly subscriptions?: readonly string[];
  /** Time to acknowledge an event or interaction; 3000 as on Slack unless said. */
  readonly ackMs?: number;
  /** Time a trigger is good for; 3000 as on Slack unless said. */
  readonly triggerMs?: number;
  /** When an unacknowledged event comes again; at once, after one and after five minutes unless said. */
  readonly retryMs?: readonly number[];
  /** How long an uploaded file is not ready: Slack took 3 to 5 s when it was measured. 40 unless said. */
  readonly fileDelayMs?: number;
  /** Whether `chat.update` heeds `file_ids`, as its reference says; it does unless said. */
  readonly attaches?: boolean;
  /** How often the server pings a socket; 10 000 unless said. */
  readonly pingMs?: number;
  /** How much more than Slack's tiers is allowed; 100 times unless said, 1 is as on Slack. */
  readonly rateLeniency?: number;
}

/** A Slack on this machine, for the real Bolt: `new App({ clientOptions: { slackApiUrl: simulator.api } })`. */
export interface SlackSimulator extends Scene, People, Doings, Agents, Pick<Changes, "waitFor"> {
  /** What Bolt takes as `clientOptions.slackApiUrl`, e.g. `http://127.0.0.1:4010/api/`. */
  readonly api: string;
  /** Scheme and host of the API, of every file and of response URLs. */
  readonly origin: string;
  /** The bot's token, `xoxb-…`. */
  readonly token: string;
  /** The app-level token for Socket Mode, `xapp-…`. */
  readonly appToken: string;
  /** The app configuration token, `xoxe.xoxp-…`. */
  readonly configToken: string;
  /** Changes the app as somebody does on its pages, all at once. */
  setManifest(manifest: Fields): void;
  readonly signingSecret: string;
  readonly appId: string;
  readonly bot: User;
  readonly botId: string;
  readonly teamId: string;
  /** Skips ahead: triggers and URLs expire, retries fall due, rate limits end. Bolt's own timers do not move. */
  advance(ms: number): void;
  /** What is in a channel, oldest first, threads among it. With `as`, only what that user sees. */
  messages(channel: Channel, as?: User): readonly Seen[];
  /** One message as it is now; undefined when it is gone. */
  message(ref: MessageRef): Seen | undefined;
  /** Whom a message called when it was posted. */
  pings(ref: MessageRef): readonly Ping[];
  /** The files that are left in the workspace, oldest first; with `of`, those of one user. */
  files(of?: User): readonly StoredFile[];
  /** Files of the bot's that no message shows: what it has left behind. */
  litter(): readonly StoredFile[];
  /** Every view so far, oldest first. */
  readonly views: readonly SeenView[];
  /** The modal a person has before them. */
  modal(user: User): SeenView | undefined;
  home(user: User): SeenView | undefined;
  readonly statuses: Pick<Statuses, "log" | "now">;
  /** What was sent to the app, oldest first, with every attempt. */
  readonly deliveries: readonly Delivered[];
  readonly socket: SocketControls;
  readonly http: HttpControls;
  /** The newest requests, oldest first; no more than 1000 are kept. */
  readonly requests: readonly RecordedRequest[];
  /** Orders something to go wrong with the next matching request. */
  fault(fault: Fault): Order;
  /** Sets a rate limit of a method, e.g. `chat.update`, or `chat.postMessage per second`. */
  limitRate(method: string, limit: Limit): void;
  close(): Promise<void>;
}

/**
 * Starts a loopback Slack on 127.0.0.1: Web API, Socket Mode, HTTP events, files. It refuses what Slack refuses, in
 * Slack's words. Sources: docs.slack.dev and @slack/types; each limit names its page in `limits.ts`.
 */
export async function createSlackSimulator(options: SlackSimulatorOptions = {}): Promise<SlackSimulator> {
  const { botName = "drawbridge", ackMs = limits.ackMs, triggerMs = limits.triggerMs } = options;
  const { attaches = true } = options;
  const { retryMs = limits.retryMs, fileDelayMs = 40, pingMs = 10_000, rateLeniency = 100 } = options;
  let address = "";
  const origin = () => address;
  const signingSecret = "a-signing-secret";
  const clock = createClock();
  const changes = createChanges();
  const ids = createIds(clock);
  const world = createWorld(botName, options);
  const socket = createSocket({ clock, changes, appId: world.appId, ackMs, pingMs });
  const http = createHttp({ clock, secret: signingSecret, ackMs });
  const transport = () => http.transport() ?? socket.transport;
  const delivery = createDelivery({ clock, changes, retryMs, transport });
  const events = createEvents({ world, delivery, ids, clock });
  const files = createFiles({ world, clock, ids, changes, delayMs: fileDelayMs });
  const fileWire = createFileWire({ world, files, origin });
  const wire = createMessageWire(world, fileWire);
  const posts = createPosts({ world, wire, files, events, ids, changes });
  const triggers = createTriggers(clock, triggerMs);
  const views = createViews({ world, ids, changes });
  const statuses = createStatuses(clock, changes);
  const sessions = createSessions(world, clock, changes);
  const responses = createResponseUrls({ world, posts, files, ids, clock, origin });
  const interactions = createInteractions({ world, delivery, triggers, responses, clock });
  const faults = createFaults();
  const rates = createRateLimits(clock, rateLeniency);
  const methods = [
    ...createAppMethods({ world, socketUrl: () => socket.issueUrl(origin()) }),
    ...createChatMethods({ world, posts, wire, files, ids, statuses, attaches }),
    ...createStreamMethods({ world, posts, wire, files, ids, clock }),
    ...createConversationMethods({ world, wire, ids }),
    ...createFileMethods({ world, files, fileWire, posts, ids, origin }),
    ...createViewMethods({ world, views, triggers, files, ids }),
    ...createAssistantMethods({ world, statuses }),
    ...createSessionMethods({ world, sessions }),
  ];
  const { server, requests } = createApi({ world, methods, files, responses, clock, changes, faults, rates });
  socket.attach(server);
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const bound = server.address();
  if (bound === null || typeof bound === "string") throw new Error("The simulator got no port.");
  address = `http://127.0.0.1:${bound.port}`;

  const shown = (view: Parameters<typeof toSeenView>[0] | undefined) => view && toSeenView(view, files);

  return {
    ...createScene({ world, ids, changes }),
    ...createPeople({ world, posts, wire, files, events, ids }),
    ...createDoings({ world, interactions, views, files, fileWire, wire, ids }),
    ...createAgents({ world, events, sessions, ids }),
    waitFor: changes.waitFor,
    api: `${address}/api/`,
    origin: address,
    token: world.token,
    appToken: world.appToken,
    configToken: world.configToken,
    setManifest(manifest) {
      world.manifest = manifest;
    },
    signingSecret,
    appId: world.appId,
    bot: world.bot,
    botId: world.botId,
    teamId: world.team.id,
    advance: (ms) => clock.advance(ms),
    messages: (channel, as) =>
      [...channel.messages.values()]
        .filter(({ deleted, ephemeralTo }) => !deleted && (!as || !ephemeralTo || ephemeralTo === as))
        .map((message) => toSeen(message, files)),
    message({ channel, ts }) {
      const found = world.channels.get(channel)?.messages.get(ts);
      return found && !found.deleted ? toSeen(found, files) : undefined;
    },
    pings: ({ channel, ts }) => world.channels.get(channel)?.messages.get(ts)?.pings ?? [],
    files: (of) => [...world.files.values()].filter((file) => !file.deleted && (!of || file.owner === of)),
    litter() {
      const all = [...world.channels.values()].flatMap(({ messages }) => [...messages.values()]);
      const shown = all
        .filter(({ deleted }) => !deleted)
        .flatMap((message) => {
          const { images, files: hanging } = toSeen(message, files);
          return [...images.map(({ fileId }) => fileId), ...hanging.map(({ id }) => id)];
        });
      return [...world.files.values()].filter(
        (file) => !file.deleted && file.owner === world.bot && !shown.includes(file.id),
      );
    },
    get views() {
      return views.all.map((view) => toSeenView(view, files));
    },
    modal: (user) =>
      shown(views.all.findLast((view) => view.user === user && view.open && view.body.kind === "modal")),
    home: (user) => shown(views.all.findLast((view) => view.user === user && view.body.kind === "home")),
    statuses,
    deliveries: delivery.log,
    socket: socket.controls,
    http: http.controls,
    requests,
    fault: (fault) => faults.place(fault),
    limitRate: (method, limit) => rates.set(method, limit),
    async close() {
      await socket.close();
      server.closeAllConnections();
      await new Promise<void>((resolve) => server.close(() => resolve()));
    },
  };
}

function createWorld(
  botName: string,
  { scopes, subscriptions, app = "assistant", stampsContext = true }: SlackSimulatorOptions,
): World {
  const team = { id: "T0SIM000001", name: "The Quay", domain: "the-quay" };
  const bot: User = {
    id: "U0SIMBOT001",
    name: botName,
    realName: botName,
    team,
    bot: true,
    admin: false,
    timeZone: "Etc/UTC",
  };
  return {
    app,
    team,
    bot,
    botId: "B0SIMBOT001",
    appId: "A0SIM000001",
    token: "xoxb-0-0-simulated",
    appToken: "xapp-1-A0SIM000001-0-simulated",
    configToken: "xoxe.xoxp-1-simulated",
    manifest: {},
    scopes: new Set(scopes ?? usual.scopes),
    subscriptions: new Set(subscriptions ?? usual.subscriptions[app]),
    teams: new Map([[team.id, team]]),
    users: new Map([[bot.id, bot]]),
    groups: new Map(),
    channels: new Map(),
    files: new Map(),
    lookedAt: new Map(),
    stampsContext,
  };
}
