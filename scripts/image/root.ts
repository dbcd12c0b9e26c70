import { execFileSync, spawnSync } from "node:child_process";
import { copyFileSync, existsSync, mkdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";

/** A root directory over this machine's own: what is written there is kept apart. */
export interface Root {
  /** Where it can be looked into. */
  readonly path: string;
  /** Where it is kept what was written. */
  readonly written: string;
}

/** This machine does not let us have what is needed. */
export class Unable extends Error {}

/** What a build is told of the way to the registries, in place of the network of a builder. */
const passed = /^(?:npm_config_|https?_proxy$|no_proxy$|ssl_cert_|node_extra_ca_certs$)/i;

/**
 * Stands in for an official image of Node on a slim Debian: this machine's Debian, the Node that runs this, and the user
 * `node`. Throws Unable where an overlay cannot be mounted.
 */
export function createRoot(folder: string, name: string): Root {
  const [path, written, work] = ["root", "written", "work"].map((part) => join(folder, name, part)) as [
    string,
    string,
    string,
  ];
  for (const each of [path, written, work]) mkdirSync(each, { recursive: true });
  const parts = `lowerdir=/,upperdir=${written},workdir=${work}`;
  const mounted = spawnSync("mount", ["-t", "overlay", "overlay", "-o", parts, path]);
  if (mounted.status !== 0) throw new Unable(`an overlay cannot be mounted: ${mounted.stderr}`);
  mount("-t", "proc", "proc", join(path, "proc"));
  bindDevices(join(path, "dev"));
  for (const file of ["etc/resolv.conf", "etc/hosts"]) {
    rmSync(join(path, file), { force: true });
    if (existsSync(`/${file}`)) copyFileSync(`/${file}`, join(path, file));
  }
  for (const own of ["app", "data"]) rmSync(join(path, own), { recursive: true, force: true });
  copyFileSync(process.execPath, join(path, "usr/local/bin/node"));
  inside(
    { path, written },
    "id -u node >/dev/null 2>&1 || useradd --non-unique --uid 1000 --create-home node",
  );
  return { path, written };
}

/** Runs a command there by its shell, as root, in a folder. Throws where it fails. */
export function inside(
  { path }: Root,
  command: string,
  {
    folder = "/",
    env = {},
  }: { readonly folder?: string; readonly env?: Readonly<Record<string, string>> } = {},
): void {
  const ways = Object.fromEntries(Object.entries(process.env).filter(([name]) => passed.test(name)));
  execFileSync("chroot", [path, "/bin/sh", "-ec", `cd ${folder}\n${command}`], {
    env: {
      PATH: "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin",
      HOME: "/root",
      ...ways,
      ...env,
    },
    stdio: ["ignore", "ignore", "inherit"],
  });
}

/** The same root, in which nothing can be written but `/tmp` and `volume`, which is `kept`; `others`: beside it, from here. */
export function toReadOnly(
  { path }: Root,
  folder: string,
  {
    volume,
    kept,
    others,
  }: {
    readonly volume: string;
    readonly kept: string;
    readonly others: Readonly<Record<string, string>>;
  },
): string {
  const closed = join(folder, "closed");
  mkdirSync(closed, { recursive: true });
  mount("--bind", path, closed);
  mount("-o", "remount,bind,ro", closed);
  mount("-t", "proc", "proc", join(closed, "proc"));
  bindDevices(join(closed, "dev"));
  mount("-t", "tmpfs", "tmpfs", join(closed, "tmp"));
  mount("--bind", kept, join(closed, volume));
  for (const [to, from] of Object.entries(others)) {
    mount("--bind", from, join(closed, to));
    mount("-o", "remount,bind,ro", join(closed, to));
  }
  return closed;
}

/** The few that every container has, one by one: nothing that is deleted there is then this machine's. */
function bindDevices(folder: string): void {
  mount("-t", "tmpfs", "tmpfs", folder);
  for (const name of ["null", "zero", "full", "random", "urandom"]) {
    writeFileSync(join(folder, name), "");
    mount("--bind", `/dev/${name}`, join(folder, name));
  }
}

function mount(...args: readonly string[]): void {
  execFileSync("mount", args, { stdio: ["ignore", "ignore", "inherit"] });
}
