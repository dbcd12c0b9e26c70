import type { WirePicture } from "../../wire/messages.ts";

/** The address of a picture made small, for lists and chips; of one that is not kept here, its own. */
export function thumbnail(src: string): string {
  return kept.test(src) ? `${src}?as=thumbnail` : src;
}

/** What `srcset` says of a picture: a lighter one of 1024 pixels, and itself. Undefined where there is only itself. */
export function lighter({ src, width, height }: WirePicture): string | undefined {
  // One that moves would stand still.
  if (!kept.test(src) || src.endsWith(".gif") || !(width > 0 && height > 0)) return undefined;
  const small = Math.min(width, Math.round((width * previewSide) / Math.max(width, height)));
  const itself = small < width ? `, ${src} ${width}w` : "";
  return `${preview(src)} ${small}w${itself}`;
}

/** The address of a picture as a conversation shows it. */
export function preview(src: string): string {
  return kept.test(src) ? `${src}?as=preview` : src;
}

/** Pixels of its longer side. */
const previewSide = 1024;

/** The server's names for pictures that it keeps; sketches have shorter ones. */
const kept = /^\/pictures\/[0-9a-f]{64}\.\w+$/;
