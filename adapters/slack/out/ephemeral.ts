import { randomUUID } from "node:crypto";
import type { MessageKey } from "../../../src/seam/turn.ts";
import type { Reply, View } from "../../../src/seam/view.ts";
import { isOver } from "../../../src/seam/view.ts";
import type { Stage } from "../live/stage.ts";
import { toNoted, type Venue } from "../live/venue.ts";
import { toStandsFor } from "../wire/keys.ts";
import { readyMs } from "../wire/limits.ts";
import type { ResponseUrl } from "../wire/response-url.ts";
import type { Message } from "../wire/send/posts.ts";
import { isRefusal, neededScope, toBotError, toLogged, toTrouble } from "../wire/trouble.ts";
import { createMessageFiles, shareFiles } from "./files/message-files.ts";
import { withWhole } from "./long-text.ts";
import { notify } from "./notice.ts";
import { isWhole, type Look, toFileName, toMessage } from "./view.ts";

const handedNote = "The file that belongs to it is in our direct messages.";
const notHandedNote = "Slack did not take the file that belongs to it. Press Draw again to try once more.";

/** An answer for one person's eyes. Slack lets it be changed five times, so it is shown when it begins and when it ends. */
export function createEphemeral(
  stage: Stage,
  venue: Venue,
  key: MessageKey,
): Pick<Reply, "show" | "venue" | "message"> {
  const { send, responseUrls, log, seen, handed } = stage;
  const mark = venue.mark ?? randomUUID();
  const messageFiles = createMessageFiles(stage, mark);
  const { channelId, threadTs, userId = venue.ephemeral?.userId ?? "" } = venue;
  const nonce = randomUUID().slice(0, 8);
  if (venue.responseUrl && !responseUrls.has(key)) responseUrls.set(key, venue.responseUrl);
  let edit = 0;
  // What was shown before the restart cannot be looked for, but the next answer to the same address takes its place.
  let shown = venue.reopened === true || venue.again === true;
  /** Whether the last of it took the place of what was shown before. */
  let hasReplaced = false;

  function toLook(files: readonly string[], given: readonly string[] = []): Look {
    const { asked } = venue;
    const stands = toStandsFor(key, given, stage.core.seal);
    return { id: `${mark}.${nonce}.${edit}`, files, stands, handed: given, ...(asked && { asked }) };
  }

  /** The address that a press brings stands for the message pressed on: that one is not to be overwritten. */
  function isOther({ url }: ResponseUrl): boolean {
    return venue.pressed === true && url === venue.responseUrl?.url;
  }

  /** By whatever way is open. A way that may have worked is not followed by another. */
  async function deliver(message: Message, over: boolean): Promise<void> {
    const responseUrl = responseUrls.get(key);
    const more = threadTs && { threadTs };
    const ways: readonly (() => Promise<void>)[] = [
      ...(responseUrl
        ? [
            async () => {
              const replace = shown && !isOther(responseUrl);
              await send.respond(responseUrl, message, { replace, ...more });
              hasReplaced = replace;
            },
          ]
        : []),
      () => send.ephemeral({ channelId, userId, ...more }, message),
      ...(over ? [() => send.direct(userId, message)] : []),
    ];
    let refused: unknown;
    hasReplaced = false;
    for (const way of ways) {
      try {
        return await way();
      } catch (error) {
        log.debug({ message: key, error: toLogged(error) }, "slack.whisper.again");
        if (!isRefusal(error)) {
          shown = true; // perhaps
          throw error;
        }
        if (refused === undefined || toTrouble(refused) === "expired") refused = error;
      }
    }
    throw refused;
  }

  async function present(view: View, files: readonly string[], given?: readonly string[]): Promise<void> {
    edit += 1;
    await deliver(toMessage(view, toLook(files, given)), isOver(view.phase));
    shown = true;
  }

  /** Files can hang on no message for one person: they come directly. Undefined: they do not come. */
  async function hand(view: View): Promise<readonly string[] | undefined> {
    if (!view.files?.length) return [];
    const direct = await send.openDirect(userId).catch((error: unknown) => {
      const scope = neededScope(error);
      if (scope) stage.missing([scope]);
    });
    return direct ? shareFiles(stage, messageFiles, { channelId: direct }, view) : undefined;
  }

  /** Whether the message that Delete was pressed on is gone. */
  async function takeBack(): Promise<boolean> {
    const responseUrl = responseUrls.get(key);
    if (!responseUrl || isOther(responseUrl)) return false;
    return send.takeBack(responseUrl).then(
      () => true,
      (error: unknown) => {
        log.debug({ message: key, error: toLogged(error) }, "slack.whisper.left");
        return false;
      },
    );
  }

  /** The files of what was shown before the restart, as far as presses have told of them. */
  async function adopt(): Promise<void> {
    if (!venue.reopened) return;
    const pictures = (seen.get(key) ?? []).flatMap((one) => ("id" in one ? one.id : []));
    await messageFiles.adopt([...pictures, ...(handed.get(key) ?? [])]);
  }

  async function showLast(view: View): Promise<void> {
    const signal = AbortSignal.any([stage.closing, AbortSignal.timeout(stage.timing.showMs)]);
    const putting = { signal, patienceMs: readyMs };
    const files = await Promise.all(
      view.images.map((image, index) =>
        messageFiles.put(image, { name: toFileName(view, image, index), ...putting }),
      ),
    );
    await adopt();
    if (view.gone && (await takeBack())) {
      messageFiles.settle([]);
      handed.delete(key);
      seen.delete(key);
      return;
    }
    const given = await hand(view);
    const notes = view.files?.length ? [...view.notes, given ? handedNote : notHandedNote] : view.notes;
    await present({ ...view, notes }, files, given);
    messageFiles.settle([...files, ...(given ?? [])], hasReplaced);
    handed.set(key, given ?? []);
    seen.set(
      key,
      files.map((id) => ({ id, name: "picture.png", mediaType: "image/png", size: 0 })),
    );
  }

  return {
    message: key,
    get venue() {
      const responseUrl = responseUrls.get(key) ?? venue.responseUrl;
      return toNoted({ ...venue, ...(responseUrl && { responseUrl }) });
    },
    async show(whole) {
      const isCut =
        whole.audience !== "asker" &&
        isOver(whole.phase) &&
        !isWhole(whole, toLook(whole.images.map(() => "F0")));
      const view = isCut ? withWhole(whole) : whole;
      try {
        if (view.audience === "asker") await notify(stage, venue, view);
        else if (isOver(view.phase)) await showLast(view);
        else if (!shown) await present({ ...view, images: [] }, []);
        return key;
      } catch (error) {
        stage.closing.throwIfAborted();
        // What nobody takes is taken away; after a call whose answer got lost it may be shown.
        if (isRefusal(error)) messageFiles.keep([]);
        throw toBotError(error, stage.me.name);
      }
    },
  };
}
