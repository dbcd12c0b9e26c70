import type { MessageKey } from "../../../src/seam/turn.ts";
import type { Admin } from "../../../src/seam/watch/admin.ts";
import type { Changed, Failure, LiveTurn } from "../../../src/seam/watch/control.ts";

/** What an admin's page is given, with nothing behind it: what it asks for is written down. */
export function createDesk(turns: readonly LiveTurn[] = [], failures: readonly Failure[] = []) {
  const hearers = new Set<(what: Changed) => void>();
  const cancelled: MessageKey[] = [];
  let isDraining = false;
  let inHand = turns;
  let failed = failures;
  const tell = (what: Changed) => {
    for (const hear of hearers) hear(what);
  };
  const drain = (is: boolean) => {
    isDraining = is;
    tell("turns");
  };
  const admin: Admin = {
    control: {
      now: () => ({ turns: inHand, isDraining }),
      promptOf: (message) => (inHand.some((turn) => turn.message === message) ? "a fox at night" : undefined),
      cancel(message) {
        if (!inHand.some((turn) => turn.message === message)) return false;
        cancelled.push(message);
        inHand = inHand.filter((turn) => turn.message !== message);
        tell("turns");
        return true;
      },
      failures: async () => failed,
      drain: () => drain(true),
      takeAgain: () => drain(false),
      listen(hear) {
        hearers.add(hear);
        return () => void hearers.delete(hear);
      },
    },
    health: async () => ({
      ...{ version: "1.2.3", upSince: Date.now() - 3_700_000, store: "sqlite:data/drawbridge.db" },
      parts: { running: !isDraining, store: true, discord: false },
      painter: { name: "OpenAI", standIn: false },
      memory: { residentBytes: 212_000_000, heapBytes: 64_000_000 },
      lag: { medianMs: 0, mostMs: 12 },
    }),
    settings: () => [
      { name: "DISCORD_TOKEN", part: "Discord", about: "The bot's token", value: "set", isSet: true },
      { name: "PORT", part: "Playground and pages", about: "Their port", value: "8080", isSet: false },
    ],
  };
  return {
    admin,
    cancelled,
    /** The turns in hand are those from now on. */
    change(to: readonly LiveTurn[]) {
      inHand = to;
      tell("turns");
    },
    fail(failure: Failure) {
      failed = [failure, ...failed];
      tell("failures");
    },
  };
}

export function liveTurn(name: string, more: Partial<LiveTurn> = {}): LiveTurn {
  const now = Date.now();
  return {
    ...{ message: `discord:message:${name}`, adapter: "discord", pictures: 1, acceptedAt: now, since: now },
    user: { id: `discord:user:${name}`, name },
    place: { channel: "discord:channel:42", community: "discord:guild:1" },
    phase: "drawing",
    ...more,
  };
}

export function failureOf(name: string, more: Partial<Failure> = {}): Failure {
  return {
    ...{ id: name, at: Date.now(), outcome: "failed", code: "quota", isGrave: true, adapter: "discord" },
    user: { id: `discord:user:${name}`, name },
    told: "The account is out of money. Tell the admin.",
    ...more,
  } as Failure;
}
