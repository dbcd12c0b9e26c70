import { cpSync, mkdirSync, readFileSync, statSync } from "node:fs";
import { basename, join, resolve } from "node:path";
import { type Instruction, parseDockerfile, toPairs, toStages } from "./dockerfile.ts";
import { createRoot, inside, type Root } from "./root.ts";

/** What a Dockerfile comes to. */
export interface Built {
  readonly root: Root;
  readonly env: Readonly<Record<string, string>>;
  readonly folder: string;
  readonly user: string;
  readonly volume: string;
  readonly command: readonly string[];
  readonly health: readonly string[];
}

/**
 * Carries out the steps of `Dockerfile`, one after another, each stage in a root of its own. Throws where one fails.
 *
 * `isOffline`: without what is fetched from elsewhere, which is what RUN is there for, and what comes of that.
 */
export function build(folder: string, isOffline: boolean, say: (line: string) => void): Built {
  const stages = toStages(parseDockerfile(readFileSync("Dockerfile", "utf8")));
  const roots = new Map<string, Root>();
  let built: Built | undefined;
  for (const [index, stage] of stages.entries()) {
    const [from] = stage;
    const name = / as (\S+)$/i.exec(from?.rest ?? "")?.[1] ?? `stage-${index}`;
    const root = createRoot(folder, name);
    roots.set(name, root);
    built = carryOut(stage, root, roots, isOffline, say);
  }
  if (!built) throw new Error("the Dockerfile has no stage");
  return built;
}

function carryOut(
  stage: readonly Instruction[],
  root: Root,
  roots: ReadonlyMap<string, Root>,
  isOffline: boolean,
  say: (line: string) => void,
): Built {
  let built: Built = { root, env: {}, folder: "/", user: "root", volume: "", command: [], health: [] };
  for (const { name, rest, json = [], flags } of stage) {
    if (isOffline && (name === "RUN" || flags.from)) continue;
    say(`${name} ${rest}`);
    switch (name) {
      case "RUN":
        if (built.user !== "root") throw new Error("steps of another user are not rehearsed");
        inside(root, rest, built);
        break;
      case "COPY":
        copy(rest, flags.from ? roots.get(flags.from) : undefined, built);
        break;
      case "ENV":
        built = { ...built, env: { ...built.env, ...toPairs(rest) } };
        break;
      case "WORKDIR":
        mkdirSync(join(root.path, rest), { recursive: true });
        built = { ...built, folder: rest };
        break;
      case "USER":
        built = { ...built, user: rest };
        break;
      case "VOLUME":
        mkdirSync(join(root.path, rest), { recursive: true });
        built = { ...built, volume: rest };
        break;
      case "CMD":
        built = { ...built, command: json };
        break;
      case "HEALTHCHECK":
        built = { ...built, health: json };
        break;
      case "FROM":
      case "LABEL":
      case "EXPOSE":
        break;
      default:
        throw new Error(`${name} is not rehearsed`);
    }
  }
  return built;
}

/** From the context, of which `.dockerignore` lets through what stands there with a `!`; or from another stage. */
function copy(rest: string, from: Root | undefined, { root, folder }: Built): void {
  const [to = "", ...sources] = rest.split(" ").reverse();
  const allowed = readFileSync(".dockerignore", "utf8").split("\n");
  for (const source of sources) {
    if (!from && !allowed.includes(`!${source}`)) throw new Error(`.dockerignore keeps ${source} out`);
    const path = from ? join(from.path, source) : resolve(source);
    const target = join(root.path, resolve(folder, to));
    const isInto = to.endsWith("/") && !statSync(path).isDirectory();
    cpSync(path, isInto ? join(target, basename(source)) : target, {
      recursive: true,
      verbatimSymlinks: true,
    });
  }
}
