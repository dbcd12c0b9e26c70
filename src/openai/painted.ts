import { z } from "zod";
import type { Usage } from "../money/prices.ts";

/** What comes out of a request, in the order in which it comes. */
export type PaintEvent =
  /**
   * It is being worked on under this name, by which another process takes it up; its words begin, or begin anew. A
   * response's id, or a mark of ours where the API has no names for what it draws.
   */
  | { readonly kind: "started"; readonly responseId: string }
  /** OpenAI is busy or out of reach; it is tried again in so many ms. */
  | { readonly kind: "waiting"; readonly ms: number }
  /** A sketch of a picture. `index` counts from 0; `bytes` are for one look: see `giveBack`. */
  | { readonly kind: "partial"; readonly index: number; readonly bytes: Uint8Array }
  /** More of the answer in words. */
  | { readonly kind: "text"; readonly delta: string }
  | { readonly kind: "picture"; readonly picture: PaintedPicture }
  /** It failed, or was stopped; absent: OpenAI says that it took nothing. It may be asked for again. */
  | { readonly kind: "failed"; readonly usage?: Usage }
  /**
   * The end. `responseId` is absent where OpenAI keeps nothing to go on from; `usage`, when the server does not tell it,
   * or the stream broke after the last picture for good.
   */
  | { readonly kind: "final"; readonly responseId?: string; readonly usage?: Usage };

/** A finished picture, with what the API reports was applied. */
export interface PaintedPicture {
  readonly callId: string;
  /** Empty once it was shown, where nothing looks at it any more: see `letGo`. */
  readonly bytes: Uint8Array;
  readonly mediaType: string;
  readonly revisedPrompt?: string;
  readonly applied: {
    readonly size?: string;
    readonly quality?: string;
    readonly background?: string;
    readonly format?: string;
    readonly action?: string;
  };
}

const count = z.number().nonnegative();

/** What drawing used, as both APIs tell it. */
export const imageUsage = z.object({
  input_tokens: count,
  input_tokens_details: z.object({ image_tokens: count, text_tokens: count }).nullish(),
  output_tokens: count,
  output_tokens_details: z.object({ text_tokens: count.optional() }).nullish(),
  cached_tokens_details: z.object({ cached_text_tokens: count, cached_image_tokens: count }).nullish(),
});

/** What the author of an SVG used. */
export const svgUsage = z.object({ model: z.string(), input_tokens: count, total_tokens: count });

/** What was cached is known by kind or not at all: a bare sum could be words or pictures. */
export function toImageUsage(image: z.output<typeof imageUsage>): NonNullable<Usage["image"]> {
  const { input_tokens_details: input, output_tokens_details: output, cached_tokens_details: cached } = image;
  return {
    inputText: input?.text_tokens ?? image.input_tokens,
    inputImage: input?.image_tokens ?? 0,
    output: image.output_tokens,
    ...(cached && { cachedText: cached.cached_text_tokens, cachedImage: cached.cached_image_tokens }),
    ...(output?.text_tokens && { outputText: output.text_tokens }),
  };
}

export function toSvgUsage(svg: z.output<typeof svgUsage>): NonNullable<Usage["svg"]>[number] {
  const { model, input_tokens: input, total_tokens: total } = svg;
  return { model, input, output: total - input };
}
