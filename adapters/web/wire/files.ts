import { createHash } from "node:crypto";
import { readdir, readFile, stat } from "node:fs/promises";
import { stripTypeScriptTypes } from "node:module";
import { dirname, extname, join, sep } from "node:path";
import { fileURLToPath } from "node:url";

/** A file as it goes over the wire. */
export interface Served {
  readonly body: Buffer<ArrayBuffer>;
  readonly mediaType: string;
  readonly etag: string;
}

/** The files of a folder that are served, by their path inside it. */
export interface Files {
  /** Undefined for all that was not in the folder at the start: a name never becomes a path. */
  read(name: string): Promise<Served | undefined>;
}

const mediaTypes: Readonly<Record<string, string>> = {
  ".html": "text/html; charset=utf-8",
  ".ts": "text/javascript; charset=utf-8",
  ".js": "text/javascript; charset=utf-8",
  ".css": "text/css; charset=utf-8",
  ".svg": "image/svg+xml",
  ".png": "image/png",
  ".webmanifest": "application/manifest+json",
};

/** The page's own files. TypeScript is served with its types taken out. */
export function openPage(folder: string): Promise<Files> {
  return openFiles(folder, (name) => extname(name) in mediaTypes && !name.endsWith(".d.ts"));
}

/** lit-html as it was installed: what a browser loads of it. */
export function openLibrary(): Promise<Files> {
  // Resolved for Node it lies one folder down from what browsers take.
  const folder = dirname(dirname(fileURLToPath(import.meta.resolve("lit-html"))));
  return openFiles(folder, (name) => name.endsWith(".js") && !/^(node|development)\//.test(name));
}

/** What a Content-Security-Policy must name for the import map inside the page to count. */
export function toScriptHashes(html: Served | undefined): readonly string[] {
  const inline = (html?.body.toString() ?? "").matchAll(/<script type="importmap">(.*?)<\/script>/gs);
  return [...inline].map(([, text = ""]) => `'sha256-${createHash("sha256").update(text).digest("base64")}'`);
}

async function openFiles(folder: string, isServed: (name: string) => boolean): Promise<Files> {
  const names = await readdir(folder, { recursive: true }).catch(() => []);
  const paths = new Map(
    names
      .map((name) => name.replaceAll(sep, "/"))
      .filter(isServed)
      .map((name) => [name, join(folder, name)]),
  );
  const cache = new Map<string, Served & { readonly changedMs: number }>();

  return {
    async read(name) {
      const path = paths.get(name);
      if (!path) return undefined;
      try {
        const { mtimeMs: changedMs } = await stat(path);
        const known = cache.get(path);
        if (known?.changedMs === changedMs) return known;
        const served = { ...toServed(path, await readFile(path)), changedMs };
        cache.set(path, served);
        return served;
      } catch {
        return undefined; // removed since
      }
    },
  };
}

function toServed(path: string, bytes: Buffer<ArrayBuffer>): Served {
  const ending = extname(path);
  const body = ending === ".ts" ? Buffer.from(stripTypeScriptTypes(bytes.toString())) : bytes;
  const etag = `"${createHash("sha256").update(body).digest("base64url")}"`;
  return { body, mediaType: mediaTypes[ending] ?? "application/octet-stream", etag };
}
