import { createLog, type Log } from "../../src/seam/log.ts";

/** A log whose events can be looked at, in the order in which they come. */
export function logInto(): { readonly log: Log; readonly logged: readonly string[] } {
  const logged: string[] = [];
  const log = createLog("debug", { write: (line) => logged.push(String(JSON.parse(line).msg)) });
  return { log, logged };
}
