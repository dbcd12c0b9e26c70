import { refuse } from "./api-error.ts";
import type { Command, Commands } from "./commands.ts";
import type { Sharding } from "./identify.ts";
import type { Call, Route } from "./route.ts";
import { botSees, type Wire } from "./wire.ts";
import { type Guild, isThread, type World } from "./world.ts";

/** The application as its page in the developer portal has it. A test changes it as somebody does there. */
export interface ApplicationPage {
  messageContent: boolean;
  /** Where interactions go instead of the gateway. */
  interactionsUrl?: string;
  /** How it can be installed. */
  installs: readonly ("server" | "person")[];
  /** IDENTIFYs left today. */
  identifiesLeft: number;
}

/** Guilds in one answer, where it is not said how many. docs: resources/user, "Get Current User Guilds". */
const mostGuilds = 200;

/** The routes of the application, its commands, users and guilds. */
export function createAppRoutes(parts: {
  world: World;
  wire: Wire;
  commands: Commands;
  gatewayUrl: () => string;
  page: ApplicationPage;
  sharding: Sharding;
}): readonly Route[] {
  const { world, wire, commands, gatewayUrl, page, sharding } = parts;

  const guildAt = (call: Call): Guild => {
    const guild = world.guilds.get(call.param("guild"));
    if (!guild) throw refuse("unknownGuild");
    if (!guild.joined) throw refuse("missingAccess");
    return guild;
  };
  const application = (call: Call) => {
    if (call.param("application") !== world.applicationId) throw refuse("unknownApplication");
  };

  /** The same five routes, for global commands and for those of a guild. */
  function commandRoutes(base: string, guildOf: (call: Call) => string | undefined): readonly Route[] {
    return [
      {
        name: `GET ${base}`,
        run(call) {
          application(call);
          const all = commands.list(guildOf(call));
          return call.query.get("with_localizations") === "true" ? all : all.map(withoutLocales);
        },
      },
      {
        name: `PUT ${base}`,
        run(call) {
          application(call);
          return commands.replace(call.json, guildOf(call));
        },
      },
      {
        name: `POST ${base}`,
        run(call) {
          application(call);
          return commands.create(call.json, guildOf(call));
        },
      },
      {
        name: `GET ${base}/:command`,
        run(call) {
          application(call);
          return commands.find(call.param("command"), guildOf(call));
        },
      },
      {
        name: `PATCH ${base}/:command`,
        run(call) {
          application(call);
          return commands.edit(call.param("command"), call.json, guildOf(call));
        },
      },
      {
        name: `DELETE ${base}/:command`,
        run(call) {
          application(call);
          commands.remove(call.param("command"), guildOf(call));
          return undefined;
        },
      },
    ];
  }

  const shownApplication = () => ({
    id: world.applicationId,
    name: world.bot.name,
    icon: null,
    description: "",
    bot_public: true,
    bot_require_code_grant: false,
    verify_key: "0".repeat(64),
    flags: page.messageContent ? 1 << 19 : 0, // GATEWAY_MESSAGE_CONTENT_LIMITED
    interactions_endpoint_url: page.interactionsUrl ?? null,
    team: null,
    bot: wire.user(world.bot),
    integration_types_config: Object.fromEntries(
      page.installs.map((kind) => [kind === "server" ? 0 : 1, {}]),
    ),
  });

  return [
    {
      name: "GET /gateway/bot",
      run: () => ({
        url: gatewayUrl(),
        shards: sharding.recommended,
        session_start_limit: {
          total: 1000,
          remaining: page.identifiesLeft,
          reset_after: 14_400_000,
          max_concurrency: sharding.maxConcurrency,
        },
      }),
    },
    { name: "GET /gateway", open: true, run: () => ({ url: gatewayUrl() }) },
    { name: "GET /applications/@me", run: shownApplication },
    { name: "GET /oauth2/applications/@me", run: shownApplication },
    { name: "GET /users/@me", run: () => wire.user(world.bot) },
    {
      name: "GET /users/@me/guilds",
      run(call) {
        const after = BigInt(call.query.get("after") ?? 0);
        return [...world.guilds.values()]
          .filter(({ id, joined }) => joined && BigInt(id) > after)
          .sort((a, b) => (BigInt(a.id) < BigInt(b.id) ? -1 : 1))
          .slice(0, Number(call.query.get("limit") ?? mostGuilds))
          .map(({ id, name, ownerId }) => ({
            id,
            name,
            icon: null,
            owner: ownerId === world.bot.id,
            features: [],
          }));
      },
    },
    {
      name: "GET /users/:user",
      run(call) {
        const user = world.users.get(call.param("user"));
        if (!user) throw refuse("unknownUser");
        return wire.user(user);
      },
    },
    {
      name: "GET /guilds/:guild",
      run(call) {
        const { channels: _, threads: __, members: ___, ...guild } = wire.guild(guildAt(call));
        return guild;
      },
    },
    {
      name: "GET /guilds/:guild/channels",
      run(call) {
        const guild = guildAt(call);
        return [...world.channels.values()]
          .filter((channel) => channel.guild === guild && !isThread(channel) && botSees(world, channel))
          .map(wire.channel);
      },
    },
    {
      name: "GET /guilds/:guild/members/:user",
      run(call) {
        const guild = guildAt(call);
        const member = guild.members.get(call.param("user"));
        if (!member) throw refuse(world.users.has(call.param("user")) ? "unknownMember" : "unknownUser");
        return wire.member(guild, member);
      },
    },
    ...commandRoutes("/applications/:application/commands", () => undefined),
    ...commandRoutes("/applications/:application/guilds/:guild/commands", (call) => guildAt(call).id),
  ];
}

/** Translations come only when asked for. docs: interactions/application-commands, `with_localizations`. */
function withoutLocales(command: Command): object {
  const strip = (value: unknown): unknown => {
    if (Array.isArray(value)) return value.map(strip);
    if (typeof value !== "object" || value === null) return value;
    const kept = Object.entries(value).filter(([key]) => !key.endsWith("_localizations"));
    return Object.fromEntries(kept.map(([key, inner]) => [key, strip(inner)]));
  };
  return Object(strip(command));
}
