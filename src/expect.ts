import type { EstimateOf } from "./adapter.ts";
import type { Wanted } from "./ask.ts";
import type { Choose } from "./choices.ts";
import { estimate, sayEstimate } from "./estimate.ts";
import { fitOptions } from "./fit.ts";
import type { ImageOptions } from "./options.ts";
import type { Prices } from "./prices.ts";
import type { RequestDefaults } from "./request.ts";

/** What turns will cost, before they start, in a few words: “about $0.041”. Undefined when no price is known. */
export interface Expect {
  of(wanted: Wanted): Promise<string | undefined>;
  /** Of what has not been sent yet. Rejects with BotError `bad_option`. */
  readonly before: EstimateOf;
}

export function createExpect(parts: {
  readonly choose: Choose;
  readonly defaults: RequestDefaults;
  readonly prices: Prices;
}): Expect {
  const { choose, defaults, prices } = parts;

  /** `pictures`: how many come along; nobody knows their sizes yet. */
  function expect(options: Partial<ImageOptions>, text: string, pictures: number): string | undefined {
    const fitted = fitOptions(options, defaults.imageModels);
    const inputs = Array.from({ length: pictures }, () => undefined);
    const models = { model: defaults.model, imageModel: fitted.imageModel };
    const found = estimate({ options: fitted.options, text, inputs }, models, prices);
    return found && sayEstimate(found);
  }

  return {
    async of({ options, text, files, inputs = [], stylePictures = [] }) {
      const sent = [...files, ...inputs].filter(({ role }) => role !== "mask");
      return expect(options, text, sent.length + stylePictures.length);
    },
    async before({ user, place, text, options, pictures }) {
      const chosen = await choose({ user, place, text, options });
      return expect(chosen.options, chosen.text, pictures + (chosen.stylePictures?.length ?? 0));
    },
  };
}
