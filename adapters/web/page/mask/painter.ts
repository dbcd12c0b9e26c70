import { html } from "lit-html";
import { openDialog } from "../look/dialog.ts";
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
  const easel = createEasel(picture, strokes, () => redraw());

  return openDialog<Mask | null>(
    "Paint mask",
    "viewer painter",
    (dialog) => html`
      <div class="painter-top">
        <button type="button" class="button" @click=${() => dialog.close()}>Cancel</button>
        <p class="painter-hint">The painted area will change</p>
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
    ({ element, signal, draw }) => {
      redraw = draw;
      easel.attach(element, signal);
      element.addEventListener("keydown", easel.press, { signal });
      element.addEventListener("keyup", easel.release, { signal });
    },
  );
}

async function toMask(easel: Easel, src: string): Promise<Mask | null> {
  if (easel.isEmpty()) return null;
  const [file, preview] = [await easel.toMask(), easel.toPreview()];
  return { file, preview, src, strokes: easel.strokes() };
}
