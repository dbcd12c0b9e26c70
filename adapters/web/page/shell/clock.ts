/** Keeps the seconds going in every element with `data-since`, a Unix time in ms. */
export function startClock(): void {
  setInterval(() => {
    for (const element of document.querySelectorAll<HTMLElement>("[data-since]")) {
      const text = sayElapsed(Number(element.dataset.since));
      if (element.textContent !== text) element.textContent = text;
    }
  }, 250);
}

/** How long that is ago: "5 s", "2 min 5 s". */
export function sayElapsed(since: number): string {
  const seconds = Math.max(0, Math.floor((Date.now() - since) / 1000));
  return seconds < 60 ? `${seconds} s` : `${Math.floor(seconds / 60)} min ${seconds % 60} s`;
}
