import { AsyncLocalStorage } from "node:async_hooks";

/** Of whatever is being shown: throws when it is another process's by now. */
const checks = new AsyncLocalStorage<() => void>();

/** Shows something that is this process's only as long as `check` does not throw. */
export function showWhile<T>(check: () => void, show: () => Promise<T>): Promise<T> {
  return checks.run(check, show);
}

/**
 * To be called by an adapter right before each request that changes what people see, also when it is tried again: between
 * a show's beginning and its request there are uploads and waits, and a process may be stopped in any of them for longer
 * than its lease. Throws what the check does; beside a show there is nothing to check.
 */
export function checkHeld(): void {
  checks.getStore()?.();
}

/** Does what nobody else can be at, whoever shows that by now. */
export function whoeverShows<T>(work: () => Promise<T>): Promise<T> {
  return checks.run(() => {}, work);
}

/** Whether what is being shown now is this process's, whenever that is asked; undefined beside a show. */
export function whetherHeld(): (() => boolean) | undefined {
  const check = checks.getStore();
  if (!check) return undefined;
  return () => {
    try {
      check();
      return true;
    } catch {
      return false;
    }
  };
}
