import type { types } from "@slack/bolt";
import { sealForm } from "../keys.ts";
import { type Answers, createAnswers } from "./answers.ts";
import type { Calls, To } from "./calls.ts";
import { createPatience } from "./patience.ts";
import { createPosts, type Posts } from "./posts.ts";
import { createReads, type Reads } from "./reads.ts";
import { createUploads, type Uploads } from "./uploads.ts";

/** Everything we send to Slack. What may wait is tried again; what may not is not. */
export interface Send extends Posts, Answers, Uploads, Reads {
  openForm(trigger: string, view: types.ModalView): Promise<string>;
  updateForm(viewId: string, view: types.ModalView): Promise<void>;
  publishHome(userId: string, view: types.HomeView): Promise<void>;
  /** What an agent's session says of itself. `title` and `userId` count where that makes it. */
  setSession(
    session: Required<To>,
    status: SessionStatus,
    of: { readonly title?: string; readonly userId?: string },
  ): Promise<void>;
  assist(method: "setStatus" | "setTitle" | "setSuggestedPrompts", more: Assist): Promise<void>;
}

/** Those that we set, of Slack's. Source: @slack/web-api, AgentsSessionsSetStatusArguments. */
export type SessionStatus = "active" | "processing";

type Assist = Readonly<Record<string, unknown>> & {
  readonly channel_id: string;
  readonly thread_ts?: string;
};

const unstoppable = "missing_agent_session_stopped_event_subscription";

/** Neither client tries anything twice by itself. */
export function createSend(of: Omit<Calls, "patience">): Send {
  const calls: Calls = { ...of, patience: createPatience(of.timing) };
  const { quick, seal } = calls;
  const sealed = (view: types.ModalView): types.ModalView => ({
    ...view,
    ...(view.private_metadata && { private_metadata: sealForm(view.private_metadata, seal) }),
  });
  const reads = createReads(calls);
  return {
    ...reads,
    ...createPosts(calls, reads),
    ...createAnswers(calls),
    ...createUploads(calls),
    async openForm(trigger, view) {
      const { view: opened } = await quick.views.open({ trigger_id: trigger, view: sealed(view) });
      return opened?.id ?? "";
    },
    updateForm: async (viewId, view) =>
      void (await quick.views.update({ view_id: viewId, view: sealed(view) })),
    publishHome: async (userId, view) => void (await quick.views.publish({ user_id: userId, view })),
    async setSession({ channelId, threadTs }, status, { title, userId }) {
      const { warning, response_metadata: more } = await quick.agents.sessions.setStatus({
        ...{ channel_id: channelId, thread_ts: threadTs, status },
        ...(title && { title }),
        ...(userId && { initiator_user_id: userId }),
      });
      if ([warning, ...(more?.warnings ?? [])].includes(unstoppable)) calls.unstoppable();
    },
    assist: async (method, more) => void (await quick.apiCall(`assistant.threads.${method}`, more)),
  };
}
