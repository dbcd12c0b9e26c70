import { AsyncLocalStorage } from "node:async_hooks";

/** What is asked of something that is shown. */
interface Checks {
  /** Throws when it may be another process's by now, or is over. */
  readonly now: () => void;
  /** Throws when it may be another process's. */
  readonly after: () => void;
  /** Whether it is another process's for certain. */
  readonly isLost: () => boolean;
}

const checks = new AsyncLocalStorage<Checks>();

/** Shows something that is this process's only as long as `now` does not throw. */
export function showWhile<T>(
  now: () => void,
  show: () => Promise<T>,
  { after = now, isLost = () => !passes(after) }: Partial<Pick<Checks, "after" | "isLost">> = {},
): Promise<T> {
  return checks.run({ now, after, isLost }, show);
}

/**
 * To be called by an adapter right before each request that changes what people see, also when it is tried again: between
 * a show's beginning and its request there are uploads and waits, and a process may be stopped in any of them for longer
 * than its lease. Throws what the check does; beside a show there is nothing to check.
 */
export function checkHeld(): void {
  checks.getStore()?.now();
}

/** Does what nobody else can be at, whoever shows that by now. */
export function whoeverShows<T>(work: () => Promise<T>): Promise<T> {
  return checks.run({ now() {}, after() {}, isLost: () => false }, work);
}

/**
 * Does what is left to be done once something is shown, which goes on when it is over: not where another has taken it over
 * before that.
 */
export function afterShown<T>(work: () => Promise<T>): Promise<T> {
  const own = checks.getStore();
  return own ? checks.run({ ...own, now: own.after }, work) : work();
}

/** What begins elsewhere, and goes on with what is being shown now, is held to the same checks. */
export function likeThis(): <T>(work: () => Promise<T>) => Promise<T> {
  const own = checks.getStore();
  return (work) => (own ? checks.run(own, work) : work());
}

/** Whether what is being shown now is this process's, whenever that is asked; undefined beside a show. */
export function whetherHeld(): (() => boolean) | undefined {
  const { now } = checks.getStore() ?? {};
  return now && (() => passes(now));
}

/** Whether what is being shown now is another process's for certain, whenever that is asked. */
export function whetherLost(): () => boolean {
  return checks.getStore()?.isLost ?? (() => false);
}

function passes(check: () => void): boolean {
  try {
    check();
    return true;
  } catch {
    return false;
  }
}
