import { randomUUID } from "node:crypto";
import { z } from "zod";
import { nameOf } from "../answer/drawing.ts";
import { awayView, failedView } from "../answer/views.ts";
import { createLeases } from "../fleet/embedded/leases.ts";
import type { Lanes } from "../fleet/lanes.ts";
import { type Ledger, LetGo } from "../fleet/ledger.ts";
import { createShared } from "../fleet/shared.ts";
import { type Budgets, createBudgets } from "../money/budgets/budgets.ts";
import type { OwnLimits } from "../money/budgets/standing.ts";
import type { Prices } from "../money/prices.ts";
import { createCalendar } from "../money/spending/calendar.ts";
import { createSpending } from "../money/spending/spending.ts";
import type { RequestDefaults } from "../openai/engine.ts";
import type { Identity } from "../openai/identity.ts";
import type { Painter } from "../openai/painter.ts";
import { createChoose } from "../options/choices.ts";
import { createRefusals } from "../options/refusals.ts";
import { createStyles } from "../options/styles.ts";
import { createAside } from "../pictures/aside.ts";
import { measure, toLimits, toThumbnail } from "../pictures/jobs.ts";
import type { Links } from "../pictures/links.ts";
import { createPictureStore } from "../pictures/picture-store.ts";
import type { Spool } from "../pictures/spool.ts";
import { createUploads } from "../pictures/uploads.ts";
import { adoptOlder } from "../privacy/adopt.ts";
import { createErase } from "../privacy/erase.ts";
import { createForgetMe } from "../privacy/forget.ts";
import { createSweep } from "../privacy/sweep.ts";
import { createUpkeep } from "../privacy/upkeep.ts";
import { createAudit } from "../rules/audit.ts";
import { createRules } from "../rules/rules.ts";
import { createSlowMode } from "../rules/slow-mode.ts";
import { createWaiting } from "../rules/waiting.ts";
import { action } from "../seam/actions.ts";
import type { Adapter } from "../seam/adapter.ts";
import type { Bus } from "../seam/bus.ts";
import type { Core } from "../seam/core.ts";
import { BotError, severity, toBotError, toLogFields } from "../seam/errors.ts";
import type { Leases } from "../seam/leases.ts";
import type { Log } from "../seam/log.ts";
import { type Access, barrierAt, openAccess } from "../seam/trust/access.ts";
import type { EventKey, MessageKey, Place, Prompt, Setting, Turn } from "../seam/turn.ts";
import type { Image, Reply } from "../seam/view.ts";
import type { Control } from "../seam/watch/control.ts";
import { type Meter, noMeter } from "../seam/watch/meter.ts";
import type { Spending } from "../seam/watch/spending.ts";
import type { AccountBook } from "../store/accounts.ts";
import type { History } from "../store/history.ts";
import type { OpenTurn } from "../store/open-turn.ts";
import { createSeals } from "../store/secret.ts";
import type { Store } from "../store/store.ts";
import { createAreas } from "./areas.ts";
import { createAsk } from "./ask.ts";
import { createDesk } from "./control/control.ts";
import { createExpectedCost } from "./expected-cost.ts";
import { createArrivals } from "./life/arrivals.ts";
import { createAttendance } from "./life/attendance.ts";
import { createClicks } from "./life/clicks.ts";
import { createEvents } from "./life/events.ts";
import { isNotedFirst } from "./life/noted-first.ts";
import { usualWait, type Wait } from "./life/patience.ts";
import { createResume } from "./life/resume.ts";
import { createReread } from "./life/sources.ts";
import { throughOutage } from "./life/through-outage.ts";
import { isOurs, unlessLost, whileHeld } from "./life/while-held.ts";
import { createPaying } from "./paying/paying.ts";
import { createSettleBudgets } from "./paying/settle-budgets.ts";
import { createSpentAccounts } from "./paying/spent-accounts.ts";
import { createPress } from "./press.ts";
import { createPrompts, Unsure } from "./prompts/prompt.ts";
import { createUnfinished } from "./prompts/unfinished.ts";
import { createApprovals } from "./rules/approvals.ts";
import { createJudge } from "./rules/judge.ts";
import { createRuns } from "./runs.ts";
import { createSettle } from "./settings.ts";

/** The core: what all adapters hand their turns to. */
export interface Bot {
  /** What to start an adapter with. */
  attach(adapter: Adapter): Core;
  /** Finishes what the process before left in flight. Call it when the attached adapters have started. */
  resume(): Promise<void>;
  /**
   * Takes no more turns and waits up to `graceMs` for those in flight. What is not done by then stays in the ledger
   * and is finished after the next start.
   */
  drain(graceMs: number): Promise<void>;
  /** What was spent, and what may be. */
  readonly spending: Spending;
  readonly budgets: Pick<Budgets, "all" | "setAll">;
  /** For whoever looks after it. */
  readonly control: Control;
}

export interface BotParts {
  readonly store: Store;
  readonly painter: Painter;
  readonly history: History;
  readonly ledger: Ledger;
  /** What the processes on the store say to each other; absent: this one is alone. */
  readonly bus?: Bus;
  /** What they share out; absent: this one is alone. */
  readonly leases?: Leases;
  readonly lanes: Lanes;
  readonly accounts: AccountBook;
  readonly identity: Identity;
  readonly links: Links;
  readonly prices: Prices;
  readonly defaults: RequestDefaults;
  /** What may be spent, and by which midnights; nothing is limited unless said, and it is UTC. */
  readonly budget?: OwnLimits & { readonly timeZone?: string };
  /** Where people may use it, by adapter; one that is not named, everywhere. */
  readonly access?: Readonly<Record<string, Access | undefined>>;
  /** Where people reach the pages that are not in the chat; absent: there are none. */
  readonly publicUrl?: string;
  readonly spool: Spool;
  /** How old what was said while nobody listened may be to be answered, in ms; 0: nothing of that is. */
  readonly missedMs: number;
  /** After how long answers are deleted, in ms; absent: they are kept for good. */
  readonly keepAnswersMs?: number;
  /** Nobody listens unless said. */
  readonly meter?: Meter;
  readonly log: Log;
  readonly now?: () => number;
  /** Unix time in ms, by which models have ended or not; `now` unless said. */
  readonly today?: () => number;
  /** Between tries to show a last view, and to note what people see taken. */
  readonly wait?: Wait;
}

/** People of whom something is read at once without a place in line: there are three processes that open it. */
const peopleAside = 4;

/** How long turns that were stopped may take to let go, in ms: a platform that hangs does not hold up a restart. */
const settleMs = 2000;

const restarting = new BotError("stopped", "I am being restarted.");

/** Rejects with BotError `storage` when the store fails. */
export async function createBot(parts: BotParts): Promise<Bot> {
  const { store, painter, history, ledger, lanes, accounts, publicUrl, log, now = Date.now } = parts;
  const { today = now, meter = noMeter } = parts;
  const arrivals = createArrivals(!ledger.isShared);
  /** When what is answered by a reply came in. */
  const cameAt = new WeakMap<Reply, number>();
  const adapters = new Map<string, Adapter>();
  const handled = new Set<Promise<void>>();
  const stopped = new AbortController();
  /** Events of the process before, which are seen to before what comes now. */
  const replayed = new Set<EventKey>();
  const resumed = Promise.withResolvers<void>();
  if (ledger.size === 0) resumed.resolve();

  const mayUse = (adapter: string, place: Place) =>
    barrierAt(parts.access?.[adapter] ?? openAccess, place) === undefined;
  const sealOf = await createSeals(store);
  const pictureStore = createPictureStore(store, "kept", now);
  const sent = { store, upload: painter.upload, pictureStore, now };
  const aside = createAside(peopleAside);
  const styles = createStyles(store, pictureStore, aside);
  const refusals = await createRefusals(store, painter.isTabled);
  const clicks = createClicks(store);
  const areas = publicUrl
    ? await createAreas({
        ...{ store, history, publicUrl, mayUse, aside, now },
        adapterOf: (name) => adapters.get(name),
        handle: (adapter) => (turn, reply) => take(adapter, turn, reply),
        ...(ledger.isShared && { clicks }),
      })
    : undefined;
  const audit = createAudit(store);
  const rules = createRules({ store, audit, now });
  const judge = createJudge({
    ...{ rules, slowMode: createSlowMode(store, now), today },
    imageModels: parts.defaults.imageModels,
  });
  const { choose, chooseAgain } = createChoose({ accounts, styles, rules, today });
  const expectedCost = createExpectedCost({ ...parts, choose, refusals, today });
  const calendar = createCalendar(parts.budget?.timeZone ?? "UTC");
  const spending = createSpending({ store, calendar, now });
  const budgets = createBudgets({ store, spending, calendar, limits: parts.budget ?? {}, now });
  const paying = createPaying({
    ...{ budgets, cheaper: expectedCost.cheaper, timeZone: calendar.timeZone, now },
    isStandIn: painter.standIn,
  });
  const settleBudgets = createSettleBudgets({ store, budgets, spending, audit, calendar, now });
  const desk = createDesk({ store, ledger, bus: parts.bus, log, now });
  const runs = createRuns({
    ...parts,
    ...{ desk, paying },
    uploadsAs: (files, owner) => createUploads({ ...sent, files, owner }),
    pictureStore,
    refusals,
    areas: areas !== undefined,
    meter,
    now,
    today,
  });
  const cancels = desk.cancelsOf(runs);
  const onTaken = (adapter: Adapter, reply: Reply) => {
    const at = cameAt.get(reply);
    if (at !== undefined) meter.acknowledged(adapter.name, Math.max(0, now() - at));
  };
  const waiting = createWaiting(store);
  const erase = createErase({
    ...{ store, history, painter },
    onFailed: (error) => log.warn({ error }, "erase.failed"),
  });
  const listed = (signal: AbortSignal) => adoptOlder(store, { log, now, signal });
  /** Whoever is forgotten before that waits for it. */
  const listOlder = (signal: AbortSignal) =>
    listed(signal).catch((error: unknown) => {
      if (!signal.aborted) log.error({ error }, "owners.unlisted");
    });
  const forgetMe = createForgetMe({
    listed,
    ...{ store, erase, accounts, styles, log, now, stop: cancels?.stop ?? runs.stop },
    forgetAt: async (name, user) => (await adapters.get(name)?.forget?.(user)) ?? 0,
    async forgetBeside(user) {
      await waiting.forget(user);
      await desk.failures.forget(user);
      await spending.forget(user, `forgotten:${randomUUID().slice(0, 8)}`);
    },
    isAtWork: async (user) => (await ledger.open()).some(({ turn }) => turn?.user.id === user),
  });
  const upkeep = createUpkeep(
    [
      listOlder,
      forgetMe.goOn,
      createSweep({ store, erase, answersMs: parts.keepAnswersMs, log, now }),
      () => approvals.sweep(),
    ],
    parts.leases ?? createLeases(log),
  );
  const settle = createSettle({ accounts, styles, rules, settleBudgets, forgetMe });
  const unfinished = createUnfinished(store, aside, now);
  const reread = createReread(parts.links, unfinished);
  const adapterOf = (name: string) => adapters.get(name);
  const isBarred = async (adapter: string, turn: OpenTurn) =>
    turn.place !== undefined && (!mayUse(adapter, turn.place) || (await stillBarred(turn)));
  const approvals = createApprovals({
    ...{ waiting, runs, ledger, reread, adapterOf, isBarred, log, now },
  });
  const events = createEvents(ledger, { lanes, clicks, arrivals }, { stopped: stopped.signal, log, now });
  const { notedAt } = events;
  const hearing = { approvals, runs, ledger, judge, notedAt, onTaken, stopped: stopped.signal, log };
  const ask = createAsk(hearing, expectedCost.of, now, parts.wait);
  const press = createPress({ history, choose, chooseAgain, runs, cancels, ask, areas, approvals });
  const prompt = createPrompts({ ...parts, unfinished, choose, ask, refuse });
  const resume = createResume({
    ...{ ledger, runs, events, unfinished, log, spool: parts.spool },
    ...{ isBarred, reread, adapterOf },
    isCancelled: async (turn) => (await cancels?.isCancelled(turn)) ?? false,
    onUndone: (turn, files) => prompt.onUndone(turn, files, stopped.signal),
  });
  /** It was let through when it was asked: a store that does not answer takes nothing back. */
  const stillBarred = (turn: OpenTurn) =>
    judge.isBarred(turn).catch((error: unknown) => {
      log.error({ message: turn.message, error }, "store.failed");
      return false;
    });
  const attendance = createAttendance(store, { patienceMs: parts.missedMs, log, now, wait: parts.wait });

  async function arrange(adapter: Adapter, turn: Setting, reply: Reply): Promise<void> {
    const view = await settle(adapter, turn, stopped.signal);
    const toFit = async (image: Image): Promise<Image> => {
      const { bytes, mediaType } = await toLimits(image, reply.limits);
      return { name: nameOf(image.name, mediaType, 0), mediaType, bytes, alt: image.alt };
    };
    await reply.show({ ...view, images: await Promise.all(view.images.map(toFit)) });
  }

  async function hear(adapter: Adapter, turn: Prompt, reply: Reply, onTaken: () => void): Promise<void> {
    if (!(await prompt.isMeant(turn))) return;
    attendance.spoken(adapter.name, turn.thread, turn.place);
    const wish = prompt.toWish(turn);
    if (!wish) return prompt.answer(adapter, turn, reply, onTaken, stopped.signal);
    const { user, place } = turn;
    return handle(adapter, { kind: "setting", user, place, wish }, reply);
  }

  /** Does what comes of something that is noted, though the store goes away meanwhile; who waits sees that. */
  async function patiently(turn: Turn, reply: Reply, work: () => Promise<void>): Promise<void> {
    const event = eventOf(turn);
    if (!event) return work();
    const show = whileHeld(reply, ledger.hold(event));
    const signal = AbortSignal.any([stopped.signal, ledger.hold(event).lost]);
    const onAway = () => show(awayView({ notes: [], drawings: [] })).catch(() => {});
    return throughOutage({ onAway, signal, wait: parts.wait ?? usualWait, log }, work);
  }

  async function handle(adapter: Adapter, turn: Turn, reply: Reply): Promise<void> {
    try {
      if (turn.kind === "prompt") {
        return await prompt.inOrder(turn, (onTaken) =>
          patiently(turn, reply, () => hear(adapter, turn, reply, onTaken)),
        );
      }
      if (turn.kind === "press" && turn.action === "forget") {
        const { user, place } = turn;
        const wish = { name: "forgetMe", sure: true } as const;
        return await arrange(adapter, { kind: "setting", user, place, wish }, reply);
      }
      if (turn.kind === "press") {
        const words = await prompt.ofPress(turn);
        if (words) {
          return await prompt.inOrder(words, (onTaken) =>
            patiently(turn, reply, () => prompt.answer(adapter, words, reply, onTaken, stopped.signal)),
          );
        }
        const act = () => press(adapter, turn, reply, stopped.signal);
        return await (action(turn.action).draws ? patiently(turn, reply, act) : act());
      }
      await arrange(adapter, turn, reply);
    } catch (error) {
      if (error instanceof LetGo) throw error; // it comes again, or another goes on with it
      // What was noted comes back after the next start, or is gone on with elsewhere.
      const event = eventOf(turn);
      if (event && (isLetGo(event) || error instanceof Unsure)) throw error;
      if (error instanceof Unsure) return;
      const shown = await refuse(adapter, turn, reply, toBotError(error));
      if (!shown && event) throw error;
    }
  }

  /** This process ends, or was stopped for so long that another goes on with it. */
  function isLetGo(event: EventKey): boolean {
    return stopped.signal.aborted || !isOurs(ledger.hold(event));
  }

  async function refuse(
    adapter: Adapter,
    turn: Turn,
    reply: Reply,
    error: BotError,
  ): Promise<MessageKey | undefined> {
    const { channel } = turn.place;
    log[severity(error)]({ adapter: adapter.name, channel, ...toLogFields(error) }, "turn.refused");
    meter.refused(adapter.name, error.code);
    desk.failures.add({
      outcome: "refused",
      error,
      adapter: adapter.name,
      user: turn.user,
      place: turn.place,
    });
    const view = {
      ...failedView(error, false),
      ...(turn.kind !== "prompt" && { audience: "asker" as const }),
    };
    const event = eventOf(turn);
    const show = () => reply.show(view);
    try {
      // What could not be shown is over by then.
      return await (event ? unlessLost(ledger.hold(event), show) : show());
    } catch (lost) {
      log.warn({ error: lost }, "view.lost");
      return undefined;
    }
  }

  async function removed(message: MessageKey): Promise<void> {
    try {
      const found = await history.find(message);
      if (found?.outcome === "done") await history.strike(found);
    } catch (error) {
      log.error({ message, error }, "store.failed");
    }
  }

  async function inTurn(adapter: Adapter, turn: Turn, reply: Reply): Promise<void> {
    // A setting waits for no turn, and those of before are waited for.
    const event = eventOf(turn);
    const isFirst = turn.kind === "setting" || (event !== undefined && replayed.has(event));
    if (!isFirst) await resumed.promise;
    if (event) arrivals.went(event);
    await arrivals.calm();
    await handle(adapter, turn, reply);
  }

  function take(adapter: Adapter, turn: Turn, reply: Reply): Promise<void> {
    cameAt.set(reply, now());
    const over = inTurn(adapter, turn, reply).finally(() => handled.delete(over));
    handled.add(over);
    return over;
  }

  return {
    ...{ spending, budgets },
    control: desk.controlOf(runs, cancels),
    attach(adapter) {
      adapters.set(adapter.name, adapter);
      attendance.begin(adapter.name);
      return {
        handle: (turn, reply) => take(adapter, turn, reply),
        note: events.note(adapter),
        keep: store.table(`adapter:${adapter.name}`, z.unknown()),
        missed: (forMs) => attendance.missed(adapter.name, forMs),
        seal: sealOf(adapter.name),
        promptOf: async (message) => (await history.find(message))?.prompt,
        backTo: history.backTo,
        removed,
        accounts: createSpentAccounts(accounts, spending, store),
        styles,
        rules,
        estimateOf: expectedCost.before,
        toLimits,
        measure,
        toThumbnail,
        fromAddress: parts.links.fromAddress,
        ...(parts.bus && { shared: createShared(store, parts.bus, adapter.name) }),
        ...(areas && { areas }),
      };
    },
    async resume() {
      try {
        await resume((event) => void replayed.add(event));
      } finally {
        resumed.resolve();
        upkeep.begin();
      }
      await approvals.sweep();
    },
    async drain(graceMs) {
      await ledger.rest();
      const late = Promise.withResolvers<void>();
      const timer = setTimeout(late.resolve, graceMs + settleMs);
      // Those that are being accepted count too: their message is posted and must not be forgotten. Who asked for one hears
      // of what becomes of it.
      await Promise.race([Promise.allSettled([runs.drain(graceMs), ...handled]), late.promise]);
      clearTimeout(timer);
      stopped.abort(restarting);
      await Promise.all([attendance.end(), desk.failures.settled(), upkeep.end(), desk.close()]);
    },
  };
}

/** The event that a turn was made of, where it was noted. */
function eventOf(turn: Turn): EventKey | undefined {
  const event = turn.kind === "setting" ? undefined : turn.event;
  return event !== undefined && isNotedFirst(event) ? event : undefined;
}
