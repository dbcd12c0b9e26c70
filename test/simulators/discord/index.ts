import { once } from "node:events";
import { type ApplicationPage, createAppRoutes } from "./app-routes.ts";
import { createCdn } from "./cdn.ts";
import { type Changes, createChanges } from "./changes.ts";
import { createChannelRoutes } from "./channel-routes.ts";
import { createClock } from "./clock.ts";
import { type Command, createCommands } from "./commands.ts";
import { createFaults, type Fault, type Order } from "./faults.ts";
import { createGateway, type GatewayControls } from "./gateway.ts";
import type { Portal, Sharding } from "./identify.ts";
import { createInteractionRoutes } from "./interaction-routes.ts";
import { createInteractionWire } from "./interaction-wire.ts";
import { createInteractions } from "./interactions.ts";
import { limits } from "./limits.ts";
import { createMessageRoutes } from "./message-routes.ts";
import { createPeople, type MessageRef, type People } from "./people.ts";
import { createPosts } from "./posts.ts";
import { createRateLimits, type Limit } from "./rate-limits.ts";
import { createRest, type RecordedRequest } from "./rest.ts";
import { createScene, type Scene } from "./scene.ts";
import { type Seen, toSeen } from "./seen.ts";
import { createSnowflakes } from "./snowflake.ts";
import { createWire } from "./wire.ts";
import { type Channel, findMessage, type Guild, type User, type World } from "./world.ts";

/** How a simulator is set up. Everything may be left out. */
export interface DiscordSimulatorOptions {
  readonly token?: string;
  readonly botName?: string;
  /** What the developer portal grants; nothing privileged unless said. */
  readonly portal?: Partial<Portal>;
  /** Time for the first answer to an interaction; 3000 as on Discord unless said. */
  readonly ackMs?: number;
  /** 41250 as on Discord unless said. */
  readonly heartbeatMs?: number;
  /** How long a link to a file is good; a day unless said. */
  readonly linkMs?: number;
  /** IDENTIFYs left today, as GET /gateway/bot tells. */
  readonly identifiesLeft?: number;
  /**
   * Into how many shards the gateway is divided: one unless said. `identifyMs`: how often a shard of each kind may
   * identify itself, 5000 on Discord; 0 unless said, since tests start bots one after another.
   */
  readonly sharding?: Partial<Omit<Sharding, "tooSoon">>;
  /**
   * Whether fields that Discord does not document are refused in components, forms, commands and threads. True unless
   * said. Discord itself passes over most of them: this is stricter, since they are slips of the pen.
   */
  readonly strict?: boolean;
}

/** A Discord on this machine, for the real discord.js: `new Client({ rest: { api: simulator.api } })`. */
export interface DiscordSimulator extends Scene, People, Pick<Changes, "waitFor"> {
  /** What discord.js takes as `rest.api`, e.g. `http://127.0.0.1:4010/api`. */
  readonly api: string;
  /** Scheme and host of the API and of every file's link. */
  readonly origin: string;
  readonly token: string;
  readonly applicationId: string;
  readonly bot: User;
  /** Its page in the developer portal. */
  readonly page: ApplicationPage;
  /** Skips ahead: links and tokens expire, deadlines pass, rate-limit windows end. discord.js's own timers do not move. */
  advance(ms: number): void;
  /** What is in a channel, oldest first. With `as`, only what that user sees. */
  messages(channel: Channel, as?: User): readonly Seen[];
  /** A channel or thread that the bot made. Throws an Error when there is none. */
  channel(id: string): Channel;
  /** One message as it is now; undefined when it is gone. */
  message(ref: MessageRef): Seen | undefined;
  /** What the bot has registered: globally, or for a guild. */
  commands(guild?: Guild): readonly Command[];
  readonly gateway: GatewayControls;
  readonly sharding: Sharding;
  /** The newest REST requests, oldest first; no more than 500 are kept. */
  readonly requests: readonly RecordedRequest[];
  /** How many 429 were sent. */
  readonly limited: number;
  /** Orders something to go wrong with the next matching request. */
  fault(fault: Fault): Order;
  /** Sets a rate limit; `route` as in `requests`, e.g. `POST /channels/:channel/messages`, or `old edits`. */
  limitRate(route: string, limit: Limit): void;
  /** A signed link to a file of a message, good from now for `linkMs`. */
  link(message: MessageRef, name: string): string;
  close(): Promise<void>;
}

/**
 * Starts a loopback Discord on 127.0.0.1: REST, gateway and file host. It refuses what Discord refuses, in Discord's
 * words. Sources: discord.com/developers/docs and discord-api-types; each limit names its page in `limits.ts`.
 */
export async function createDiscordSimulator(
  options: DiscordSimulatorOptions = {},
): Promise<DiscordSimulator> {
  const { token = "simulated.bot.token", botName = "drawbridge", ackMs = limits.ackMs } = options;
  const { heartbeatMs = 41_250, linkMs = limits.linkMs, identifiesLeft = 1000, strict = true } = options;
  const sharding: Sharding = {
    ...{ recommended: 1, least: 1, maxConcurrency: 1, identifyMs: 0, ...options.sharding },
    tooSoon: 0,
  };
  const portal: Portal = { messageContent: false, guildMembers: false, presences: false, ...options.portal };
  let origin = "";
  const clock = createClock();
  const changes = createChanges();
  const newId = createSnowflakes(clock);
  const bot: User = {
    id: newId(),
    name: botName,
    bot: true,
    locale: "en-US",
    acceptsDms: false,
    installed: false,
  };
  const world: World = {
    bot,
    applicationId: bot.id, // the same for every app made since 2016
    users: new Map([[bot.id, bot]]),
    guilds: new Map(),
    channels: new Map(),
  };
  const cdn = createCdn({ clock, newId, origin: () => origin, linkMs });
  const wire = createWire(world, cdn);
  const gatewayUrl = () => origin.replace(/^http/, "ws");
  const gateway = createGateway({
    ...{ world, wire, clock, changes, token, portal, heartbeatMs, sharding },
    url: gatewayUrl,
  });
  const posts = createPosts({ world, wire, cdn, clock, gateway, changes, newId, strict });
  const scene = createScene({ world, wire, gateway, changes, posts, newId });
  const commands = createCommands({ applicationId: world.applicationId, clock, newId, strict });
  const shapes = createInteractionWire({ world, wire, content: portal.messageContent });
  const interactions = createInteractions({
    world,
    shapes,
    clock,
    gateway,
    changes,
    posts,
    newId,
    strict,
    ackMs,
  });
  const people = createPeople({
    world,
    wire,
    cdn,
    posts,
    commands,
    interactions,
    clock,
    scene,
    newId,
    content: portal.messageContent,
  });
  const faults = createFaults();
  const rates = createRateLimits(clock);
  const page: ApplicationPage = {
    messageContent: portal.messageContent,
    installs: ["server", "person"],
    identifiesLeft,
  };
  const routes = [
    ...createAppRoutes({
      world,
      wire,
      commands,
      gatewayUrl,
      page,
      sharding,
    }),
    ...createMessageRoutes({ world, wire, posts, clock, rates, content: portal.messageContent, strict }),
    ...createChannelRoutes({ world, wire, scene, strict }),
    ...createInteractionRoutes({ wire, interactions }),
  ];
  const { server, record } = createRest({ routes, cdn, clock, changes, faults, rates, token });
  gateway.attach(server);
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("The simulator got no port.");
  origin = `http://127.0.0.1:${address.port}`;

  const idOf = (ref: MessageRef) => (typeof ref === "string" ? ref : ref.id);

  return {
    ...scene,
    ...people,
    waitFor: changes.waitFor,
    api: `${origin}/api`,
    origin,
    token,
    page,
    applicationId: world.applicationId,
    bot,
    advance: (ms) => clock.advance(ms),
    messages: (channel, as) =>
      [...channel.messages.values()]
        .filter(({ ephemeralTo }) => !as || !ephemeralTo || ephemeralTo === as)
        .map(toSeen),
    channel(id) {
      const found = world.channels.get(id);
      if (!found) throw new Error("There is no such channel, or no longer.");
      return found;
    },
    message(ref) {
      const found = findMessage(world, idOf(ref));
      return found && toSeen(found);
    },
    commands: (guild) => commands.list(guild?.id),
    gateway: gateway.controls,
    sharding,
    requests: record.requests,
    get limited() {
      return record.limited;
    },
    fault: (fault) => faults.place(fault),
    limitRate: (route, limit) => rates.set(route, limit),
    link(ref, name) {
      const file = findMessage(world, idOf(ref))?.body.files.find((one) => one.name === name);
      if (!file) throw new Error(`The message has no file “${name}”.`);
      return cdn.link(file);
    },
    async close() {
      gateway.close();
      server.closeAllConnections();
      await new Promise<void>((resolve) => server.close(() => resolve()));
    },
  };
}
