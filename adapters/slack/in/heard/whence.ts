import type { Seal } from "../../../../src/seam/core.ts";
import type { CommunityKey, Place } from "../../../../src/seam/turn.ts";
import { parseSubmission } from "../../forms/forms.ts";
import { homeOf, strangerOf } from "../../live/access.ts";
import type { Me } from "../../live/where.ts";
import { parseFormId, toPlace } from "../../wire/keys.ts";
import type { Doing } from "../payloads.ts";

/** Where something is done, and by whom, as far as it tells who may use the bot. */
export interface Whence {
  readonly userId: string;
  /** Empty where it is done in no conversation: in App Home, by the shortcut that is everywhere. */
  readonly channelId: string;
  readonly threadTs?: string;
  readonly responseUrl?: string;
  /** The workspace of whoever did it, where it is not the bot's own. */
  readonly from?: CommunityKey;
  /** Undefined where that shows only when the form is sent. */
  readonly place?: Place;
}

/** `seal`: a form says where it is about, if it is ours. */
export function whenceOf(doing: Doing, { teamId }: Pick<Me, "teamId">, seal: Seal): Whence {
  const { kind, payload } = doing;
  switch (kind) {
    case "message": {
      const { channel: channelId, user: userId = "", thread_ts: threadTs } = payload;
      const stranger = strangerOf(payload.user_team ?? payload.team ?? "", teamId);
      const isHome = payload.channel_type === "app_home";
      return {
        ...{ userId, channelId, ...stranger },
        ...(threadTs && { threadTs }),
        place: isHome ? homeOf(teamId, stranger) : placeIn(channelId, teamId, stranger),
      };
    }
    case "command": {
      const { channel_id: channelId, user_id: userId, response_url: responseUrl } = payload;
      const stranger = strangerOf(payload.team_id ?? "", teamId);
      return { userId, channelId, responseUrl, ...stranger, place: placeIn(channelId, teamId, stranger) };
    }
    // Whatever is closed to people, what they had begun can be stopped.
    case "stop":
      return { userId: payload.user, channelId: payload.channel, threadTs: payload.thread_ts };
    case "press":
    case "shortcut": {
      const { user, response_url: responseUrl } = payload;
      const stranger = strangerOf(user.team_id ?? "", teamId);
      const contained = kind === "press" ? payload.container.channel_id : undefined;
      const channelId = contained ?? payload.channel?.id ?? "";
      const isNowhere = kind === "shortcut" && channelId === "" && !stranger.from;
      return {
        ...{ userId: user.id, channelId, ...stranger },
        ...(responseUrl && { responseUrl }),
        ...(!isNowhere && {
          place: channelId ? placeIn(channelId, teamId, stranger) : homeOf(teamId, stranger),
        }),
      };
    }
    case "form": {
      const { user, view } = payload;
      const stranger = strangerOf(user.team_id ?? "", teamId);
      const id = parseFormId(view.private_metadata, seal);
      const channelId = (isAnswered(id?.form) && (id?.channelId ?? chosenIn(view))) || "";
      const place = channelId ? placeIn(channelId, teamId, stranger) : homeOf(teamId, stranger);
      return { userId: user.id, channelId, ...stranger, place };
    }
  }
}

/** Forms of defaults and of styles are answered where people are alone with the bot. */
function isAnswered(form: string | undefined): boolean {
  return form !== undefined && !["defaults", "channel", "style"].includes(form);
}

function chosenIn(view: Extract<Doing, { kind: "form" }>["payload"]["view"]): string | undefined {
  return parseSubmission(view.state.values).channelId;
}

function placeIn(channelId: string, teamId: string, stranger: Pick<Whence, "from">): Place {
  return { ...toPlace(teamId, channelId), ...stranger };
}
