import { z } from "zod";
import { createQueue } from "../seam/queue.ts";
import type { EventKey, MessageKey, ThreadKey } from "../seam/turn.ts";
import type { Details } from "../seam/view.ts";
import { type Owned, toOwnedChange } from "./owned.ts";
import type { Store } from "./store.ts";
import { key, storedInput, storedOptions, storedSize, storedStyle, storedUnder } from "./stored.ts";
import type { Change, Table, Tables } from "./table.ts";

/** An answered turn, as it is stored. */
export const generation = z.object({
  message: key,
  thread: key,
  /** The generation this one was made from; absent at a root. */
  parent: key.exactOptional(),
  /** It is about a picture in view that somebody else posted: what its parent shows is not gone on from. */
  fromView: z.literal(true).exactOptional(),
  /** Who asked: only they, or a moderator, may delete it. */
  user: z.string(),
  prompt: z.string(),
  options: storedOptions,
  inputs: z.array(storedInput).readonly(),
  style: storedStyle.exactOptional(),
  /** Ids in the PictureStore of the style's pictures, where it failed before they were read. */
  stylePictures: z.array(z.string()).readonly().exactOptional(),
  /** A picture was asked for outright. */
  mustDraw: z.boolean().exactOptional(),
  under: storedUnder.exactOptional(),
  /** The picture whose shape was kept, where no size was asked for. */
  like: storedSize.exactOptional(),
  /** How many references come before those that the words point to; absent: those have not been read. */
  linksFrom: z.number().exactOptional(),
  /** The answer in words, where there were some. */
  text: z.string().exactOptional(),
  outcome: z.enum(["done", "failed", "cancelled", "deleted"]),
  /** Whoever asked has had it forgotten, or its time is over: neither words nor ids are left, and it belongs to nobody. */
  forgotten: z.literal(true).exactOptional(),
  /** Responses at OpenAI that were at work on it and are not named below. */
  responses: z.array(z.string()).readonly().exactOptional(),
  /** By which version of our rules it was drawn: its conversation at OpenAI has been given them. */
  rules: z.string().exactOptional(),
  /** The response that answered in words. */
  responseId: z.string().exactOptional(),
  pictures: z
    .array(
      z.object({
        callId: z.string(),
        /** The response that drew it: what a turn that goes on from it sends as `previous_response_id`. */
        responseId: z.string(),
        mediaType: z.string(),
        width: z.number(),
        height: z.number(),
        revisedPrompt: z.string().exactOptional(),
        /** What the person sees is not quite what OpenAI keeps: the part outside a mask was put back. */
        patched: z.boolean().exactOptional(),
      }),
    )
    .readonly(),
  /** The picture that was picked to go on from, counted from 0. */
  picked: z.number().exactOptional(),
  details: z.custom<Details>((value) => typeof value === "object" && value !== null).exactOptional(),
  /** Unix time, ms. */
  createdAt: z.number(),
});

/** One answered turn, keyed by the message that shows it. */
export type Generation = Readonly<z.output<typeof generation>>;

const place = {
  head: key.nullable(),
  /** It was taken back there, and nothing was drawn since. */
  back: z.literal(true).exactOptional(),
};

const thread = z.object({
  ...place,
  /** Where it was before each time that it was taken back, the last at the end; nothing was drawn since. */
  undone: z
    .array(z.object({ ...place, /** That picture was deleted. */ struck: z.literal(true).exactOptional() }))
    .readonly()
    .exactOptional(),
  /** The event that brought it forward again: seen to twice, it does so once. */
  broughtBy: key.exactOptional(),
});

/** How many times a thread can be taken back and brought forward again. */
const mostUndone = 50;

/** The tree of generations, and each thread's head: the generation its next turn goes on from. */
export interface History {
  /** Undefined: the thread is unknown. Null: it is known and starts afresh. */
  head(thread: ThreadKey): Promise<MessageKey | null | undefined>;
  moveHead(thread: ThreadKey, head: MessageKey | null): Promise<void>;
  /** Moves the head back: what came after it is undone. */
  takeBack(thread: ThreadKey, head: MessageKey | null): Promise<void>;
  /**
   * Takes back the last time that the head was moved back, unless something was drawn since; where the thread goes on
   * from now, undefined where there was nothing to take back. `by`: the event that asks for it.
   */
  bringForward(thread: ThreadKey, by?: EventKey): Promise<MessageKey | null | undefined>;
  /** The picture of an answer is there no more; where the thread goes on from now, where it went on from that one. */
  strike(generation: Generation): Promise<MessageKey | null | undefined>;
  /** The picture is there again; where the thread goes on from now, where deleting it has changed that last. */
  restore(generation: Generation): Promise<MessageKey | null | undefined>;
  /** The head, where it was taken back there and has not moved since; undefined where not. */
  backTo(thread: ThreadKey): Promise<MessageKey | null | undefined>;
  find(message: MessageKey): Promise<Generation | undefined>;
  save(generation: Generation): Promise<void>;
  /**
   * Takes away all that somebody said, and what OpenAI knows it by. What stays is that there was an answer, and what hangs
   * on what: who goes on from it goes on from the picture that the chat shows. `along` is written with it, as one. Can be
   * done twice.
   */
  forget(message: MessageKey, along: readonly Change[]): Promise<void>;
  /** Changes what is kept, after whatever changes it at the same time; what it is then, undefined when unknown. */
  change(message: MessageKey, to: (before: Generation) => Generation): Promise<Generation | undefined>;
  /** The nearest generation that can be gone on from: this one, or the first of its ancestors that succeeded. */
  base(message: MessageKey): Promise<Generation | undefined>;
  /** What this one went on from; undefined where it began anew, be it below another. */
  before(generation: Generation): Promise<Generation | undefined>;
}

/** What a turn that goes on from this generation sends as `previous_response_id`. */
export function responseOf({ pictures, picked = 0, responseId }: Generation): string | undefined {
  return pictures[picked]?.responseId ?? responseId;
}

/** Whose a generation is, as it is listed. */
function ownedBy({ user, message, createdAt }: Generation): Owned {
  return { owner: user, kind: "generation", at: createdAt, id: message };
}

/** The ids of all responses at OpenAI that an answer is known by there. */
export function responsesOf({ responseId, responses = [], pictures }: Generation): readonly string[] {
  const all = [responseId, ...responses, ...pictures.map((picture) => picture.responseId)];
  return [...new Set(all.flatMap((id) => id || []))];
}

/** How a picture looks from afar is all that the next turn needs to go on from what the chat shows. */
function toForgotten(before: Generation): Generation {
  const { message, thread, parent, fromView, outcome, picked, createdAt } = before;
  return {
    ...{ message, thread, user: "", prompt: "", options: {}, inputs: [], outcome, createdAt },
    ...(parent && { parent }),
    ...(fromView && { fromView }),
    ...(picked !== undefined && { picked }),
    forgotten: true,
    pictures: before.pictures.map(({ mediaType, width, height }) => ({
      ...{ callId: "", responseId: "", mediaType, width, height },
    })),
  };
}

/** All calls reject with BotError `storage` when the store fails. */
export function createHistory(store: Store): History {
  const generations = store.table("generation", generation);
  const threads = store.table("thread", thread);
  const inOrder = createQueue();

  /** Reads and writes as one; what this process has of one key goes in order, and need not be tried again. */
  function together<Result>(
    key: string,
    work: (tables: {
      threads: Table<z.output<typeof thread>>;
      generations: Table<Generation>;
    }) => Promise<Result>,
  ): Promise<Result> {
    const change = (within: Tables) =>
      work({ threads: within.table("thread", thread), generations: within.table("generation", generation) });
    return inOrder(key, () => store.transact(change));
  }

  async function takeBack(key: ThreadKey, head: MessageKey | null, struck?: true): Promise<void> {
    await together(`thread ${key}`, async ({ threads }) => {
      const { undone = [], broughtBy: _, ...before } = (await threads.get(key)) ?? { head };
      const after =
        before.head === head
          ? undone
          : [...undone, { ...before, ...(struck && { struck }) }].slice(-mostUndone);
      await threads.set(key, { head, back: true, ...(after.length > 0 && { undone: after }) });
    });
  }

  async function bringForward(key: ThreadKey, by?: EventKey): Promise<MessageKey | null | undefined> {
    return together(`thread ${key}`, async ({ threads, generations }) => {
      const now = await threads.get(key);
      if (by && now?.broughtBy === by) return now.head;
      const undone = [...(now?.undone ?? [])];
      for (let to = undone.pop(); to; to = undone.pop()) {
        // Nobody sees any more what was deleted meanwhile.
        if (to.head && (await generations.get(to.head))?.outcome !== "done") continue;
        const { struck: _, ...then } = to;
        await threads.set(key, {
          ...then,
          ...(undone.length > 0 && { undone }),
          ...(by && { broughtBy: by }),
        });
        return to.head;
      }
      return undefined;
    });
  }

  async function change(message: MessageKey, to: (before: Generation) => Generation) {
    return together(message, async ({ generations }) => {
      const before = await generations.get(message);
      if (!before) return undefined;
      const after = to(before);
      await generations.set(message, after);
      return after;
    });
  }

  async function base(message: MessageKey): Promise<Generation | undefined> {
    let found = await generations.get(message);
    while (found && found.outcome !== "done") {
      found = found.parent && (await generations.get(found.parent));
    }
    return found;
  }

  return {
    head: async (key) => (await threads.get(key))?.head,
    moveHead: (key, head) => inOrder(`thread ${key}`, () => threads.set(key, { head })),
    takeBack: (key, head) => takeBack(key, head),
    bringForward,
    async strike({ message, thread: of, parent }) {
      await change(message, (now) => ({ ...now, outcome: "deleted" }));
      if ((await threads.get(of))?.head !== message) return undefined;
      const head = (parent && (await base(parent))?.message) ?? null;
      await takeBack(of, head, true);
      return head;
    },
    async restore({ message, thread: of }) {
      await change(message, (now) => ({ ...now, outcome: "done" }));
      return together(`thread ${of}`, async ({ threads }) => {
        const { undone = [] } = (await threads.get(of)) ?? {};
        const { struck, ...last } = undone.at(-1) ?? { head: null };
        if (!struck || last.head !== message) return undefined;
        const others = undone.slice(0, -1);
        await threads.set(of, { ...last, ...(others.length > 0 && { undone: others }) });
        return message;
      });
    },
    async backTo(key) {
      const found = await threads.get(key);
      return found?.back && found.head;
    },
    find: (message) => generations.get(message),
    save: (generation) =>
      inOrder(generation.message, () =>
        store.write([
          { table: "generation", key: generation.message, value: generation },
          toOwnedChange(ownedBy(generation)),
        ]),
      ),
    forget: (message, along) =>
      inOrder(message, async () => {
        const before = await generations.get(message);
        const change = before && { table: "generation", key: message, value: toForgotten(before) };
        await store.write([...(change ? [change] : []), ...along]);
      }),
    change,
    base,
    before: async ({ parent, fromView }) => (parent && !fromView ? base(parent) : undefined),
  };
}
