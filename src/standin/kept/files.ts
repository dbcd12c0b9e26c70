import { randomBytes } from "node:crypto";
import type { FileObject } from "openai/resources/files";
import { z } from "zod";
import { ApiError, badRequest, invalidValue, notFound } from "../errors/api-error.ts";
import { check } from "../errors/check.ts";
import type { FileRow, Store } from "./store.ts";

/** The files endpoint without its HTTP. Times in Unix seconds. */
export interface Files {
  /** Keeps an uploaded file. Throws ApiError. */
  add(form: FormData): Promise<FileObject>;
  /** Throws ApiError 404. */
  get(id: string): FileObject;
  /** Throws ApiError 404. */
  content(id: string): { readonly bytes: Uint8Array; readonly filename: string };
  /** The bytes of a file that is there and has not expired. */
  bytes(id: string): Uint8Array | undefined;
  list(query: URLSearchParams): {
    object: "list";
    data: FileObject[];
    has_more: boolean;
    first_id: string | null;
    last_id: string | null;
  };
  /** Throws ApiError 404. */
  delete(id: string): { id: string; object: "file"; deleted: true };
}

/** Largest file taken, in bytes. Source: the files reference. */
const largestFile = 512 * 1024 * 1024;

const purposes = ["assistants", "batch", "fine-tune", "vision", "user_data", "evals"] as const;

const expiry = z.strictObject({
  anchor: z.literal("created_at"),
  seconds: z.coerce.number().int().min(3600).max(2_592_000),
});

const query = z.strictObject({
  after: z.string().optional(),
  limit: z.coerce.number().int().min(1).max(10_000).optional(),
  order: z.enum(["asc", "desc"]).optional(),
  purpose: z.string().optional(),
});

export function createFiles(store: Store, now: () => number): Files {
  const seconds = () => Math.floor(now() / 1000);

  /** Expired files are gone; they are cleared away when somebody looks. */
  function find(id: string): FileRow | undefined {
    const row = store.files.get(id);
    if (!row?.expires_at || row.expires_at > seconds()) return row;
    store.files.delete(id);
    return undefined;
  }

  function get(id: string): FileRow {
    const row = find(id);
    if (!row) throw notFound(`No such File object: ${id}`, "id");
    return row;
  }

  return {
    async add(form) {
      const file = form.get("file");
      if (!(file instanceof File)) throw missing("file");
      const purpose = form.get("purpose");
      if (typeof purpose !== "string") throw missing("purpose");
      if (!purposes.some((known) => known === purpose)) throw invalidValue("purpose", purpose, purposes);
      const known = ["file", "purpose", "expires_after[anchor]", "expires_after[seconds]"];
      const stray = [...form.keys()].find((key) => !known.includes(key));
      if (stray) throw badRequest(`Unknown parameter: '${stray}'.`, stray, "unknown_parameter");
      if (file.size === 0) throw badRequest("File is empty.", "file", null);
      if (file.size > largestFile) throw new ApiError(413, "File is too large.", { param: "file" });
      const expires = readExpiry(form, purpose);
      const row: FileRow = {
        id: `file-${randomBytes(12).toString("hex")}`,
        bytes: file.size,
        created_at: seconds(),
        filename: file.name,
        purpose,
        ...(expires === undefined ? {} : { expires_at: seconds() + expires }),
      };
      store.files.add(row, new Uint8Array(await file.arrayBuffer()));
      return toFile(row);
    },

    get: (id) => toFile(get(id)),

    content(id) {
      const row = get(id);
      return { bytes: store.files.bytes(id) ?? new Uint8Array(), filename: row.filename };
    },

    bytes: (id) => (find(id) ? store.files.bytes(id) : undefined),

    list(search) {
      const { after, limit = 10_000, order = "desc", purpose } = check(query, Object.fromEntries(search));
      const newest = store.files.list().filter(({ id }) => find(id));
      const all = (order === "asc" ? newest.toReversed() : newest).filter(
        (row) => purpose === undefined || row.purpose === purpose,
      );
      const rest = after === undefined ? all : all.slice(all.findIndex(({ id }) => id === after) + 1);
      const data = rest.slice(0, limit).map(toFile);
      return {
        object: "list",
        data,
        has_more: rest.length > limit,
        first_id: data[0]?.id ?? null,
        last_id: data.at(-1)?.id ?? null,
      };
    },

    delete(id) {
      get(id);
      store.files.delete(id);
      return { id, object: "file", deleted: true };
    },
  };
}

/** Seconds until it expires. */
function readExpiry(form: FormData, purpose: string): number | undefined {
  const anchor = form.get("expires_after[anchor]") ?? undefined;
  const seconds = form.get("expires_after[seconds]") ?? undefined;
  if (anchor === undefined && seconds === undefined) return purpose === "batch" ? 2_592_000 : undefined;
  if (seconds === undefined) throw missing("expires_after.seconds");
  return check(expiry, { anchor, seconds }, "expires_after").seconds;
}

function missing(param: string): ApiError {
  return badRequest(`Missing required parameter: '${param}'.`, param, "missing_required_parameter");
}

function toFile(row: FileRow): FileObject {
  const purpose = row.purpose as FileObject["purpose"]; // checked when it was added
  return { object: "file", ...row, purpose, status: "processed" };
}
