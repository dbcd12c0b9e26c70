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
