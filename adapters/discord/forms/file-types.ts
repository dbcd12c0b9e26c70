import type { FileUploadType } from "discord.js";
import { pictureEndings } from "../../../src/seam/files/media-type.ts";

/** What Discord's own group of pictures holds. It may grow: what is named twice does no harm. Source: “File Type Filtering”. */
const grouped: readonly string[] = ["png", "gif", "jpg", "jpeg", "jfif", "webp", "avif"];

/** What can be chosen where pictures are asked for, by the name alone: whatever is read. Discord takes ten at most. */
export const pictureTypes: readonly FileUploadType[] = [
  "image" as const,
  ...pictureEndings.filter((ending) => !grouped.includes(ending)).map((ending) => `.${ending}` as const),
];
