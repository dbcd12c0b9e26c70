/** Keeps the seconds going in every element with `data-since`, a Unix time in ms. */
export function startClock(): void {
  setInterval(() => {
    for (const element of document.querySelectorAll<HTMLElement>("[data-since]")) {
      const seconds = Math.max(0, Math.floor((Date.now() - Number(element.dataset.since)) / 1000));
      const text = seconds < 60 ? `${seconds} s` : `${Math.floor(seconds / 60)} min ${seconds % 60} s`;
      if (element.textContent !== text) element.textContent = text;
    }
  }, 250);
}
