import type { ParsedBody } from "./request.ts";

/** A request that found its route. */
export interface Call extends ParsedBody {
  /** A part of the path, decoded, e.g. `param("channel")`. */
  param(name: string): string;
  readonly query: URLSearchParams;
}

/** What a route answers: JSON with 200, or 204 for nothing. */
export type Answer = object | undefined;

/** One route of the API. */
export interface Route {
  /** E.g. `POST /channels/:channel/messages`. */
  readonly name: string;
  /** Whether the bot's token must come along; interactions carry their own. */
  readonly open?: boolean;
  /** Not counted against any limit. docs: interactions, "callbacks are exempt". */
  readonly unlimited?: boolean;
  run(call: Call): Answer | Promise<Answer>;
}

/** The route for a request, or why there is none. */
export function findRoute(
  routes: readonly Route[],
  method: string,
  path: string,
): { readonly route: Route; readonly params: ReadonlyMap<string, string> } | "not found" | "wrong method" {
  let known = false;
  for (const route of routes) {
    const [verb = "", pattern = ""] = route.name.split(" ");
    const params = match(pattern, path);
    if (!params) continue;
    known = true;
    if (verb === method) return { route, params };
  }
  return known ? "wrong method" : "not found";
}

/** What the limits of a route are counted by. docs: topics/rate-limits, "top-level resources". */
export function toMajor(params: ReadonlyMap<string, string>): string {
  return params.get("channel") ?? params.get("guild") ?? params.get("token") ?? "";
}

function match(pattern: string, path: string): Map<string, string> | undefined {
  const [wanted, given] = [pattern.split("/"), path.split("/")];
  if (wanted.length !== given.length) return undefined;
  const params = new Map<string, string>();
  for (const [index, part] of wanted.entries()) {
    const value = decodeURIComponent(given[index] ?? "");
    if (part.startsWith(":")) params.set(part.slice(1), value);
    else if (part !== value) return undefined;
  }
  return params;
}
