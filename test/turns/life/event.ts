import { type Fleet, openAlone } from "../../../src/fleet/fleet.ts";
import type { Ledger } from "../../../src/fleet/ledger.ts";
import { createLog } from "../../../src/seam/log.ts";
import type { MessageKey, PlatformEvent, Prompt } from "../../../src/seam/turn.ts";
import type { Reply } from "../../../src/seam/view.ts";
import type { OpenTurn } from "../../../src/store/open-turn.ts";
import type { Store } from "../../../src/store/store.ts";
import { createArrivals } from "../../../src/turns/life/arrivals.ts";
import { createClicks } from "../../../src/turns/life/clicks.ts";
import { createEvents } from "../../../src/turns/life/events.ts";
import { createStudio } from "../../rig/studio.ts";

type Studio = Awaited<ReturnType<typeof createStudio>>;

export const turn: OpenTurn = {
  ...{ message: "m:1", adapter: "paper", thread: "t:1", user: { id: "u:ada", name: "Ada" }, text: "a fox" },
  ...{ options: {}, notes: [], mustDraw: false, attachments: 0, acceptedAt: 0 },
};

export const event: PlatformEvent = { key: "paper:event:1", body: { text: "a fox" } };

/** Answers an event as an adapter does, in that message. */
export function answer(
  to: Studio,
  { key, body }: PlatformEvent,
  message: MessageKey,
  more: Partial<Prompt> = {},
  known: Partial<Reply> = {},
): Promise<void> {
  const { text } = body as { text: string };
  const reply = { ...to.adapter.reopen(message), ...known };
  return to.adapter.handle()(
    {
      ...{ kind: "prompt", event: key, thread: "paper:thread", user: { id: "u:ada", name: "Ada" }, text },
      ...{ place: { channel: "paper:room" }, options: {}, attachments: [], addressed: true, ...more },
    },
    reply,
  );
}

/** Events over a ledger by themselves, which nothing else of a studio hears of. */
export function openEvents(
  store: Store,
  ledger: Ledger,
  { now = Date.now, ...more }: { stopped: AbortSignal; now?: () => number },
  wait?: (ms: number) => Promise<unknown>,
) {
  const lanes = { expect: async () => {}, unexpect: () => {} };
  const parts = { lanes, clicks: createClicks(store), arrivals: createArrivals(true) };
  return createEvents(ledger, parts, { ...more, now, log: createLog("silent") }, wait);
}

/** A studio on the store and the stand-in of another, some of whose fleet is changed; and the fleet as it is. */
export async function openOver(
  { standin, store }: Studio,
  change: (alone: Fleet) => Partial<Pick<Fleet, "lanes">> & { readonly ledger: Partial<Ledger> },
  more: Parameters<typeof createStudio>[0] = {},
) {
  const alone = await openAlone({ store, atOnce: 4, log: createLog("silent") });
  const { ledger, ...changed } = change(alone);
  const fleet = { ...alone, ...changed, ledger: { ...alone.ledger, ...ledger } };
  return { alone, one: await createStudio({ standin, store, fleet, ...more }) };
}
