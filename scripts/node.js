import { spawn } from "node:child_process";
import { existsSync } from "node:fs";
import { constants } from "node:os";
import { fileURLToPath } from "node:url";

/**
 * Runs its arguments on a Node that is new enough: this one, or the one that package.json pins.
 *
 * It is what npm's scripts start with, so it must itself run on an old Node. (The pinned binaries cannot be left to
 * node_modules/.bin: npm 10 drops the link when it skips those for other machines, as they share its name.)
 */
const [major = 0] = process.versions.node.split(".").map(Number);
const names = { linux: "node-linux", darwin: "node-bin-darwin" };
const pinned = fileURLToPath(
  new URL(`../node_modules/${names[process.platform]}-${process.arch}/bin/node`, import.meta.url),
);

if (major < 24 && !existsSync(pinned)) {
  process.stderr.write(
    `Drawbridge needs Node 24 or newer; this is ${process.version}. Install it, or run npm ci.\n`,
  );
  process.exit(1);
}
// Files and names are looked up by threads, four of them: those that wait for a slow one must not hold up the rest.
const env = {
  UV_THREADPOOL_SIZE: "16",
  // Where the system has large pages, a picture's memory is one or two of them in place of a thousand, each of which costs
  // as much to be found as to be filled. It takes effect with glibc alone, and must be there before the process.
  GLIBC_TUNABLES: "glibc.malloc.hugetlb=1",
  // What was compiled at one start is there at the next: it is up in half the time, and holds less.
  NODE_COMPILE_CACHE: fileURLToPath(new URL("../node_modules/.cache/node", import.meta.url)),
  ...process.env,
};
const child = spawn(major >= 24 ? process.execPath : pinned, process.argv.slice(2), {
  stdio: "inherit",
  env,
});
for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"]) process.on(signal, () => child.kill(signal));
child.on("exit", (code, signal) => {
  process.exitCode = code ?? 128 + (signal ? constants.signals[signal] : 0);
});
