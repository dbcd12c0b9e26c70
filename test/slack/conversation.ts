import { until } from "../rig/until.ts";
import type { SessionRef } from "../simulators/slack/sessions.ts";
import { startLife } from "./life.ts";

/** An agent's conversation with somebody, and an OpenAI that can be held back after its first sketch. */
export async function converse(t: Parameters<typeof startLife>[0]) {
  const life = await startLife(t, { app: "agent" });
  const { simulator, standin, ada } = life;
  const dm = simulator.dm(ada);
  return {
    ...life,
    dm,
    answers: () => life.posts(dm),
    hold: () => standin.fault({ kind: "stall", after: "response.image_generation_call.partial_image" }),
    ask: async (words: string): Promise<SessionRef> => {
      const { ts } = await simulator.say(dm, ada, words);
      return { channel: dm.id, threadTs: ts };
    },
    isStopped: () => standin.requests.some(({ path }) => path.endsWith("/cancel")),
    says: (session: SessionRef, status: string) =>
      until(
        () => simulator.sessions.now(session) === status,
        async () => `${status}; it is ${simulator.sessions.now(session)}`,
      ),
    /** Nothing says that something is at work. */
    rests: () => until(() => !simulator.sessions.isAnyAtWork(), "no session to be at work"),
  };
}

export const isCancelled = ({ text }: { readonly text: string }) => /cancelled/i.test(text);
