import { badRequest } from "../errors/api-error.ts";
import type { Inputs } from "../inputs/inputs.ts";
import { isStyle, toReferences } from "../inputs/references.ts";
import { type Memory, type Plan, policyEnd } from "../kept/record.ts";
import type { Checked } from "../params/params.ts";
import { compose } from "../scene/compose/compose.ts";
import type { Draw, Hole, Scene } from "../scene/scene.ts";
import { answer } from "./answer.ts";
import { judge, refusal } from "./judge.ts";

/** The mask of this request, kept, and the part that it leaves open. */
export interface Mask {
  readonly hash: string;
  readonly hole: Hole;
}

/** Decides all that a response will do. `flat`: its pictures are tiles of one colour. Pure. Throws ApiError for what only shows now. */
export function toPlan(
  { params, image }: Checked,
  inputs: Inputs,
  mask: Mask | undefined,
  flat: boolean,
): { plan: Plan; memory: Memory } {
  const { prompt, pictures } = inputs;
  const before = inputs.memory;
  const verdict = judge(params, prompt);
  if (verdict.kind === "answer" || !image) {
    const memory = { ...before, pictures: pictures.length > 0 ? pictures : before.pictures };
    const words = answer(prompt, before.scene, memory.pictures);
    const end = cut(params.max_output_tokens, words);
    return { plan: { draws: [], words: end.words, end: end.end }, memory };
  }

  const { tool } = image;
  const inView = pictures.length > 0 || before.pictures.length > 0 || before.scene !== undefined;
  if (tool.action === "edit" && !inView) {
    throw badRequest(
      "The 'edit' action requires an image in the input or the conversation.",
      "tools[0].action",
      "invalid_value",
    );
  }
  const references = toReferences(inputs);
  const style = pictures.find(isStyle);
  const parent = tool.action === "generate" ? undefined : before.scene;
  const refused = refusal(prompt);
  // Left to the model, an edit of a cut-out stays a cut-out where the format can show it.
  const format = tool.output_format ?? "png";
  const clear = parent?.transparent === true && (format === "png" || format === "webp");
  const transparent = tool.background === "transparent" || (tool.background !== "opaque" && clear);

  const { fidelity } = image.model;
  const complexity = tool.complexity ?? inherited(params.reasoning?.effort);

  const draws = Array.from({ length: verdict.pictures }, (_, take): Draw => {
    const { scene, revised, action } = compose({
      prompt,
      take,
      variant: toVariant(params.metadata),
      action: tool.action ?? "auto",
      transparent,
      // Models that have no such setting always keep to the pictures.
      loose: fidelity.length > 0 && tool.input_fidelity !== "high",
      pictures: references,
      ...(complexity ? { complexity } : {}),
      ...(style ? { tint: style.colour } : {}),
      ...(mask ? { hole: mask.hole } : {}),
      ...(parent ? { parent } : {}),
    });
    const [width, height] = toSize(tool.size, flat ? tile : scene, image.model.anySize);
    const quality = tool.quality === undefined || tool.quality === "auto" ? "medium" : tool.quality;
    const masked = mask ? patch(scene, parent, references, mask.hash) : scene;
    return {
      scene: masked,
      width,
      height,
      format,
      imageModel: image.model.name,
      quality,
      background: scene.transparent ? "transparent" : "opaque",
      action,
      compression: tool.output_compression ?? 100,
      partials: params.stream ? (tool.partial_images ?? 0) : 0,
      frames: format === "gif" ? (tool.frame_count ?? 9) : 1,
      // Rounded and capped as the Images API's reference says.
      frameMs: Math.min(655_350, Math.max(10, Math.round((tool.frame_duration_ms ?? 200) / 10) * 10)),
      prompt,
      revised,
      references: [
        ...references.map(({ width, height }) => ({ width, height })),
        ...(action === "edit" && before.scene && before.width && before.height
          ? [{ width: before.width, height: before.height }]
          : []),
      ],
      highFidelity: tool.input_fidelity === "high",
      ...(refused ? { refusal: refused } : {}),
    };
  });

  const last = draws.at(-1);
  const memory: Memory =
    refused || !last
      ? { ...before, pictures: references }
      : { scene: last.scene, width: last.width, height: last.height, pictures: [] };
  if (!refused) return { plan: { draws, end: { status: "completed" } }, memory };
  // A model that had to call the tool has nothing left to say; one that chose to can explain.
  const forced = params.tool_choice !== undefined && params.tool_choice !== "auto";
  return forced
    ? { plan: { draws, end: policyEnd }, memory }
    : {
        plan: {
          draws,
          words:
            "I can't make that picture: the request was stopped by the safety system. Try asking for something else.",
          end: { status: "completed" },
        },
        memory,
      };
}

/**
 * What tells requests of the same words apart, since the same request gives the same picture: the bot numbers the
 * pictures of one turn (`picture`) and the times a turn is run (`attempt`). Empty for the first of the first.
 */
function toVariant(metadata: Readonly<Record<string, string>> | null | undefined): string {
  const numbers = [metadata?.picture, metadata?.attempt].map((text) =>
    text !== undefined && /^[1-9]\d*$/.test(text) ? text : "1",
  );
  return numbers.every((number) => number === "1") ? "" : numbers.join("/");
}

/** Complexity when it is not set. Source: `complexity` of `Tool.ImageGeneration`. */
function inherited(effort: string | null | undefined): "low" | "medium" | "high" | undefined {
  return effort === "low" || effort === "medium" || effort === "high" ? effort : undefined;
}

function cut(most: number | null | undefined, words: string): { words: string; end: Plan["end"] } {
  if (!most || words.length <= most * 4) return { words, end: { status: "completed" } };
  return { words: words.slice(0, most * 4), end: { status: "incomplete", reason: "max_output_tokens" } };
}

/** The new scene inside the mask's hole, the old picture around it. */
function patch(
  scene: Scene,
  parent: Scene | undefined,
  references: readonly { hash: string }[],
  mask: string,
): Scene {
  const canvas = references[0]?.hash;
  if (canvas) {
    const { lettering: _l, tint: _t, patch: _p, ...rest } = scene;
    const base: Scene = {
      ...rest,
      time: "day",
      weather: "clear",
      style: "plain",
      grade: "none",
      figures: [],
      cards: [],
      canvas,
    };
    return { ...scene, patch: { mask, base } };
  }
  return parent ? { ...scene, patch: { mask, base: parent } } : scene;
}

/** The size of a tile that no size was asked for, in pixels. */
const tile = { width: 512, height: 512 };

/** The size to draw: as asked, or as the scene was composed; models with fixed sizes take the nearest of theirs. */
function toSize(
  asked: string | undefined,
  { width, height }: { width: number; height: number },
  anySize: boolean,
): [number, number] {
  if (asked && asked !== "auto") {
    const [wide = 1024, high = 1024] = asked.split("x").map(Number);
    return [wide, high];
  }
  if (anySize) return [width, height];
  if (width > height * 1.2) return [1536, 1024];
  return height > width * 1.2 ? [1024, 1536] : [1024, 1024];
}
