import type { Log } from "../../../../src/seam/log.ts";
import type { RoleKey } from "../../../../src/seam/turn.ts";
import { toRoleKey } from "../../wire/keys.ts";
import type { Group } from "../../wire/send/reads.ts";
import { neededScope, toLogged, toTrouble } from "../../wire/trouble.ts";

/** The user groups of the workspace, and who is in them. */
export interface Groups {
  /** Those a person is in; undefined where Slack does not tell. Never rejects. */
  of(userId: string): Promise<readonly RoleKey[] | undefined>;
  /** All there are; undefined where Slack does not tell. Never rejects. */
  all(): Promise<readonly Group[] | undefined>;
}

type Members = ReadonlyMap<string, readonly RoleKey[]>;

interface Known {
  readonly groups: readonly Group[];
  readonly members: Members;
}

/** Ms a list counts: who is put into a group, or taken out of it, waits that long. */
const freshMs = 2 * 60 * 1000;

/** The whole list is one call, whatever people are asked for. What Slack told last counts while it tells nothing new. */
export function createGroups(of: {
  list(): Promise<readonly Group[]>;
  readonly missing: (scopes: readonly string[]) => void;
  readonly log: Log;
  readonly now: () => number;
}): Groups {
  const { list, missing, log, now } = of;
  let asked: { readonly known: Promise<Known | undefined>; readonly until: number } | undefined;
  let last: Known | undefined;

  async function ask(): Promise<Known | undefined> {
    try {
      const groups = await list();
      last = { groups, members: toMembers(groups) };
    } catch (error) {
      if (toTrouble(error) === "unscoped") {
        missing([neededScope(error) ?? "usergroups:read"]);
        last = undefined; // it was taken back: what was known may no longer be used
      } else log.debug({ error: toLogged(error) }, "slack.groups.unknown");
    }
    return last;
  }

  function fresh(): Promise<Known | undefined> {
    if (!asked || asked.until <= now()) asked = { known: ask(), until: now() + freshMs };
    return asked.known;
  }

  return {
    async of(userId) {
      const known = await fresh();
      return known && (known.members.get(userId) ?? []);
    },
    all: async () => (await fresh())?.groups,
  };
}

function toMembers(groups: readonly Group[]): Members {
  const members = new Map<string, RoleKey[]>();
  for (const { id, users = [] } of groups) {
    for (const user of users) members.set(user, [...(members.get(user) ?? []), toRoleKey(id)]);
  }
  return members;
}
