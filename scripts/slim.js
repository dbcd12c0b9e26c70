import { readdirSync, rmdirSync, rmSync, statSync } from "node:fs";
import { join } from "node:path";

/**
 * Deletes from `node_modules`, or the folder that is named, what is there for those who write programs and no program
 * that runs ever opens: source maps, types, sources in TypeScript, pages about it. Licences stay, and so do the
 * package.json of each, which an SBOM is made from. `npm ci` brings all of it back.
 */
const isForWriters = /\.(?:map|[cm]?tsx?|flow|md|markdown)$/i;
const isLicence = /^(?:licen[cs]e|copying|notice)/i;

/** Bytes that it takes on the disk. */
let freed = 0;

const folder = process.argv[2] ?? "node_modules";
slim(folder);
process.stdout.write(`${Math.round(freed / 1e6)} MB less in ${folder}\n`);

/** @param {string} folder */
function slim(folder) {
  for (const one of readdirSync(folder, { withFileTypes: true })) {
    const path = join(folder, one.name);
    if (one.isDirectory()) {
      slim(path);
      if (readdirSync(path).length === 0) rmdirSync(path);
    } else if (one.isFile() && isForWriters.test(one.name) && !isLicence.test(one.name)) {
      freed += statSync(path).blocks * 512;
      rmSync(path);
    }
  }
}
