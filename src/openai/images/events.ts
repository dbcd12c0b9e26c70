import { z } from "zod";
import type { Usage } from "../../money/prices.ts";
import { imageUsage, type PaintedPicture, svgUsage, toImageUsage, toSvgUsage } from "../painted.ts";
import { toPictureBytes } from "../picture-bytes.ts";

/**
 * What we read of the Image API's answers, checked where it comes in: a server may send anything. What is optional is
 * absent where it is not of its type. Source: openai's images.d.ts, and what compatible servers leave out of it.
 */
const text = z.string().optional().catch(undefined);

const told = {
  ...{ size: text, quality: text, background: text, output_format: text },
  usage: imageUsage.nullish().catch(undefined),
};

const image = z.object({ b64_json: text, url: text, revised_prompt: text });

/** An answer in one piece, also as the last event of a stream. */
const whole = z.object({
  ...told,
  data: z.array(image).min(1),
  svg_usage: svgUsage.nullish().catch(undefined),
});

const partial = z.object({
  type: z.literal(["image_generation.partial_image", "image_edit.partial_image"]),
  partial_image_index: z.int().nonnegative(),
  b64_json: z.string(),
});

const completed = z.object({
  type: z.literal(["image_generation.completed", "image_edit.completed"]),
  ...told,
  ...image.shape,
});

/** A picture as the server hands it over: its bytes, or where they are. */
export interface Sent {
  readonly base64?: string | undefined;
  readonly url?: string | undefined;
  readonly about: Pick<PaintedPicture, "revisedPrompt" | "applied">;
}

/** What an answer, or an event of a stream, comes to. */
export type Answered =
  | { readonly kind: "sketch"; readonly index: number; readonly bytes: Uint8Array }
  | { readonly kind: "pictures"; readonly pictures: readonly Sent[]; readonly usage?: Usage };

/** Undefined for what is not known to us, or has not what it needs. */
export function toAnswered(sent: unknown): Answered | undefined {
  const sketch = partial.safeParse(sent).data;
  if (sketch) {
    const found = toPictureBytes(sketch.b64_json);
    return found && { kind: "sketch", index: sketch.partial_image_index, bytes: found.bytes };
  }
  const last = completed.safeParse(sent).data;
  if (last) return { kind: "pictures", pictures: [toSent(last, last)], ...toUsage(last) };
  const all = whole.safeParse(sent).data;
  return all && { kind: "pictures", pictures: all.data.map((one) => toSent(one, all)), ...toUsage(all) };
}

function toSent(
  { b64_json: base64, url, revised_prompt: revisedPrompt }: z.output<typeof image>,
  { size, quality, background, output_format: format }: Pick<z.output<typeof whole>, keyof typeof told>,
): Sent {
  return {
    ...{ base64, url },
    about: {
      ...(revisedPrompt && { revisedPrompt }),
      applied: {
        ...(size && { size }),
        ...(quality && { quality }),
        ...(background && { background }),
        ...(format && { format }),
      },
    },
  };
}

/** No mainline model takes part. Servers that count nothing say nought: that is no price. */
function toUsage({
  usage,
  svg_usage: svg,
}: {
  readonly usage?: z.output<typeof imageUsage> | null | undefined;
  readonly svg_usage?: z.output<typeof svgUsage> | null | undefined;
}): { usage?: Usage } {
  if (!usage || usage.input_tokens + usage.output_tokens === 0) return {};
  return {
    usage: { base: noTokens, image: toImageUsage(usage), ...(svg && { svg: [toSvgUsage(svg)] }) },
  };
}

/** Of the mainline model, where none took part. */
export const noTokens = { input: 0, cached: 0, output: 0 } as const;
