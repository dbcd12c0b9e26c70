import { type ChildProcess, execFile, spawn } from "node:child_process";
import { once } from "node:events";
import { globSync } from "node:fs";
import { chmod, mkdtemp, rm } from "node:fs/promises";
import { connect } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import pg from "pg";
import { freePort } from "./free-port.ts";
import { until } from "./until.ts";

/** A database server of this machine, on a free port, with nothing in it. */
export interface Server {
  readonly url: string;
  /** Of its first process; 0 where it does not run. */
  pid(): number;
  start(): Promise<void>;
  stop(): Promise<void>;
  /** Ends it at once, as it is. */
  kill(): Promise<void>;
  /** Stops it in mid-air (SIGSTOP): it still accepts connections, and answers nothing. */
  pause(): Promise<void>;
  resume(): Promise<void>;
  remove(): Promise<void>;
}

const run = promisify(execFile);
// Valkey, where there is no Redis: it is held to the same.
const redisBinary = ["redis", "valkey"].flatMap((name) => globSync(`/usr/{bin,local/bin}/${name}-server`))[0];
const postgresFolder = globSync("/usr/lib/postgresql/*/bin/").at(-1);

/** Whether this machine has such a server. */
export function isInstalled(kind: "redis" | "postgres"): boolean {
  return (kind === "redis" ? redisBinary : postgresFolder) !== undefined;
}

/** Undefined where Redis is not installed. `more`: of its settings, as on its command line. */
export async function createRedis(...more: readonly string[]): Promise<Server | undefined> {
  if (!redisBinary) return undefined;
  const port = await freePort();
  const args = ["--port", String(port), "--bind", "127.0.0.1", "--save", "", "--appendonly", "no", ...more];
  return serve(
    `redis://127.0.0.1:${port}`,
    port,
    () => spawn(redisBinary, args),
    async () => {},
  );
}

/** As many as ten processes take, at twenty each (docs/scaling.md). */
const connections = 200;

/** Undefined where PostgreSQL is not installed. It refuses to run as root, so root hands it to its own user. */
export async function createPostgres(): Promise<Server | undefined> {
  if (!postgresFolder) return undefined;
  const port = await freePort();
  const folder = await mkdtemp(join(tmpdir(), "drawbridge-pg-"));
  const isRoot = process.getuid?.() === 0;
  const as = (command: string, args: readonly string[]): [string, string[]] =>
    isRoot
      ? ["setpriv", ["--reuid=postgres", "--regid=postgres", "--clear-groups", command, ...args]]
      : [command, [...args]];
  if (isRoot) await run("chown", ["postgres", folder]);
  await chmod(folder, 0o700);
  await run(
    ...as(join(postgresFolder, "initdb"), ["-D", folder, "-A", "trust", "-U", "postgres", "--no-sync"]),
  );
  const settings = ["-c", "listen_addresses=127.0.0.1", "-c", `max_connections=${connections}`];
  const args = ["-D", folder, "-p", String(port), "-k", folder, ...settings, "-F"];
  const url = `postgres://postgres@127.0.0.1:${port}/postgres`;
  return serve(
    url,
    port,
    () => spawn(...as(join(postgresFolder, "postgres"), args)),
    () => rm(folder, { recursive: true, force: true }),
    // Its processes share memory, which SIGKILL would leave behind: "immediate shutdown" writes nothing either.
    { isReady: () => letsIn(url), killBy: "SIGQUIT" },
  );
}

/** Both, how each is begun, and why what needs it is skipped where it is not installed. */
export const serverKinds = (
  [
    ["redis", createRedis],
    ["postgres", createPostgres],
  ] as const
).map(([kind, create]) => ({
  ...{ kind, create },
  skip: isInstalled(kind) ? (false as const) : `${kind} is not installed here`,
}));

/** PostgreSQL answers a while before it lets anybody in. */
async function letsIn(url: string): Promise<boolean> {
  const client = new pg.Client({ connectionString: url });
  client.on("error", () => {});
  return client.connect().then(
    () => client.end().then(() => true),
    () => false,
  );
}

function serve(
  url: string,
  port: number,
  launch: () => ChildProcess,
  remove: () => Promise<void>,
  {
    isReady = () => answers(port),
    killBy = "SIGKILL",
  }: { readonly isReady?: () => Promise<boolean>; readonly killBy?: NodeJS.Signals } = {},
): Server {
  let child: ChildProcess | undefined;
  const end = async (by: NodeJS.Signals) => {
    if (!child || child.exitCode !== null || child.signalCode !== null) return;
    const exit = once(child, "exit");
    child.kill(by);
    await exit;
    child = undefined;
  };
  const stop = () => end("SIGINT");
  const signal = async (name: NodeJS.Signals) => {
    if (!child?.pid) return;
    // PostgreSQL serves each connection in a process of its own.
    const found = await run("pgrep", ["-P", String(child.pid)]).catch(() => ({ stdout: "" }));
    for (const pid of [child.pid, ...found.stdout.split("\n").filter(Boolean).map(Number)]) {
      tell(pid, name);
    }
  };
  return {
    url,
    pid: () => child?.pid ?? 0,
    async start() {
      child = launch();
      await until(isReady, `${url} to answer`);
    },
    stop,
    kill: () => end(killBy),
    pause: () => signal("SIGSTOP"),
    resume: () => signal("SIGCONT"),
    async remove() {
      await signal("SIGCONT");
      await stop();
      await remove();
    },
  };
}

/** Sends a signal to a process, which may have ended since it was listed. */
function tell(pid: number, name: NodeJS.Signals): void {
  try {
    process.kill(pid, name);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "ESRCH") throw error;
  }
}

function answers(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, "127.0.0.1");
    socket.once("connect", () => resolve(true));
    socket.once("error", () => resolve(false));
    socket.once("close", () => socket.destroy());
    socket.once("connect", () => socket.end());
  });
}
