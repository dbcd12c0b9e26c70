import { randomUUID } from "node:crypto";
import type { Fleet } from "../../src/fleet/fleet.ts";
import type { LineLimits } from "../../src/fleet/lanes.ts";
import type { RequestDefaults } from "../../src/openai/engine.ts";
import type { Painter } from "../../src/openai/painter.ts";
import type { Links } from "../../src/pictures/links.ts";
import type { Spool } from "../../src/pictures/spool.ts";
import type { ActionName } from "../../src/seam/actions.ts";
import type { Adapter } from "../../src/seam/adapter.ts";
import type { Handle } from "../../src/seam/core.ts";
import type { Access } from "../../src/seam/trust/access.ts";
import type {
  Attachment,
  FormInput,
  MessageKey,
  Place,
  Prompt,
  ThreadKey,
  User,
} from "../../src/seam/turn.ts";
import type { ImageLimits, Reply, View } from "../../src/seam/view.ts";
import type { Meter } from "../../src/seam/watch/meter.ts";
import { createStandin, type Standin } from "../../src/standin/index.ts";
import { openStore, type Store } from "../../src/store/store.ts";
import type { BotParts } from "../../src/turns/bot.ts";
import { askedOf, createCore } from "./core.ts";
import { today } from "./day.ts";

/** A platform with nothing between it and the core: what it is shown stays in memory. */
export interface PaperAdapter extends Adapter {
  /** Every view of a message, oldest first. */
  views(message: MessageKey): readonly View[];
  reply(limits?: Partial<ImageLimits>): Reply & { readonly key: MessageKey };
  handle(): Handle;
}

export const limits: ImageLimits = {
  bytes: 50_000_000,
  mediaTypes: ["image/png", "image/jpeg", "image/webp", "image/gif"],
  images: 10,
};

function createPaperAdapter(name = "paper"): PaperAdapter {
  const shown = new Map<MessageKey, View[]>();
  let handle: Handle | undefined;

  function replyTo(key: MessageKey, more: Partial<ImageLimits> = {}) {
    return {
      key,
      pace: 0,
      limits: { ...limits, ...more },
      async show(view: View) {
        shown.set(key, [...(shown.get(key) ?? []), view]);
        return key;
      },
    };
  }

  return {
    name,
    start: async (core) => {
      handle = core.handle;
    },
    stop: async () => {},
    views: (message) => shown.get(message) ?? [],
    reply: (more) => replyTo(`${name}:${randomUUID()}`, more),
    reopen: (message) => replyTo(message),
    below: async (message) => ({
      thread: `${name}:thread`,
      place,
      reply: replyTo(`${name}:${randomUUID()}`),
      message,
    }),
    recall: async (message) =>
      (shown.get(message)?.at(-1)?.images ?? []).map(({ bytes, mediaType }) =>
        attachment(bytes, { name: "recalled", mediaType }),
      ),
    // What it is handed it has no name for, and its files are in memory.
    replay: async () => {},
    toAttachment: ({ file, ...rest }) => ({
      ...rest,
      read: async () => Buffer.from(String(file), "base64"),
    }),
    handle() {
      if (!handle) throw new Error("start the adapter first");
      return handle;
    },
  };
}

export function attachment(
  bytes: Uint8Array,
  more: { name?: string; mediaType?: string; size?: number; role?: "reference" | "mask" } = {},
): Attachment {
  return {
    name: more.name ?? "photo.png",
    mediaType: more.mediaType ?? "image/png",
    size: more.size ?? bytes.byteLength,
    ...(more.role && { role: more.role }),
    read: async () => bytes,
  };
}

/** The event that brings the first sketch of a new picture. */
function firstSketchOf(engine: RequestDefaults["engine"]): string {
  return engine === "images"
    ? "image_generation.partial_image"
    : "response.image_generation_call.partial_image";
}

export const place: Place = { channel: "paper:room", community: "paper:house" };

export const ada: User = { id: "u:ada", name: "Ada" };
export const bob: User = { id: "u:bob", name: "Bob" };

/** The whole core over a real stand-in and the real SDK, with a paper platform. */
export async function createStudio(
  options: {
    paceMs?: number;
    /** Pictures are drawn and not tiles of one colour. */
    drawn?: boolean;
    standin?: Standin;
    store?: Store;
    concurrency?: number;
    queue?: LineLimits;
    idleMs?: number;
    defaults?: Partial<RequestDefaults>;
    budget?: BotParts["budget"];
    publicUrl?: string;
    access?: Access;
    links?: Links;
    spool?: Spool;
    /** It is one of several. */
    fleet?: Fleet;
    /** The clock between tries of what fails. */
    wait?: (ms: number, signal: AbortSignal) => Promise<unknown>;
    /** It is no OpenAI: what its models take is not known. */
    isStrange?: boolean;
    /** Unix time in ms, by which models have ended or not. */
    today?: () => number;
    /** Unix time, ms. */
    now?: () => number;
    meter?: Meter;
    /** What stands between the core and its painter. */
    between?: (painter: Painter) => Painter;
  } = {},
) {
  const standin =
    options.standin ?? (await createStandin({ paceMs: options.paceMs ?? 30, flat: !options.drawn, today }));
  const store = options.store ?? (await openStore("memory:"));
  const adapter = createPaperAdapter();
  const core = await createCore({ ...options, adapter, standin, store });
  const thread: ThreadKey = "paper:thread";

  return {
    ...core,
    standin,
    store,
    adapter,
    thread,
    /** Says something and waits for the answer. */
    async say(text: string, more: Partial<Prompt> = {}, reply = adapter.reply()) {
      await adapter.handle()(
        {
          kind: "prompt",
          thread,
          user: ada,
          place,
          text,
          options: {},
          attachments: [],
          addressed: true,
          ...more,
        },
        reply,
      );
      return toShown(adapter, reply.key);
    },
    /** Presses a button and waits for what comes of it. */
    async press(action: ActionName, message: MessageKey, input?: FormInput, user = ada) {
      const reply = adapter.reply();
      await adapter.handle()(
        { kind: "press", thread, user, place, action, message, ...(input && { input }) },
        reply,
      );
      return toShown(adapter, reply.key);
    },
    /** Holds back what OpenAI sends next, after its first sketch, until that is released. */
    hold: () => standin.fault({ kind: "stall", after: firstSketchOf(options.defaults?.engine) }),
    /** Requests that asked for a response. */
    asked: () => askedOf(standin),
    async close() {
      await core.bot.drain(0);
      await standin.close();
      await store.close();
    },
  };
}

function toShown(adapter: PaperAdapter, key: MessageKey) {
  const views = adapter.views(key);
  const last = views.at(-1);
  return {
    key,
    views,
    get last() {
      if (!last) throw new Error("nothing was shown");
      return last;
    },
  };
}
