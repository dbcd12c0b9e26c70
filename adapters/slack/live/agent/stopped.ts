/** When something was stopped: by Slack's clock, as it names messages, and by ours, in ms. */
export interface Stopped {
  readonly ts: string;
  readonly at: number;
}

/** Whether an answer was asked for before that: what was asked for later goes on. Each clock is held against itself. */
export function isStoppedBy(
  { request, since }: { readonly request?: string; readonly since: number },
  { ts, at }: Stopped,
): boolean {
  return request === undefined ? since < at : Number(request) < Number(ts);
}
