/** Ms after which it is no longer the person's hand that moves it: a key or a wheel moves it for a while. */
const handMs = 1000;

/**
 * Keeps the end of the conversation in view while it grows, unless the person has scrolled away from it.
 *
 * To be called after every drawing, with the thread in view.
 */
export function followScroll(): (thread: string) => void {
  let pinned = true;
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

  function look(): void {
    if (!scroller || Math.abs(scroller.scrollTop - top) < 2) return;
    top = scroller.scrollTop;
    if (Math.abs(end(scroller) - top) < 60) pinned = true;
    else if (performance.now() - handAt < handMs) pinned = false;
  }
  function follow(): void {
    if (!scroller) return;
    look();
    // Else the browser keeps in place what grows, and it looks as if the person had scrolled.
    scroller.style.overflowAnchor = pinned ? "none" : "";
    if (!pinned) return;
    scroller.scrollTop = end(scroller);
    top = scroller.scrollTop;
  }
  const watcher = new ResizeObserver(follow);

  function attach(found: HTMLElement): void {
    scroller = found;
    found.addEventListener("scroll", look, { passive: true });
    watcher.observe(found);
    if (found.firstElementChild) watcher.observe(found.firstElementChild);
  }

  return (open) => {
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
    pinned = true;
    handAt = Number.NEGATIVE_INFINITY; // what was pressed or typed has brought this about
    top = found.scrollTop;
    follow();
  };
}

/** The end, but no further than the top of the last answer: its picture is what matters. */
function end(scroller: HTMLElement): number {
  const most = scroller.scrollHeight - scroller.clientHeight;
  const last = [...scroller.querySelectorAll<HTMLElement>(".exchange:last-child .answer")].at(-1);
  if (!last) return most;
  const top = last.getBoundingClientRect().top - scroller.getBoundingClientRect().top + scroller.scrollTop;
  return Math.min(most, top - 10);
}
