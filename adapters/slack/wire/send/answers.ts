import { checkHeld } from "../../../../src/seam/held.ts";
import { isOpen, NotTaken, type ResponseUrl } from "../response-url.ts";
import type { Calls } from "./calls.ts";
import { type Message, still } from "./posts.ts";

/** What goes to the one who pressed or typed, by the address that came with it. */
export interface Answers {
  /** For their eyes alone. `replace`: in the place of what was said there before. */
  respond(
    responseUrl: ResponseUrl,
    message: Message,
    more?: { readonly replace?: boolean; readonly threadTs?: string },
  ): Promise<void>;
  /** Takes away the message that was pressed on with that address. */
  takeBack(responseUrl: ResponseUrl): Promise<void>;
}

/** Ms an answer to a press may take. */
const respondMs = 10_000;

export function createAnswers({ now, origins }: Pick<Calls, "now" | "origins">): Answers {
  async function respond(responseUrl: ResponseUrl, body: object): Promise<void> {
    if (!isOpen(responseUrl, now)) throw new NotTaken("the address for answers has run out");
    if (!origins.takesAnswers(responseUrl.url)) throw new NotTaken("that is no address of Slack's");
    checkHeld();
    responseUrl.left -= 1;
    const response = await fetch(responseUrl.url, {
      method: "POST",
      redirect: "error",
      headers: { "content-type": "application/json" },
      body: JSON.stringify(body),
      signal: AbortSignal.timeout(respondMs),
    });
    const said = await response.text();
    const words = `Slack did not take the answer: ${response.status} ${said.slice(0, 100)}`;
    if (response.status >= 500) throw new Error(words);
    if (!response.ok || said.includes('"ok":false')) throw new NotTaken(words);
  }

  return {
    respond: (responseUrl, message, { replace = false, threadTs } = {}) =>
      respond(responseUrl, {
        response_type: "ephemeral",
        replace_original: replace,
        ...message,
        ...still,
        ...(threadTs && { thread_ts: threadTs }),
      }),
    takeBack: (responseUrl) => respond(responseUrl, { delete_original: true }),
  };
}
