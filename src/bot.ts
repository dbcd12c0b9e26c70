import type { AccountBook } from "./accounts.ts";
import type { Accounts, Adapter, Handle, Prompt, PromptOf, Reply, ThreadKey, Turn } from "./adapter.ts";
import { createAsk } from "./ask.ts";
import { BotError, severity, toBotError } from "./errors.ts";
import { parseFlags, parseOptions } from "./flags.ts";
import type { History } from "./history.ts";
import type { Identity } from "./identity.ts";
import type { Lanes } from "./lanes.ts";
import type { Ledger } from "./ledger.ts";
import type { Log } from "./log.ts";
import type { Painter } from "./painter.ts";
import { createPress } from "./press.ts";
import type { RequestDefaults } from "./request.ts";
import { createRuns } from "./run.ts";
import { failedView } from "./views.ts";

/** The core: what all adapters hand their turns to. */
export interface Bot {
  /** The Handle to start an adapter with. */
  attach(adapter: Adapter): Handle;
  readonly promptOf: PromptOf;
  readonly accounts: Accounts;
  /** Finishes what the process before left in flight. Call it when the attached adapters have started. */
  resume(): Promise<void>;
  /**
   * Takes no more turns and waits up to `graceMs` for those in flight. What is not done by then stays in the ledger
   * and is finished after the next start.
   */
  drain(graceMs: number): Promise<void>;
}

export interface BotParts {
  readonly painter: Painter;
  readonly history: History;
  readonly ledger: Ledger;
  readonly lanes: Lanes;
  readonly accounts: AccountBook;
  readonly identity: Identity;
  readonly defaults: RequestDefaults;
  readonly log: Log;
  readonly now?: () => number;
}

/** How long turns that were stopped may take to let go, in ms: a platform that hangs does not hold up a restart. */
const settleMs = 2000;

const restarting = new BotError("stopped", "I am being restarted. Try again in a minute.");

export function createBot(parts: BotParts): Bot {
  const { history, ledger, accounts, log, now = Date.now } = parts;
  const runs = createRuns({ ...parts, now });
  const ask = createAsk(runs, now);
  const press = createPress({ history, accounts, runs, ask });
  const adapters = new Map<string, Adapter>();
  const handled = new Set<Promise<void>>();
  let draining = false;

  /** What people say among themselves is nothing to answer, not even with an error. */
  async function isKnown(thread: ThreadKey): Promise<boolean> {
    try {
      return (await history.head(thread)) !== undefined;
    } catch (error) {
      log.error({ thread, error }, "store.failed");
      return false;
    }
  }

  async function prompt(adapter: Adapter, turn: Prompt, reply: Reply): Promise<void> {
    if (!turn.addressed && !(await isKnown(turn.thread))) return;
    if (draining) throw restarting;
    const flags = parseFlags(turn.text);
    const { thread, user, replyTo } = turn;
    const { defaults } = await accounts.of(user.id);
    const options = { ...defaults, ...flags.options, ...parseOptions(turn.options) };
    await ask(adapter, reply, {
      thread,
      user,
      text: flags.text,
      options,
      notes: flags.notes,
      files: turn.attachments,
      mustDraw: false,
      ...(replyTo && { from: replyTo }),
    });
  }

  async function handle(adapter: Adapter, turn: Turn, reply: Reply): Promise<void> {
    try {
      if (turn.kind === "prompt") await prompt(adapter, turn, reply);
      else if (draining) throw restarting;
      else await press(adapter, turn, reply);
    } catch (error) {
      const known = toBotError(error);
      log[severity(known)](
        { adapter: adapter.name, thread: turn.thread, code: known.code, error: known },
        "turn.refused",
      );
      const view = {
        ...failedView(known, false),
        ...(turn.kind === "press" && { audience: "asker" as const }),
      };
      await reply.show(view).catch((lost: unknown) => log.warn({ error: lost }, "view.lost"));
    }
  }

  return {
    attach(adapter) {
      adapters.set(adapter.name, adapter);
      return (turn, reply) => {
        const over = handle(adapter, turn, reply).finally(() => handled.delete(over));
        handled.add(over);
        return over;
      };
    },
    accounts,
    promptOf: async (message) => (await history.find(message))?.prompt,
    async resume() {
      for (const turn of await ledger.open()) {
        const adapter = adapters.get(turn.adapter);
        log.info({ adapter: turn.adapter, message: turn.message, on: adapter !== undefined }, "turn.resumed");
        if (!adapter) continue;
        runs.start(adapter, turn, adapter.reopen(turn.message), []).catch((error: unknown) => {
          log.error({ message: turn.message, error }, "turn.lost");
        });
      }
    },
    async drain(graceMs) {
      draining = true;
      const late = Promise.withResolvers<void>();
      const timer = setTimeout(late.resolve, graceMs + settleMs);
      // Those that are being accepted count too: their message is posted and must not be forgotten.
      await Promise.race([Promise.all([runs.drain(graceMs), ...handled]), late.promise]);
      clearTimeout(timer);
    },
  };
}
