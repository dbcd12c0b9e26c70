import { html, type TemplateResult } from "lit-html";
import { listenToGestures } from "../viewer/gestures.ts";
import { createMaskCanvas } from "./canvas.ts";
import { addStroke, type Brushed, redo, type Stroke, startHistory, undo, visibleStrokes } from "./history.ts";
import { createSheet } from "./sheet.ts";
import { type MaskActs, maskTools } from "./tools.ts";

/** A picture to paint a mask on, with its tools. Who has one draws `surface` and `tools` where they belong. */
export interface Easel {
  /** What has been painted; strokes that no longer show are left out. */
  strokes(): readonly Stroke[];
  /** Whether nothing is painted, or nothing any more. */
  isEmpty(): boolean;
  /** A PNG that is transparent where painted. */
  toMask(): Promise<Blob>;
  /** A small picture of what is painted, as an address. */
  toPreview(): string;
  surface(): TemplateResult;
  tools(): TemplateResult;
  /** Once `surface` is in the document: listens there until the signal aborts. */
  attach(root: HTMLElement, signal: AbortSignal): void;
  /** Does what a key stands for. */
  press(event: KeyboardEvent): void;
  release(event: KeyboardEvent): void;
}

/** `changed` is called when what `surface` and `tools` show, or what is painted, has changed. */
export function createEasel(
  picture: HTMLImageElement,
  strokes: readonly Stroke[],
  changed: () => void,
): Easel {
  const size = toMaskSize(picture);
  picture.width = size.width;
  picture.height = size.height;
  picture.draggable = false;
  const canvas = createMaskCanvas(size.width, size.height, tint);
  let history = startHistory(strokes);
  canvas.replay(visibleStrokes(history));

  let kind: Brushed["kind"] = "brush";
  /** The brush's diameter as part of the picture's shorter side, in percent. */
  let brush = 10;
  let stroke: (Brushed & { readonly points: number[] }) | undefined;
  let holdsSpace = false;
  /** Where a keyboard's brush is, in pixels of the picture. */
  let at: readonly [x: number, y: number] | undefined;
  let surface: HTMLElement | undefined;
  let ring: HTMLElement | undefined;

  const diameter = () => Math.max(2, (Math.min(size.width, size.height) * brush) / 100);
  const sheet = createSheet(size, () => {
    sizeRing();
    if (at) showRing(...sheet.toSurface(...at));
  });

  function sizeRing(): void {
    ring?.style.setProperty("--size", `${diameter() * sheet.scale}px`);
  }
  function showRing(x: number, y: number): void {
    ring?.classList.add("shown");
    ring?.style.setProperty("translate", `${x}px ${y}px`);
  }
  function showInMiddle(): void {
    showRing(...sheet.toSurface(...sheet.middle()));
  }
  function hideRing(): void {
    at = undefined;
    ring?.classList.remove("shown");
  }
  function change(next: typeof history): void {
    history = next;
    canvas.replay(visibleStrokes(history));
    changed();
  }
  function setBrush(next: number): void {
    brush = Math.min(60, Math.max(1, next));
    sizeRing();
    changed();
  }
  function use(next: Brushed["kind"]): void {
    kind = next;
    changed();
  }

  function begin(x: number, y: number, pressure = 1): void {
    stroke = { kind, size: diameter(), points: [] };
    extend(x, y, pressure);
  }
  function extend(x: number, y: number, pressure: number): void {
    if (!stroke) return;
    const from = stroke.points.length / 3;
    stroke.points.push(x, y, pressure);
    canvas.extend(stroke, from);
  }
  function end(keep: boolean): void {
    if (!stroke) return;
    const done = stroke;
    stroke = undefined;
    if (keep) history = addStroke(history, done);
    else canvas.replay(visibleStrokes(history));
    changed();
  }

  /** Moves a keyboard's brush by quarters of its size; it starts in the middle of what can be seen. */
  function step(dx: number, dy: number, far: boolean): void {
    const length = (diameter() / 4) * (far ? 4 : 1);
    const [x, y] = at ?? sheet.middle();
    at = [
      Math.min(size.width, Math.max(0, x + dx * length)),
      Math.min(size.height, Math.max(0, y + dy * length)),
    ];
    showRing(...sheet.toSurface(...at));
  }
  function dab(): void {
    if (at) {
      begin(...at);
      end(true);
    } else step(0, 0, false);
  }

  function actOf(event: KeyboardEvent): (() => void) | undefined {
    const { shiftKey: shift } = event;
    const key = event.key.toLowerCase();
    if (event.ctrlKey || event.metaKey) {
      if (key === "z") return shift ? acts.redo : acts.undo;
      return key === "y" ? acts.redo : undefined;
    }
    const keys: Readonly<Record<string, () => void>> = {
      b: () => use("brush"),
      e: () => use("eraser"),
      "[": () => setBrush(brush / 1.25),
      "]": () => setBrush(brush * 1.25),
      "+": () => sheet.zoom(1.4),
      "=": () => sheet.zoom(1.4),
      "-": () => sheet.zoom(1 / 1.4),
      "0": sheet.fit,
    };
    const steps: Readonly<Record<string, () => void>> = {
      arrowleft: () => step(-1, 0, shift),
      arrowright: () => step(1, 0, shift),
      arrowup: () => step(0, -1, shift),
      arrowdown: () => step(0, 1, shift),
      enter: dab,
    };
    return keys[key] ?? (event.target === surface ? steps[key] : undefined);
  }

  const acts: MaskActs = {
    use,
    setBrush(percent) {
      setBrush(percent);
      showInMiddle(); // a finger on the slider has no ring elsewhere
    },
    brushSet: hideRing,
    undo: () => change(undo(history)),
    redo: () => change(redo(history)),
    clear: () => change(addStroke(history, { kind: "clear" })),
    invert: () => change(addStroke(history, { kind: "invert" })),
    zoom: sheet.zoom,
    fit: sheet.fit,
  };

  return {
    strokes: () => visibleStrokes(history),
    isEmpty: canvas.isEmpty,
    toMask: canvas.toMask,
    toPreview: () => canvas.toPreview(picture),

    surface: () => html`
      <div
        class="surface ${kind}"
        role="application"
        tabindex="0"
        aria-label="Picture to paint on. Brush with a pointer, or move with the arrow keys and paint with Enter; Invert paints all of it."
        @blur=${hideRing}
      >
        <div class="surface-picture">${picture} ${canvas.element}</div>
        <span class="brush-ring" aria-hidden="true"></span>
      </div>
    `,

    tools: () =>
      maskTools(
        {
          kind,
          brush,
          canUndo: history.done.length > 0,
          canRedo: history.undone.length > 0,
          canClear: visibleStrokes(history).length > 0,
        },
        acts,
      ),

    attach(root, signal) {
      surface = root.querySelector<HTMLElement>(".surface") ?? undefined;
      ring = root.querySelector<HTMLElement>(".brush-ring") ?? undefined;
      const laid = root.querySelector<HTMLElement>(".surface-picture");
      if (!surface || !laid) return;
      sheet.attach(surface, laid, signal);
      listenToGestures(
        surface,
        {
          down(x, y, event) {
            if (holdsSpace) return false;
            at = undefined;
            begin(...sheet.toPicture(x, y), pressureOf(event));
            return true;
          },
          draw: (x, y, event) => extend(...sheet.toPicture(x, y), pressureOf(event)),
          // A short touch before the second finger came was no painting.
          up: (cut) => end(!cut || (stroke?.points.length ?? 0) > 30),
          pan: sheet.pan,
          zoom: sheet.zoom,
          hover: showRing,
          leave: hideRing,
        },
        signal,
      );
    },

    press(event) {
      const act = actOf(event);
      if (act) {
        event.preventDefault();
        act();
      } else if (event.key === " " && !(event.target instanceof HTMLButtonElement)) {
        event.preventDefault();
        holdsSpace = true;
        surface?.toggleAttribute("data-moving", true);
      }
    },

    release({ key }) {
      if (key !== " ") return;
      holdsSpace = false;
      surface?.toggleAttribute("data-moving", false);
    },
  };
}

/** Seen over most pictures, whichever the theme. */
const tint = "#12b5c9";

/** Pixels of the largest picture that can be drawn. A larger canvas is more than some phones have memory for. */
const mostPixels = 3840 * 2160;

function toMaskSize({ naturalWidth, naturalHeight }: HTMLImageElement): { width: number; height: number } {
  // A drawing file may have no size of its own.
  const [width, height] = [naturalWidth || 1024, naturalHeight || 1024];
  const scale = Math.min(1, Math.sqrt(mostPixels / (width * height)));
  return {
    width: Math.max(1, Math.floor(width * scale)),
    height: Math.max(1, Math.floor(height * scale)),
  };
}

/** A mouse has no pressure worth the name; a pen draws from half to full width. */
function pressureOf({ pointerType, pressure }: PointerEvent): number {
  return pointerType === "pen" ? 0.5 + pressure / 2 : 1;
}
