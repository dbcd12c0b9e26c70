import { createHash, randomBytes } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";
import type { ImageEditStreamEvent, ImageGenStreamEvent, ImagesResponse } from "openai/resources/images";
import { ApiError, toErrorBody } from "../errors/api-error.ts";
import type { Fault } from "../errors/faults.ts";
import { parseJson } from "../http/http.ts";
import { bend, type ResponseRecord } from "../kept/record.ts";
import type { Store } from "../kept/store.ts";
import { toPlan } from "../plan/plan.ts";
import type { Draw } from "../scene/scene.ts";
import type { Paint } from "../wire/script.ts";
import { toImageUsage, toSvgUsage } from "../wire/usage.ts";
import { readEditForm } from "./form.ts";
import { createKnown, type EditInputs, readEdit } from "./inputs.ts";
import { parseEdit, parseGeneration, type Wanted } from "./params.ts";

/** An event of a stream of the Image API, or the error that ends one. */
export type ImageEvent =
  | ImageGenStreamEvent
  | ImageEditStreamEvent
  | ({ readonly type: "error" } & ReturnType<typeof toErrorBody>);

/** A request that was taken: it is answered in one piece, or as it is drawn. Both reject with ApiError. */
export interface Job {
  readonly stream: boolean;
  events(signal: AbortSignal): AsyncGenerator<ImageEvent, void>;
  whole(signal: AbortSignal): Promise<ImagesResponse>;
}

/** The Image API without its HTTP. Throws ApiError. */
export interface Images {
  generate(body: Buffer, fault: Fault | undefined): Promise<Job>;
  edit(form: FormData, fault: Fault | undefined): Promise<Job>;
}

/** The model that writes SVGs where none is named. */
const author = "gpt-6-luna";

export function createImages(deps: {
  store: Store;
  paint: Paint;
  paceMs: number;
  flat: boolean;
  leastPixels: number;
  now: () => number;
  today: () => number;
}): Images {
  const { store, paint, paceMs, flat, leastPixels, now, today } = deps;
  const known = createKnown();
  const circumstances = () => ({ leastPixels, now: today() });
  /** How often the same was asked for: it comes out otherwise each time. */
  const asked = new Map<string, number>();

  function attemptOf(wanted: Wanted, inputs: EditInputs | undefined): string {
    const words = JSON.stringify([wanted.prompt, wanted.tool, inputs?.sizes]);
    const key = createHash("sha256").update(words).digest("base64");
    const attempt = (asked.get(key) ?? 0) + 1;
    asked.delete(key);
    asked.set(key, attempt);
    const [oldest] = asked.keys();
    if (oldest && asked.size > 1000) asked.delete(oldest);
    return String(attempt);
  }

  function start(wanted: Wanted, edit: EditInputs | undefined, fault: Fault | undefined): Job {
    const { tool, model, n } = wanted;
    const kind = edit ? "image_edit" : "image_generation";
    const attempt = attemptOf(wanted, edit);
    const prompt = briefOf(wanted.prompt);
    const inputs = {
      ...{ prompt, items: [], tokens: 0 },
      ...(edit
        ? { pictures: edit.pictures, memory: edit.memory }
        : { pictures: [], memory: { pictures: [] } }),
    };
    const drawn = Array.from({ length: n }, (_, index) => {
      // As a response would that has to call its tool, once.
      const params = {
        ...{ model: author, input: "", tools: [tool], tool_choice: { type: "image_generation" as const } },
        ...{ stream: wanted.stream, max_tool_calls: 1, metadata: { picture: String(index + 1), attempt } },
      };
      return toPlan({ params, image: { tool, model } }, inputs, edit?.mask, flat);
    });
    const plan = bend({ draws: drawn.flatMap((one) => one.plan.draws), end: { status: "completed" } }, fault);
    const record: ResponseRecord = {
      id: `img_${randomBytes(16).toString("hex")}`,
      createdMs: now(),
      params: { model: author, tools: [tool], stream: wanted.stream },
      items: [],
      inputTokens: 0,
      plan,
      memory: { pictures: [] },
      paceMs,
      open: true,
      status: "in_progress",
    };
    const [first] = plan.draws;
    if (first?.refusal?.stage === "input") throw toRefusal(first);
    const startedAt = performance.now();
    const until = (part: number, signal: AbortSignal) =>
      sleep(Math.max(0, startedAt + paceMs * part - performance.now()), null, { signal }).catch(() => {});

    /** All of them, when their time has come. */
    async function finish(signal: AbortSignal): Promise<readonly Buffer[]> {
      await until(1, signal);
      if (plan.end.status === "failed") {
        throw new ApiError(500, plan.end.message, { type: "server_error", code: plan.end.code });
      }
      if (first?.refusal) throw toRefusal(first);
      const pictures: Buffer[] = [];
      for (const [call, { scene, width, height, format, garbage }] of plan.draws.entries()) {
        const bytes = Buffer.from(await paint(record, call));
        pictures.push(bytes);
        if (format !== "svg" && format !== "gif" && !garbage) {
          await known.add(bytes, { scene, width, height, pictures: [] });
        }
      }
      return pictures;
    }

    const created = Math.floor(now() / 1000);
    return {
      stream: wanted.stream,
      async *events(signal) {
        if (!first) return;
        const shared = { ...applied(first), created_at: created };
        try {
          for (let sketch = 0; sketch < first.partials; sketch++) {
            await until(0.2 + (0.7 * (sketch + 0.6)) / first.partials, signal);
            if (signal.aborted) return;
            const bytes = Buffer.from(await paint(record, 0, sketch));
            const partial = { ...shared, b64_json: bytes.toString("base64"), partial_image_index: sketch };
            yield { type: `${kind}.partial_image`, ...partial } as ImageEvent;
          }
          const [bytes] = await finish(signal);
          if (signal.aborted || !bytes) return;
          const { output_tokens_details: _, ...usage } = toImageUsage([toCost(first, wanted, edit)]);
          const safety = wanted.safetyId ? { safety_identifier: wanted.safetyId } : {};
          const last = { ...shared, b64_json: bytes.toString("base64"), usage, ...safety };
          yield { type: `${kind}.completed`, ...last } as ImageEvent;
        } catch (error) {
          if (!(error instanceof ApiError)) throw error;
          yield { type: "error", ...toErrorBody(error) };
        }
      },
      async whole(signal) {
        const pictures = await finish(signal);
        const svg = first?.format === "svg" && pictures[0];
        return {
          created,
          ...(first && applied(first)),
          data: pictures.map((bytes) => ({ b64_json: bytes.toString("base64") })),
          usage: toImageUsage(plan.draws.map((draw) => toCost(draw, wanted, edit))),
          ...(svg && {
            svg_usage: toSvgUsage(wanted.prompt, svg, {
              model: tool.svg?.model ?? author,
              effort: tool.svg?.reasoning?.effort,
            }),
          }),
          ...(wanted.safetyId && { safety_identifier: wanted.safetyId }),
        };
      },
    };
  }

  return {
    async generate(body, fault) {
      return start(parseGeneration(parseJson(body), circumstances()), undefined, fault);
    },
    async edit(form, fault) {
      const read = readEditForm(form);
      const has = { mask: read.mask !== undefined, markup: read.markup !== undefined };
      const wanted = parseEdit(read.fields, has, circumstances());
      return start(wanted, await readEdit(read, wanted.prompt, store, known), fault);
    },
  };
}

/** What is asked for now, where a prompt tells first what is in the picture already. */
function briefOf(prompt: string): string {
  return /^Do this now[^:\n]*:\s+(.*)/ms.exec(prompt)?.[1] ?? prompt;
}

function applied({ background, format, quality, width, height }: Draw) {
  return { background, output_format: format, quality, size: `${width}x${height}` as const };
}

function toCost(draw: Draw, { prompt }: Wanted, edit: EditInputs | undefined) {
  return { ...draw, prompt, references: edit?.sizes ?? [] };
}

function toRefusal({ refusal }: Draw): ApiError {
  const { stage = "input", categories = [] } = refusal ?? {};
  return new ApiError(
    400,
    `Your request was rejected by the safety system. safety_violations=[${categories.join(", ")}].`,
    {
      type: "image_generation_user_error",
      code: "moderation_blocked",
      moderation_details: { categories, moderation_stage: stage },
    },
  );
}
