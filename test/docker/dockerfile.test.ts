import assert from "node:assert/strict";
import { existsSync, readFileSync } from "node:fs";
import { test } from "node:test";
import { type Instruction, parseDockerfile, toPairs, toStages } from "../../scripts/image/dockerfile.ts";
import { knownNames } from "../../src/setup/variables.ts";

/** Those of hadolint's rules that matter to a file like ours: what each finds, from github.com/hadolint/hadolint. */
const rules: Readonly<Record<string, (all: readonly Instruction[]) => readonly unknown[]>> = {
  DL3000: (all) => all.filter(({ name, rest }) => name === "WORKDIR" && !rest.startsWith("/")),
  DL3002: (all) =>
    toStages(all)
      .slice(-1)
      .filter((stage) => /^(root|0)?$/.test(last(stage, "USER"))),
  DL3003: (all) => runs(all).filter(({ rest }) => /\bcd /.test(rest)),
  DL3004: (all) => runs(all).filter(({ rest }) => /\bsudo\b/.test(rest)),
  DL3006: (all) => images(all).filter((image) => !/[:@]/.test(image)),
  DL3007: (all) => images(all).filter((image) => image.endsWith(":latest")),
  DL3008: (all) =>
    runs(all).filter(
      ({ rest, ignored }) =>
        /apt-get install/.test(rest) && !/\w=\d/.test(rest) && !ignored.includes("DL3008"),
    ),
  DL3009: (all) =>
    runs(all).filter(
      ({ rest }) => /apt-get update/.test(rest) && !/rm -rf [^&]*\/var\/lib\/apt\/lists/.test(rest),
    ),
  DL3014: (all) => runs(all).filter(({ rest }) => /apt-get install(?! -y)/.test(rest)),
  DL3015: (all) =>
    runs(all).filter(({ rest }) => /apt-get install/.test(rest) && !rest.includes("--no-install-recommends")),
  DL3020: (all) => all.filter(({ name }) => name === "ADD"),
  DL3022: (all) => {
    const named = all.flatMap(({ name, rest }) => (name === "FROM" ? [rest.split(/ as /i)[1]] : []));
    return all.filter(({ flags }) => flags.from !== undefined && !named.includes(flags.from));
  },
  DL3025: (all) =>
    all.filter(({ name, json }) => ["CMD", "ENTRYPOINT", "HEALTHCHECK"].includes(name) && !json),
  DL3027: (all) => runs(all).filter(({ rest }) => /\bapt (?:install|update)/.test(rest)),
  DL3045: (all) =>
    toStages(all).filter((stage) => {
      const copy = stage.findIndex(({ name, rest }) => name === "COPY" && !/ \/\S*$/.test(rest));
      const workdir = stage.findIndex(({ name }) => name === "WORKDIR");
      return copy >= 0 && (workdir < 0 || workdir > copy);
    }),
  DL3059: (all) =>
    toStages(all).filter((stage) =>
      stage.some(({ name }, index) => name === "RUN" && stage[index + 1]?.name === "RUN"),
    ),
  DL4000: (all) => all.filter(({ name }) => name === "MAINTAINER"),
  DL4003: (all) => toStages(all).filter((stage) => stage.filter(({ name }) => name === "CMD").length > 1),
  DL4006: (all) => runs(all).filter(({ rest }) => /[^|]\|[^|]/.test(rest)),
};

const runs = (all: readonly Instruction[]) => all.filter(({ name }) => name === "RUN");
const images = (all: readonly Instruction[]) =>
  all.flatMap(({ name, rest }) => (name === "FROM" ? [rest.split(" ")[0] ?? ""] : []));
const last = (all: readonly Instruction[], name: string) =>
  all.findLast((one) => one.name === name)?.rest ?? "";
const lint = (text: string) => {
  const all = parseDockerfile(text);
  return Object.keys(rules).filter((rule) => (rules[rule]?.(all).length ?? 0) > 0);
};

const text = readFileSync("Dockerfile", "utf8");
const all = parseDockerfile(text);
const [final = []] = toStages(all).slice(-1);

test("the rules find what they are for", () => {
  const bad = `FROM node
ADD x /x
WORKDIR app
COPY y y
RUN apt-get update
RUN apt-get install curl | sh; cd /x && sudo apt install z
COPY --from=nowhere a b
MAINTAINER me
CMD node x
CMD node y`;
  assert.deepEqual(
    lint(bad),
    Object.keys(rules).filter((rule) => rule !== "DL3007" && rule !== "DL3045"),
  );
  assert.deepEqual(lint("FROM node:latest\nCOPY y y\nUSER node"), ["DL3007", "DL3045"]);
});

test("the Dockerfile has nothing that hadolint would name", () => {
  assert.deepEqual(lint(text), []);
});

test("it is built in stages, from images pinned by their major version, and runs as somebody who is not root", () => {
  assert.ok(images(all).length >= 2);
  for (const image of images(all)) assert.match(image, /^[a-z]+:\d+-slim$/);
  assert.equal(last(final, "USER"), "node");
  const [major] = /^\d+/.exec(images(all)[0]?.split(":")[1] ?? "") ?? [];
  const { optionalDependencies } = JSON.parse(readFileSync("package.json", "utf8"));
  for (const version of Object.values<string>(optionalDependencies))
    assert.equal(version.split(".")[0], major);
});

test("node is process 1, with no npm in between, and its own port is asked for its health", () => {
  const command = final.find(({ name }) => name === "CMD")?.json ?? [];
  assert.deepEqual([command[0], command.at(-1)], ["node", "src/main.ts"]);
  const { scripts } = JSON.parse(readFileSync("package.json", "utf8"));
  assert.equal(scripts.start, `node scripts/node.js ${command.slice(1).join(" ")}`);
  const health = final.find(({ name }) => name === "HEALTHCHECK");
  assert.deepEqual(health?.json?.slice(0, 2), ["node", "-e"]);
  assert.match(health?.json?.[2] ?? "", /HEALTH_PORT}\/health/);
});

test("every variable that it sets is one of ours, Node's or its allocator's", () => {
  const env = toPairs(last(final, "ENV"));
  const others = ["NODE_ENV", "UV_THREADPOOL_SIZE", "GLIBC_TUNABLES"];
  assert.deepEqual(
    Object.keys(env).filter((name) => !knownNames.includes(name) && !others.includes(name)),
    [],
  );
  assert.equal(env.DATA_DIR, last(final, "VOLUME"));
});

test("it starts Node with what npm start does", () => {
  const env = toPairs(last(final, "ENV"));
  const script = readFileSync("scripts/node.js", "utf8");
  for (const name of ["UV_THREADPOOL_SIZE", "GLIBC_TUNABLES"])
    assert.ok(env[name] && script.includes(`${name}: "${env[name]}"`), name);
});

test("what is copied is there, and is let through; what is not needed is not", () => {
  const letIn = readFileSync(".dockerignore", "utf8").split("\n").filter(Boolean);
  assert.equal(letIn[0], "*");
  const copied = all
    .filter(({ name, flags }) => name === "COPY" && !flags.from)
    .flatMap(({ rest }) => rest.split(" ").slice(0, -1));
  for (const path of copied) assert.ok(existsSync(path), path);
  assert.deepEqual([...new Set(copied)].map((path) => `!${path}`).sort(), letIn.slice(1).sort());
});
