import { fit, pan, type Size, toPicture, type Viewport, zoomAt } from "../viewer/viewport.ts";

/** How the picture that is painted on lies on its surface. Lengths are in CSS pixels unless said otherwise. */
export interface Sheet {
  /** CSS pixels of the surface for each pixel of the picture. */
  readonly scale: number;
  /** Lays out `element`, the picture, on `surface`, and again whenever that changes its size, until the signal aborts. */
  attach(surface: HTMLElement, element: HTMLElement, signal: AbortSignal): void;
  pan(dx: number, dy: number): void;
  /** Holds that point of the surface still; its middle unless said. */
  zoom(factor: number, x?: number, y?: number): void;
  /** Shows the whole picture. */
  fit(): void;
  /** The place in the picture, in its pixels, under a point of the surface. */
  toPicture(x: number, y: number): readonly [x: number, y: number];
  /** The point of the surface over a place in the picture. */
  toSurface(x: number, y: number): readonly [x: number, y: number];
  /** The place in the picture that is in the middle of the surface. */
  middle(): readonly [x: number, y: number];
}

/** `moved` is called whenever the picture lies elsewhere or at another scale. */
export function createSheet(size: Size, moved: () => void): Sheet {
  let surface: HTMLElement | undefined;
  let element: HTMLElement | undefined;
  let frame: Size = { width: 1, height: 1 };
  let view: Viewport = { scale: 1, x: 0, y: 0 };
  let whole: Viewport = view;

  function place(next: Viewport): void {
    // Some of the picture always stays in reach.
    const margin = 60;
    const x = Math.min(frame.width - margin, Math.max(margin - size.width * next.scale, next.x));
    const y = Math.min(frame.height - margin, Math.max(margin - size.height * next.scale, next.y));
    view = { scale: next.scale, x, y };
    element?.style.setProperty("transform", `translate(${x}px, ${y}px) scale(${view.scale})`);
    moved();
  }

  /** Who has zoomed in keeps what they look at: on a phone, the keyboard changes the size too. */
  function resize(): void {
    if (!surface) return;
    const isWhole = view.scale === whole.scale;
    const [x, y] = sheet.middle();
    frame = { width: surface.clientWidth, height: surface.clientHeight };
    const inset = frame.width < 600 ? 8 : 16;
    const inner = fit(size, { width: frame.width - 2 * inset, height: frame.height - 2 * inset }, 4);
    whole = { ...inner, x: inner.x + inset, y: inner.y + inset };
    const { scale } = view;
    place(isWhole ? whole : { scale, x: frame.width / 2 - x * scale, y: frame.height / 2 - y * scale });
  }

  const sheet: Sheet = {
    get scale() {
      return view.scale;
    },
    attach(onto, laid, signal) {
      surface = onto;
      element = laid;
      whole = view;
      const resized = new ResizeObserver(resize);
      resized.observe(onto);
      signal.addEventListener("abort", () => resized.disconnect());
    },
    pan: (dx, dy) => place(pan(view, dx, dy)),
    zoom: (factor, x = frame.width / 2, y = frame.height / 2) =>
      place(zoomAt(view, factor, x, y, whole.scale * 0.5, whole.scale * 24)),
    fit: () => place(whole),
    toPicture: (x, y) => toPicture(view, x, y),
    toSurface: (x, y) => [x * view.scale + view.x, y * view.scale + view.y],
    middle: () => toPicture(view, frame.width / 2, frame.height / 2),
  };
  return sheet;
}
