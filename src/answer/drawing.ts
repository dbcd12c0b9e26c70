import { addUsage, type Usage } from "../money/prices.ts";
import type { PaintEvent, PaintedPicture } from "../openai/painted.ts";
import { isWhole, toNewestSketch } from "../pictures/jobs.ts";
import { BotError } from "../seam/errors.ts";
import { toExtension } from "../seam/files/file-name.ts";
import type { Log } from "../seam/log.ts";
import { giveBack } from "../seam/spare.ts";
import type { Image, ImageLimits } from "../seam/view.ts";

/** Characters of an answer that are kept: a server that never stops talking must not fill memory and every view. */
const mostText = 40_000;

/** One request's part of an answer, as far as it has come. A turn that asks for four pictures has four. */
export interface Drawing {
  readonly responseId?: string;
  readonly text: string;
  /** The newest sketch, or the finished picture at a sketch's size. */
  readonly sketch?: Image;
  /** The sketch's number, from 1; 0 before the first. */
  readonly sketches: number;
  /** Ms until the next try, while OpenAI is busy. */
  readonly waitingMs?: number;
  readonly pictures: readonly PaintedPicture[];
  readonly usage?: Usage;
  /** What was taken in vain, by what failed before. */
  readonly vain?: Usage;
  /** It has been begun, and how much it takes is not told yet. */
  readonly isUntold?: boolean;
  /** Of a partial it resolves when its sketch is made, or is not wanted any more: nothing has to wait for that. */
  take(painted: PaintEvent): Promise<void>;
  /** Makes the sketch that waits to be shown: it is the last there is. */
  catchUp(): Promise<void>;
  /** Throws BotError `empty` when it has ended with neither a picture nor words, `unreachable` when that cannot be opened. */
  check(): void;
}

export function createDrawing(of: {
  readonly prompt: string;
  /** Its place among the turn's drawings, from 0. */
  readonly index: number;
  readonly limits: ImageLimits;
  readonly log: Log;
  /** There are others beside it: until they are there, its picture is shown as a sketch. */
  readonly isOneOfSeveral?: boolean;
  /** Resolves when a new sketch would be seen at once, and none is made before; false: none will be seen any more. */
  readonly ready?: () => Promise<boolean>;
  /** Hears of each new sketch, and of one that could not be made. */
  readonly onSketch?: () => void;
}): Drawing {
  const { prompt, index, limits, log, isOneOfSeveral = false } = of;
  const { ready = async () => true, onSketch = () => {} } = of;
  const pictures: PaintedPicture[] = [];
  let broken = false;
  const state: { -readonly [Key in keyof Drawing]?: Drawing[Key] } & Pick<Drawing, "text" | "sketches"> = {
    text: "",
    sketches: 0,
  };

  /** The newest picture that no sketch was made of. */
  let next: Uint8Array | undefined;
  let sketching: Promise<void> | undefined;
  const hurried = Promise.withResolvers<true>();

  function takeNext(): Uint8Array | undefined {
    const taken = next;
    next = undefined;
    return taken?.length ? taken : undefined; // a picture that was shown and let go of meanwhile is empty
  }

  function leaveOut(): void {
    if (next) giveBack(next);
    next = undefined;
  }

  /** Of those that come while one waits the newest is taken, and none when the picture is there. */
  async function sketch(bytes: Uint8Array): Promise<void> {
    leaveOut();
    next = bytes;
    if (sketching) return;
    sketching = makeSketches();
    await sketching;
  }

  async function makeSketches(): Promise<void> {
    while (next) {
      try {
        const isWanted = await Promise.race([ready(), hurried.promise]);
        if (!isWanted) {
          leaveOut();
          continue;
        }
        const encoded = await toNewestSketch(takeNext, limits);
        if (!encoded || (pictures.length > 0 && !isOneOfSeveral)) continue;
        const name = nameOf(prompt, encoded.mediaType, index);
        state.sketch = { ...encoded, name, alt: "A sketch, still being drawn" };
      } catch (error) {
        log.debug({ error }, "sketch.lost"); // not worth failing for
      }
      onSketch();
    }
    sketching = undefined;
  }

  return Object.assign(state, {
    pictures,
    async take(painted: PaintEvent) {
      delete state.waitingMs;
      switch (painted.kind) {
        case "started":
          state.responseId = painted.responseId;
          state.text = "";
          state.isUntold = true;
          return;
        case "failed":
          if (painted.usage) state.vain = plus(state.vain, painted.usage);
          state.isUntold = false;
          return;
        case "waiting":
          state.waitingMs = painted.ms;
          return;
        case "text":
          state.text = (state.text + painted.delta).slice(0, mostText);
          return;
        case "partial":
          state.sketches = painted.index + 1;
          return sketch(painted.bytes);
        case "picture": {
          const { bytes, mediaType } = painted.picture;
          leaveOut();
          if (mediaType === "image/svg+xml" || (await isWhole(bytes))) {
            pictures.push(painted.picture);
            if (isOneOfSeveral) void sketch(bytes);
            return;
          }
          log.warn({ callId: painted.picture.callId, size: bytes.byteLength }, "picture.broken");
          broken = true;
          return;
        }
        case "final":
          if (painted.responseId) state.responseId = painted.responseId;
          else delete state.responseId;
          if (painted.usage) state.usage = painted.usage;
          state.isUntold = painted.usage === undefined;
      }
    },
    async catchUp() {
      hurried.resolve(true);
      await sketching;
    },
    check() {
      if (pictures.length > 0 || state.text.trim() !== "") return;
      if (broken) {
        throw new BotError("unreachable", "OpenAI sent a picture that cannot be opened. Try again.");
      }
      throw new BotError(
        "empty",
        "OpenAI sent neither a picture nor words. Try again, or say it differently.",
      );
    },
  });
}

function plus(sum: Usage | undefined, more: Usage): Usage {
  return (sum && addUsage(sum, more)) ?? more;
}

/** A file name from a prompt: `a-red-fox-in-snow.png`, with `-2` from the second picture on. */
export function nameOf(prompt: string, mediaType: string, index: number): string {
  const words = prompt
    .normalize("NFKD")
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, "-")
    .slice(0, 48)
    .replace(/^-|-$/g, "");
  return `${words || "picture"}${index > 0 ? `-${index + 1}` : ""}.${toExtension(mediaType)}`;
}
