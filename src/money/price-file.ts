import { readFileSync } from "node:fs";
import { z } from "zod";
import { type Prices, publishedPrices } from "./prices.ts";

/** A file of prices cannot be used: the message is a list of what to change. */
export class PricesError extends Error {
  override readonly name = "PricesError";
}

/**
 * An admin's own prices, as JSON, over the published ones: price by price, so that a file holds what differs and no
 * more. docs/prices.md shows its shape. Throws PricesError naming every field that is wrong.
 */
export function parsePrices(json: string): Prices {
  const result = file.safeParse(parseJson(json));
  if (!result.success) throw wrong(result.error.issues.map(toLine));
  const { of, base = {}, image = {} } = result.data;
  if (!of && Object.keys({ ...base, ...image }).length > 0) {
    throw wrong([`of: ${day}; answers show it beside the cost`]);
  }
  const merged = z
    .object({ base: z.record(z.string(), wholeBase), image: z.record(z.string(), wholeImage) })
    .safeParse({ base: over(publishedPrices.base, base), image: over(publishedPrices.image, image) });
  if (!merged.success) throw wrong(merged.error.issues.map(toLine));
  return { of: of ?? publishedPrices.of, ...merged.data };
}

/** The same of a file. Throws PricesError also where that cannot be read. */
export function readPrices(path: string): Prices {
  let json: string;
  try {
    json = readFileSync(path, "utf8");
  } catch {
    throw new PricesError(`PRICES_FILE: ${path} cannot be read. Is it there?`);
  }
  return parsePrices(json);
}

const day = 'must be the day the prices are of, such as "2026-12-01"';
const dollars = z
  .number({
    error: ({ input }) =>
      input === undefined
        ? "is missing; a model without a published price needs it"
        : "must be US dollars for a million tokens, a number such as 30",
  })
  .nonnegative({ error: "must be US dollars for a million tokens, 0 or more" });

const wholeBase = fields({
  input: dollars,
  output: dollars,
  cached: dollars.optional(),
  written: dollars.optional(),
});
const wholeImage = fields({
  text: dollars,
  image: dollars,
  output: dollars,
  cachedText: dollars.optional(),
  cachedImage: dollars.optional(),
  outputText: dollars.optional(),
});
const file = fields({
  of: z.iso.date({ error: day }).optional(),
  base: byModel(wholeBase.partial()).optional(),
  image: byModel(wholeImage.partial()).optional(),
});

/** An object with these fields and no other. */
function fields<T extends z.core.$ZodLooseShape>(shape: T) {
  const names = Object.keys(shape).join(", ");
  return z.strictObject(shape, {
    error: ({ code, keys }) =>
      code === "unrecognized_keys"
        ? `has no “${[keys].flat().join("”, “")}”; it takes ${names}`
        : `must be an object that holds any of: ${names}`,
  });
}

function byModel<T extends z.core.SomeType>(price: T) {
  return z.record(z.string(), price, { error: "must be an object with a row for each model" });
}

function parseJson(json: string): unknown {
  try {
    return JSON.parse(json, (key, value: unknown) => {
      // zod passes over it in silence, and no model is called so.
      if (key === "__proto__") throw wrong(["“__proto__” is no field and no model; take it out"]);
      return value;
    });
  } catch (error) {
    if (error instanceof PricesError) throw error;
    throw wrong([`The file is not JSON (${error instanceof Error ? error.message : String(error)})`]);
  }
}

/** The published prices with an admin's over them; of a model that is not published, what the admin gave. */
function over(published: Readonly<Record<string, object>>, own: Readonly<Record<string, object>>) {
  const merged = new Map(Object.entries(published));
  for (const [model, price] of Object.entries(own)) merged.set(model, { ...merged.get(model), ...price });
  return Object.fromEntries(merged);
}

function toLine({ path, message }: { path: readonly PropertyKey[]; message: string }): string {
  return `${path.length > 0 ? `${path.join(".")}:` : "The file"} ${message}`;
}

function wrong(lines: readonly string[]): PricesError {
  return new PricesError(`The prices need a change:\n${lines.map((line) => `  ${line}`).join("\n")}`);
}
