import { type Finding, ill, well } from "../seam/watch/finding.ts";

/** Ms that a server may take to tell the time. */
const limitMs = 10_000;

/** Ms that the clock may be off: from there on somebody is told, and from there on things fail. */
const noticeable = 10_000;
const harmful = 120_000;

/** Compares this machine's clock with that of the first server that tells it. Never rejects. `now`: Unix time in ms. */
export async function examineClock(
  urls: readonly string[],
  now: () => number = Date.now,
): Promise<readonly Finding[]> {
  for (const url of urls) {
    const skewMs = await measureSkew(url, now).catch(() => undefined);
    if (skewMs !== undefined) return [saySkew(skewMs, new URL(url).hostname)];
  }
  const words = "No server was there to compare this machine's clock with";
  return urls.length === 0
    ? []
    : [
        ill(
          "clock.skew",
          "unknown",
          words,
          "Mend what is said of the others, then run npm run doctor again.",
        ),
      ];
}

/** How much earlier this clock is than the server's, in ms; undefined where that tells no time. It tells whole seconds. */
async function measureSkew(url: string, now: () => number): Promise<number | undefined> {
  const before = now();
  const response = await fetch(url, { redirect: "manual", signal: AbortSignal.timeout(limitMs) });
  const after = now();
  await response.body?.cancel();
  const date = Date.parse(response.headers.get("date") ?? "");
  return Number.isNaN(date) ? undefined : date + 500 - (before + after) / 2;
}

function saySkew(skewMs: number, host: string): Finding {
  const off = Math.abs(skewMs);
  if (off < noticeable) return well("clock.skew", `The clock is right, by ${host}`);
  const seconds = Math.round(off / 1000);
  return ill(
    "clock.skew",
    off < harmful ? "warning" : "error",
    `The clock of this machine is ${seconds} s ${skewMs > 0 ? "slow" : "fast"}, by ${host}`,
    "Turn on time synchronisation: timedatectl set-ntp true (of a container: on its host).",
  );
}
