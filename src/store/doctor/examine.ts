import { accessSync, constants, existsSync, statfsSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { BotError } from "../../seam/errors.ts";
import { redact } from "../../seam/log.ts";
import { type Finding, ill, well } from "../../seam/watch/finding.ts";
import { lookAtSqliteFile, sqlitePath } from "../backends/sqlite-file.ts";
import { kindOf } from "../kind.ts";
import { lockFile } from "../lock/file.ts";
import type { Takeover } from "../lock/lock.ts";
import { lockStore } from "../lock/store-lock.ts";
import { openStore } from "../store.ts";
import { sayServer } from "./server.ts";

export interface StoreExamined {
  readonly storeUrl: string;
  readonly dataDir: string;
  /** Bytes that are free on the disk that holds a folder. */
  readonly freeIn?: (folder: string) => number;
}

export interface StoreFindings {
  readonly findings: readonly Finding[];
  /** Another process is at work on it: the bot, most likely. */
  readonly isTaken: boolean;
}

const mega = 1024 * 1024;

/** Below this, in bytes, somebody is to make room; and below that, at once: finished pictures are kept there. */
const little = 1024 * mega;
const tooLittle = 200 * mega;

/**
 * What is wrong with where things are kept. What is there is left as it is, and a bot that is at work on it undisturbed.
 * Never rejects.
 */
export async function examineStore({
  storeUrl,
  dataDir,
  freeIn = freeOn,
}: StoreExamined): Promise<StoreFindings> {
  const folder = nearestFolder(dataDir);
  const right = sayRight(dataDir, folder);
  const space = sayFree(folder, freeIn);
  if (right.state === "error") return { findings: [right, space], isTaken: false };
  const holder = await holderOf(dataDir, storeUrl);
  const store = await sayStore(storeUrl, holder === undefined);
  const told = holder
    ? [well("store.alone", `${holder}: your bot, if it runs. Else end that process`)]
    : store.state === "ok"
      ? [well("store.alone", "No other process is at work on it")]
      : [];
  const more = await sayServer(storeUrl).catch(() => []);
  return { findings: [right, space, store, ...more, ...told], isTaken: holder !== undefined };
}

/** The folder itself, or the one that it would be made in. */
function nearestFolder(path: string): string {
  const folder = resolve(path);
  return existsSync(folder) || dirname(folder) === folder ? folder : nearestFolder(dirname(folder));
}

function sayRight(dataDir: string, folder: string): Finding {
  const id = "store.folder";
  try {
    accessSync(folder, constants.R_OK | constants.W_OK | constants.X_OK);
    const isThere = folder === resolve(dataDir);
    return well(id, isThere ? `${dataDir} can be written to` : `${dataDir} can be made, in ${folder}`);
  } catch {
    const mend =
      "Give the user that runs Drawbridge the right to (chown), or set DATA_DIR to another folder.";
    return ill(id, "error", `${folder} may not be written to`, mend);
  }
}

function sayFree(folder: string, freeIn: (folder: string) => number): Finding {
  const free = freeIn(folder);
  const words = `${free >= little ? `${(free / little).toFixed(1)} GB` : `${Math.floor(free / mega)} MB`} are free in ${folder}`;
  if (free >= little) return well("store.disk", words);
  const mend = "Make room on that disk, or set DATA_DIR to a folder on another.";
  return ill("store.disk", free < tooLittle ? "error" : "warning", words, mend);
}

function freeOn(folder: string): number {
  const { bavail, bsize } = statfsSync(folder);
  return bavail * bsize;
}

/** Who is at work here, in one sentence; undefined: nobody. What was never used is not made for that. */
async function holderOf(dataDir: string, storeUrl: string): Promise<string | undefined> {
  const alone: Takeover = { waitMs: 0, onWait() {}, onLost() {} };
  const about = { name: dataDir, setting: "DATA_DIR" };
  const kind = kindOf(storeUrl);
  const isNew = kind === "sqlite" && !existsSync(`${sqlitePath(storeUrl)}.lock`);
  const tries = [
    ...(existsSync(join(dataDir, "lock")) ? [() => lockFile(join(dataDir, "lock"), about, alone)] : []),
    ...(isNew ? [] : [() => lockStore(kind, storeUrl, alone)]),
  ];
  for (const take of tries) {
    try {
      await (await take())?.release();
    } catch (error) {
      const [words = ""] = error instanceof Error ? error.message.split(/\.(?: |$)/, 1) : [];
      if (words.startsWith("Another Drawbridge")) return words;
    }
  }
  return undefined;
}

/** A file is looked at; a server is asked to keep a value, unless somebody is at work on it. */
async function sayStore(storeUrl: string, isFree: boolean): Promise<Finding> {
  const id = "store.reach";
  const kind = kindOf(storeUrl);
  const shown = redact(storeUrl);
  try {
    switch (kind) {
      case "memory":
        return ill(
          id,
          "warning",
          "Everything is forgotten when the bot ends",
          "Leave STORE_URL out: the store is then a file in DATA_DIR.",
        );
      case "sqlite": {
        if (!isFree) return well(id, `${shown} is open`);
        const found = lookAtSqliteFile(sqlitePath(storeUrl));
        const words = found
          ? `${shown} is a store of version ${found.version}`
          : `${shown} is not there yet, and is made at the start`;
        return well(id, words);
      }
      default:
        if (isFree) await (await openStore(storeUrl)).close();
        return well(id, isFree ? `${shown} keeps what it is given` : `${shown} answers`);
    }
  } catch (error) {
    return sayStoreFailed(error, kind, shown);
  }
}

function sayStoreFailed(error: unknown, kind: string, shown: string): Finding {
  if (kind === "sqlite") {
    const [words = "", ...mend] = error instanceof BotError ? error.message.split(/(?<=\.) /) : [];
    return ill("store.reach", "error", words.replace(/\.$/, ""), mend.join(" "));
  }
  const cause =
    error instanceof Error && error.cause instanceof Error ? ` (${redact(error.cause.message)})` : "";
  return ill(
    "store.reach",
    "error",
    `${shown} cannot be used${cause}`,
    "See that the server runs, that this machine reaches it, and that STORE_URL has its name, port, user and password.",
  );
}
