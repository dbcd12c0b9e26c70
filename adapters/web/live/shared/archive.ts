import { join } from "node:path";
import type { Measure, Shared } from "../../../../src/seam/core.ts";
import type { Log } from "../../../../src/seam/log.ts";
import { openChat } from "../chat.ts";
import { createPartials } from "../partials.ts";
import { createUploads } from "../uploads.ts";
import { createBlobs } from "./blobs.ts";
import { openSharedDatabase } from "./database.ts";
import { moveIn } from "./move.ts";
import { createSharedPartials } from "./partials.ts";
import { asides, createSharedPictures } from "./pictures.ts";
import { createSharedUploads, readArrived } from "./uploads.ts";

/** What the playgrounds of several processes keep together. `folder` takes files on their way in. As of `openArchive`. */
export async function openSharedArchive(
  shared: Shared,
  {
    folder,
    measure,
    log,
    now,
  }: {
    readonly folder: string;
    readonly measure: Measure;
    readonly log: Log;
    readonly now: () => number;
  },
) {
  const database = await openSharedDatabase(shared, now);
  try {
    const blobs = createBlobs(shared, database, { asides, now });
    await moveIn(folder, { database, blobs, log, now });
    const chat = await openChat(
      database,
      createSharedPictures(blobs, { fresh: database.fresh, readArrived, now }),
      now,
    );
    const arriving = createUploads(join(folder, "uploads"), now);
    return {
      ...{ database, chat },
      uploads: createSharedUploads(arriving, blobs, now),
      partials: createSharedPartials(createPartials(measure), shared, log),
    };
  } catch (error) {
    database.close();
    throw error;
  }
}
