import type { Place } from "../../../../src/seam/turn.ts";

const platforms: Readonly<Record<string, string>> = { web: "Playground", discord: "Discord", slack: "Slack" };

interface Placed {
  readonly adapter: string;
  readonly place?: Place;
  readonly where?: string;
}

export function platform(adapter: string): string {
  return platforms[adapter] ?? adapter;
}

/** Where something was asked: "Discord, The Quay, #pictures", "Discord, channel 1234", "Slack, direct message". */
export function placeOf({ adapter, place, where }: Placed): string {
  const named = platform(adapter);
  if (!place || adapter === "web") return named;
  if (place.kind === "direct") return `${named}, direct message`;
  if (where) return `${named}, ${where}`;
  return `${named}, channel ${last(place.channel)}`;
}

/** The platform's own name for something, without what we put before it. */
export function last(key: string): string {
  return key.slice(key.lastIndexOf(":") + 1);
}

/** "5 Oct, 14:05:09": to be found again in a log. */
export function at(time: number, locale?: string): string {
  return new Date(time).toLocaleString(locale, {
    ...{ day: "numeric", month: "short", hour: "2-digit", minute: "2-digit", second: "2-digit" },
  });
}

/** "3 turns", "1 turn". */
export function counted(number: number, one: string, many = `${one}s`): string {
  return `${number.toLocaleString("en")} ${number === 1 ? one : many}`;
}

/** "412 MB". */
export function megabytes(bytes: number): string {
  return `${Math.round(bytes / 1e6).toLocaleString("en")} MB`;
}

/** "3 days 4 h", "4 h 10 min", "10 min": as exact as anybody asks. */
export function span(ms: number): string {
  const minutes = Math.max(0, Math.floor(ms / 60_000));
  const [days, hours] = [Math.floor(minutes / 1440), Math.floor(minutes / 60) % 24];
  if (days > 0) return `${counted(days, "day")} ${hours} h`;
  if (hours > 0) return `${hours} h ${minutes % 60} min`;
  return `${minutes} min`;
}

/** "$12.30", "$0.042": as exact as what it is a sum of. */
export function dollars(usd: number): string {
  if (usd === 0) return "$0";
  if (usd < 0.01) return `$${usd.toFixed(4)}`;
  const maximumFractionDigits = usd < 1 ? 3 : 2;
  return `$${usd.toLocaleString("en", { minimumFractionDigits: 2, maximumFractionDigits })}`;
}

/** "26 Nov", of a day that has no time zone. */
export function day(date: string, locale?: string): string {
  return new Date(date).toLocaleDateString(locale, { day: "numeric", month: "short", timeZone: "UTC" });
}
