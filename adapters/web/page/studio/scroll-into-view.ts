/** Near by, it glides; from afar it jumps, and again once what was not drawn yet has its true height. */
export function bringIntoView(element: HTMLElement): void {
  const away = Math.abs(element.getBoundingClientRect().top - innerHeight / 2);
  const still = matchMedia("(prefers-reduced-motion: reduce)").matches;
  if (away < 1.5 * innerHeight && !still) {
    element.scrollIntoView({ block: "center", behavior: "smooth" });
    return;
  }
  const jump = () => element.scrollIntoView({ block: "center" });
  jump();
  requestAnimationFrame(() => {
    jump();
    requestAnimationFrame(jump);
  });
}
