import type { FormState } from "../forms/forms.ts";
import type { Shown } from "../wire/pictures.ts";
import type { MessageEvent } from "./turn.ts";

/** A slash command. Source: Slack's reference of interaction payloads, as for those below. */
export interface Command {
  readonly text: string;
  readonly trigger_id: string;
  readonly response_url: string;
  readonly user_id: string;
  readonly user_name: string;
  readonly team_id?: string;
  readonly channel_id: string;
  readonly channel_name?: string;
}

/** Who pressed, chose or sent something. */
interface Person {
  readonly id: string;
  readonly name?: string;
  readonly username?: string;
  readonly team_id?: string;
}

export interface Pressed {
  readonly trigger_id: string;
  readonly response_url?: string;
  readonly user: Person;
  readonly actions: readonly {
    readonly action_id: string;
    readonly block_id?: string;
    readonly value?: string;
    readonly selected_conversation?: string;
    readonly selected_option?: { readonly value: string } | null;
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
  readonly user: Person;
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
  readonly user: Person;
  readonly view: {
    readonly id: string;
    readonly private_metadata: string;
    readonly state: { readonly values: FormState };
  };
}

/** Somebody pressed Slack's own button to stop what an agent does in a thread. Source: @slack/types. */
export interface Stop {
  readonly type: string;
  readonly channel: string;
  readonly user: string;
  readonly thread_ts: string;
  readonly event_ts: string;
}

/** Something that a person did, by its kind, as Slack sends it. */
export type Doing =
  | { readonly kind: "message"; readonly payload: MessageEvent }
  | { readonly kind: "command"; readonly payload: Command }
  | { readonly kind: "stop"; readonly payload: Stop }
  | { readonly kind: "press"; readonly payload: Pressed }
  | { readonly kind: "shortcut"; readonly payload: Shortcut }
  | { readonly kind: "form"; readonly payload: Submitted };
