/** Puts a picture on the clipboard, as the PNG that clipboards take. */
export function copyPicture(src: string): Promise<void> {
  return navigator.clipboard.write([new ClipboardItem({ "image/png": toPng(src) })]);
}

async function toPng(src: string): Promise<Blob> {
  const image = new Image();
  image.src = src;
  await image.decode();
  const canvas = new OffscreenCanvas(image.naturalWidth, image.naturalHeight);
  canvas.getContext("2d")?.drawImage(image, 0, 0);
  return canvas.convertToBlob({ type: "image/png" });
}

/** Missing on plain http. */
export const canCopy = typeof ClipboardItem !== "undefined" && navigator.clipboard !== undefined;
/** Puts words on the clipboard, on plain http, too. Rejects where the browser does not let it. */
export async function copyText(text: string): Promise<void> {
  if (navigator.clipboard) return navigator.clipboard.writeText(text);
  const field = document.createElement("textarea");
  field.value = text;
  // Where a dialog is open, nothing outside it can be selected.
  const room = [...document.querySelectorAll("dialog[open]")].at(-1) ?? document.body;
  room.append(field);
  field.select();
  const isCopied = document.execCommand("copy");
  field.remove();
  if (!isCopied) throw new Error("This browser does not let pages copy. Select the words and copy them.");
}
