/**
 * What lies over the page: dialogs, drawers, details. Each has an entry in the browser's history, so that *Back* closes the
 * one on top and leaves the thread behind it as it is.
 */
interface Layer {
  readonly key: string;
  /** False: it stays for now, and asks first. */
  close(): boolean;
}

const layers: Layer[] = [];
/** How many of our entries lie below the one that is shown. */
let depth = depthOf(history.state);
/** We are on our way back; what is to be shown afterwards waits. */
let isGoing = false;
let turning: string | undefined;
let isDue = false;
let opened = 0;

/** Something that has been opened over the page; returns what is to be called when it is closed. */
export function openLayer(close: () => boolean): () => void {
  opened += 1;
  const layer = { key: `dialog ${opened}`, close };
  layers.push(layer);
  settleSoon();
  return () => {
    if (remove(layer)) settleSoon();
  };
}

/** What of the page itself is open, by name, with what closes it. To be called whenever that may have changed. */
export function showLayers(open: ReadonlyMap<string, () => void>): void {
  for (const layer of [...layers]) {
    if (!layer.key.startsWith("dialog ") && !open.has(layer.key)) remove(layer);
  }
  for (const [key, close] of open) {
    if (layers.some((layer) => layer.key === key)) continue;
    const layer: Layer = {
      key,
      close() {
        close();
        return true;
      },
    };
    layers.push(layer);
  }
  if (layers.length !== depth) settleSoon();
}

/** Turns to another address of the page. */
export function turnTo(hash: string): void {
  if (isGoing) turning = hash;
  else if (location.hash !== hash) {
    // What lay over the page gives its entry to what comes.
    if (depth > 0) history.replaceState(null, "", hash);
    else history.pushState(null, "", hash);
    depth = 0;
    settleSoon();
  }
}

/** `moved` hears of an address that the person went to. */
export function listenToBack(moved: (hash: string) => void): void {
  addEventListener("popstate", () => {
    depth = depthOf(history.state);
    if (isGoing) {
      isGoing = false;
      const hash = turning;
      turning = undefined;
      if (hash) turnTo(hash);
      else settleSoon();
      return;
    }
    for (const layer of layers.slice(depth).toReversed()) if (layer.close()) remove(layer);
    settleSoon();
    moved(location.hash);
  });
  settleSoon();
}

function remove(layer: Layer): boolean {
  const at = layers.indexOf(layer);
  if (at >= 0) layers.splice(at, 1);
  return at >= 0;
}

/** In a moment: one that closes often makes room for another. */
function settleSoon(): void {
  if (isDue) return;
  isDue = true;
  setTimeout(() => {
    isDue = false;
    settle();
  });
}

function settle(): void {
  if (isGoing) return;
  for (; depth < layers.length; depth += 1) history.pushState({ layers: depth + 1 }, "");
  if (depth === layers.length) return;
  isGoing = true;
  history.go(layers.length - depth);
}

function depthOf(state: unknown): number {
  return typeof state === "object" && state !== null && "layers" in state ? Number(state.layers) : 0;
}
