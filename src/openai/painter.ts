import { APIError } from "openai/error";
import { toFile } from "openai/uploads";
import type { Usage } from "../money/prices.ts";
import type { Upload } from "../pictures/uploads.ts";
import { createClient, limitsOf, type PainterOptions } from "./client.ts";
import type { Commission, Engine, RequestDefaults } from "./engine.ts";
import { isGone, toPaintError } from "./failure.ts";
import { createImagesEngine, isMark } from "./images/images.ts";
import { isQuestion, noWords } from "./images/words.ts";
import { insist } from "./patience.ts";
import { createResponsesEngine } from "./responses/going-on.ts";
import { rulesId } from "./responses/request.ts";
import { createResponses } from "./responses/responses.ts";

/**
 * Whoever draws, by whichever of the engines. All methods reject with a BotError; with the signal's reason when it
 * aborts.
 *
 * What is aborted is dropped at once: `cancel` tells OpenAI to stop too, which is done of itself where no id was known.
 */
export interface Painter extends Engine {
  /** As it stands in a footer. */
  readonly name: string;
  /** It draws placeholders: what is shown must say so. */
  readonly standIn: boolean;
  /** Its models are those of the table, and take what that says. Of another server's that is not known. */
  readonly isTabled: boolean;
  /** Tells the rules that conversations are given from those of another version. */
  readonly rules: string;
  /** How something would be drawn, before all of it is known. */
  planOf(said: Said, defaults: RequestDefaults): Plan;
  /**
   * `name`: as `started` told it. What it had taken by then; undefined where that is not told. Never rejects: what is
   * over already has nothing to stop.
   */
  cancel(name: string): Promise<{ readonly usage?: Usage } | undefined>;
  /**
   * Deletes what is stored by that name; what is not there, or no longer, is as good. Rejects with a BotError where it may
   * still be there.
   */
  erase(what: "file" | "response", id: string, signal: AbortSignal): Promise<void>;
  /** Stores a picture for 30 days; its file id. Undefined where the server stores no files. */
  readonly upload: Upload;
}

/** What there is to know of a commission before its pictures are read. */
export type Said = Pick<Commission, "text" | "options" | "mustDraw">;

export interface Plan {
  /** Pictures go along as files that OpenAI stores; otherwise they are kept here and go along as bytes. */
  readonly files: boolean;
  /** A mainline model reads the words, and is paid for. */
  readonly mainline: boolean;
}

/** What the Image API has no answer to, and what is not to be drawn by it, a mainline model reads where there is one. */
function isForMainline(said: Said, defaults: RequestDefaults): boolean {
  const { engine: usual = "responses" } = defaults;
  return hasMainline(defaults) && ((said.options.engine ?? usual) === "responses" || isQuestion(said));
}

/** Whether any words are read by a mainline model. */
export function hasMainline({
  engine = "responses",
  mainline = engine === "responses",
}: Pick<RequestDefaults, "engine" | "mainline">): boolean {
  return mainline;
}

/** The longest life of a file. Source: `expires_after` in openai's files.d.ts. */
const fileLifeSeconds = 30 * 24 * 3600;

/** A painter on the openai SDK. */
export function createPainter(options: PainterOptions): Painter {
  const { log, backoffMs = 1000, stuckMs = 15 * 60_000, pollMs = 3000 } = options;
  const client = createClient(options);
  const server = options.baseUrl ? "The server that OPENAI_BASE_URL names" : "OpenAI";
  const stream = limitsOf(options);
  const responses = createResponses(client, { server, backoffMs, stuckMs, pollMs, stream, log });
  const talking = createResponsesEngine(responses);
  const drawing = createImagesEngine(client, { server, backoffMs, stuckMs, log });
  /** Not all compatible servers store files. */
  let files = true;

  return {
    name: options.standIn ? "the offline stand-in" : "OpenAI",
    standIn: options.standIn,
    isTabled: options.standIn || options.baseUrl === undefined,
    rules: rulesId,
    cancel: async (name) => (isMark(name) ? undefined : responses.cancel(name)),
    planOf(said, defaults) {
      const mainline = isForMainline(said, defaults);
      return { mainline, files: mainline && defaults.store };
    },
    begin(commission, tools, signal) {
      if (isForMainline(commission, tools.defaults)) return talking.begin(commission, tools, signal);
      if (isQuestion(commission)) throw noWords();
      return drawing.begin(commission, tools, signal);
    },
    async erase(what, id, signal) {
      if (isMark(id)) return;
      try {
        const { files: stored, responses } = await client();
        await (what === "file" ? stored.delete(id, { signal }) : responses.delete(id, { signal }));
      } catch (cause) {
        signal.throwIfAborted();
        const isThere = !(cause instanceof APIError) || ![404, 410].includes(cause.status ?? 0);
        if (isThere) throw toPaintError(cause);
      }
    },
    async upload({ bytes, mediaType }, signal) {
      if (!files) return undefined;
      const name = `picture.${mediaType.slice(mediaType.indexOf("/") + 1)}`;
      const body = {
        purpose: "vision" as const,
        file: await toFile(bytes, name, { type: mediaType }),
        expires_after: { anchor: "created_at" as const, seconds: fileLifeSeconds },
      };
      try {
        return (await insist(async () => (await client()).files.create(body, { signal }), backoffMs, signal))
          .id;
      } catch (cause) {
        signal.throwIfAborted();
        if (isGone(cause)) {
          log.warn({ error: toPaintError(cause) }, "files.off");
          files = false;
          return undefined;
        }
        throw toPaintError(cause);
      }
    },
  };
}
