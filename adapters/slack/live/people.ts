import { createBounded } from "../../../src/seam/bounded.ts";
import type { Log } from "../../../src/seam/log.ts";
import type { User } from "../../../src/seam/turn.ts";
import type { Person } from "../wire/send/reads.ts";
import { toLogged } from "../wire/trouble.ts";
import { toUser } from "./where.ts";

/** Who people are: their names, and whether they run the workspace. */
export interface People {
  /** `name`: what to call them where Slack does not say in time. */
  of(userId: string, name?: string): Promise<User>;
}

/** Ms an answer counts: who is made an admin waits that long. */
const freshMs = 10 * 60 * 1000;

/** Ms to wait for Slack. A turn is not held up for a name. */
const soonMs = 1500;

export function createPeople(of: {
  info(userId: string): Promise<Person>;
  readonly teamId: string;
  readonly log: Log;
  readonly now: () => number;
}): People {
  const { info, teamId, log, now } = of;
  // Promises, so that of two who ask at once the first is answered first.
  const known = createBounded<string, { readonly user: Promise<User>; readonly until: number }>(1000);

  async function ask(userId: string, name: string): Promise<User> {
    const person = await info(userId);
    // Whoever runs another company that shares the channel runs nothing here.
    const ours = person.team_id === undefined || person.team_id === teamId;
    const moderator = ours && (person.is_admin === true || person.is_owner === true);
    const shown = person.profile?.display_name || person.real_name || person.name || name;
    return toUser(userId, shown, moderator);
  }

  function find(userId: string, name: string): Promise<User> {
    const found = known.get(userId);
    if (found && found.until > now()) return found.user;
    const user = ask(userId, name);
    known.set(userId, { user, until: now() + freshMs });
    user.catch((error: unknown) => {
      known.delete(userId);
      log.debug({ user: userId, error: toLogged(error) }, "slack.person.unknown");
    });
    return user;
  }

  return {
    of(userId, name = "someone") {
      const { promise, resolve } = Promise.withResolvers<User>();
      const timer = setTimeout(() => resolve(toUser(userId, name)), soonMs);
      find(userId, name).then(resolve, () => resolve(toUser(userId, name)));
      return promise.finally(() => clearTimeout(timer));
    },
  };
}
