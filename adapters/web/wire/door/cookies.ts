import type { Context } from "hono";
import { getCookie, setCookie } from "hono/cookie";

/** A cookie that only this server sees. Over https its name says so, and no other host of the domain can set it. */
export interface Cookie {
  read(c: Context): string | undefined;
  write(c: Context, value: string): void;
  remove(c: Context): void;
}

/** How a browser reached us: `likely` where only the name it asks for is known to be served so. */
export type Https = "yes" | "likely" | "no";

export function createCookie(
  name: string,
  { maxAgeMs, isHttps }: { maxAgeMs: number; isHttps: (c: Context) => Https },
): Cookie {
  const strict = `__Host-${name}`;
  const always = { path: "/", httpOnly: true, sameSite: "Strict" } as const;
  const put = (c: Context, secure: boolean, value: string, maxAge: number) =>
    setCookie(c, secure ? strict : name, value, { ...always, secure, maxAge });
  return {
    read: (c) => getCookie(c, strict) ?? (isHttps(c) === "yes" ? undefined : getCookie(c, name)),
    write: (c, value) => put(c, isHttps(c) !== "no", value, maxAgeMs / 1000),
    remove(c) {
      put(c, true, "", 0);
      put(c, false, "", 0);
    },
  };
}
