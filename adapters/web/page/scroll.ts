/**
 * Keeps the end of the conversation in view while it grows, unless the person has scrolled up.
 *
 * To be called after every drawing, with the thread in view.
 */
export function followScroll(): (thread: string) => void {
  let pinned = true;
  let thread: string | undefined;
  let scroller: HTMLElement | null = null;

  const toEnd = () => {
    if (pinned && scroller) scroller.scrollTop = scroller.scrollHeight;
  };
  const watcher = new ResizeObserver(toEnd);

  return (open) => {
    const found = document.querySelector<HTMLElement>("#conversation");
    if (found && found !== scroller) {
      scroller = found;
      found.addEventListener(
        "scroll",
        () => {
          pinned = found.scrollHeight - found.scrollTop - found.clientHeight < 120;
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
