import { z } from "zod";
import type { ImageOptions } from "../seam/options.ts";
import type { Tokens } from "../seam/watch/spending.ts";

/** A ThreadKey or a MessageKey, as it is stored. */
export const key = z.templateLiteral([z.string(), ":", z.string()]);

/** Where something was asked, as it is stored. */
export const storedPlace = z.object({
  channel: key,
  community: key.exactOptional(),
  from: key.exactOptional(),
  ruledBy: key.exactOptional(),
  kind: z.enum(["direct", "carried"]).exactOptional(),
});

/** Whoever asked, as it is stored. */
export const storedUser = z.object({
  id: z.string(),
  name: z.string(),
  moderator: z.boolean().exactOptional(),
  admin: z.boolean().exactOptional(),
  roles: z.array(key).readonly().exactOptional(),
});

/** Image options, as they are stored: parseOptions checked every value before. */
export const storedOptions = z.custom<Partial<ImageOptions>>(
  (value) => typeof value === "object" && value !== null,
);

/**
 * A picture that goes into a request, as a later turn can use it again: a file at OpenAI, or its id in the PictureStore where the
 * server has no files. (Version 0.1 stored the bytes themselves.) Width and height in pixels.
 */
export const storedInput = z.object({
  /** `current`: the picture as the person sees it, where OpenAI's own differs. `style`: it came with a style. */
  role: z.enum(["reference", "mask", "current", "style"]),
  width: z.number(),
  height: z.number(),
  source: z.union([
    z.object({ fileId: z.string() }),
    z.object({ kept: z.string() }),
    z.object({ dataUrl: z.string() }),
  ]),
});

export type StoredInput = Readonly<z.output<typeof storedInput>>;

/** A picture's width and height, in pixels. */
export const storedSize = z.object({ width: z.number(), height: z.number() });

/** What lies under a mask, as ids in the PictureStore: the picture, and the mask fitted to it. Width and height in pixels. */
export const storedUnder = z.object({
  picture: z.string(),
  mask: z.string(),
  width: z.number(),
  height: z.number(),
});

export type StoredUnder = Readonly<z.output<typeof storedUnder>>;

/** What a style says to the model. Its options and pictures have become the turn's. */
export const storedStyle = z.object({ name: z.string(), instruction: z.string() });

export type StoredStyle = Readonly<z.output<typeof storedStyle>>;

/** What one model took for an answer. Tokens by kind, as the invoice lists them. */
export const storedLine = z.object({
  model: z.string(),
  tokens: z.custom<Tokens>((value) => typeof value === "object" && value !== null),
  usd: z.number().exactOptional(),
  isEstimated: z.literal(true).exactOptional(),
});
