import assert from "node:assert/strict";
import { describe, test } from "node:test";
import type { EngineName } from "../../src/seam/options.ts";
import { createStandin } from "../../src/standin/index.ts";
import { openStore, type Store } from "../../src/store/store.ts";
import { createCore } from "../rig/core.ts";
import { today } from "../rig/day.ts";
import { until } from "../rig/until.ts";
import { control } from "./control.ts";
import { examples } from "./examples.ts";
import { imageExamples, imagePromises } from "./images.ts";
import { money } from "./money.ts";
import type { Contract, Platform, Promised, Seen, Stage } from "./platform.ts";
import { promises } from "./promises.ts";
import { rulePromises } from "./rules.ts";
import { sight } from "./sight.ts";

const isDone = ({ buttons }: Seen) => buttons.includes("redo");

/** Runs every promise and every example against one adapter, whoever draws, except those it lacks. */
export function adapterContract(contract: Contract): void {
  const all = { ...promises, ...sight, ...control, ...money, ...rulePromises, ...examples };
  for (const promise of Object.keys(contract.lacks)) {
    assert.ok(promise in all, `no such promise: ${promise}`);
  }
  keepAll(contract, `${contract.name} keeps the contract`, all, "responses");
  const drawn = { ...imagePromises, ...imageExamples };
  keepAll(contract, `${contract.name} keeps it where the Image API draws`, drawn, "images");
}

function keepAll(
  { name, simulate, lacks }: Contract,
  title: string,
  all: Readonly<Record<string, Promised>>,
  engine: EngineName,
): void {
  // Each promise has a platform, an OpenAI and a process of its own, and mostly waits.
  describe(title, { concurrency: 4 }, () => {
    for (const [promise, keep] of Object.entries(all)) {
      const reason = lacks[promise];
      test(promise, reason ? { skip: reason } : {}, async () => {
        const stage = await createStage(await simulate(), engine);
        try {
          await keep(stage);
        } catch (cause) {
          throw new Error(`${name} breaks its promise`, { cause });
        } finally {
          await stage.close();
        }
      });
    }
  });
}

const firstSketch = {
  responses: "response.image_generation_call.partial_image",
  images: "image_generation.partial_image",
} as const;

async function createStage(
  platform: Platform,
  engine: EngineName,
): Promise<Stage & { close(): Promise<void> }> {
  const standin = await createStandin({ paceMs: 30, flat: true, today });
  const store: Store = await openStore("memory:");
  let adapter = platform.connect();
  const publicUrl = "https://draw.example.com";
  const parts = { standin, store, publicUrl, defaults: { engine } };
  let core = await createCore({ adapter, ...parts });
  const { person, ruled } = platform;

  const see = async (what: string, holds: (seen: Seen) => boolean) => {
    let found: Seen | undefined;
    const looked = async () => {
      found = (await person.look()).find(holds);
      return found !== undefined;
    };
    await until(looked, async () => `${what}; there is ${describeAll(await person.look())}`);
    assert.ok(found);
    return found;
  };
  const stop = async () => {
    await core.bot.drain(0);
    await adapter.stop();
  };
  return {
    person,
    ruled,
    standin,
    core: () => core,
    see,
    picture(after: readonly Seen[] = []) {
      const known = new Set(after.map(({ key }) => key));
      const isNew = (seen: Seen) => !known.has(seen.key) && isDone(seen) && seen.pictures.length > 0;
      return see("a finished picture", isNew);
    },
    hear(line) {
      const heard = async () => (await person.told()).some((told) => line.test(told));
      return until(heard, async () => `${line}; what was told is ${JSON.stringify(await person.told())}`);
    },
    hold: () => standin.fault({ kind: "stall", after: firstSketch[engine] }),
    async forget({ key }) {
      for (const { responseId } of (await core.history.find(key))?.pictures ?? []) {
        const headers = { authorization: "Bearer any" };
        await fetch(`${standin.url}/responses/${responseId}`, { method: "DELETE", headers });
      }
    },
    async restart(as = {}) {
      await stop();
      adapter = platform.connect();
      core = await createCore({ adapter, ...parts, ...as });
      await core.bot.resume();
    },
    async close() {
      await stop();
      await platform.close();
      await standin.close();
      await store.close();
    },
  };
}

function describeAll(seen: readonly Seen[]): string {
  return JSON.stringify(
    seen.map(({ text, pictures, buttons }) => ({
      text: text.slice(0, 200),
      pictures: pictures.length,
      buttons,
    })),
  );
}
