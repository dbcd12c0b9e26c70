import type { FormState } from "../forms/forms.ts";
import type { Shown } from "../wire/pictures.ts";

/** A slash command. Source: Slack's reference of interaction payloads, as for those below. */
export interface Command {
  readonly text: string;
  readonly trigger_id: string;
  readonly response_url: string;
  readonly user_id: string;
  readonly user_name: string;
  readonly channel_id: string;
  readonly channel_name?: string;
}

export interface Pressed {
  readonly trigger_id: string;
  readonly response_url?: string;
  readonly user: { readonly id: string; readonly name?: string; readonly username?: string };
  readonly actions: readonly {
    readonly action_id: string;
    readonly block_id?: string;
    readonly value?: string;
    readonly selected_conversation?: string;
    readonly action_ts?: string;
  }[];
  /** Where it was pressed, when that is a form or App Home. */
  readonly view?: { readonly id: string };
  readonly container: {
    readonly type: string;
    readonly message_ts?: string;
    readonly channel_id?: string;
    readonly thread_ts?: string;
    readonly is_ephemeral?: boolean;
  };
  readonly channel?: { readonly id: string };
  readonly message?: Shown & { readonly ts?: string; readonly thread_ts?: string };
}

export interface Shortcut {
  readonly callback_id: string;
  readonly trigger_id: string;
  readonly user: { readonly id: string; readonly name?: string; readonly username?: string };
  /** The rest of those on a message only. */
  readonly response_url?: string;
  readonly channel?: { readonly id: string };
  readonly message?: Shown & {
    readonly ts: string;
    readonly thread_ts?: string;
    readonly user?: string;
    readonly bot_id?: string;
  };
}

export interface Submitted {
  readonly user: { readonly id: string; readonly name?: string };
  readonly view: {
    readonly id: string;
    readonly private_metadata: string;
    readonly state: { readonly values: FormState };
  };
}
