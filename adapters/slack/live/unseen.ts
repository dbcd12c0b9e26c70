import { BotError } from "../../../src/seam/errors.ts";
import { scopeWords } from "../wire/permissions.ts";
import { neededScope, toLogged, toTrouble } from "../wire/trouble.ts";
import type { Stage } from "./stage.ts";

/** Pictures that somebody means and has not attached: above what they say, or beside the conversation with the agent. */
export type Sighted = "above" | "beside";

const words = {
  above: {
    what: "whether there are pictures above in this thread",
    uninvited: (name: string) => `I am not in this conversation. Type /invite @${name} here.`,
    late: "Slack did not show them to me in time. Say it again.",
    instead: "Or attach the picture to your message.",
  },
  beside: {
    what: "the picture that you are looking at",
    uninvited: (name: string) => `I am not in that conversation. Type /invite @${name} there.`,
    late: "Slack did not show it to me in time. Say it again.",
    instead: "Or attach it to your message.",
  },
} as const;

/** BotError `bad_attachment`, which says that those cannot be seen, why, and what to do. `why` is a sentence or more. */
export function toUnseen(sighted: Sighted, why: string, options: { readonly cause?: Error } = {}): BotError {
  const { what, instead } = words[sighted];
  return new BotError("bad_attachment", `I cannot see ${what}: ${why} ${instead}`, options);
}

/** The same where Slack has not shown them. A scope that is missing is named in the log, once. */
export function toNotShown(
  { me, log, missing }: Pick<Stage, "me" | "log" | "missing">,
  sighted: Sighted,
  channelId: string,
  error: unknown,
): BotError {
  const trouble = toTrouble(error);
  const scope = neededScope(error);
  const logged = toLogged(error);
  log.warn({ channel: channelId, sighted, trouble, error: logged }, "slack.pictures.unseen");
  if (scope) missing([scope]);
  const { uninvited, late } = words[sighted];
  const cause = new Error(JSON.stringify(logged));
  if (trouble === "unscoped") return toUnseen(sighted, scopeWords(scope ?? "channels:history"), { cause });
  return toUnseen(sighted, trouble === "uninvited" ? uninvited(me.name) : late, { cause });
}
