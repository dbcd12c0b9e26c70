import { html, nothing, type TemplateResult } from "lit-html";
import { repeat } from "lit-html/directives/repeat.js";
import type { WirePicture } from "../../wire/messages.ts";
import { type Dialog, openDialog } from "../look/dialog.ts";
import { type IconName, icon } from "../look/icons.ts";
import { preview } from "../look/small.ts";
import { styled } from "../look/style-properties.ts";
import { canCopy } from "../studio/clipboard.ts";
import { listenToGestures } from "./gestures.ts";
import { fit, keepInside, pan, toPicture, type Viewport, zoomAt } from "./viewport.ts";

/** Where a person was when they closed it, and what they want to do with that picture. */
export interface Left {
  readonly at: number;
  readonly act?: "edit" | "mask" | "compare" | "reference";
}

/** Pixels that a finger pulls a picture down to put it away. */
const pulledDown = 110;

/** Shows a picture as large as the screen, and its neighbours. `name`: under which one is saved. */
export async function openLightbox(
  pictures: readonly { readonly picture: WirePicture; readonly name: string; readonly comparable: boolean }[],
  first: number,
  copy: (picture: WirePicture) => void,
): Promise<Left> {
  let at = Math.max(0, first);
  let view: Viewport = { scale: 1, x: 0, y: 0 };
  let least = 1;
  let seen = { width: 1, height: 1 };
  let surface: HTMLElement | undefined;

  const picture = () => pictures[at]?.picture ?? { src: "", alt: "", width: 1, height: 1 };
  const frame = () => ({ width: surface?.clientWidth ?? 1, height: surface?.clientHeight ?? 1 });

  function place(next: Viewport): void {
    view = keepInside(next, picture(), frame());
    const image = surface?.querySelector<HTMLElement>("img");
    image?.style.setProperty("transform", `translate(${view.x}px, ${view.y}px) scale(${view.scale})`);
    surface?.classList.toggle("zoomed", view.scale > least * 1.01);
  }
  function fitted(): Viewport {
    // A small picture may grow a little; more would only show its pixels.
    const whole = fit(picture(), frame(), 2);
    least = whole.scale;
    return whole;
  }
  /** A phone that is turned, or whose bars come and go, keeps what is looked at in the middle. */
  function refit(): void {
    const [x, y] = toPicture(view, seen.width / 2, seen.height / 2);
    const isZoomed = view.scale > least * 1.01;
    seen = frame();
    const whole = fitted();
    const scale = Math.max(view.scale, least);
    place(isZoomed ? { scale, x: seen.width / 2 - x * scale, y: seen.height / 2 - y * scale } : whole);
  }
  const zoom = (factor: number, x = frame().width / 2, y = frame().height / 2) =>
    place(zoomAt(view, factor, x, y, least, Math.max(8, least * 8)));

  function copyShown(): void {
    const shown = pictures[at]?.picture;
    if (shown) copy(shown);
  }

  function go(dialog: Dialog<Left["act"]>, to: number): void {
    if (!pictures[to]) return;
    at = to;
    dialog.draw();
    place(fitted());
  }

  function onKey(dialog: Dialog<Left["act"]>, event: KeyboardEvent): void {
    const acts: Record<string, () => void> = {
      ArrowLeft: () => go(dialog, at - 1),
      ArrowRight: () => go(dialog, at + 1),
      Home: () => go(dialog, 0),
      End: () => go(dialog, pictures.length - 1),
      "+": () => zoom(1.4),
      "=": () => zoom(1.4),
      "-": () => zoom(1 / 1.4),
      "0": () => place(fitted()),
    };
    const act = acts[event.key];
    if (!act || event.ctrlKey || event.metaKey) return;
    event.preventDefault();
    act();
  }

  const tool = (name: IconName, label: string, act: () => void, disabled = false) => html`<button
    type="button"
    class="tool"
    aria-label=${label}
    data-tip=${label}
    ?disabled=${disabled}
    @click=${act}
  >
    ${icon(name)}
  </button>`;

  const act = await openDialog<Left["act"]>(
    "Picture",
    "viewer",
    (dialog) => html`
      <div class="viewer-top">
        <span class="viewer-count" aria-live="polite">${at + 1} of ${pictures.length}</span>
        <span class="spring"></span>
        <div class="viewer-tools" role="group" aria-label="This picture">
          ${tool("pencil", "Edit…", () => dialog.close("edit"))}
          ${tool("brush", "Paint mask", () => dialog.close("mask"))}
          ${tool("compare", "Compare", () => dialog.close("compare"), !pictures[at]?.comparable)}
          ${tool("reference", "Use as reference", () => dialog.close("reference"))}
          <a
            class="tool"
            role="button"
            href=${picture().src}
            download=${pictures[at]?.name ?? ""}
            aria-label="Download"
            data-tip="Download"
          >
            ${icon("download")}
          </a>
          ${canCopy ? tool("copy", "Copy picture", copyShown) : nothing}
          <span class="rule"></span>
          ${tool("zoomOut", "Zoom out", () => zoom(1 / 1.4))} ${tool("fit", "Fit", () => place(fitted()))}
          ${tool("zoomIn", "Zoom in", () => zoom(1.4))}
        </div>
        <button
          type="button"
          class="tool"
          aria-label="Close"
          data-tip="Close"
          data-tip-end
          autofocus
          @click=${() => dialog.close()}
        >
          ${icon("close")}
        </button>
      </div>
      <div class="surface">
        ${repeat([picture()], ({ src }) => src, whole)}
      </div>
      ${
        pictures.length > 1
          ? html`<div class="viewer-sides">
            ${tool("left", "Picture before", () => go(dialog, at - 1), at === 0)}
            ${tool("right", "Picture after", () => go(dialog, at + 1), at === pictures.length - 1)}
          </div>`
          : nothing
      }
    `,
    (dialog) => {
      const { element, signal } = dialog;
      surface = element.querySelector<HTMLElement>(".surface") ?? undefined;
      element.addEventListener("keydown", (event) => onKey(dialog, event), { signal });
      if (!surface) return;
      const resized = new ResizeObserver(refit);
      resized.observe(surface);
      signal.addEventListener("abort", () => resized.disconnect());
      let swiped: { x: number; y: number } | undefined;
      // Not the surface, by which the finger's way is measured.
      const pull = (down: number) =>
        surface
          ?.querySelector<HTMLElement>("img")
          ?.style.setProperty("translate", `0 ${Math.max(0, down)}px`);
      listenToGestures(
        surface,
        {
          down: () => {
            swiped = { x: 0, y: 0 };
            return false;
          },
          draw() {},
          up() {},
          lift() {
            swiped = undefined;
            pull(0);
          },
          pan(dx, dy) {
            if (view.scale > least * 1.01) return place(pan(view, dx, dy));
            // Not zoomed in, a finger's sideways drag turns the page, and one downwards puts the picture away.
            if (!swiped) return;
            swiped = { x: swiped.x + dx, y: swiped.y + dy };
            const { x, y } = swiped;
            pull(y > Math.abs(x) ? y : 0);
            if (y > pulledDown && y > 1.5 * Math.abs(x)) dialog.close();
            else if (Math.abs(x) >= 70 && Math.abs(x) > Math.abs(y)) {
              go(dialog, at + (x > 0 ? -1 : 1));
              swiped = undefined;
            }
          },
          zoom: (factor, x, y) => zoom(factor, x, y),
        },
        signal,
      );
      surface.addEventListener(
        "dblclick",
        ({ offsetX, offsetY }) => (view.scale > least * 1.01 ? place(fitted()) : zoom(3, offsetX, offsetY)),
        { signal },
      );
    },
  );
  return { at, ...(act && { act }) };
}

/** The picture itself, over the one that the page has shown already until it is there. */
function whole({
  src,
  alt,
  width,
  height,
}: Pick<WirePicture, "src" | "alt" | "width" | "height">): TemplateResult {
  return html`<img
    class="surface-picture"
    ${styled({ "background-image": `url("${preview(src)}")` })}
    @load=${({ target }: Event) => (target as HTMLElement).style.removeProperty("background-image")}
    src=${src}
    alt=${alt}
    width=${width}
    height=${height}
    draggable="false"
  />`;
}
