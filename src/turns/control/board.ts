import { BotError, type ErrorCode } from "../../seam/errors.ts";
import type { MessageKey } from "../../seam/turn.ts";
import type { LiveTurn, Now } from "../../seam/watch/control.ts";
import type { OpenTurn } from "../../store/open-turn.ts";

/** The turns in hand, as they go along, and whether new ones are taken. */
export interface Board {
  /** Throws BotError `busy` while no new turns are taken. */
  checkOpen(): void;
  /** Whether they are from now on. False when that was so before. */
  open(isOpen: boolean): boolean;
  begin(turn: OpenTurn): BoardEntry;
  now(): Now;
  promptOf(message: MessageKey): string | undefined;
}

/** One of them. */
export interface BoardEntry {
  placed(ahead: number): void;
  entered(): void;
  drawn(): void;
  failed(code: ErrorCode): void;
  over(): void;
}

/** Failures by which it is known how OpenAI answers. What it refuses to draw, it has answered well. */
const openAiFails = new Set<ErrorCode>(["auth", "quota", "rejected", "unreachable"]);

const phases = ["showing", "drawing", "waiting"] as const satisfies LiveTurn["phase"][];

/**
 * `onChange` hears of every change, `onTurn` how a turn goes along, and without it that it is over; `now` is Unix time,
 * ms.
 */
export function createBoard({
  onChange,
  onTurn = () => {},
  now,
}: {
  readonly onChange: () => void;
  readonly onTurn?: (message: MessageKey, turn?: LiveTurn) => void;
  readonly now: () => number;
}): Board {
  /** In the order in which they began. */
  const entries = new Map<MessageKey, { readonly live: LiveTurn; readonly text: string }>();
  let lastAnswer: Now["lastAnswer"];
  let isTaking = true;

  return {
    checkOpen() {
      if (isTaking) return;
      throw new BotError(
        "busy",
        "I am being looked after and take nothing new for the moment. Try again in some minutes.",
      );
    },
    open(isOpen) {
      if (isTaking === isOpen) return false;
      isTaking = isOpen;
      onChange();
      return true;
    },
    begin(turn) {
      const { message, text } = turn;
      const live = toLive(turn, now());
      entries.set(message, { live, text });
      onTurn(message, live);
      onChange();
      const change = (to: Partial<LiveTurn>) => {
        const known = entries.get(message);
        if (!known) return;
        const { ahead: _, ...before } = known.live;
        const live = { ...before, ...to };
        entries.set(message, { live, text });
        onTurn(message, live);
        onChange();
      };
      return {
        placed: (ahead) => change({ ahead }),
        entered: () => change({ phase: "drawing", since: now() }),
        drawn() {
          lastAnswer = { at: now() };
          change({ phase: "showing", since: now() });
        },
        failed(code) {
          if (openAiFails.has(code)) lastAnswer = { at: now(), code };
          else if (code === "refused") lastAnswer = { at: now() };
          change({ phase: "showing", since: now() });
        },
        over() {
          entries.delete(message);
          onTurn(message);
          onChange();
        },
      };
    },
    now() {
      const turns = inOrder([...entries.values()].map(({ live }) => live));
      return { turns, isDraining: !isTaking, ...(lastAnswer && { lastAnswer }) };
    },
    promptOf: (message) => entries.get(message)?.text,
  };
}

/** Those that are shown first, then those that are drawn, then the line; each the earliest first. */
export function inOrder(all: readonly LiveTurn[]): readonly LiveTurn[] {
  return phases.flatMap((phase) =>
    all.filter((one) => one.phase === phase).sort((one, other) => orderOf(one) - orderOf(other)),
  );
}

function toLive({ message, adapter, user, place, options, acceptedAt }: OpenTurn, since: number): LiveTurn {
  const { id, name } = user;
  return {
    ...{ message, adapter, user: { id, name }, pictures: options.count ?? 1, acceptedAt },
    ...(place && { place }),
    phase: "waiting",
    since,
  };
}

/** Within a phase: by the place in line where there is one. */
function orderOf({ ahead, since }: LiveTurn): number {
  return ahead ?? since;
}
