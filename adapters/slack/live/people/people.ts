import { createBounded } from "../../../../src/seam/bounded.ts";
import type { Log } from "../../../../src/seam/log.ts";
import { withTimeout } from "../../../../src/seam/timeout.ts";
import type { User } from "../../../../src/seam/turn.ts";
import type { Person } from "../../wire/send/reads.ts";
import { toLogged } from "../../wire/trouble.ts";
import { toUser } from "../where.ts";
import type { Groups } from "./groups.ts";

/** Who people are: their names, their user groups, and whether they run the workspace. */
export interface People {
  /** `name`: what to call them where Slack does not say in time. */
  of(userId: string, name?: string): Promise<User>;
  /** The workspace of theirs; undefined where Slack does not say in time. */
  teamOf(userId: string): Promise<string | undefined>;
  readonly groups: Groups;
}

interface Known {
  /** Without roles: those are looked up by themselves. */
  readonly user: User;
  readonly teamId?: string;
}

/** Ms an answer counts: who is made an admin waits that long. */
const freshMs = 10 * 60 * 1000;

/** Ms to wait for Slack. A turn is not held up for a name. */
const soonMs = 1500;

export function createPeople(of: {
  info(userId: string): Promise<Person>;
  readonly groups: Groups;
  readonly teamId: string;
  readonly log: Log;
  readonly now: () => number;
}): People {
  const { info, groups, teamId, log, now } = of;
  // Promises, so that of two who ask at once the first is answered first.
  const known = createBounded<string, { readonly person: Promise<Known>; readonly until: number }>(1000);

  async function ask(userId: string, name: string): Promise<Known> {
    const person = await info(userId);
    const { team_id: team } = person;
    // Whoever runs another company that shares the channel runs nothing here.
    const ours = team === undefined || team === teamId;
    const admin = ours && (person.is_admin === true || person.is_owner === true);
    const shown = person.profile?.display_name || person.real_name || person.name || name;
    return { user: toUser(userId, shown, admin), ...(team !== undefined && { teamId: team }) };
  }

  function find(userId: string, name: string): Promise<Known> {
    const found = known.get(userId);
    if (found && found.until > now()) return found.person;
    const person = ask(userId, name);
    known.set(userId, { person, until: now() + freshMs });
    person.catch((error: unknown) => {
      known.delete(userId);
      log.debug({ user: userId, error: toLogged(error) }, "slack.person.unknown");
    });
    return person;
  }

  const soon = (userId: string, name: string) => withTimeout(find(userId, name), soonMs);

  return {
    groups,
    async of(userId, name = "someone") {
      const [person, roles] = await Promise.all([soon(userId, name), withTimeout(groups.of(userId), soonMs)]);
      return { ...(person?.user ?? toUser(userId, name)), ...(roles && { roles }) };
    },
    teamOf: async (userId) => (await soon(userId, "someone"))?.teamId,
  };
}
