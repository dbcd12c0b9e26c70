import type { View } from "../../../../src/seam/view.ts";
import type { PostedMessage } from "./message.ts";

/** The files of a view's pictures, ready to be shown. Waits for all, so that none turns up after it was given up. */
export async function ready(
  { files }: PostedMessage,
  { images }: View,
  how: {
    readonly names: readonly string[];
    readonly signal: AbortSignal;
    readonly patienceMs: number;
    readonly sketch?: boolean;
  },
): Promise<readonly string[]> {
  const { names, ...rest } = how;
  const all = await Promise.allSettled(
    images.map((image, index) => files.put(image, { name: names[index] ?? image.name, ...rest })),
  );
  return all.map((one) => {
    if (one.status === "rejected") throw one.reason;
    return one.value;
  });
}
