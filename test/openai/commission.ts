import type { Before, Commission, RequestDefaults, Tools } from "../../src/openai/engine.ts";
import type { PaintEvent } from "../../src/openai/painted.ts";
import { createPictureStore } from "../../src/pictures/picture-store.ts";
import { createUploads, type Source } from "../../src/pictures/uploads.ts";
import { createLog } from "../../src/seam/log.ts";
import type { EngineName } from "../../src/seam/options.ts";
import type { Generation } from "../../src/store/history.ts";
import { openStore } from "../../src/store/store.ts";
import type { StoredInput } from "../../src/store/stored.ts";

export const never = new AbortController().signal;

const nothingBefore: Before = {
  of: async () => undefined,
  seen: async () => [],
  told: async () => ({ turns: [], sources: [] }),
};

export function commission(more: Partial<Commission> = {}): Commission {
  return {
    ...{ name: "one", text: "a fox", options: {}, imageModel: "gpt-image-2", inputs: [] },
    ...{ mustDraw: true, safetyId: "someone", before: nothingBefore },
    ...more,
  };
}

/** What an engine is handed, with what it says; pictures are kept in memory. */
export async function createTools(engine: EngineName, more: Partial<RequestDefaults> = {}) {
  const store = await openStore("memory:");
  const pictureStore = createPictureStore(store);
  const uploads = createUploads({
    store,
    pictureStore,
    upload: async () => undefined,
    files: false,
    owner: "u:ada",
  });
  const said: string[] = [];
  const lines: string[] = [];
  const log = createLog("debug", { write: (line) => void lines.push(line) });
  const defaults = { model: "gpt-6-luna", imageModels: ["gpt-image-2"], background: true, store: true };
  const tools: Tools = {
    ...{ uploads, log, say: (note: string) => void said.push(note) },
    defaults: { ...defaults, engine, ...more },
  };
  return {
    tools,
    said,
    lines,
    async input(bytes: Uint8Array, role: StoredInput["role"] = "reference"): Promise<StoredInput> {
      const source = await uploads.store({ bytes, mediaType: "image/png" }, never);
      return { role, width: 64, height: 64, source };
    },
    /** A picture that was drawn before, as the person sees it. */
    async drawn(bytes: Uint8Array, prompt: string, before: readonly Generation[] = []): Promise<Before> {
      const shown = generation(prompt, before.length);
      const seen: readonly Source[] = [await uploads.store({ bytes, mediaType: "image/png" }, never)];
      const chain = [...before, shown];
      return {
        ...{ base: shown, shown, seen: async () => seen },
        of: async (one) => chain[chain.indexOf(one) - 1],
        told: async () => ({
          turns: [
            { prompt, brought: [], said: "I drew it.", drawn: [await uploads.address(seen[0] as Source)] },
          ],
          sources: seen,
        }),
      };
    },
  };
}

/** An answer of the Image API: OpenAI keeps nothing of it. */
export function generation(prompt: string, at: number, more: Partial<Generation> = {}): Generation {
  return {
    ...{ message: `paper:${at}`, thread: "paper:thread", user: "u:ada", prompt, options: {}, inputs: [] },
    ...{ outcome: "done", createdAt: at },
    pictures: [{ callId: "image 1", responseId: "", mediaType: "image/png", width: 64, height: 64 }],
    ...more,
  };
}

export async function collect(painted: AsyncGenerator<PaintEvent>): Promise<readonly PaintEvent[]> {
  const all: PaintEvent[] = [];
  for await (const one of painted) all.push(one);
  return all;
}

export const kinds = (painted: readonly PaintEvent[]) => painted.map(({ kind }) => kind);

/** The bytes of the pictures that came. */
export const pictures = (painted: readonly PaintEvent[]) =>
  painted.flatMap((one) => (one.kind === "picture" ? [one.picture] : []));
