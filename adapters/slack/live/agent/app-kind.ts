import type { Keep } from "../../../../src/seam/core.ts";
import type { Log } from "../../../../src/seam/log.ts";
import { toLogged } from "../../wire/trouble.ts";

/**
 * What the app is to Slack: an agent (`agent_view`, as all new ones are), or what was made before. Nobody is asked: the
 * events that come tell. Source: docs.slack.dev, ai/migrating-to-agent-messaging.
 */
export interface AppKind {
  /** Each message to it alone is a thread of its own. False as long as nothing has told that. */
  readonly isAgent: boolean;
  tell(isAgent: boolean): void;
}

/** As the process before knew it, of that bot. Rejects with BotError `storage`. */
export async function readAppKind(keep: Keep, botId: string, log: Log): Promise<AppKind> {
  const place = `agent:${botId}`;
  let isAgent = (await keep.get(place)) === true;
  let writing: Promise<void> = Promise.resolve();
  return {
    get isAgent() {
      return isAgent;
    },
    tell(now) {
      if (now === isAgent) return;
      isAgent = now;
      log.info({ agent: now }, "slack.app.kind");
      writing = writing
        .then(() => (now ? keep.set(place, true) : keep.delete(place)))
        .catch((error: unknown) => log.warn({ error: toLogged(error) }, "slack.app.unwritten"));
    },
  };
}
