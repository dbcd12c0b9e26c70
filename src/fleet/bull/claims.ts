import { randomUUID } from "node:crypto";
import { DelayedError } from "bullmq";
import type { Log } from "../../seam/log.ts";
import { pause, withTimeout } from "../../seam/timeout.ts";
import { type Hold, handedOn, takenOver } from "../ledger.ts";
import { createAbsence } from "./absence.ts";
import { type AnyJob, type Engine, isRefusal, quieten } from "./engine.ts";

/** Something that one process of the fleet has, until it drops it or is gone. */
export interface Claim extends Hold {
  readonly key: string;
  /** As it was taken with. */
  readonly body: unknown;
  /** How often it has changed hands: what an earlier holder writes is older than what a later one does. */
  readonly hands: number;
}

/** Keys of which each is one process's at a time. Calls reject as the server does. */
export interface Claims {
  /** Undefined: some process has it. */
  take(key: string, body: unknown): Promise<Claim | undefined>;
  /**
   * Leaves one that nobody has to whoever adopts it, in `ms`. Where somebody has it, it stays so; where the server has
   * forgotten theirs, it is theirs as soon as they renew it.
   */
  offer(key: string, body: unknown, ms?: number): Promise<void>;
  /** Lets go of one that is not over: whoever adopts it has it at once. Never rejects. */
  leave(claim: Claim): Promise<void>;
  /** The same of one that is in hand: it is lost, and for the next moments others adopt it before this process does. */
  handOn(claim: Claim): Promise<void>;
  /** For some seconds that key is for others to adopt. */
  spare(key: string): void;
  /** It is over: whoever takes that key next has it anew. */
  drop(claim: Claim): Promise<void>;
  /** Renews it now, where that was not possible for a while; whether it is held then. Never rejects. */
  renew(claim: Claim): Promise<boolean>;
  /**
   * From now on hears of each claim whose holder is gone, or was stopped for too long: it is this process's. What it
   * throws is logged, and the claim is left to the next.
   */
  adopt(seeTo: (claim: Claim) => Promise<void>, atOnce?: number): void;
  /** Adopts nothing more. Never rejects. */
  rest(): Promise<void>;
  /** What anybody has, the oldest first. */
  all(): Promise<readonly Pick<Claim, "key" | "body">[]>;
  /** Lets go of all: others have them at once. Never rejects. */
  close(): Promise<void>;
}

/** How long a process may be silent before another takes over what it has, in ms. */
export const leaseMs = 8000;

/** After how many ms what could not be seen to is tried again, in whatever process. */
const againMs = 1000;

/** How often within that whoever has one asks whether it is put off, where it came due while the server was away. */
const mostTries = 4;

/** For how many ms others may adopt what this process has handed on, and after how many it is offered to them again. */
const sparedMs = 3000;
const offeredMs = 200;

/** By how much the clocks of two machines may differ, and how long a message may take, in ms. */
const doubtMs = 2000;

interface Claimed {
  readonly key: string;
  readonly body: unknown;
  /** Nobody had it as it was put there. */
  readonly isOffered?: true;
}

/** Until when nothing is held. */
const past: Own["until"] = { clock: 0, date: 0 };

/** A claim of this process. */
interface Own extends Claim {
  job: AnyJob<Claimed>;
  /** What it is locked with, once it was adopted: until then its job waits for the lease's end. */
  readonly token?: string;
  until: { readonly clock: number; readonly date: number };
  /** It was dropped: nobody has it. */
  isOut?: true;
  readonly stop: AbortController;
  /** Resolves, where it was adopted, when it is over; or with in how many ms another is to have it. */
  readonly end: PromiseWithResolvers<"over" | number>;
  /** It is being put back: where the server was away, several renewals find out at once that it is gone. */
  goingBack?: Promise<void>;
}

/** Codes of BullMQ: the job is gone; it is no longer in the state, or under the lock, in which it was ours. */
const gone = -1;

/**
 * Every claim is a job. Whoever takes it puts its time off again and again, so that it comes due when they are gone: then
 * BullMQ gives it to a worker, in whatever process, which has it by BullMQ's lock from then on.
 *
 * `mayAnew` is asked where the server has forgotten a claim that is ours, as one does that loses its last second of
 * writes: whether nobody else has ended it. `lifeMs` is for tests.
 */
export function createClaims(
  engine: Engine,
  name: string,
  {
    log,
    mayAnew,
    lifeMs = leaseMs,
  }: { readonly log: Log; readonly mayAnew: (claim: Claim) => Promise<boolean>; readonly lifeMs?: number },
): Claims {
  const queue = engine.queue<Claimed>(name);
  const own = new Map<string, Own>();
  /** Until when others are to adopt what has that key, by the clock that nobody sets. */
  const spared = new Map<string, number>();
  const marginMs = Math.min(doubtMs, lifeMs / 4);
  const absence = createAbsence(lifeMs, engine);
  let worker: ReturnType<typeof engine.worker<Claimed>> | undefined;
  let isResting = false;
  let isClosed = false;
  let timer: NodeJS.Timeout | undefined;

  /** A machine that sleeps stops the one clock, and who sets the time moves the other: the sooner one counts. */
  function lease(): Own["until"] {
    return { clock: performance.now() + lifeMs - marginMs, date: Date.now() + lifeMs - marginMs };
  }

  function isHeld({ until, stop }: Own): boolean {
    return !stop.signal.aborted && performance.now() < until.clock && Date.now() < until.date;
  }

  function toOwn(job: AnyJob<Claimed>, until: Own["until"], token?: string): Own {
    const stop = new AbortController();
    const claim: Own = {
      ...{ key: job.data.key, body: job.data.body, hands: job.attemptsStarted, job, until, stop },
      ...(token !== undefined && { token }),
      ...{ end: Promise.withResolvers<"over" | number>(), lost: stop.signal },
      ...{ isHeld: () => isHeld(claim), isOver: () => claim.isOut === true },
    };
    return claim;
  }

  function lose(claim: Own): void {
    if (own.get(claim.key) === claim) own.delete(claim.key);
    log.warn({ claim: claim.key }, "fleet.lost: another process has taken it over");
    claim.stop.abort(takenOver());
    claim.end.resolve("over"); // the lock is another's: what BullMQ is told of it, it refuses
  }

  function add(claimed: Claimed, delay = lifeMs): Promise<AnyJob<Claimed>> {
    const { key } = claimed;
    return queue.add(name, claimed, {
      ...{ jobId: randomUUID(), delay, deduplication: { id: key } },
      ...{ removeOnComplete: true, removeOnFail: true },
    }) as Promise<AnyJob<Claimed>>;
  }

  async function offer(key: string, body: unknown, ms = 0): Promise<void> {
    await add({ key, body, isOffered: true }, ms);
  }

  async function extend({
    job,
    token,
  }: Pick<Own, "job" | "token">): Promise<"held" | "due" | "lost" | "gone"> {
    const id = String(job.id);
    for (let tries = 1; ; tries += 1) {
      try {
        if (token === undefined) await queue.getBackend().changeDelay(id, lifeMs);
        else if ((await queue.getBackend().extendLock(id, token, lifeMs)) !== 1) return "lost";
        return "held";
      } catch (error) {
        if (!isRefusal(error)) throw error;
        if (Number(error.code) === gone) return "gone";
        if (token !== undefined) return "lost";
        // It came due. While the server is just back, whoever gets it then puts it off in a moment.
        const isTaken = (await job.getState()) === "active";
        if (isTaken && (tries === mostTries || !absence.isRecent())) return "lost";
        if (tries === mostTries) return "due";
        await pause(againMs / mostTries);
      }
    }
  }

  async function renewOne(claim: Own): Promise<boolean> {
    const until = lease();
    const { job } = claim;
    const state = await absence.watch(() => extend(claim)).catch(() => undefined);
    if (own.get(claim.key) !== claim || claim.stop.signal.aborted) return false;
    if (claim.job !== job) return isHeld(claim); // it has been put back meanwhile
    if (state === "held") claim.until = until;
    else if (state === "gone") {
      claim.goingBack ??= anew(claim).finally(() => delete claim.goingBack);
      await claim.goingBack;
    } else if (state === "lost") lose(claim);
    return isHeld(claim);
  }

  async function anew(claim: Own): Promise<void> {
    const { key, body, token } = claim;
    try {
      if (token === undefined && (await mayAnew(claim))) {
        const until = lease();
        const job = await add({ key, body });
        if (isNew(job)) {
          Object.assign(claim, { job, until });
          return;
        }
        // Another has offered it before: it is renewed as if it had been there all the time.
        const found = (await queue.getJob(String(job.id))) as AnyJob<Claimed> | undefined;
        if (!found) return;
        const state = found.data.isOffered ? await extend({ job: found }) : "lost";
        if (state === "held") Object.assign(claim, { job: found, until });
        if (state !== "lost") return;
      }
    } catch {
      return; // it is asked again
    }
    lose(claim);
  }

  async function renewAll(): Promise<void> {
    const all =
      own.size > 0 ? [...own.values()].map(renewOne) : [absence.watch(() => queue.getDelayedCount())];
    await withTimeout(Promise.all(all), lifeMs / 2);
    if (!isClosed) timer = setTimeout(() => void renewAll(), lifeMs / 4).unref();
  }
  timer = setTimeout(() => void renewAll(), lifeMs / 4).unref();

  async function letGo(claim: Own): Promise<void> {
    const { key, body, token, job, end } = claim;
    if (token !== undefined) return end.resolve(0);
    try {
      await job.promote();
    } catch (error) {
      if (!isRefusal(error)) throw error;
      // It has come due, or the server has forgotten it: where it has not, this adds nothing.
      if (await mayAnew(claim)) await offer(key, body);
    }
  }

  function spare(key: string): void {
    const now = performance.now();
    for (const [one, until] of spared) if (until <= now) spared.delete(one);
    spared.set(key, now + sparedMs);
  }

  async function see(job: AnyJob<Claimed>, token: string, seeTo: (claim: Claim) => Promise<void>) {
    // BullMQ hands one more to a worker that was told to be quiet while it waited for one.
    if (isResting) await putOff(job, token, 0);
    // Whoever has what came due while the server was away renews it first.
    if (absence.isRecent(job.timestamp)) await putOff(job, token, againMs);
    if ((spared.get(job.data.key) ?? 0) > performance.now()) await putOff(job, token, offeredMs);
    spared.delete(job.data.key);
    // BullMQ has locked it a moment ago; from when on is known of what is asked for now.
    const claim = toOwn(job, past, token);
    const before = own.get(claim.key);
    if (before) lose(before); // this process itself was stopped for too long
    own.set(claim.key, claim);
    if (!(await renewOne(claim))) {
      lose(claim);
      await putOff(job, token, againMs); // returning would say that it is over; where another has it, BullMQ refuses
    }
    log.info({ claim: claim.key, hands: claim.hands }, "fleet.adopted");
    try {
      await seeTo(claim);
    } catch (error) {
      log.error({ claim: claim.key, error }, "fleet.failed");
      claim.end.resolve(againMs); // what fails here may go elsewhere
    }
    const end = await claim.end.promise;
    if (own.get(claim.key) === claim) own.delete(claim.key);
    claim.until = past;
    if (end !== "over") await putOff(job, token, end);
  }

  /**
   * Of what is delayed the workers are told. It is tried until the server has heard it: what rejects here BullMQ takes for a
   * failure, and off its list. Where this process ends before, it comes due by itself.
   */
  async function putOff(job: AnyJob<Claimed>, token: string, ms: number): Promise<never> {
    for (;;) {
      const isOver = await job.moveToDelayed(Date.now() + ms, token).then(
        () => true,
        (error: unknown) => isRefusal(error), // another has it
      );
      if (isOver) throw new DelayedError();
      await pause(againMs / 4);
    }
  }

  return {
    async take(key, body) {
      const until = lease();
      const job = await add({ key, body });
      if (!isNew(job)) return undefined;
      const claim = toOwn(job, until);
      own.set(key, claim);
      return claim;
    },
    async leave(claim) {
      const mine = own.get(claim.key);
      if (!mine || mine.lost !== claim.lost) return;
      own.delete(claim.key);
      mine.until = past;
      await letGo(mine).catch(() => {}); // it comes due by itself
    },
    async handOn(claim) {
      const mine = own.get(claim.key);
      if (!mine || mine.lost !== claim.lost) return;
      spare(claim.key);
      own.delete(claim.key);
      mine.until = past;
      mine.stop.abort(handedOn());
      await letGo(mine).catch(() => {}); // it comes due by itself
    },
    spare,
    offer,
    async drop(claim) {
      const mine = own.get(claim.key);
      if (!mine || mine.lost !== claim.lost) return;
      own.delete(claim.key);
      mine.until = past;
      mine.isOut = true;
      if (mine.token === undefined) await mine.job.remove();
      else mine.end.resolve("over");
    },
    async renew(claim) {
      const mine = own.get(claim.key);
      return mine !== undefined && mine.lost === claim.lost && renewOne(mine);
    },
    adopt(seeTo, atOnce = 500) {
      worker ??= engine.worker<Claimed>(name, (job, token) => see(job, token, seeTo), {
        lockMs: lifeMs,
        atOnce,
        yields: () => [...spared.values()].some((until) => performance.now() < until),
      });
      void worker.run().catch((error: unknown) => log.error({ error }, "fleet.failed"));
    },
    async rest() {
      isResting = true;
      if (worker) await withTimeout(quieten(worker as never), lifeMs / 4);
    },
    async all() {
      const jobs = await queue.getJobs(["delayed", "waiting", "active"], 0, -1, true);
      return jobs
        .filter((job) => job !== undefined)
        .sort((one, other) => one.timestamp - other.timestamp)
        .map(({ data: { key, body } }) => ({ key, body }));
    },
    async close() {
      isResting = true;
      isClosed = true;
      clearTimeout(timer);
      // What is let go of is not for this process, nor is word of it.
      if (worker) await withTimeout(quieten(worker as never), lifeMs / 4);
      const left = [...own.values()];
      own.clear();
      for (const claim of left) claim.until = past;
      // What cannot be let go of comes due by itself.
      await withTimeout(Promise.allSettled(left.map(letGo)), lifeMs / 4);
      await withTimeout(worker?.close() ?? Promise.resolve(), lifeMs / 4);
    },
  };
}

/** Where there is a job of that key already, BullMQ gives its id. */
function isNew(job: AnyJob<Claimed>): boolean {
  return job.id === job.opts.jobId;
}
