import { makeBlank } from "./blank.ts";
import { isWhole, toLimits, toSketch } from "./encode.ts";
import { rasterise } from "./formats/svg.ts";
import { makeInput } from "./input.ts";
import { fitPair } from "./mask/pair.ts";
import { putBack } from "./mask/put-back.ts";
import { measure } from "./measure.ts";
import { toThumbnail } from "./thumbnail.ts";

/** All that a decoder does, by name. What goes in and comes out is plain data: it crosses to another process. */
export const work = {
  ...{ measure, makeInput, fitPair, rasterise, makeBlank },
  ...{ toSketch, toThumbnail, isWhole, toLimits, putBack },
} as const;

export type Work = typeof work;
