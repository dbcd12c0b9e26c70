import type { WirePicture } from "../wire.ts";
export async function openLightbox(_p: readonly WirePicture[], _at: number): Promise<number | undefined> {
  return undefined;
}
