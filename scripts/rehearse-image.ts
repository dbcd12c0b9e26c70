import { execFileSync, spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { chownSync, mkdirSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { type Built, build } from "./image/build.ts";
import { toReadOnly, Unable } from "./image/root.ts";

/**
 * Carries out the Dockerfile where there is no engine: its steps in a root directory of their own, then its command as
 * process 1, by its user, with a root file system that is read-only; asks its health check; tells it to stop. Needs root
 * and overlays, on a Debian. Ends with 77 where it cannot be rehearsed. `--offline`: with this folder's own node_modules
 * in place of what RUN fetches.
 */
const inNamespace = "REHEARSAL";
const uid = 1000;
const isOffline = process.argv.includes("--offline");

if (process.env[inNamespace]) await rehearse();
else {
  const env = { ...process.env, [inNamespace]: "on" };
  const args = [
    "--mount",
    "--propagation",
    "private",
    process.execPath,
    ...process.execArgv,
    ...process.argv.slice(1),
  ];
  const { status, error } = spawnSync("unshare", args, { env, stdio: "inherit" });
  process.exitCode = error ? 77 : (status ?? 1);
}

async function rehearse(): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), "drawbridge-image-"));
  try {
    const built = build(folder, isOffline, say);
    const sizes = execFileSync("du", ["-sm", "--exclude=usr/local/bin/node", built.root.written], {
      encoding: "utf8",
    });
    say(`beside the base image it takes ${sizes.split("\t")[0]} MB`);
    await run(built, folder);
    say("well");
  } catch (error) {
    if (!(error instanceof Unable)) throw error;
    say(error.message);
    process.exitCode = 77;
  } finally {
    unmountAll(folder);
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Nothing below a folder is to be deleted while this machine's own files can be reached there. */
function unmountAll(folder: string): void {
  const mounts = readFileSync("/proc/self/mounts", "utf8")
    .split("\n")
    .map((line) => line.split(" ")[1] ?? "");
  const ours = mounts.filter((path) => path.startsWith(folder));
  for (const path of ours.reverse()) execFileSync("umount", ["--lazy", path]);
}

/** Starts what was built, looks at it, and stops it. */
async function run(built: Built, folder: string): Promise<void> {
  const kept = join(folder, "volume");
  mkdirSync(kept, { mode: 0o700 });
  chownSync(kept, uid, uid);
  if (isOffline) mkdirSync(join(built.root.path, built.folder, "node_modules"));
  const root = toReadOnly(built.root, folder, {
    ...{ volume: built.volume, kept },
    others: isOffline ? { [join(built.folder, "node_modules")]: resolve("node_modules") } : {},
  });
  const [port, health] = [await freePort(), await freePort()];
  const env = {
    ...{ PATH: "/usr/local/bin:/usr/bin:/bin:/usr/sbin", ...built.env },
    ...{ PORT: String(port), HEALTH_PORT: String(health), PLAYGROUND_PASSWORD: "the drawbridge is up" },
  };
  const enter = (command: readonly string[]) => [
    ...["chroot", `--userspec=${uid}:${uid}`, root, "/bin/sh", "-c", `cd ${built.folder} && exec "$@"`, "sh"],
    ...command,
  ];
  const process1 = spawn("unshare", ["--pid", "--fork", "--kill-child", ...enter(built.command)], {
    env,
    stdio: ["ignore", "inherit", "inherit"],
  });
  const exit = once(process1, "exit");
  process.once("exit", () => process1.kill("SIGKILL"));
  const isHealthy = () => {
    const [command = "", ...args] = enter(built.health);
    return spawnSync(command, args, { env, stdio: "ignore" }).status === 0;
  };
  await waitFor(() => isHealthy() || process1.exitCode !== null, "the health check");
  if (process1.exitCode !== null) throw new Error(`it ended with ${process1.exitCode}`);
  say("its health check is content");
  const limit = { signal: AbortSignal.timeout(60_000) };
  const { status } = await fetch(`http://127.0.0.1:${port}/`, limit);
  if (status !== 200 && status !== 401) throw new Error(`the playground answers ${status}`);

  const [doctor = "", ...args] = enter(["node", "src/doctor/main.ts"]);
  const examined = spawnSync(doctor, args, { env, encoding: "utf8" });
  process.stdout.write(examined.stdout);
  if (examined.status !== 0) throw new Error(`the doctor ends with ${examined.status}: ${examined.stderr}`);

  const [child = ""] = readFileSync(`/proc/${process1.pid}/task/${process1.pid}/children`, "utf8").split(" ");
  process.kill(Number(child), "SIGTERM");
  await exit;
  if (process1.exitCode !== 0) throw new Error(`told to stop it ended with ${process1.exitCode}`);
  say("told to stop it ended with 0");
}

async function waitFor(isSo: () => boolean, what: string): Promise<void> {
  for (let tries = 0; tries < 300; tries += 1) {
    if (isSo()) return;
    await sleep(200);
  }
  throw new Error(`${what} took too long`);
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  server.close();
  return typeof address === "object" && address ? address.port : 0;
}

function say(line: string): void {
  process.stdout.write(`rehearsal: ${line}\n`);
}
