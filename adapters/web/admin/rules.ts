import { Hono } from "hono";
import { bodyLimit } from "hono/body-limit";
import { z } from "zod";
import type { Rules } from "../../../src/seam/core.ts";
import { BotError } from "../../../src/seam/errors.ts";
import { ruleSpecs, sayRule } from "../../../src/seam/rules.ts";
import type { CommunityKey, Place, User } from "../../../src/seam/turn.ts";
import type { Admin } from "../../../src/seam/watch/admin.ts";
import type { App } from "../wire/app.ts";
import type { AdminAnswers, WireRule } from "./messages.ts";
import { withNames } from "./names.ts";
import { toRange } from "./spending.ts";

/** Whoever has the admin's password, as the record of changes names them. */
const admin: User = { id: "web:admin", name: "The admin’s page", moderator: true, admin: true };

/** Changes that are listed. */
const mostChanges = 50;

/** Days in which something was drawn in a community that is listed. */
const knownDays = 365;

const asked = z.object({ community: z.string().max(500) });
const change = asked.extend({
  rule: z.string().max(100),
  /** Absent: laid down no more. */
  value: z
    .union([z.boolean(), z.number(), z.string().max(30_000), z.array(z.string().max(500)).max(200)])
    .optional(),
});

/** What is laid down for a server or a workspace, and who changed it. */
export function createRuleRoutes(
  rules: Rules,
  { spending, nameOf }: Pick<Admin, "spending" | "nameOf">,
): App {
  const api: App = new Hono();

  async function communities(): Promise<AdminAnswers["communities"]> {
    const rows = await spending.sums({ ...toRange(spending.today(), knownDays), by: "community" });
    return withNames(rows, nameOf).map(({ of, name }) => ({
      community: of,
      ...(name !== undefined && { name }),
    }));
  }

  /** Only one that is listed: no other is known to be anything. */
  async function placeOf(wanted: string | undefined): Promise<Place & { readonly community: CommunityKey }> {
    const known = (await communities()).find(({ community }) => community === wanted);
    if (!known) throw new BotError("unknown_message", "Nothing was drawn there in the last year.");
    const community = known.community as CommunityKey; // as it was paid for
    return { channel: community, community };
  }

  async function read(place: Place): Promise<AdminAnswers["rules"]> {
    const [held, changes] = await Promise.all([
      rules.of(place).then(({ community }) => community),
      rules.changes(admin, place, mostChanges),
    ]);
    const all = ruleSpecs.map((spec): WireRule => {
      const { name, label, hint, kind, unset, values, min, max, unit } = spec;
      const value = held[name];
      const said = sayRule(spec, value);
      return {
        ...{ name, label, hint, kind, unset },
        ...(values && { values }),
        ...(min !== undefined && { min }),
        ...(max !== undefined && { max }),
        ...(unit && { unit }),
        ...(said !== undefined && { said }),
        ...(isPlain(value) && { value }),
      };
    });
    return { rules: all, changes };
  }

  api.get("/communities", async (c) => c.json(await communities()));
  api.get("/rules", async (c) => c.json(await read(await placeOf(c.req.query("community")))));
  api.post("/rules", bodyLimit({ maxSize: 50_000 }), async (c) => {
    const { data } = change.safeParse(await c.req.json().catch(() => undefined));
    if (!data) throw new BotError("bad_option", "Say which setting is meant, and what it is to be.");
    const place = await placeOf(data.community);
    const { rule, value } = data;
    await rules.change(admin, place, { rule, scope: "community", ...(value !== undefined && { value }) });
    return c.json(await read(place));
  });
  return api;
}

/** People and channels are chosen in the chat, where they have pictures and names. */
function isPlain(value: unknown): value is NonNullable<WireRule["value"]> {
  return (
    typeof value === "boolean" ||
    typeof value === "number" ||
    typeof value === "string" ||
    (Array.isArray(value) && value.every((one) => typeof one === "string"))
  );
}
