import { nearestPictured } from "../answer/recall.ts";
import { estimate, sayEstimate } from "../money/estimate.ts";
import type { Prices } from "../money/prices.ts";
import type { RequestDefaults } from "../openai/engine.ts";
import type { Painter } from "../openai/painter.ts";
import type { Choose } from "../options/choices.ts";
import { fitOptions } from "../options/fit.ts";
import { permittedModels } from "../options/permitted.ts";
import type { Refusals } from "../options/refusals.ts";
import { type Pictures, toLike, withShape } from "../options/shape.ts";
import type { EstimateOf } from "../seam/core.ts";
import { inPlaceOf } from "../seam/models.ts";
import type { ImageOptions } from "../seam/options.ts";
import { likeAny, type Size } from "../seam/words/size.ts";
import type { History } from "../store/history.ts";
import type { Wanted } from "./ask.ts";

/** What turns will cost, before they start, in a few words: “about $0.041”. Undefined when no price is known. */
export interface ExpectedCost {
  /** Rejects with BotError `storage`. */
  of(wanted: Wanted): Promise<string | undefined>;
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
    { mustDraw = false, models: permitted }: Partial<Pick<Wanted, "mustDraw" | "models">> = {},
  ): string | undefined {
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
    return found && sayEstimate(found);
  }

  /** The picture a turn goes on from. */
  async function previousOf({ from, thread, fromView }: Wanted): Promise<Size | undefined> {
    if (fromView) return undefined; // that one is sent along, and no other
    const message = from === undefined ? await history.head(thread) : from;
    const base = message ? await history.base(message) : undefined;
    const shown = base && (await nearestPictured(base, history));
    return shown?.pictures[shown.picked ?? 0];
  }

  return {
    async of(wanted) {
      const { options, text, files, from, like, brought = [], stylePictures = [] } = wanted;
      const attached = files.filter(({ role }) => role !== "mask").map(() => undefined);
      const sent = [
        ...attached,
        ...brought.filter(({ role }) => role !== "mask"),
        ...stylePictures.map(() => undefined),
      ];
      const shown = await previousOf(wanted);
      const references = [...brought.filter(({ role }) => role === "reference"), ...attached];
      return expect(options, text, sent, { from, like, shown, references }, wanted);
    },
    async before({ user, place, text, options, pictures }) {
      const chosen = await choose({ user, place, text, options });
      const references = Array.from({ length: pictures }, () => undefined);
      const sent = [...references, ...(chosen.stylePictures ?? []).map(() => undefined)];
      return expect(chosen.options, chosen.text, sent, { references });
    },
  };
}
