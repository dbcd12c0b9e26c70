import { html } from "lit-html";
import { confirmed, openDialog } from "../look/dialog.ts";
import { createEasel, type Easel } from "./easel.ts";
import type { Mask, Stroke } from "./history.ts";

/**
 * Lets a person paint on a picture what should change.
 *
 * Resolves with the mask; with null when nothing is painted any more; with undefined when they thought better of it.
 */
export async function paintMask(
  src: string,
  alt: string,
  strokes: readonly Stroke[],
): Promise<Mask | null | undefined> {
  const picture = new Image();
  picture.src = src;
  picture.alt = alt;
  await picture.decode();
  let redraw = () => {};
  let isThrownAway = false;
  let isAsking = false;
  const before = JSON.stringify(strokes);
  const easel = createEasel(picture, strokes, () => redraw());
  const isChanged = () => JSON.stringify(easel.strokes()) !== before;

  async function ask(close: () => void): Promise<void> {
    if (isAsking) return;
    isAsking = true;
    isThrownAway = await confirmed(
      "Throw away what you painted?",
      "Keep it to go on painting. Done takes it into the composer.",
      "Throw away",
    );
    isAsking = false;
    if (isThrownAway) close();
  }
  let leave = () => {};
  const mayClose = () => {
    if (isThrownAway || !isChanged()) return true;
    void ask(leave);
    return false;
  };
  const warn = (event: BeforeUnloadEvent) => {
    if (isChanged()) event.preventDefault();
  };

  const mask = await openDialog<Mask | null>(
    "Paint mask",
    "viewer painter",
    (dialog) => html`
      <div class="painter-top">
        <button type="button" class="button" @click=${() => mayClose() && dialog.close()}>Cancel</button>
        <h2 class="painter-hint">The painted area will change</h2>
        <button
          type="button"
          class="button primary"
          @click=${async () => dialog.close(await toMask(easel, src))}
        >
          Done
        </button>
      </div>
      ${easel.surface()} ${easel.tools()}
    `,
    ({ element, signal, draw, close }) => {
      redraw = draw;
      leave = () => close();
      easel.attach(element, signal);
      element.addEventListener("keydown", easel.press, { signal });
      element.addEventListener("keyup", easel.release, { signal });
      addEventListener("beforeunload", warn, { signal });
    },
    mayClose,
  );
  // Whatever closed it: what nobody threw away is kept.
  return mask === undefined && !isThrownAway && isChanged() ? toMask(easel, src) : mask;
}

async function toMask(easel: Easel, src: string): Promise<Mask | null> {
  if (easel.isEmpty()) return null;
  const [file, preview] = [await easel.toMask(), easel.toPreview()];
  return { file, preview, src, strokes: easel.strokes() };
}
