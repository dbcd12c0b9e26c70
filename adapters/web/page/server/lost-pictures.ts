/** Ms until a picture that did not come is fetched again, the last of them again and again. */
const waitsMs = [1000, 2000, 4000, 8000, 15_000];

const tries = new WeakMap<HTMLImageElement, number>();

/** Fetches again, for as long as they are shown, the pictures that did not come. */
export function watchForLost(): void {
  // Errors of pictures do not bubble.
  document.addEventListener("error", ({ target }) => isOurs(target) && tryLater(target), { capture: true });
  document.addEventListener("load", ({ target }) => isOurs(target) && tries.delete(target), {
    capture: true,
  });
  addEventListener("online", () => fetchLost(false));
}

/** Fetches them now: the server is there again. `isNewLine`: what is still on its way came by a line that is dead. */
export function fetchLost(isNewLine: boolean): void {
  for (const image of document.images) {
    if (!isOurs(image)) continue;
    if (image.complete ? image.naturalWidth === 0 : isNewLine && image.loading !== "lazy") fetchAgain(image);
  }
}

function tryLater(image: HTMLImageElement): void {
  const tried = tries.get(image) ?? 0;
  tries.set(image, tried + 1);
  const { src } = image;
  setTimeout(() => {
    if (image.isConnected && image.src === src && image.complete && image.naturalWidth === 0)
      fetchAgain(image);
  }, waitsMs[tried] ?? waitsMs.at(-1));
}

function fetchAgain(image: HTMLImageElement): void {
  const { src } = image;
  image.src = src; // the same address counts as a new one
}

function isOurs(target: EventTarget | null): target is HTMLImageElement {
  return target instanceof HTMLImageElement && target.src.includes("/pictures/");
}
