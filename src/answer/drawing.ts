import type { Usage } from "../money/prices.ts";
import type { PaintEvent, PaintedPicture } from "../openai/painted.ts";
import { isWhole, toSketch } from "../pictures/jobs.ts";
import { BotError } from "../seam/errors.ts";
import { toExtension } from "../seam/files/file-name.ts";
import type { Log } from "../seam/log.ts";
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
  take(painted: PaintEvent): Promise<void>;
  /** Throws BotError `empty` when it has ended with neither a picture nor words, `unreachable` when that cannot be opened. */
  check(): void;
}

export function createDrawing(of: {
  readonly prompt: string;
  /** Its place among the turn's drawings, from 0. */
  readonly index: number;
  readonly limits: ImageLimits;
  readonly log: Log;
}): Drawing {
  const { prompt, index, limits, log } = of;
  const pictures: PaintedPicture[] = [];
  let broken = false;
  const state: { -readonly [Key in keyof Drawing]?: Drawing[Key] } & Pick<Drawing, "text" | "sketches"> = {
    text: "",
    sketches: 0,
  };

  /** Whether it can be shown: a sketch that cannot be opened is not worth failing for. */
  async function show(bytes: Uint8Array): Promise<boolean> {
    try {
      const encoded = await toSketch(bytes, limits);
      const name = nameOf(prompt, encoded.mediaType, index);
      state.sketch = { ...encoded, name, alt: "A sketch, still being drawn" };
      return true;
    } catch (error) {
      log.debug({ error }, "sketch.lost");
      return false;
    }
  }

  return Object.assign(state, {
    pictures,
    async take(painted: PaintEvent) {
      delete state.waitingMs;
      switch (painted.kind) {
        case "started":
          state.responseId = painted.responseId;
          state.text = "";
          return;
        case "waiting":
          state.waitingMs = painted.ms;
          return;
        case "text":
          state.text = (state.text + painted.delta).slice(0, mostText);
          return;
        case "partial":
          state.sketches = painted.index + 1;
          await show(painted.bytes);
          return;
        case "picture": {
          const { bytes, mediaType } = painted.picture;
          const isShown = await show(bytes);
          if (isShown || mediaType === "image/svg+xml" || (await isWhole(bytes))) {
            pictures.push(painted.picture);
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
      }
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
