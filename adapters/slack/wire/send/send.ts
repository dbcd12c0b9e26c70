import type { types } from "@slack/bolt";
import { sealForm } from "../keys.ts";
import { type Answers, createAnswers } from "./answers.ts";
import type { Calls } from "./calls.ts";
import { createPatience } from "./patience.ts";
import { createPosts, type Posts } from "./posts.ts";
import { createReads, type Reads } from "./reads.ts";
import { createUploads, type Uploads } from "./uploads.ts";

/** Everything we send to Slack. What may wait is tried again; what may not is not. */
export interface Send extends Posts, Answers, Uploads, Reads {
  openForm(trigger: string, view: types.ModalView): Promise<string>;
  updateForm(viewId: string, view: types.ModalView): Promise<void>;
  publishHome(userId: string, view: types.HomeView): Promise<void>;
  assist(method: "setStatus" | "setTitle" | "setSuggestedPrompts", more: Assist): Promise<void>;
}

type Assist = Readonly<Record<string, unknown>> & {
  readonly channel_id: string;
  readonly thread_ts?: string;
};

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
    assist: async (method, more) => void (await quick.apiCall(`assistant.threads.${method}`, more)),
  };
}
