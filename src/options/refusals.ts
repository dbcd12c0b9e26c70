import { z } from "zod";
import { modelOf } from "../seam/models.ts";
import type { ImageOptions, OptionName } from "../seam/options.ts";
import { standardSizes } from "../seam/words/size.ts";
import type { Store } from "../store/store.ts";
import type { Refused } from "./fit.ts";

/** What the API has refused to models of which it is not known what they take. */
export interface Refusals {
  readonly has: Refused;
  /** The sizes that a model draws, where the API has named them when it refused another. */
  readonly sizesOf: SizesOf;
  /** Whether it is to be learnt: of a model that the table knows well, the API's word is a fault to be told of. */
  isOpen(model: string): boolean;
  /** Not to be asked for again, by anybody; without a value, none of them. Rejects with BotError `storage` when it cannot be kept; it is known all the same. */
  learn(
    model: string,
    name: OptionName,
    value?: ImageOptions[OptionName],
    sizes?: readonly string[],
  ): Promise<void>;
}

export type SizesOf = (model: string) => readonly string[] | undefined;

const all = "all";
const entries = z.array(z.string()).readonly();
const isStandard = (size: ImageOptions[OptionName]) => ["auto", ...standardSizes].some((one) => one === size);

/** `isTabled`: what the table says of models holds. Rejects with BotError `storage` when the store fails. */
export async function createRefusals(store: Store, isTabled: boolean): Promise<Refusals> {
  const table = store.table("refusals", entries);
  let known = new Set(await table.get(all));
  /** A model that does not draw one size of its own does not draw the others either. */
  const toEntry = (model: string, name: OptionName, value: ImageOptions[OptionName]) =>
    `${model} ${name} ${name === "size" && value !== "*" && !isStandard(value) ? "any" : value}`;
  const isOpen = (model: string) => {
    const row = isTabled ? modelOf(model) : undefined;
    return row ? row.isUnsaid === true : true;
  };

  const sizesOf: SizesOf = (model) => {
    const start = `${model} sizes `;
    const entry = isOpen(model) ? [...known].find((one) => one.startsWith(start)) : undefined;
    return entry?.slice(start.length).split(" ");
  };

  return {
    isOpen,
    sizesOf,
    has(model, name, value) {
      const sizes = name === "size" && value !== "auto" ? sizesOf(model) : undefined;
      if (sizes) return !sizes.some((one) => one === value);
      return (
        isOpen(model) && (known.has(toEntry(model, name, value)) || known.has(toEntry(model, name, "*")))
      );
    },
    async learn(model, name, value = "*", sizes = []) {
      const named = name === "size" ? (sizes.length > 0 ? sizes : sizesOf(model)) : undefined;
      const left = named?.filter((size) => size !== value) ?? [];
      const entry = left.length > 0 ? `${model} sizes ${left.join(" ")}` : toEntry(model, name, value);
      // The newest list counts, and without what was just refused, whatever it says.
      const isOld = (one: string) => named !== undefined && one.startsWith(`${model} sizes `);
      const after = (before: Iterable<string>) =>
        new Set([...[...before].filter((one) => !isOld(one)), entry]);
      known = after(known);
      await store.transact(async (within) => {
        const others = (await within.table("refusals", entries).get(all)) ?? [];
        await within.table("refusals", entries).set(all, [...after(others)]);
      });
    },
  };
}
