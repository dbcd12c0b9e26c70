import { refuse } from "./api-error.ts";
import type { Fields } from "./fields.ts";
import type { Method } from "./method.ts";
import type { Team, User, World } from "./world.ts";

/** `auth.test`, `users.info`, `usergroups.list`, `bots.info`, `team.info`, `apps.connections.open`, `apps.manifest.export`. Source: docs.slack.dev, reference/methods. */
export function createAppMethods({
  world,
  socketUrl,
}: {
  world: World;
  socketUrl: () => string;
}): readonly Method[] {
  return [
    {
      name: "apps.connections.open",
      tier: 1,
      token: "app",
      run: () => ({ url: socketUrl() }),
    },
    {
      name: "apps.manifest.export",
      tier: 3,
      token: "config",
      run(args) {
        if (args.need("app_id") !== world.appId) throw refuse("app_not_found");
        return { manifest: world.manifest };
      },
    },
    { name: "api.test", tier: 4, run: ({ all }) => ({ args: all }) },
    {
      name: "auth.test",
      tier: "special",
      run: () => ({
        url: `https://${world.team.domain}.slack.com/`,
        team: world.team.name,
        user: world.bot.name,
        team_id: world.team.id,
        user_id: world.bot.id,
        bot_id: world.botId,
        is_enterprise_install: false,
      }),
    },
    {
      name: "users.info",
      scopes: ["users:read"],
      tier: 4,
      run(args) {
        const user = world.users.get(args.need("user"));
        if (!user) throw refuse("user_not_found");
        return { user: showUser(user, world) };
      },
    },
    {
      name: "usergroups.list",
      scopes: ["usergroups:read"],
      tier: 2,
      run: (args) => ({
        usergroups: [...world.groups.values()].map(({ id, handle, users }) => ({
          ...{ id, handle, name: handle, team_id: world.team.id, is_usergroup: true, date_delete: 0 },
          ...(args.flag("include_users") && { users: [...users] }),
        })),
      }),
    },
    {
      name: "bots.info",
      scopes: ["users:read"],
      tier: 3,
      run(args) {
        if (args.need("bot") !== world.botId) throw refuse("bot_not_found");
        return {
          bot: {
            id: world.botId,
            deleted: false,
            name: world.bot.name,
            app_id: world.appId,
            user_id: world.bot.id,
          },
        };
      },
    },
    {
      name: "team.info",
      scopes: ["team:read"],
      tier: 3,
      run(args) {
        const team = world.teams.get(args.text("team") ?? world.team.id);
        if (!team) throw refuse("team_not_found");
        return { team: showTeam(team) };
      },
    },
  ];
}

function showUser(user: User, world: World): Fields {
  return {
    id: user.id,
    team_id: user.team.id,
    name: user.name,
    real_name: user.realName,
    deleted: false,
    tz: user.timeZone,
    is_admin: user.admin,
    is_owner: false,
    is_bot: user.bot,
    is_restricted: false,
    is_stranger: user.team !== world.team,
    profile: { real_name: user.realName, display_name: user.name, team: user.team.id },
  };
}

function showTeam({ id, name, domain }: Team): Fields {
  return { id, name, domain, email_domain: "", icon: {} };
}
