import { nearestPictured } from "../answer/recall.ts";
import { estimate, sayEstimate } from "../money/estimate.ts";
import type { Prices } from "../money/prices.ts";
import type { RequestDefaults } from "../openai/request.ts";
import type { Choose } from "../options/choices.ts";
import { fitOptions } from "../options/fit.ts";
import { toLike, withShape } from "../options/shape.ts";
import type { EstimateOf } from "../seam/core.ts";
import type { ImageOptions } from "../seam/options.ts";
import type { Size } from "../seam/words/size.ts";
import type { History } from "../store/history.ts";
import type { Wanted } from "./ask.ts";

/** What turns will cost, before they start, in a few words: “about $0.041”. Undefined when no price is known. */
export interface ExpectedCost {
  /** Rejects with BotError `storage`. */
  of(wanted: Wanted): Promise<string | undefined>;
  /** Of what has not been sent yet. Rejects with BotError `bad_option`. */
  readonly before: EstimateOf;
}

export function createExpectedCost(parts: {
  readonly choose: Choose;
  readonly history: History;
  readonly defaults: RequestDefaults;
  readonly prices: Prices;
}): ExpectedCost {
  const { choose, history, defaults, prices } = parts;

  /** `sent`: the pictures that come along, those of which the size is not known yet as undefined. `like`: whose shape is kept. */
  function expect(
    options: Partial<ImageOptions>,
    text: string,
    sent: readonly (Size | undefined)[],
    previous?: Size,
    like?: Size,
  ): string | undefined {
    const fitted = withShape(fitOptions(options, defaults.imageModels), like);
    const models = { model: defaults.model, imageModel: fitted.imageModel };
    const planned = { options: fitted.options, text, inputs: sent, ...(previous && { previous }) };
    const found = estimate(planned, models, prices);
    return found && sayEstimate(found);
  }

  /** The picture a turn goes on from. */
  async function previousOf({ from, thread }: Wanted): Promise<Size | undefined> {
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
      return expect(options, text, sent, shown, toLike(options, { from, like, shown, references }));
    },
    async before({ user, place, text, options, pictures }) {
      const chosen = await choose({ user, place, text, options });
      const sent = Array.from({ length: pictures + (chosen.stylePictures?.length ?? 0) }, () => undefined);
      return expect(chosen.options, chosen.text, sent);
    },
  };
}
