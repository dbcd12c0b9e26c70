import OpenAI, { APIError } from "openai";
import { z } from "zod";
import { createBoundedFetch } from "../stream/body.ts";

/** Whom to ask, and with what. */
export interface OpenAIAccess {
  readonly apiKey: string;
  readonly baseUrl?: string;
}

/** What the key may use, by name; `until`: the day from which on it is refused, YYYY-MM-DD in UTC, where one is set. */
export type ListedModels = ReadonlyMap<string, { readonly until?: string }>;

/**
 * Why there is no list: `key`: it is not taken; `forbidden`: it may not ask; `missing`: this server has no such list;
 * `busy`: too many requests; `away`: no answer, or a failure of the server's. `status`: of what was answered.
 */
export interface NoList {
  readonly why: "key" | "forbidden" | "missing" | "busy" | "away";
  readonly status?: number;
}

/** Ms for the list. */
const limitMs = 15_000;

const listed = z.array(
  z.object({ id: z.string(), shutdown_date: z.union([z.string(), z.number()]).nullish() }),
);

/** Asks `GET /v1/models`. Never rejects. */
export async function listModels({ apiKey, baseUrl }: OpenAIAccess): Promise<ListedModels | NoList> {
  const client = new OpenAI({
    apiKey,
    ...(baseUrl && { baseURL: baseUrl }),
    maxRetries: 1,
    timeout: limitMs,
    logLevel: "off",
    fetch: createBoundedFetch({ bytes: 8 * 1024 * 1024, idleMs: limitMs }),
  });
  try {
    const { data } = await client.models.list();
    return new Map(listed.parse(data).map(({ id, shutdown_date: end }) => [id, toLifetime(end)]));
  } catch (error) {
    return toNoList(error);
  }
}

/** A day, or Unix time in seconds. */
function toLifetime(end: string | number | null | undefined): { readonly until?: string } {
  if (end === null || end === undefined) return {};
  const date = new Date(typeof end === "number" ? end * 1000 : end);
  return Number.isNaN(date.getTime()) ? {} : { until: date.toISOString().slice(0, 10) };
}

function toNoList(error: unknown): NoList {
  if (!(error instanceof APIError) || error.status === undefined) return { why: "away" };
  const status = Number(error.status);
  const reasons: Readonly<Record<number, NoList["why"]>> = {
    ...{ 401: "key", 403: "forbidden", 404: "missing", 405: "missing", 429: "busy" },
  };
  return { why: reasons[status] ?? "away", status };
}
