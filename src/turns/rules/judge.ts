import { findUnpermitted, permittedModels } from "../../options/permitted.ts";
import type { SlowMode } from "../../rules/slow-mode.ts";
import { approvalFor, blockedBy, refusalFor, type Weighed } from "../../rules/verdict.ts";
import type { Rules } from "../../seam/core.ts";
import { BotError } from "../../seam/errors.ts";
import { type HeldRules, usualApprovalDays } from "../../seam/rules.ts";
import type { Wish } from "../../store/open-turn.ts";

/** What admins say of a wish: asked once, of whatever is to be drawn, before anything is paid for it. */
export interface Judge {
  /**
   * The image models that may draw it; undefined: all. Rejects with BotError `forbidden` or `bad_option`, in a sentence
   * for the person.
   */
  allow(wish: Wish): Promise<readonly string[] | undefined>;
  /** Why it waits for a moderator, and for how many days at most; undefined: it does not. */
  waits(wish: Wish, weighed: Weighed): Promise<{ readonly why: string; readonly days: number } | undefined>;
  /** Whether who asked for it may still draw there: what was asked for may be drawn much later. */
  isBarred(wish: Wish): Promise<boolean>;
  /** To be called last, for it counts as a request from then on. Rejects with BotError `forbidden`: it comes too soon. */
  take(wish: Wish): Promise<void>;
}

/** All calls reject with BotError `storage` when the store fails: then nobody is let through. */
export function createJudge(of: {
  readonly rules: Rules;
  readonly slowMode: SlowMode;
  /** The image models on offer. */
  readonly imageModels: readonly string[];
  /** Unix time in ms, by which models have ended. */
  readonly today: () => number;
}): Judge {
  const { rules, slowMode, imageModels, today } = of;

  async function refusalOf({ user, place }: Wish): Promise<string | undefined> {
    return place && refusalFor(await rules.at(place), user, place);
  }

  return {
    async allow(wish) {
      const { text, options, style, user, place } = wish;
      if (!place) return undefined;
      const held = await rules.at(place);
      const refusal = refusalFor(held, user, place) ?? blockedBy(held, [text, style?.instruction ?? ""]);
      if (refusal !== undefined) throw new BotError("forbidden", refusal);
      const [wrong] = findUnpermitted(options, held, today());
      if (wrong) throw new BotError("bad_option", wrong.words);
      return modelsOf(held, imageModels, today());
    },
    async waits({ user, place }, weighed) {
      if (!place || user.moderator) return undefined;
      const held = await rules.at(place);
      const why = approvalFor(held, weighed);
      return why === undefined ? undefined : { why, days: held["approval-days"] ?? usualApprovalDays };
    },
    isBarred: async (wish) => (await refusalOf(wish)) !== undefined,
    async take({ user, place, event }) {
      if (!place || user.moderator) return;
      const { community, channel } = await rules.of(place);
      const { "slow-mode": own } = channel;
      const seconds = own ?? community["slow-mode"] ?? 0;
      if (seconds === 0) return;
      const whole = place.community ?? place.ruledBy ?? place.channel;
      await slowMode.take(user, own === undefined ? whole : place.channel, seconds, event);
    },
  };
}

/** Throws BotError `forbidden`: the operator offers none of those that an admin allows. */
function modelsOf(
  { models }: HeldRules,
  offered: readonly string[],
  now: number,
): readonly string[] | undefined {
  if (!models) return undefined;
  if (permittedModels(offered, models, now).length > 0) return models;
  throw new BotError(
    "forbidden",
    "None of the image models that are allowed here is on offer. Tell whoever runs this server or workspace.",
  );
}
