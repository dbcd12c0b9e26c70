/** Ms that OpenAI asks to wait: by its headers, or else in its words. Undefined when it asks for no time in particular. */
export function toWait(headers: Headers | undefined, words: string): number | undefined {
  return waitOfHeaders(headers) ?? waitOfWords(words);
}

/** `retry-after-ms`, or `retry-after` in seconds or as a date. */
function waitOfHeaders(headers: Headers | undefined): number | undefined {
  const ms = toNumber(headers?.get("retry-after-ms"));
  if (ms !== undefined) return Math.max(0, ms);
  const after = headers?.get("retry-after");
  if (!after) return undefined;
  const seconds = toNumber(after);
  const wait = seconds === undefined ? Date.parse(after) - Date.now() : seconds * 1000;
  return Number.isFinite(wait) ? Math.max(0, wait) : undefined;
}

function toNumber(text: string | null | undefined): number | undefined {
  const number = text?.trim() ? Number(text) : Number.NaN;
  return Number.isFinite(number) ? number : undefined;
}

/** "Please try again in 6m0s", "in 320ms", "in 51.84 seconds", "retry after 1 minute and 30 seconds". */
function waitOfWords(words: string): number | undefined {
  const [, time = ""] = asked.exec(words.slice(0, 4000)) ?? [];
  const parts = [...time.matchAll(part)];
  if (parts.length === 0) return undefined;
  return parts.reduce((sum, [, count, unit = ""]) => sum + Number(count) * msOf(unit), 0);
}

const units = "(?:milliseconds?|ms|seconds?|secs?|s|minutes?|mins?|m|hours?|hrs?|h|days?|d)(?![a-z])";
const part = new RegExp(`(\\d+(?:\\.\\d+)?)\\s*(${units})`, "gi");
const asked = new RegExp(
  `\\b(?:try again|retry|wait)(?: your request)?(?: in| after| for)?(?: about)?\\s+((?:\\d+(?:\\.\\d+)?\\s*${units}(?:,? and |[,\\s]+)?)+)`,
  "i",
);

function msOf(name: string): number {
  const lower = name.toLowerCase();
  if (lower.startsWith("ms") || lower.startsWith("milli")) return 1;
  const ms: Readonly<Record<string, number>> = { s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000 };
  return ms[lower.charAt(0)] ?? 0;
}

/** A wait as a person reads it: "20 s", "10 minutes", "3 hours". A minute where none is asked for. */
export function toWaitText(ms: number | undefined): string {
  if (ms === undefined) return "a minute";
  const seconds = Math.max(1, Math.ceil(ms / 1000));
  if (seconds < 90) return `${seconds} s`;
  const minutes = Math.ceil(seconds / 60);
  return minutes < 120 ? `${minutes} minutes` : `${Math.ceil(minutes / 60)} hours`;
}
