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

  function look(): void {
    if (!scroller || Math.abs(scroller.scrollTop - top) < 2) return;
    // Where there is less than before, it is the browser that has moved it, to the end of what is left.
    const most = scroller.scrollHeight - scroller.clientHeight;
    const isPushed = most < top && scroller.scrollTop > most - 2;
    top = scroller.scrollTop;
    if (!isPushed) pinned = Math.abs(end(scroller) - top) < 60;
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
