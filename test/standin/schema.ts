import { execFile } from "node:child_process";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

/** A value as it was on the wire, and the type of the openai package's responses.d.ts that it must have. */
export interface Claim {
  readonly type:
    | "ResponseCreateParamsStreaming"
    | "ResponseCreateParamsNonStreaming"
    | "ResponseStreamEvent"
    | "Response";
  /** Where it comes from, for the message. */
  readonly name: string;
  readonly value: unknown;
}

const types = fileURLToPath(import.meta.resolve("openai/resources/responses/responses")).replace(
  /\.m?js$/,
  "",
);
const tsc = fileURLToPath(new URL("../../node_modules/.bin/tsc", import.meta.url));

/**
 * What is wrong with values by OpenAI's own types, one line each: the compiler reads them as literals, so that a wrong
 * value, a missing field and one too many are all told. What types cannot say (`partial_images` up to 3) it cannot know.
 */
export async function misfits(claims: readonly Claim[]): Promise<readonly string[]> {
  const dir = await mkdtemp(join(tmpdir(), "claims-"));
  try {
    const lines = claims.map(
      ({ type, value }, index) =>
        `export const claim${index}: ${wire(type)} = ${JSON.stringify(value, brief)};`,
    );
    const head = `import type * as OpenAI from ${JSON.stringify(types)};
type Wire<T> = T extends { response: OpenAI.Response } ? Omit<T, "response"> & { response: Omit<OpenAI.Response, "output_text"> } : T;`;
    await writeFile(join(dir, "claims.ts"), [head, ...lines].join("\n"));
    const options = [
      "--ignoreConfig",
      "--noEmit",
      "--strict",
      "--skipLibCheck",
      "--module",
      "nodenext",
      "--target",
      "esnext",
    ];
    const said = await run(tsc, [...options, "--pretty", "false", "--types", "", join(dir, "claims.ts")]);
    return said
      .split("\n")
      .filter((line) => line.includes("error TS"))
      .map((line) => {
        const row = Number(/claims\.ts[(:](\d+)/.exec(line)?.[1] ?? 0) - head.split("\n").length - 1;
        return `${claims[row]?.name ?? "the check itself"}: ${line.replace(/^.*?error /, "")}`;
      });
  } finally {
    await rm(dir, { recursive: true });
  }
}

/** The SDK adds `output_text` to a response itself; on the wire there is none. */
function wire(type: Claim["type"]): string {
  if (type === "Response") return 'Omit<OpenAI.Response, "output_text">';
  return type === "ResponseStreamEvent" ? `Wire<OpenAI.${type}>` : `OpenAI.${type}`;
}

/** The bytes of pictures say nothing about types. */
function brief(_: string, value: unknown): unknown {
  return typeof value === "string" && value.length > 2000 ? value.slice(0, 20) : value;
}

function run(command: string, args: readonly string[]): Promise<string> {
  return new Promise((resolve, reject) => {
    execFile(command, args, { maxBuffer: 64 * 1024 * 1024 }, (error, out, err) => {
      // The compiler's exit code says that there are errors; what they are stands in its output.
      if (error && typeof error.code !== "number") reject(error);
      else resolve(`${out}${err}`);
    });
  });
}
