import type { Clock } from "../discord/clock.ts";
import { ApiError } from "./api-error.ts";
import type { Ack, Delivered, Delivery } from "./delivery.ts";
import { type Fields, isFields } from "./fields.ts";
import type { ResponseTarget, ResponseUrls } from "./response-urls.ts";
import type { Trigger, Triggers } from "./triggers.ts";
import type { Channel, Message, User, World } from "./world.ts";

/** Something a person did that the app must acknowledge. */
export interface Interaction {
  readonly trigger: Trigger;
  /** Absent for views and global shortcuts. */
  readonly target?: ResponseTarget;
  readonly sent: Delivered;
  /** The acknowledgement, after Slack has done what it says. */
  readonly acknowledged: Promise<Ack>;
  /** What Slack tells the person went wrong, e.g. `operation_timeout`. */
  trouble?: string;
}

/** Sends interactions and carries out what acknowledges them. */
export interface Interactions {
  open(given: {
    readonly kind: "slash_commands" | "interactive";
    readonly user: User;
    /** Where a response URL leads. */
    readonly at?: { readonly channel: Channel; readonly original?: Message };
    readonly fromView?: string;
    /** The payload, given what every interaction has. */
    build(common: { readonly triggerId: string; readonly responseUrl: string }): Fields;
    /** What the body of the acknowledgement does; posts it unless said. May throw ApiError. */
    apply?(body: Fields, interaction: Interaction): void;
  }): Interaction;
  /** What every payload of an interaction has. */
  common(user: User): Fields;
}

/** docs.slack.dev, interactivity/handling-user-interaction and interactivity/implementing-slash-commands. */
export function createInteractions(parts: {
  world: World;
  delivery: Delivery;
  triggers: Triggers;
  responses: ResponseUrls;
  clock: Clock;
}): Interactions {
  const { world, delivery, triggers, responses } = parts;

  function carryOut(
    ack: Ack,
    interaction: Interaction,
    apply?: (body: Fields, interaction: Interaction) => void,
  ): void {
    if (!ack.ok) {
      interaction.trouble = /timeout/.test(ack.reason ?? "") ? "operation_timeout" : "dispatch_failed";
      return;
    }
    if (!isFields(ack.body) || Object.keys(ack.body).length === 0) {
      apply?.({}, interaction);
      return;
    }
    if (apply) apply(ack.body, interaction);
    else if (interaction.target) responses.respond(interaction.target, ack.body);
  }

  return {
    open({ kind, user, at, fromView, build, apply }) {
      const trigger = triggers.issue(user, fromView);
      const target = at && responses.issue({ ...at, user });
      const responseUrl = target ? responses.url(target) : "";
      const sent = delivery.send(kind, build({ triggerId: trigger.id, responseUrl }));
      const interaction: Interaction = {
        trigger,
        ...(target ? { target } : {}),
        sent,
        acknowledged: sent.done.then((ack) => {
          try {
            carryOut(ack, interaction, apply);
          } catch (error) {
            if (!(error instanceof ApiError)) throw error;
            interaction.trouble = error.code;
          }
          return ack;
        }),
      };
      return interaction;
    },
    common: (user) => ({
      token: "legacy",
      api_app_id: world.appId,
      team: { id: world.team.id, domain: world.team.domain },
      user: { id: user.id, username: user.name, name: user.name, team_id: user.team.id },
      enterprise: null,
      is_enterprise_install: false,
    }),
  };
}
