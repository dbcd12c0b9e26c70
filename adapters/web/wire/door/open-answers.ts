import type { ServerResponse } from "node:http";
import type { Sessions } from "./sessions.ts";

/** Answers that are still being given, such as the stream of events: they end with the session they are given to. */
export interface OpenAnswers {
  add(session: string, answer: ServerResponse): void;
  /** Cuts off all of a session's. */
  end(session: string): void;
  /** Cuts off those whose session is over. Rejects as `Sessions` do. */
  sweep(): Promise<void>;
}

export function createOpenAnswers({ isOpen }: Pick<Sessions, "isOpen">): OpenAnswers {
  const open = new Map<ServerResponse, string>();
  return {
    add(session, answer) {
      open.set(answer, session);
      answer.once("close", () => open.delete(answer));
    },
    end(session) {
      for (const [answer, of] of open) if (of === session) answer.destroy();
    },
    async sweep() {
      for (const [answer, session] of open) if (!(await isOpen(session, false))) answer.destroy();
    },
  };
}
