import { setTimeout as sleep } from "node:timers/promises";
import type { Stage } from "../../live/stage.ts";
import type { Upload } from "../../live/uploads/records.ts";
import { isRefusal, toLogged, toTrouble } from "../../wire/trouble.ts";
import { isLeftOver } from "./left-over.ts";

/** Ms after which a file that cannot be looked for is left where it is. */
const longMs = 7 * 24 * 3600 * 1000;

/** Ms after which a file of an answer that another process has ended is looked at, and between two such looks. */
const lostMs = 30_000;

/**
 * Takes away the files that the process before has left: those whose message was looked at and does not show them. What
 * is shown is never taken away, nor what nobody can look at, for one person alone sees it. Never rejects.
 */
export async function sweep({ send, uploads, log, now }: Stage): Promise<void> {
  const all = await uploads.allLeft().catch((error: unknown) => {
    log.warn({ error: toLogged(error) }, "slack.uploads.unread");
    return new Map<string, Upload>();
  });
  for (const [id, upload] of all) {
    const isStill = async () => (await uploads.left(upload.owner)).has(id);
    if (!(await isStill())) continue; // an answer that goes on has it
    try {
      const isLeft = await isLeftOver({ send }, id, upload);
      if (!(await isStill())) continue;
      if (isLeft === undefined && now() - upload.at < longMs) continue;
      uploads.forget(upload.owner, [id]);
      if (isLeft) await send.remove(id);
    } catch (error) {
      if (now() - upload.at > longMs) uploads.forget(upload.owner, [id]);
      log.warn({ file: id, error: toLogged(error) }, "slack.file.left");
    }
  }
  uploads.flushSoon();
}

/**
 * Takes away what this process has uploaded for answers that others have ended since, and that they do not show: as long
 * as the adapter runs, each time after a while. Where other processes may be at work.
 */
export function sweepLost(stage: Stage): void {
  const run = async () => {
    for (;;) {
      await sleep(lostMs, undefined, { signal: stage.closing, ref: false });
      await takeLost(stage, lostMs);
    }
  };
  run().catch(() => {}); // the adapter is stopped
}

/** The same at once, of what was uploaded so many ms ago. Never rejects: what is still noted is seen to by whoever starts. */
export async function takeLost({ send, uploads, log }: Stage, ms = 0): Promise<void> {
  const all = await uploads.lost(ms).catch((error: unknown) => {
    log.debug({ error: toLogged(error) }, "slack.uploads.unread");
    return new Map<string, Upload>();
  });
  for (const [id, upload] of all) {
    try {
      // Where nobody can look at it, its record tells.
      const isLeft = (await isLeftOver({ send }, id, upload)) ?? true;
      if (isLeft) await send.remove(id);
      uploads.forget(upload.owner, [id]);
    } catch (error) {
      log.warn({ file: id, error: toLogged(error) }, "slack.file.left");
      // What Slack will not do now it will not do in a while either.
      if (isRefusal(error) && toTrouble(error) !== "limited") uploads.leave(upload.owner, [id]);
    }
  }
  uploads.flushSoon();
}
