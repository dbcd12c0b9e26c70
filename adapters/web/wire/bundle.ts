import { createHash } from "node:crypto";
import { dirname, join } from "node:path/posix";
import { Script } from "node:vm";
import type { Files, Served } from "./files.ts";

/**
 * A page's scripts as one file and its style sheets as another, put together when they are first asked for and again
 * when one of them has changed: `main.bundle.js` is `main.ts` and all that it imports, `main.bundle.css` is `main.css`
 * and all that it imports.
 *
 * Scripts may import and export by name, as ours and lit's do; what they export must not change afterwards, and none may
 * lead back to itself.
 */
export function createBundles(page: Files, library: Files, entries: readonly string[]): Files {
  const made = new Map<string, { readonly key: string; readonly served: Served }>();
  return {
    async read(name) {
      const [, entry = "", kind = ""] = /^(.+)\.bundle\.(js|css)$/.exec(name) ?? [];
      if (!entries.includes(entry)) return undefined;
      const parts =
        kind === "js"
          ? await listScripts(`${entry}.ts`, page, library)
          : await listSheets(`${entry}.css`, page);
      if (parts.length === 0) return undefined;
      const key = parts.map(({ etag }) => etag).join();
      const known = made.get(name);
      if (known?.key === key) return known.served;
      const body = Buffer.from(kind === "js" ? joinScripts(parts) : parts.map(({ text }) => text).join("\n"));
      const etag = `"${createHash("sha256").update(body).digest("base64url")}"`;
      const mediaType = kind === "js" ? "text/javascript; charset=utf-8" : "text/css; charset=utf-8";
      const served = { body, mediaType, etag };
      made.set(name, { key, served });
      return served;
    },
  };
}

/** A file of a bundle; `imports` says which part each of its imports is, by how it is written there. */
interface Part {
  readonly id: string;
  readonly text: string;
  readonly etag: string;
  readonly imports: ReadonlyMap<string, string>;
}

const imported = /(?<=^|;)import\s*\{([^}]*)\}\s*from\s*"([^"]+)";/gm;
const run = /(?<=^|;)import\s*"([^"]+)";/gm;
const passedOn = /(?<=^|[;}])export\s*\{([^}]*)\}\s*from\s*"([^"]+)";/gm;
const exported = /(?<=^|[;}])export\s*\{([^}]*)\};/gm;
const declared = /^export ((?:async )?(?:function\*?|class|const)) (\w+)/gm;
const sheet = /^@import "([^"]+)";\n?/gm;
const mapped = /^\/\/# sourceMappingURL=.*$/gm;

/** A script and all that it imports, each after what it imports itself. */
async function listScripts(entry: string, page: Files, library: Files): Promise<readonly Part[]> {
  const parts = new Map<string, Part>();
  const open = new Set<string>();

  async function visit(id: string): Promise<void> {
    if (parts.has(id)) return;
    if (open.has(id)) throw new Error(`${id} imports itself`);
    open.add(id);
    const { body, etag } = await read(id, page, library);
    const text = body.toString().replace(mapped, "");
    const found = [imported, run, passedOn].flatMap((pattern) => [...text.matchAll(pattern)]);
    const written = found.sort((one, other) => one.index - other.index).map((match) => match.at(-1) ?? "");
    const imports = new Map(written.map((each) => [each, toId(each, id)]));
    for (const each of imports.values()) await visit(each);
    parts.set(id, { id, text, etag, imports });
  }
  await visit(`page/${entry}`);
  return [...parts.values()];
}

async function listSheets(entry: string, page: Files): Promise<readonly Part[]> {
  const main = await page.read(entry);
  if (!main) return [];
  const names = [...main.body.toString().matchAll(sheet)].map(([, name = ""]) => name);
  const parts = names.map(async (name) => {
    const { body, etag } = await read(`page/${name}`, page, page);
    return { id: name, text: body.toString(), etag, imports: new Map() };
  });
  const own = main.body.toString().replaceAll(sheet, "");
  return [...(await Promise.all(parts)), { id: entry, text: own, etag: main.etag, imports: new Map() }];
}

async function read(id: string, page: Files, library: Files): Promise<Served> {
  const [folder, ...name] = id.split("/");
  const found = await (folder === "page" ? page : library).read(name.join("/"));
  if (!found) throw new Error(`There is no ${id} to put into the page.`);
  return found;
}

/** The part that an import names, as it is written in the part `from`. */
function toId(written: string, from: string): string {
  if (written.startsWith(".")) return join(dirname(from), written);
  return written === "lit-html" ? "lib/lit-html.js" : written.replace(/^lit-html\//, "lib/");
}

function joinScripts(parts: readonly Part[]): string {
  const text = `const parts$ = {};\n${parts.map(toFunction).join("\n")}`;
  new Script(text); // what was not understood is no script any more: better here than in somebody's browser
  return text;
}

/** A script as a function that is run at once and gives what the script exports. */
function toFunction({ id, text, imports }: Part): string {
  const names: string[] = [];
  const of = (written: string) => `parts$[${JSON.stringify(imports.get(written))}]`;
  const body = text
    .replace(passedOn, (_, list: string, written: string) => {
      for (const [here, there] of toNames(list)) names.push(`${there}: ${of(written)}.${here}`);
      return "";
    })
    .replace(imported, (_, list: string, written: string) => {
      const taken = toNames(list).map(([there, here]) => `${there}: ${here}`);
      return `const { ${taken.join(", ")} } = ${of(written)};`;
    })
    .replace(run, "")
    .replace(exported, (_, list: string) => {
      for (const [here, there] of toNames(list)) names.push(`${there}: ${here}`);
      return "";
    })
    .replace(declared, (_, kind: string, name: string) => {
      names.push(name);
      return `${kind} ${name}`;
    });
  return `parts$[${JSON.stringify(id)}] = (() => {\n${body}\nreturn { ${names.join(", ")} };\n})();`;
}

/** "a as b, c" as [a, b], [c, c]. */
function toNames(list: string): readonly (readonly [string, string])[] {
  return list.split(",").flatMap((each) => {
    const [name, alias = name] = each.trim().split(/\s+as\s+/);
    return name && alias ? [[name, alias] as const] : [];
  });
}
