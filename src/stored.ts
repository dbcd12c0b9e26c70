import { z } from "zod";
import type { ImageOptions } from "./options.ts";

/** A ThreadKey or a MessageKey, as it is stored. */
export const key = z.templateLiteral([z.string(), ":", z.string()]);

/** Image options, as they are stored: parseOptions checked every value before. */
export const storedOptions = z.custom<Partial<ImageOptions>>(
  (value) => typeof value === "object" && value !== null,
);

/**
 * A picture a person sent, as a later turn can use it again: a file at OpenAI, or the bytes themselves where the
 * server has no files. Width and height in pixels.
 */
export const storedInput = z.object({
  role: z.enum(["reference", "mask"]),
  width: z.number(),
  height: z.number(),
  source: z.union([z.object({ fileId: z.string() }), z.object({ dataUrl: z.string() })]),
});

export type StoredInput = Readonly<z.output<typeof storedInput>>;
