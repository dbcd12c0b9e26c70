import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";

/** A file's description beside its bytes, as kept. Times are Unix seconds. */
export interface FileRow {
  readonly id: string;
  readonly bytes: number;
  readonly created_at: number;
  readonly expires_at?: number;
  readonly filename: string;
  readonly purpose: string;
}

/** Where everything lives that outlasts a request. Each write is whole or not at all, also under `kill -9`. */
export interface Store {
  readonly responses: {
    get(id: string): unknown;
    /** `calls`: the ids of its image calls, by which items name them. */
    set(id: string, record: unknown, calls?: readonly string[]): void;
    /** The response that made an image call. */
    ofCall(call: string): string | undefined;
    delete(id: string): boolean;
    /** The records that had not ended, e.g. when the process was killed. */
    open(): readonly unknown[];
  };
  readonly files: {
    get(id: string): FileRow | undefined;
    bytes(id: string): Uint8Array | undefined;
    add(row: FileRow, bytes: Uint8Array): void;
    delete(id: string): boolean;
    list(): readonly FileRow[];
  };
  /** Pictures that scenes stand on, by hash. */
  readonly pictures: {
    get(hash: string): Uint8Array | undefined;
    set(hash: string, bytes: Uint8Array): void;
  };
  close(): void;
}

/** Opens the store in a folder, or in memory when there is none. */
export function createStore(dir?: string): Store {
  if (dir) mkdirSync(dir, { recursive: true });
  const db = new DatabaseSync(dir ? join(dir, "standin.sqlite") : ":memory:");
  db.exec(`
    PRAGMA journal_mode = WAL;
    CREATE TABLE IF NOT EXISTS responses (id TEXT PRIMARY KEY, open INTEGER NOT NULL, record TEXT NOT NULL);
    CREATE TABLE IF NOT EXISTS calls (id TEXT PRIMARY KEY, response TEXT NOT NULL);
    CREATE TABLE IF NOT EXISTS files (id TEXT PRIMARY KEY, row TEXT NOT NULL, bytes BLOB NOT NULL);
    CREATE TABLE IF NOT EXISTS pictures (hash TEXT PRIMARY KEY, bytes BLOB NOT NULL);
  `);
  const sql = (text: string) => db.prepare(text);
  const getResponse = sql("SELECT record FROM responses WHERE id = ?");
  const setResponse = sql("INSERT OR REPLACE INTO responses (id, open, record) VALUES (?, ?, ?)");
  const deleteResponse = sql("DELETE FROM responses WHERE id = ?");
  const openResponses = sql("SELECT record FROM responses WHERE open = 1");
  const getCall = sql("SELECT response FROM calls WHERE id = ?");
  const setCall = sql("INSERT OR REPLACE INTO calls (id, response) VALUES (?, ?)");
  const deleteCalls = sql("DELETE FROM calls WHERE response = ?");
  const getFile = sql("SELECT row FROM files WHERE id = ?");
  const getBytes = sql("SELECT bytes FROM files WHERE id = ?");
  const addFile = sql("INSERT INTO files (id, row, bytes) VALUES (?, ?, ?)");
  const deleteFile = sql("DELETE FROM files WHERE id = ?");
  const listFiles = sql("SELECT row FROM files ORDER BY rowid DESC");
  const getPicture = sql("SELECT bytes FROM pictures WHERE hash = ?");
  const setPicture = sql("INSERT OR IGNORE INTO pictures (hash, bytes) VALUES (?, ?)");

  return {
    responses: {
      get: (id) => toJson(getResponse.get(id)?.record),
      set(id, record, calls = []) {
        for (const call of calls) setCall.run(call, id);
        setResponse.run(id, isOpen(record) ? 1 : 0, JSON.stringify(record));
      },
      ofCall(call) {
        const found = getCall.get(call)?.response;
        return typeof found === "string" ? found : undefined;
      },
      delete(id) {
        deleteCalls.run(id);
        return deleteResponse.run(id).changes > 0;
      },
      open: () => openResponses.all().map((row) => toJson(row.record)),
    },
    files: {
      get: (id) => toRow(getFile.get(id)?.row),
      bytes: (id) => toBytes(getBytes.get(id)?.bytes),
      add(row, bytes) {
        addFile.run(row.id, JSON.stringify(row), bytes);
      },
      delete: (id) => deleteFile.run(id).changes > 0,
      list: () => listFiles.all().flatMap((found) => toRow(found.row) ?? []),
    },
    pictures: {
      get: (hash) => toBytes(getPicture.get(hash)?.bytes),
      set(hash, bytes) {
        setPicture.run(hash, bytes);
      },
    },
    close: () => db.close(),
  };
}

function isOpen(record: unknown): boolean {
  return typeof record === "object" && record !== null && "open" in record && record.open === true;
}

function toJson(text: unknown): unknown {
  return typeof text === "string" ? JSON.parse(text) : undefined;
}

function toRow(text: unknown): FileRow | undefined {
  return typeof text === "string" ? (JSON.parse(text) as FileRow) : undefined; // only `add` writes rows
}

function toBytes(value: unknown): Uint8Array | undefined {
  return value instanceof Uint8Array ? value : undefined;
}
