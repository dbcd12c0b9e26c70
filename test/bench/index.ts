import { benchDecode } from "./decode.ts";
import { benchInputs } from "./inputs.ts";
import { benchLength } from "./length.ts";
import { benchLine } from "./line.ts";
import { benchMemory } from "./memory.ts";
import { benchPictures } from "./pictures/index.ts";
import { benchPutBack } from "./put-back.ts";
import { benchScale } from "./scale/index.ts";
import { benchSketch } from "./sketch.ts";
import { benchStore } from "./store.ts";
import { benchTurn } from "./turn.ts";

/** `npm run bench`, or with names after it: `npm run bench -- decode store`, `npm run bench -- pictures --at=1,8`. */
type Bench = (args: readonly string[]) => Promise<void>;

const all: Readonly<Record<string, Bench>> = {
  pictures: benchPictures,
  decode: benchDecode,
  sketch: benchSketch,
  inputs: benchInputs,
  "put-back": benchPutBack,
  line: benchLine,
  length: benchLength,
  store: benchStore,
  turn: benchTurn,
  memory: benchMemory,
};

/** By name alone: it takes minutes, and servers. */
const others: Readonly<Record<string, Bench>> = { scale: benchScale };

const wanted = process.argv.slice(2).filter((arg) => !arg.startsWith("--"));
const args = process.argv.slice(2).filter((arg) => arg.startsWith("--"));
for (const [name, bench] of Object.entries(all)) {
  if (wanted.length === 0 || wanted.includes(name)) await bench(args);
}
for (const [name, bench] of Object.entries(others)) if (wanted.includes(name)) await bench(args);
