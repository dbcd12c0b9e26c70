import { z } from "zod";
import type { Rules } from "../seam/core.ts";
import { BotError } from "../seam/errors.ts";
import { createQueue } from "../seam/queue.ts";
import {
  type HeldRules,
  type RuleName,
  type RuleSpec,
  type RuleValues,
  ruleSpecOf,
  ruleSpecs,
  sayRule,
} from "../seam/rules.ts";
import type { Place } from "../seam/turn.ts";
import type { Store } from "../store/store.ts";
import { key } from "../store/stored.ts";
import type { Tables } from "../store/table.ts";
import type { Audit } from "./audit.ts";
import { parseRule } from "./parse-rule.ts";
import { refusalFor } from "./verdict.ts";

const named = z.array(z.object({ key, name: z.string(), role: z.literal(true).exactOptional() })).readonly();
const values = z.array(z.string()).readonly();
const qualities = z.array(z.enum(["auto", "low", "medium", "high", "xhigh", "max"])).readonly();

/** What is not readable is nothing to be passed over: a rule would be lost in silence. */
const stored = z
  .object({
    allowed: named,
    denied: named,
    channels: named,
    "closed-channels": named,
    dms: z.boolean(),
    "user-installs": z.boolean(),
    models: values,
    qualities,
    sizes: values,
    "most-pictures": z.number(),
    "slow-mode": z.number(),
    "blocked-words": values,
    "blocked-message": z.string(),
    "approval-above": z.number(),
    "approval-models": values,
    "approval-qualities": qualities,
    "approval-days": z.number(),
  } satisfies Record<RuleName, z.ZodType>)
  .partial();

/** All calls reject with BotError `storage` when the store fails: then nobody is let through. */
export function createRules(of: {
  readonly store: Store;
  readonly audit: Audit;
  readonly now: () => number;
}): Rules {
  const { store, audit, now } = of;
  const table = store.table("rules", stored);
  const inOrder = createQueue();

  const read = async (owner: string | undefined): Promise<HeldRules> =>
    withoutUnset((owner && (await table.get(owner))) || {});

  async function both({ community, ruledBy = community, channel, kind }: Place) {
    // A conversation of two is no channel that somebody lays down rules for.
    const own = kind === undefined ? channel : undefined;
    const [all, one] = await Promise.all([read(ruledBy), read(own)]);
    return { community: all, channel: one };
  }

  async function at(place: Place): Promise<HeldRules> {
    const { community, channel } = await both(place);
    return { ...community, ...channel };
  }

  return {
    at,
    of: both,
    async refusal(user, place) {
      return refusalFor(await at(place), user, place);
    },
    async change(user, place, { rule, scope, value }) {
      if (!user.admin) {
        throw new BotError("forbidden", "Only who runs this server or workspace can change its settings.");
      }
      const spec = demandSpec(rule);
      const { community } = place;
      if (!community) {
        throw new BotError("bad_option", "Settings belong to a server or a workspace. Change them there.");
      }
      if (!spec.scopes.includes(scope) || (scope === "channel" && place.kind !== undefined)) {
        throw new BotError("bad_option", `${spec.label} can be set for all channels only.`);
      }
      const parsed = parseRule(spec, value);
      const owner = scope === "channel" ? place.channel : community;
      const change = async (within: Tables) => {
        const rules = within.table("rules", stored);
        const before: HeldRules = withoutUnset((await rules.get(owner)) ?? {});
        const [from, to] = [before[spec.name], parsed as RuleValues[RuleName] | undefined];
        if (JSON.stringify(from) === JSON.stringify(to)) return;
        const said = { from: sayRule(spec, from), to: sayRule(spec, to) };
        const entry = {
          at: now(),
          who: user,
          where: { community, ...(scope === "channel" && { channel: place.channel }) },
          what: spec.label,
          ...(said.from !== undefined && { from: said.from }),
          ...(said.to !== undefined && { to: said.to }),
        };
        await audit.record(entry, within);
        await rules.set(owner, withoutUnset({ ...before, [spec.name]: to }));
      };
      await inOrder(community, () => store.transact(change));
    },
    async changes(user, { community }, limit) {
      if (!user.moderator && !user.admin) {
        throw new BotError("forbidden", "Only a moderator can see who changed the settings.");
      }
      return community ? audit.list(community, limit) : [];
    },
  };
}

/** The row that words name. Throws BotError `bad_option` with all there are. */
function demandSpec(name: string): RuleSpec {
  const spec = ruleSpecOf(name);
  if (spec) return spec;
  const all = ruleSpecs.map((one) => one.name).join(", ");
  throw new BotError("bad_option", `There is no setting “${name}”. There are: ${all}.`);
}

function withoutUnset(held: { readonly [Name in RuleName]?: RuleValues[Name] | undefined }): HeldRules {
  return Object.fromEntries(Object.entries(held).filter(([, value]) => value !== undefined));
}
