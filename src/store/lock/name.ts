import { hostname } from "node:os";

/** What this process is called where others can read it: `123@host`, without spaces. */
export function ownName(): string {
  return `${process.pid}@${hostname().replaceAll(/\s/g, "-")}`;
}

/** That name in words, undefined where it is none. */
export function toWords(name: string): string | undefined {
  const [, pid, host] = /^(\d+)@(\S+)$/.exec(name) ?? [];
  return pid && `process ${pid} on ${host}`;
}
