import type { View } from "../../../../src/seam/view.ts";
import { isOver } from "../../../../src/seam/view.ts";
import type { Stage } from "../../live/stage.ts";
import { sketchMs } from "../../wire/limits.ts";
import { toFileName } from "../view.ts";
import type { PostedMessage } from "./message.ts";
import { ready } from "./ready.ts";

/** Brings sketches into a message when Slack has them ready. */
export interface Sketches {
  /** The newest view: its sketch is shown, unless the turn has moved on by then. */
  offer(view: View): void;
  /** No sketch comes after this. */
  stop(): void;
}

/** `inOrder`: a sketch that gets ready must not overtake the turn's own edits, nor be overtaken. */
export function createSketches(
  { tidying, closing }: Stage,
  message: PostedMessage,
  inOrder: <T>(work: () => Promise<T>) => Promise<T>,
  onLost: (error: unknown) => void,
): Sketches {
  let newest: View | undefined;
  /** The newest that was taken up. */
  let taken: View["images"] = [];
  let sketching: AbortController | undefined;
  let isStopped = false;

  async function bring(view: View, signal: AbortSignal): Promise<void> {
    const { images } = view;
    const names = images.map((image, index) => toFileName(view, image, index));
    try {
      const files = await ready(message, view, { names, signal, patienceMs: sketchMs, sketch: true });
      await inOrder(async () => {
        if (signal.aborted || !newest || isOver(newest.phase)) return;
        await message.put({ ...newest, images }, files, { soon: true });
      });
    } catch (error) {
      if (!signal.aborted) onLost(error);
    } finally {
      // Overtaken by the last view, whose pictures may be the very same: that one clears up.
      if (!isStopped) message.expect([]);
      message.tidy();
    }
  }

  function develop(view: View): void {
    const { images } = view;
    if (images.length === taken.length && images.every(({ bytes }, at) => bytes === taken[at]?.bytes)) return;
    taken = images;
    message.expect(images);
    const own = new AbortController();
    sketching = own;
    const done = bring(view, AbortSignal.any([own.signal, closing])).finally(() => {
      tidying.delete(done);
      if (own.signal.aborted || closing.aborted) return;
      sketching = undefined;
      // What came in the meantime: only the newest, and never when the picture itself is there.
      if (newest && !isStopped && newest.images.length > 0) develop(newest);
    });
    tidying.add(done);
  }

  return {
    offer(view) {
      newest = view;
      if (view.images.length > 0 && !sketching && !isStopped) develop(view);
    },
    stop() {
      isStopped = true;
      sketching?.abort();
    },
  };
}
