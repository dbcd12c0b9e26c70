/**
 * Keeps the end of the conversation in view while it grows, unless the person has scrolled up.
 *
 * To be called after every drawing, with the thread in view.
 */
export function followScroll(): (thread: string) => void {
  let pinned = true;
  let thread: string | undefined;
  let scroller: HTMLElement | null = null;

  /** The end, but no further than the top of the last answer: its picture is what matters. */
  const end = (within: HTMLElement) => {
    const last = [...within.querySelectorAll<HTMLElement>(".exchange:last-child .answer")].at(-1);
    const most = within.scrollHeight - within.clientHeight;
    if (!last) return most;
    const top = last.getBoundingClientRect().top - within.getBoundingClientRect().top + within.scrollTop;
    return Math.min(most, top - 10);
  };
  const toEnd = () => {
    if (pinned && scroller) scroller.scrollTop = end(scroller);
  };
  const watcher = new ResizeObserver(toEnd);

  return (open) => {
    const found = document.querySelector<HTMLElement>("#conversation");
    if (found && found !== scroller) {
      scroller = found;
      found.addEventListener(
        "scroll",
        () => {
          pinned = Math.abs(end(found) - found.scrollTop) < 60;
        },
        { passive: true },
      );
      watcher.disconnect();
      watcher.observe(found);
      if (found.firstElementChild) watcher.observe(found.firstElementChild);
    }
    const asks = found?.querySelectorAll(".exchange").length ?? 0;
    if (open !== thread || asks > seen) pinned = true;
    seen = asks;
    thread = open;
    toEnd();
  };
}

let seen = 0;
