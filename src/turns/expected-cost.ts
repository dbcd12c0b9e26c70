import { nearestPictured } from "../answer/recall.ts";
import { type Estimate, estimate, sayEstimate } from "../money/estimate.ts";
import { type Hold, mostOf } from "../money/most.ts";
import type { Prices } from "../money/prices.ts";
import type { RequestDefaults } from "../openai/engine.ts";
import type { Painter } from "../openai/painter.ts";
import type { Choose } from "../options/choices.ts";
import { fitOptions } from "../options/fit.ts";
import { permittedModels } from "../options/permitted.ts";
import type { Refusals } from "../options/refusals.ts";
import { type Pictures, toLike, withShape } from "../options/shape.ts";
import type { Weighed } from "../rules/verdict.ts";
import type { EstimateOf } from "../seam/core.ts";
import { inPlaceOf } from "../seam/models.ts";
import type { ImageOptions } from "../seam/options.ts";
import type { Attachment } from "../seam/turn.ts";
import { likeAny, type Size } from "../seam/words/size.ts";
import type { History } from "../store/history.ts";
import type { Wish } from "../store/open-turn.ts";

/** What a turn will cost. */
export interface Expected extends Weighed {
  /** In a few words: “about $0.041”. Absent when no price is known. */
  readonly words?: string;
  /** What is to be kept back for it. */
  readonly hold: NonNullable<Wish["hold"]>;
}

/** What is wanted, with the files as far as they matter here. */
type Asked = Omit<Wish, "hold"> & { readonly files?: readonly Pick<Attachment, "role">[] };

/** What turns will cost, before they start. */
export interface ExpectedCost {
  /** Rejects with BotError `storage`. */
  of(wanted: Asked): Promise<Expected>;
  /** Of a turn that finds no room: in what way it would find some, in words; undefined where in none. Rejects as `of`. */
  cheaper(wanted: Asked, hasRoom: (hold: Hold) => boolean): Promise<string | undefined>;
  /** Of what has not been sent yet. Rejects with BotError `bad_option`. */
  readonly before: EstimateOf;
}

/** Stands for the size of a picture that has not been read. */
const unread: Size = { width: 1, height: 1 };

export function createExpectedCost(parts: {
  readonly choose: Choose;
  readonly history: History;
  readonly painter: Pick<Painter, "planOf">;
  readonly defaults: RequestDefaults;
  readonly prices: Prices;
  readonly refusals: Refusals;
  readonly today: () => number;
}): ExpectedCost {
  const { choose, history, painter, defaults, prices, refusals, today } = parts;

  /** `sent`: the pictures that come along, those of which the size is not known yet as undefined. */
  function expect(
    options: Partial<ImageOptions>,
    text: string,
    sent: readonly (Size | undefined)[],
    pictures: Pictures,
    more: Partial<Pick<Asked, "mustDraw" | "models">> & { readonly told?: number | undefined } = {},
  ): Expected {
    const { mustDraw = false, models: permitted, told } = more;
    const like = toLike(options, pictures);
    // One that is about to be read may turn out to be of any size.
    const references = pictures.references.map((size) => size ?? unread);
    const isUnread = toLike(options, { ...pictures, references }) === unread;
    const { has: refused, sizesOf } = refusals;
    const fitted = withShape(
      fitOptions(options, permittedModels(defaults.imageModels, permitted, today()), {
        now: today(),
        refused,
        sizesOf,
      }),
      like,
      refusals,
    );
    const { mainline } = painter.planOf({ text, options, mustDraw }, defaults);
    const { imageModel } = fitted;
    const models = mainline ? { model: inPlaceOf(defaults.model, today()), imageModel } : { imageModel };
    const { shown } = pictures;
    const planned = {
      ...{ options: fitted.options, text, inputs: sent },
      ...(isUnread && { sizes: likeAny }),
      ...(shown && { previous: shown }),
    };
    const found = estimate(planned, models, prices);
    const most = mostOf({ ...planned, ...(told !== undefined && { told }) }, models, prices);
    return {
      ...{ imageModel, quality: fitted.options.quality ?? "auto" },
      ...toExpected(found, most, fitted.options, prices.of),
      ...(found?.to !== undefined && { mostUsd: found.to }),
    };
  }

  /** The picture a turn goes on from. */
  async function previousOf({ from, thread, fromView }: Asked): Promise<Previous> {
    if (fromView) return {}; // that one is sent along, and no other
    const message = from === undefined ? await history.head(thread) : from;
    const base = message ? await history.base(message) : undefined;
    const shown = base && (await nearestPictured(base, history));
    const { input, output } = base?.details?.tokens ?? { input: 0, output: 0 };
    return { shown: shown?.pictures[shown.picked ?? 0], told: input + output };
  }

  function expectOf(wanted: Asked, { shown, told }: Previous): Expected {
    const { options, text, files = [], from, like, brought = [], stylePictures = [] } = wanted;
    const attached = files.filter(({ role }) => role !== "mask").map(() => undefined);
    const sent = [
      ...attached,
      ...brought.filter(({ role }) => role !== "mask"),
      ...stylePictures.map(() => undefined),
    ];
    const references = [...brought.filter(({ role }) => role === "reference"), ...attached];
    return expect(options, text, sent, { from, like, shown, references }, { ...wanted, told });
  }

  return {
    of: async (wanted) => expectOf(wanted, await previousOf(wanted)),
    async cheaper(wanted, hasRoom) {
      const previous = await previousOf(wanted);
      for (const less of lessOf(wanted.options)) {
        const { words, hold } = expectOf({ ...wanted, options: { ...wanted.options, ...less } }, previous);
        if (!hasRoom(hold)) continue;
        const flags = Object.entries(less).map(([name, value]) => `--${name} ${value}`);
        const cost = words ? ` costs ${words} and` : "";
        return `\`${flags.join(" ")}\`${cost} still fits.`;
      }
      return undefined;
    },
    async before({ user, place, text, options, pictures }) {
      const chosen = await choose({ user, place, text, options });
      const references = Array.from({ length: pictures }, () => undefined);
      const sent = [...references, ...(chosen.stylePictures ?? []).map(() => undefined)];
      return expect(chosen.options, chosen.text, sent, { references }).words;
    },
  };
}

/** What a turn goes on from: the picture that is seen, and the tokens that the conversation took. */
interface Previous {
  readonly shown?: Size | undefined;
  readonly told?: number;
}

function toExpected(
  found: Estimate | undefined,
  most: number | undefined,
  { action, count = 1 }: Partial<ImageOptions>,
  pricesOf: string,
): Omit<Expected, keyof Weighed> {
  const isWords = action === "answer";
  return {
    ...(found && { words: sayEstimate(found) }),
    hold: {
      // What is likely is never more than what is held.
      ...(most !== undefined && { usd: Math.max(most, found?.to ?? 0, found?.from ?? 0) }),
      least: (found?.from ?? 0) / (isWords ? 1 : count),
      ...{ pictures: isWords ? 0 : count, pricesOf },
    },
  };
}

/** Ways to ask for the same at a lower price, the nearest to it first. */
function lessOf({ quality, count = 1, format }: Partial<ImageOptions>): readonly Partial<ImageOptions>[] {
  const still = format === "gif" || format === "svg" ? { format: "png" as const } : {};
  const qualities = (["medium", "low"] as const).filter((one) => one !== quality && quality !== "low");
  const less = qualities.map((one) => ({ quality: one, ...still }));
  return [
    ...(format === "gif" || format === "svg" ? [still] : []),
    ...less,
    ...(count > 1 ? [{ count: 1, ...still }, ...less.map((one) => ({ ...one, count: 1 }))] : []),
  ];
}
