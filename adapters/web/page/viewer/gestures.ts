/** What fingers, pens and mice do on a surface. Places are in CSS pixels from its top left corner. */
export interface Gestures {
  /** One pointer goes down; false: not for drawing, so it moves the picture. */
  down(x: number, y: number, event: PointerEvent): boolean;
  /** The drawing pointer moves. */
  draw(x: number, y: number, event: PointerEvent): void;
  /** The drawing pointer lifts; `cut`: a second finger came, so it was no drawing after all. */
  up(cut: boolean): void;
  pan(dx: number, dy: number): void;
  /** The last pointer is up. */
  lift?(): void;
  zoom(factor: number, x: number, y: number): void;
  /** The mouse, or a pen, without touching. */
  hover?(x: number, y: number): void;
  leave?(): void;
}

/** Listens on an element until the signal aborts: one finger draws or moves, two pinch, the wheel zooms. */
export function listenToGestures(element: HTMLElement, gestures: Gestures, signal: AbortSignal): void {
  const pointers = new Map<number, { x: number; y: number }>();
  let drawing = false;

  const place = (event: MouseEvent) => {
    const box = element.getBoundingClientRect();
    return { x: event.clientX - box.left, y: event.clientY - box.top };
  };
  const on = <K extends keyof HTMLElementEventMap>(
    name: K,
    listener: (event: HTMLElementEventMap[K]) => void,
  ) => element.addEventListener(name, listener, { signal, passive: false });

  on("pointerdown", (event) => {
    if (event.button > 1) return;
    event.preventDefault();
    element.setPointerCapture(event.pointerId);
    const at = place(event);
    pointers.set(event.pointerId, at);
    if (pointers.size === 1) drawing = event.button === 0 && gestures.down(at.x, at.y, event);
    else if (drawing) {
      drawing = false;
      gestures.up(true);
    }
  });

  on("pointermove", (event) => {
    const at = place(event);
    const before = pointers.get(event.pointerId);
    if (!before) {
      if (event.pointerType !== "touch") gestures.hover?.(at.x, at.y);
      return;
    }
    if (drawing) {
      if (event.pointerType !== "touch") gestures.hover?.(at.x, at.y);
      // All the places between two frames, for a smooth line.
      const steps = event.getCoalescedEvents?.() ?? [];
      for (const step of steps.length > 0 ? steps : [event]) {
        const { x, y } = place(step);
        gestures.draw(x, y, step);
      }
    } else if (pointers.size === 1) gestures.pan(at.x - before.x, at.y - before.y);
    else if (pointers.size === 2) {
      const other = [...pointers].find(([id]) => id !== event.pointerId)?.[1] ?? at;
      const distance = (point: { x: number; y: number }) => Math.hypot(point.x - other.x, point.y - other.y);
      gestures.pan((at.x - before.x) / 2, (at.y - before.y) / 2);
      if (distance(before) > 0) {
        gestures.zoom(distance(at) / distance(before), (at.x + other.x) / 2, (at.y + other.y) / 2);
      }
    }
    pointers.set(event.pointerId, at);
  });

  const lift = (event: PointerEvent) => {
    if (!pointers.delete(event.pointerId)) return;
    if (pointers.size === 0) gestures.lift?.();
    if (!drawing) return;
    drawing = false;
    gestures.up(event.type === "pointercancel");
  };
  on("pointerup", lift);
  on("pointercancel", lift);
  on("pointerleave", () => gestures.leave?.());

  // Or the browser makes a fling of a quick stroke, even where nothing scrolls, and takes the next tap, wherever it
  // falls, for the finger that stops it.
  on("touchmove", (event) => {
    if (event.cancelable) event.preventDefault();
  });

  on("wheel", (event) => {
    event.preventDefault();
    const { x, y } = place(event);
    // A trackpad's pinch arrives as a wheel with Ctrl held, in small steps.
    gestures.zoom(Math.exp(-event.deltaY * (event.ctrlKey ? 0.01 : 0.0018)), x, y);
  });
}
