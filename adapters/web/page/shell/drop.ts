import { type createStore, picturesOf } from "../state/store.ts";
import type { Studio } from "../studio/studio.ts";

/** Takes pictures that are dropped anywhere on the page, or pasted. */
export function listenToFiles(store: ReturnType<typeof createStore>, studio: Studio): void {
  let depth = 0;
  const show = (dropping: boolean) =>
    store.update((state) => (state.dropping === dropping ? state : { ...state, dropping }));

  addEventListener("dragstart", onDragStart);
  addEventListener("dragend", () => {
    depth = 0;
    show(false);
  });
  addEventListener("dragenter", (event) => {
    if (!carriesPictures(event)) return;
    depth += 1;
    show(true);
  });
  addEventListener("dragleave", (event) => {
    if (!carriesPictures(event)) return;
    depth = Math.max(0, depth - 1);
    if (depth === 0) show(false);
  });
  addEventListener("dragover", (event) => {
    if (carriesPictures(event)) event.preventDefault();
  });
  addEventListener("drop", (event) => {
    if (!carriesPictures(event)) return;
    event.preventDefault();
    depth = 0;
    show(false);
    const own =
      event.dataTransfer?.getData(pictureType) ||
      ownPicture(event.dataTransfer?.getData("text/uri-list") ?? "");
    const picture = picturesOf(store.state).find(({ picture }) => picture.src === own)?.picture;
    if (picture) studio.reuse(picture);
    else if (event.dataTransfer?.files.length) studio.attach(event.dataTransfer.files);
  });
  addEventListener("paste", (event) => {
    if (document.querySelector("dialog[open]")) return;
    const files = event.clipboardData?.files;
    if (!files?.length) return;
    event.preventDefault();
    studio.attach(files);
    studio.focusComposer();
  });
}

/** What a picture of the page's own is dragged as: browsers do not agree on what an image in a button is. */
const pictureType = "application/x-drawbridge-picture";

/** A picture of the conversation is being taken along. */
function onDragStart({ target, dataTransfer }: DragEvent): void {
  const frame = target instanceof Element ? target.closest(".frame") : undefined;
  const image = frame?.querySelector("img:not([aria-hidden])");
  const src = image instanceof HTMLImageElement ? URL.parse(image.src)?.pathname : undefined;
  if (!src || !dataTransfer) return;
  dataTransfer.setData(pictureType, src);
  dataTransfer.effectAllowed = "copy";
}

function carriesPictures({ dataTransfer }: DragEvent): boolean {
  if (document.querySelector("dialog[open]")) return false;
  return dataTransfer?.types.some((type) => type === "Files" || type === pictureType) ?? false;
}

/** The path of a picture of this page's own that is being dragged. */
function ownPicture(list: string): string | undefined {
  const url = URL.parse(list.split("\n")[0] ?? "");
  return url?.origin === location.origin ? url.pathname : undefined;
}
