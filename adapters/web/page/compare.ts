import type { WirePicture } from "../wire.ts";
export async function openCompare(
  _befores: readonly { label: string; picture: WirePicture }[],
  _after: WirePicture,
): Promise<void> {}
