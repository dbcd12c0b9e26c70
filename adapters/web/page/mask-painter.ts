import { html, nothing } from "lit-html";
import { type Dialog, openDialog } from "./dialog.ts";
import type { Mask } from "./drafts.ts";
import { listenToGestures } from "./gestures.ts";
import { type IconName, icon } from "./icons.ts";
import { createMaskCanvas } from "./mask-canvas.ts";
import { addStroke, redo, type Stroke, startHistory, undo, visibleStrokes } from "./mask-history.ts";
import { fit, pan, toPicture, type Viewport, zoomAt } from "./viewport.ts";

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
  picture.draggable = false;
  await picture.decode();
  // A drawing file may have no size of its own.
  const size = { width: picture.naturalWidth || 1024, height: picture.naturalHeight || 1024 };
  const canvas = createMaskCanvas(size.width, size.height, tint);
  let history = startHistory(strokes);
  canvas.replay(visibleStrokes(history));

  let kind: "brush" | "eraser" = "brush";
  /** The brush's diameter as part of the picture's shorter side, in percent. */
  let brush = 10;
  let stroke:
    | { readonly kind: "brush" | "eraser"; readonly size: number; readonly points: number[] }
    | undefined;
  let view: Viewport = { scale: 1, x: 0, y: 0 };
  let whole = 1;
  let holdsSpace = false;
  let surface: HTMLElement | undefined;
  let sheet: HTMLElement | undefined;
  let ring: HTMLElement | undefined;

  const diameter = () => Math.max(2, (Math.min(size.width, size.height) * brush) / 100);
  const frame = () => ({ width: surface?.clientWidth ?? 1, height: surface?.clientHeight ?? 1 });

  function place(next: Viewport): void {
    // Some of the picture always stays in reach.
    const { width, height } = frame();
    const margin = 60;
    const x = Math.min(width - margin, Math.max(margin - size.width * next.scale, next.x));
    const y = Math.min(height - margin, Math.max(margin - size.height * next.scale, next.y));
    view = { scale: next.scale, x, y };
    sheet?.style.setProperty("transform", `translate(${x}px, ${y}px) scale(${view.scale})`);
    ring?.style.setProperty("--size", `${diameter() * view.scale}px`);
  }
  function refit(): void {
    const { width, height } = frame();
    const inner = fit(size, { width: width - 32, height: height - 32 }, 4);
    whole = inner.scale;
    place({ ...inner, x: inner.x + 16, y: inner.y + 16 });
  }
  const zoom = (factor: number, x = frame().width / 2, y = frame().height / 2) =>
    place(zoomAt(view, factor, x, y, whole * 0.5, whole * 24));

  function change(next: typeof history, dialog: Dialog<Mask | null>): void {
    history = next;
    canvas.replay(visibleStrokes(history));
    dialog.draw();
  }
  function setBrush(next: number, dialog: Dialog<Mask | null>): void {
    brush = Math.min(60, Math.max(1, next));
    ring?.style.setProperty("--size", `${diameter() * view.scale}px`);
    dialog.draw();
  }
  function use(next: "brush" | "eraser", dialog: Dialog<Mask | null>): void {
    kind = next;
    dialog.draw();
  }
  async function finish(dialog: Dialog<Mask | null>): Promise<void> {
    if (canvas.isEmpty()) return dialog.close(null);
    const [file, preview] = [await canvas.toMask(), canvas.toPreview(picture)];
    dialog.close({ file, preview, src, strokes: visibleStrokes(history) });
  }

  function onKey(dialog: Dialog<Mask | null>, event: KeyboardEvent): void {
    const command = event.ctrlKey || event.metaKey;
    const key = event.key.toLowerCase();
    const acts: Record<string, () => void> = command
      ? {
          z: () => change(event.shiftKey ? redo(history) : undo(history), dialog),
          y: () => change(redo(history), dialog),
        }
      : {
          b: () => use("brush", dialog),
          e: () => use("eraser", dialog),
          "[": () => setBrush(brush / 1.25, dialog),
          "]": () => setBrush(brush * 1.25, dialog),
          "+": () => zoom(1.4),
          "=": () => zoom(1.4),
          "-": () => zoom(1 / 1.4),
          "0": refit,
        };
    const act = acts[key];
    if (act) {
      event.preventDefault();
      act();
    } else if (key === " " && !(event.target instanceof HTMLButtonElement)) {
      event.preventDefault();
      holdsSpace = true;
      surface?.classList.add("moving");
    }
  }

  const tool = (
    name: IconName,
    label: string,
    act: () => void,
    more: { pressed?: boolean; off?: boolean } = {},
  ) =>
    html`<button
      type="button"
      class="tool"
      aria-label=${label}
      aria-pressed=${more.pressed ?? nothing}
      data-tip=${label}
      ?disabled=${more.off ?? false}
      @click=${act}
    >
      ${icon(name)}
    </button>`;

  return openDialog<Mask | null>(
    "Paint mask",
    "viewer painter",
    (dialog) => html`
      <div class="painter-top">
        <button type="button" class="button" @click=${() => dialog.close()}>Cancel</button>
        <p class="painter-hint">The painted area will change</p>
        <button type="button" class="button primary" @click=${() => void finish(dialog)}>Done</button>
      </div>
      <div class="surface ${kind}" role="application" aria-label="Picture to paint on. Brush with a pointer; Invert paints all of it.">
        <div class="surface-picture">${picture} ${canvas.element}</div>
        <span class="brush-ring" aria-hidden="true"></span>
      </div>
      <div class="painter-tools">
        <div class="painter-group" role="group" aria-label="Tool">
          ${tool("brush", "Brush", () => use("brush", dialog), { pressed: kind === "brush" })}
          ${tool("eraser", "Eraser", () => use("eraser", dialog), { pressed: kind === "eraser" })}
        </div>
        <label class="brush-size">
          <span class="dot small" aria-hidden="true"></span>
          <input
            type="range"
            min="1"
            max="60"
            step="0.5"
            aria-label="Brush size"
            .value=${String(brush)}
            @input=${(event: Event) => setBrush(Number((event.target as HTMLInputElement).value), dialog)}
          />
          <span class="dot" aria-hidden="true"></span>
        </label>
        <div class="painter-group">
          ${tool("undo", "Undo", () => change(undo(history), dialog), { off: history.done.length === 0 })}
          ${tool("redo", "Redo", () => change(redo(history), dialog), { off: history.undone.length === 0 })}
          ${tool("trash", "Clear", () => change(addStroke(history, { kind: "clear" }), dialog), {
            off: visibleStrokes(history).length === 0,
          })}
          ${tool("invert", "Invert", () => change(addStroke(history, { kind: "invert" }), dialog))}
        </div>
        <div class="painter-group painter-zoom">
          ${tool("zoomOut", "Zoom out", () => zoom(1 / 1.4))} ${tool("fit", "Fit", refit)}
          ${tool("zoomIn", "Zoom in", () => zoom(1.4))}
        </div>
      </div>
    `,
    (dialog) => {
      const { element, signal } = dialog;
      surface = element.querySelector<HTMLElement>(".surface") ?? undefined;
      sheet = element.querySelector<HTMLElement>(".surface-picture") ?? undefined;
      ring = element.querySelector<HTMLElement>(".brush-ring") ?? undefined;
      if (!surface) return;
      const resized = new ResizeObserver(refit);
      resized.observe(surface);
      signal.addEventListener("abort", () => resized.disconnect());
      element.addEventListener("keydown", (event) => onKey(dialog, event), { signal });
      element.addEventListener(
        "keyup",
        ({ key }) => {
          if (key !== " ") return;
          holdsSpace = false;
          surface?.classList.remove("moving");
        },
        { signal },
      );
      listenToGestures(
        surface,
        {
          down(x, y, event) {
            if (holdsSpace) return false;
            stroke = { kind, size: diameter(), points: [] };
            add(x, y, event);
            return true;
          },
          draw: add,
          up(cut) {
            if (!stroke) return;
            // A short touch before the second finger came was no painting.
            const keep = !cut || stroke.points.length > 30;
            const done = stroke;
            stroke = undefined;
            if (keep) history = addStroke(history, done);
            else canvas.replay(visibleStrokes(history));
            dialog.draw();
          },
          pan: (dx, dy) => place(pan(view, dx, dy)),
          zoom: (factor, x, y) => zoom(factor, x, y),
          hover(x, y) {
            ring?.classList.add("shown");
            ring?.style.setProperty("translate", `${x}px ${y}px`);
          },
          leave: () => ring?.classList.remove("shown"),
        },
        signal,
      );

      function add(x: number, y: number, event: PointerEvent): void {
        if (!stroke) return;
        const [atX, atY] = toPicture(view, x, y);
        // A mouse has no pressure worth the name; a pen draws from half to full width.
        const pressure = event.pointerType === "pen" ? 0.5 + event.pressure / 2 : 1;
        const from = stroke.points.length / 3;
        stroke.points.push(atX, atY, pressure);
        canvas.extend(stroke, from);
      }
    },
  );
}

/** Seen over most pictures, whichever the theme. */
const tint = "#12b5c9";
