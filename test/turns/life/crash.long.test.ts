import assert from "node:assert/strict";
import { mkdtemp, readdir, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, test } from "node:test";
import { z } from "zod";
import { createLedger } from "../../../src/fleet/embedded/ledger.ts";
import type { RequestDefaults } from "../../../src/openai/engine.ts";
import { createSpool } from "../../../src/pictures/spool.ts";
import type { Adapter } from "../../../src/seam/adapter.ts";
import type { Core } from "../../../src/seam/core.ts";
import { BotError } from "../../../src/seam/errors.ts";
import type {
  Attachment,
  EventKey,
  MessageKey,
  PlatformEvent,
  Press,
  Prompt,
  Setting,
} from "../../../src/seam/turn.ts";
import type { Reply, View } from "../../../src/seam/view.ts";
import { createStandin, type Standin } from "../../../src/standin/index.ts";
import { createHistory } from "../../../src/store/history.ts";
import { openStore, type Store } from "../../../src/store/store.ts";
import { askedOf, createCore } from "../../rig/core.ts";
import {
  createLife,
  type End,
  type Life,
  mortalPainter,
  mortalSpool,
  mortalStore,
} from "../../rig/mortal.ts";
import { flat } from "../../rig/pictures.ts";
import { ada, limits, place } from "../../rig/studio.ts";
import { until } from "../../rig/until.ts";

const thread = "paper:thread";
const photo = (await flat("#c33", 64, 48)).toString("base64");

/** Something that a person does, as the platform delivers it. */
interface Said {
  readonly key: EventKey;
  /** The message in which it is answered, and whether its name is known before it is there. */
  readonly message: MessageKey;
  readonly isKnown: boolean;
  readonly turn:
    | (Pick<Prompt, "kind" | "text"> & Partial<Prompt>)
    | Pick<Press, "kind" | "action" | "message">
    | Pick<Setting, "kind" | "wish">;
  /** Photos that were sent along. */
  readonly photos: number;
}

function said(name: string, turn: Said["turn"], more: Partial<Said> = {}): Said {
  return { key: `paper:event:${name}`, message: `paper:${name}`, isKnown: true, turn, photos: 0, ...more };
}

const ask = (name: string, text: string, more: Partial<Prompt> = {}, rest: Partial<Said> = {}) =>
  said(name, { kind: "prompt", text, options: { partials: 0 }, ...more }, rest);

/** All that outlives a process. */
interface World {
  readonly store: Store;
  /** Of the spool. */
  readonly folder: string;
  readonly standin: Standin;
  /** Every view of a message, oldest first. */
  readonly shown: Map<MessageKey, View[]>;
  /** Requests for a picture that were sent, and those whose name was written down. */
  asks: number;
  named: number;
}

async function createWorld(): Promise<World> {
  const folder = await mkdtemp(join(tmpdir(), "drawbridge-"));
  const [store, standin] = await Promise.all([
    openStore("memory:"),
    createStandin({ paceMs: 20, flat: true }),
  ]);
  return { store, folder, standin, shown: new Map(), asks: 0, named: 0 };
}

/** A platform that delivers what is said, and shows what it is told; a process reaches it by this. */
function createAdapter({ shown }: World, life: Life) {
  let core: Core | undefined;

  const toAttachment = (file: {
    name: string;
    mediaType: string;
    size: number;
    file: unknown;
  }): Attachment => ({
    ...file,
    source: { kind: "platform", file: file.file },
    read: async () => Buffer.from(String(file.file), "base64"),
  });
  const replyTo = (message: MessageKey, isKnown: boolean): Reply => ({
    pace: 0,
    limits,
    ...(isKnown && { message }),
    show: (view) =>
      life.step(`show ${view.phase}`, async () => {
        shown.set(message, [...(shown.get(message) ?? []), view]);
        return message;
      }),
  });

  async function handle({ key: event, message, isKnown, turn, photos }: Said): Promise<void> {
    const attachments = Array.from({ length: photos }, (_, index) =>
      toAttachment({ name: `${index}.png`, mediaType: "image/png", size: photo.length, file: photo }),
    );
    const who = { user: ada, place };
    const from = { ...who, event, thread } as const;
    await core?.handle(
      turn.kind === "prompt"
        ? { options: {}, addressed: true, attachments, ...from, ...turn }
        : turn.kind === "press"
          ? { ...from, ...turn }
          : { ...who, ...turn },
      replyTo(message, isKnown),
    );
  }

  const adapter: Adapter = {
    name: "paper",
    start: async (given) => {
      core = given;
    },
    stop: async () => {},
    reopen: (message) => replyTo(message, true),
    replay: ({ body }) => handle(body as Said),
    toAttachment,
    below: async () => Promise.reject(new BotError("unknown_message", "Nobody asks for that.")),
    recall: (message) =>
      life.step("recall", async () =>
        (shown.get(message)?.at(-1)?.images ?? []).map(({ bytes }) =>
          toAttachment({
            name: "recalled.png",
            mediaType: "image/png",
            size: bytes.byteLength,
            file: Buffer.from(bytes).toString("base64"),
          }),
        ),
      ),
  };
  return {
    adapter,
    /** Resolves when it is seen to; at once, where it is known. */
    async deliver(one: Said): Promise<void> {
      const event: PlatformEvent = { key: one.key, body: one };
      const attend = await core?.note(event);
      await attend?.(() => handle(one));
    },
  };
}

/** A process in that world, which goes on with what the one before has left. */
async function start(world: World, defaults: Partial<RequestDefaults>) {
  const life = createLife();
  const { adapter, deliver } = createAdapter(world, life);
  const store = mortalStore(world.store, life, (table, value) => {
    const ids =
      table === "event" ? (value as { turn?: { responseIds?: unknown[] } }).turn?.responseIds : undefined;
    if (ids) world.named = Math.max(world.named, ids.filter(Boolean).length);
  });
  const { bot, ledger, core } = await createCore({
    ...{
      adapter,
      store,
      defaults,
      standin: world.standin,
      // Never reached: what each turn may cost is held, and given back.
      budget: { all: { usdMonth: 1000 } },
      spool: mortalSpool(await createSpool(world.folder), life),
    },
    between: (painter) =>
      mortalPainter(painter, life, () => {
        world.asks += 1;
      }),
  });
  return { life, bot, ledger, core, deliver };
}

type Process = Awaited<ReturnType<typeof start>>;

interface Scenario {
  readonly name: string;
  readonly defaults?: Partial<RequestDefaults>;
  /** What was said before, and is over. */
  readonly before?: readonly Said[];
  readonly said: Said;
  /** Said when `said` is being drawn. */
  readonly meanwhile?: Said;
  /** How it may end, with how many pictures; a head where one comes of it. */
  readonly ends: readonly { readonly phase: View["phase"]; readonly images: number }[];
  /** Requests for a picture where nothing dies. */
  readonly asks: number;
  /** What else is to be so afterwards. */
  readonly check?: (process: Process, world: World) => Promise<void>;
}

const drawn = [{ phase: "done", images: 1 }] as const;
const unkept = { store: false, background: false };
const known = "whose message is known first";

const scenarios: readonly Scenario[] = [
  { name: `words, ${known}`, said: ask("fox", "a fox"), ends: drawn, asks: 1 },
  { name: "words", said: ask("fox", "a fox", {}, { isKnown: false }), ends: drawn, asks: 1 },
  {
    name: "words with a photo",
    said: ask("night", "make it night", {}, { photos: 1 }),
    ends: drawn,
    asks: 1,
    check: async (_, world) => assert.equal(picturesIn(world.standin), 1),
  },
  {
    name: "an edit in a thread",
    before: [ask("fox", "a fox")],
    said: ask("hat", "give it a hat"),
    ends: drawn,
    asks: 1,
    async check(_, { standin, store }) {
      assert.match(String(askedOf(standin).at(-1)?.previous_response_id), /^resp_/);
      assert.equal((await createHistory(store).find("paper:hat"))?.parent, "paper:fox");
    },
  },
  ...[true, false].map(
    (isKnown): Scenario => ({
      name: `words for a photo that was sent before${isKnown ? `, ${known}` : ""}`,
      before: [ask("photo", "", {}, { photos: 1 })],
      said: ask("night", "make it night", {}, { isKnown }),
      ends: drawn,
      asks: 1,
      async check(process, { standin, shown }) {
        assert.equal(picturesIn(standin), 1);
        await process.deliver(ask("cat", "a cat"));
        assert.deepEqual(shown.get("paper:cat")?.at(-1)?.notes, [], "the photo is used up");
      },
    }),
  ),
  {
    name: "a photo without words",
    said: ask("photo", "", {}, { photos: 1 }),
    ends: [{ phase: "failed", images: 0 }],
    asks: 0,
    async check(process, { standin, shown }) {
      await process.deliver(ask("night", "make it night"));
      assert.deepEqual(shown.get("paper:night")?.at(-1)?.notes, [
        "I took along the picture you sent before.",
      ]);
      assert.equal(picturesIn(standin), 1);
    },
  },
  {
    name: "redo",
    before: [ask("fox", "a fox")],
    said: said("again", { kind: "press", action: "redo", message: "paper:fox" }),
    ends: drawn,
    asks: 1,
  },
  {
    name: "a setting in words",
    said: ask("wide", "defaults --quality high"),
    ends: [{ phase: "done", images: 0 }],
    asks: 0,
    check: async ({ core }) =>
      assert.deepEqual((await core.accounts.of(ada.id)).defaults, { quality: "high" }),
  },
  {
    name: "a setting by a command",
    said: said("wide", {
      kind: "setting",
      wish: { name: "setDefaults", scope: "mine", options: { quality: "high" } },
    }),
    ends: [{ phase: "done", images: 0 }],
    asks: 0,
    check: async ({ core }) =>
      assert.deepEqual((await core.accounts.of(ada.id)).defaults, { quality: "high" }),
  },
  {
    name: "what is cancelled while it is drawn",
    said: ask("fox", "a fox", { options: {} }),
    meanwhile: said("stop", { kind: "press", action: "cancel", message: "paper:fox" }),
    ends: [
      { phase: "cancelled", images: 0 },
      { phase: "cancelled", images: 1 }, // its last sketch
      ...drawn,
    ],
    asks: 1,
  },
  {
    name: "two at once",
    said: ask("two", "a fox", { options: { count: 2, partials: 0 } }),
    ends: [{ phase: "done", images: 2 }],
    asks: 2,
  },
  {
    name: "words where OpenAI stores nothing",
    defaults: unkept,
    said: ask("fox", "a fox"),
    ends: drawn,
    asks: 1,
  },
  {
    name: "words where OpenAI draws in the foreground",
    defaults: { background: false },
    said: ask("fox", "a fox"),
    ends: drawn,
    asks: 1,
  },
  {
    name: "words where the Image API draws",
    defaults: { engine: "images" },
    said: ask("fox", "a fox"),
    ends: drawn,
    asks: 1,
    check: async (_, world) => atMostTwice(world),
  },
  {
    name: "a photo, and two of it by one request of the Image API",
    defaults: { engine: "images" },
    said: ask("night", "make it night", { options: { count: 2 } }, { photos: 1 }),
    ends: [{ phase: "done", images: 2 }],
    asks: 2,
    check: async (_, world) => atMostTwice(world),
  },
];

/** Which has no name for what it draws: what was cut off is asked for once more by the next process, and not again. */
function atMostTwice({ standin }: World): void {
  const asked = standin.requests.filter(({ path }) => path.startsWith("/v1/images/")).length;
  assert.ok(asked >= 1 && asked <= 2, `the Image API was asked ${asked} times`);
}

/** Pictures that went into the newest request. */
function picturesIn(standin: Standin): number {
  return JSON.stringify(askedOf(standin).at(-1)).match(/"input_image"/g)?.length ?? 0;
}

const hows = ["before", "after", "stop"] as const;

const isOver = ({ phase }: View) => phase === "done" || phase === "failed" || phase === "cancelled";

/** Says it, and the second thing when the first is being drawn. */
async function say(
  { said: one, meanwhile }: Scenario,
  { deliver }: Process,
  { shown }: World,
): Promise<void> {
  const over = deliver(one);
  over.catch(() => {}); // a dead process may say so while its next words are waited for
  if (!meanwhile) return over;
  await until(
    () => (shown.get(one.message) ?? []).some((view) => view.images.length > 0 || isOver(view)),
    "a sketch",
  );
  await deliver(meanwhile);
  await over;
}

/** Lives through a scenario with an end in it; false where it was over before that. */
async function live(scenario: Scenario, end: End, failures: string[]): Promise<boolean> {
  const world = await createWorld();
  try {
    return await liveIn(world, scenario, end, failures);
  } finally {
    await world.standin.close();
    await world.store.close();
    await rm(world.folder, { recursive: true });
  }
}

async function liveIn(world: World, scenario: Scenario, end: End, failures: string[]): Promise<boolean> {
  const { defaults = {} } = scenario;
  const before = await start(world, defaults);
  for (const one of scenario.before ?? []) await before.deliver(one);
  await until(() => before.ledger.size === 0, "what was said before");
  await before.bot.drain(0);
  before.life.kill();
  world.asks = 0;
  world.named = 0;

  const first = await start(world, defaults);
  first.life.willEnd(end);
  const over = say(scenario, first, world);
  // What is said to one who is dying may hear of it before its last step is taken.
  const heard = over.then(
    () => undefined,
    (error: unknown) => (first.life.isDead ? first.life.ended : Promise.reject(error)),
  );
  const step = await Promise.race([first.life.ended, heard]);
  if (step && end.how === "stop") await first.bot.drain(0);
  first.life.kill();
  const lost = world.asks - world.named;

  const next = await start(world, defaults);
  await next.bot.resume();
  // Whatever was not acknowledged is delivered again.
  await say(scenario, next, world);
  await until(() => next.ledger.size === 0, `the ledger to be empty after ${step}`);
  await until(async () => (await readdir(world.folder)).length === 0, "the spool to be empty").catch(
    () => {},
  );
  await judge(scenario, next, world, { lost }).catch((error: unknown) => {
    failures.push(`${end.how} ${step}: ${error instanceof Error ? error.message : error}`);
  });
  await next.bot.drain(0);
  return step !== undefined;
}

async function judge(
  scenario: Scenario,
  process: Process,
  world: World,
  { lost }: { lost: number },
): Promise<void> {
  const { said: one, ends, asks, defaults } = scenario;
  const views = world.shown.get(one.message) ?? [];
  const told = `shown: ${views.map(({ phase, images, status, text }) => `${phase} ${images.length} ${status ?? text}`).join(" | ")}`;
  const last = views.at(-1);
  const is = { phase: last?.phase, images: last?.images.length };
  assert.ok(
    ends.some(({ phase, images }) => phase === is.phase && images === is.images),
    `${JSON.stringify(is)}, ${told}`,
  );
  const firstOver = views.findIndex(isOver);
  for (const view of views.slice(firstOver)) {
    assert.deepEqual([view.phase, view.images.length], [last?.phase, last?.images.length], told);
  }
  const isUnkept = defaults?.store === false || defaults?.background === false;
  const again = isUnkept || defaults?.engine === "images" ? asks : lost;
  assert.ok(world.asks <= asks + again, `asked for ${world.asks} times, ${told}`);
  const pictures = last?.phase === "done" ? last.images.length : 0;
  for (const owner of [ada.id, place.channel]) {
    const before = (scenario.before ?? []).filter(
      ({ turn }) => turn.kind === "prompt" && turn.text !== "",
    ).length;
    assert.equal(
      (await process.core.accounts.of(owner)).pictures,
      before + pictures,
      `${owner}'s account, ${told}`,
    );
  }
  if (pictures > 0) assert.equal(await createHistory(world.store).head(thread), one.message, told);
  assert.deepEqual(await (await createLedger(world.store)).open(), [], told);
  const held = world.store.table("budget-held", z.record(z.string(), z.unknown()));
  assert.deepEqual((await held.get("open")) ?? {}, {}, `held in the budgets, ${told}`);
  assert.deepEqual(await readdir(world.folder), [], `left in the spool, ${told}`);
  await scenario.check?.(process, world);
}

describe("whatever step is the last of a process, what is said is answered once", () => {
  for (const scenario of scenarios) {
    test(scenario.name, async () => {
      const failures: string[] = [];
      const isOfIt = async (at: number) => {
        const lived = hows.map((how) => live(scenario, { at, how }, failures));
        return (await Promise.all(lived)).includes(true);
      };
      let at = 1;
      while ((await Promise.all([at, at + 1, at + 2].map(isOfIt))).every(Boolean)) at += 3;
      assert.deepEqual(failures, []);
      assert.ok(at > 5, `only ${at} steps`);
    });
  }
});
