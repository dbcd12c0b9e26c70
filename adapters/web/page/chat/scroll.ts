/** Ms after which it is no longer the person's hand that moves it: a key or a wheel moves it for a while. */
const handMs = 1000;

/** Ms that gliding may take, where a browser does not say that it is over. */
const glideMs = 900;

/** Where the conversation is looked at. */
export interface Scroll {
  /**
   * Keeps the end in view while it grows, unless the person has scrolled away from it, or is pressing a button: what is
   * under a finger stays there. To be called after every drawing, with the thread in view.
   */
  follow(thread: string): void;
  /**
   * Brings a picture into view, and keeps it there whatever above it is drawn and loaded meanwhile, until the person
   * scrolls or something new is asked.
   */
  show(frame: HTMLElement): void;
}

export function createScroll(): Scroll {
  /** What stays in view: the end, or a picture; undefined: where the person has scrolled to. */
  let held: "end" | HTMLElement | undefined = "end";
  let isGliding = false;
  let glide: ReturnType<typeof setTimeout> | undefined;
  let thread: string | undefined;
  let exchanges = 0;
  let scroller: HTMLElement | undefined;
  /** Where it was when last looked at; elsewhere now, it was not us who moved it. */
  let top = 0;
  /** When the person did something last that can scroll. The browser scrolls, too: where there is less than before. */
  let handAt = Number.NEGATIVE_INFINITY;
  const onHand = (event: Event) => {
    if (event.type === "pointermove" && !(event as PointerEvent).buttons) return; // nothing is dragged
    handAt = performance.now();
  };
  for (const gesture of ["wheel", "touchmove", "pointerdown", "pointermove", "keydown"]) {
    addEventListener(gesture, onHand, { capture: true, passive: true });
  }
  let isPressing = false;
  const onPress = (event: PointerEvent) => {
    isPressing = event.button === 0 && (event.target as Element).closest("button, a, summary") !== null;
    if (isPressing && scroller) scroller.style.overflowAnchor = "";
  };
  const onRelease = (event: PointerEvent) => {
    if (!isPressing || (event.type === "pointermove" && event.buttons)) return;
    isPressing = false;
    requestAnimationFrame(hold); // the click first
  };
  addEventListener("pointerdown", onPress, { capture: true, passive: true });
  // Where it is released is not seen outside the window: then by the next move.
  for (const end of ["pointerup", "pointercancel", "pointermove"] as const)
    addEventListener(end, onRelease, { capture: true, passive: true });

  function look(): void {
    if (!scroller || isGliding || Math.abs(scroller.scrollTop - top) < 2) return;
    top = scroller.scrollTop;
    const isByHand = performance.now() - handAt < handMs;
    if (Math.abs(end(scroller) - top) < 60 && (isByHand || held === "end")) held = "end";
    else if (isByHand) held = undefined;
  }

  function hold(): void {
    if (!scroller || isPressing) return;
    look();
    // Else the browser keeps in place what grows, and it looks as if the person had scrolled.
    scroller.style.overflowAnchor = held ? "none" : "";
    if (!held || isGliding) return;
    if (held !== "end" && !held.isConnected) held = undefined;
    else scroller.scrollTop = held === "end" ? end(scroller) : middle(scroller, held);
    top = scroller.scrollTop;
  }
  const watcher = new ResizeObserver(hold);

  function land(): void {
    clearTimeout(glide);
    if (!isGliding) return;
    isGliding = false;
    top = scroller?.scrollTop ?? 0;
    hold();
  }

  function attach(found: HTMLElement): void {
    scroller = found;
    found.addEventListener("scroll", look, { passive: true });
    found.addEventListener("scrollend", land);
    for (const gesture of ["wheel", "touchmove"]) {
      found.addEventListener(
        gesture,
        () => {
          isGliding = false;
        },
        { passive: true },
      );
    }
    watcher.observe(found);
    if (found.firstElementChild) watcher.observe(found.firstElementChild);
  }

  return {
    follow(open) {
      const found = document.querySelector<HTMLElement>("#conversation");
      if (!found) return;
      if (found !== scroller) attach(found);
      look();
      const count = found.querySelectorAll(".exchange").length;
      const isNew = open !== thread || count > exchanges;
      exchanges = count;
      thread = open;
      // What only grows is seen by the watcher. Else a button might go from under the finger that presses it.
      if (!isNew) return;
      held = "end";
      isGliding = false;
      handAt = Number.NEGATIVE_INFINITY; // what was pressed or typed has brought this about
      top = found.scrollTop;
      hold();
    },

    show(frame) {
      if (!scroller) return;
      held = frame;
      handAt = Number.NEGATIVE_INFINITY;
      scroller.style.overflowAnchor = "none";
      const to = middle(scroller, frame);
      const isNear = Math.abs(to - scroller.scrollTop) < 1.5 * scroller.clientHeight;
      const isStill = matchMedia("(prefers-reduced-motion: reduce)").matches;
      isGliding = false;
      if (!isNear || isStill || Math.abs(to - scroller.scrollTop) < 2) {
        hold();
        // What has not been drawn yet gets its true height now.
        requestAnimationFrame(() => requestAnimationFrame(hold));
        return;
      }
      isGliding = true;
      scroller.scrollTo({ top: to, behavior: "smooth" });
      clearTimeout(glide);
      glide = setTimeout(land, glideMs);
    },
  };
}

/** The end, but no further than the top of the last answer: its picture is what matters. */
function end(scroller: HTMLElement): number {
  const most = scroller.scrollHeight - scroller.clientHeight;
  const last = [...scroller.querySelectorAll<HTMLElement>(".exchange:last-child .answer")].at(-1);
  if (!last) return most;
  return Math.min(most, topOf(last, scroller) - 10);
}

/** Where a picture is in the middle; its top, where it is larger than the room. */
function middle(scroller: HTMLElement, frame: HTMLElement): number {
  const spare = scroller.clientHeight - frame.getBoundingClientRect().height;
  const most = scroller.scrollHeight - scroller.clientHeight;
  return Math.max(0, Math.min(most, topOf(frame, scroller) - Math.max(10, spare / 2)));
}

function topOf(element: HTMLElement, scroller: HTMLElement): number {
  return element.getBoundingClientRect().top - scroller.getBoundingClientRect().top + scroller.scrollTop;
}
