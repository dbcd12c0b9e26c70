import { createHmac, randomUUID, timingSafeEqual } from "node:crypto";
import { z } from "zod";
import type { Aside } from "../pictures/aside.ts";
import { readInputs } from "../pictures/inputs.ts";
import { inputLimits } from "../pictures/picture.ts";
import type { Adapter } from "../seam/adapter.ts";
import type { Areas, Handle } from "../seam/core.ts";
import { BotError } from "../seam/errors.ts";
import { createQueue } from "../seam/queue.ts";
import type { Attachment, EventKey, FormInput, MessageKey, Place, User } from "../seam/turn.ts";
import type { Reply } from "../seam/view.ts";
import type { History } from "../store/history.ts";
import { readSecret } from "../store/secret.ts";
import type { Store } from "../store/store.ts";
import { key } from "../store/stored.ts";
import type { Clicks } from "./life/clicks.ts";
import { toAreaEvent } from "./life/noted-first.ts";
import { createUnfinished } from "./prompts/unfinished.ts";
import { barred } from "./run.ts";

/** The pages on which a part of a picture is painted, and the core's own way to open one. */
export interface AreaBook extends Areas {
  /** The address of a page for that person and that picture. */
  open(adapter: Adapter, message: MessageKey, user: User): Promise<string>;
}

/** How long a page can be painted on, in ms: as long as Discord lets a press be answered. */
export const areaMs = 15 * 60 * 1000;

/** Ms in which what is sent again is the same, to whichever process: until then the first has been noted, or refused. */
const secondMs = 5000;

const ticket = z.object({
  adapter: z.string(),
  message: key,
  /** Which of the message's pictures, from 0: another may be picked while this one is painted on. */
  place: z.number(),
  user: z.object({ id: z.string(), name: z.string(), moderator: z.boolean().exactOptional() }),
  /** Unix time, ms. */
  until: z.number(),
  nonce: z.string(),
});

type Ticket = Readonly<z.output<typeof ticket>>;

/** The secret is made once and kept in the store. All calls reject with BotError `storage` when the store fails. */
export async function createAreas(parts: {
  readonly store: Store;
  readonly history: History;
  /** Where people reach the pages, e.g. `https://draw.example.com`. */
  readonly publicUrl: string;
  readonly adapterOf: (name: string) => Adapter | undefined;
  readonly handle: (adapter: Adapter) => Handle;
  /** Whether the bot may still be used there. */
  readonly mayUse: (adapter: string, place: Place) => boolean;
  readonly aside: Aside;
  /** Where several processes may be sent the same; absent: there is one alone, and the second finds the page spent. */
  readonly clicks?: Clicks | undefined;
  readonly now: () => number;
}): Promise<AreaBook> {
  const { store, history, publicUrl, adapterOf, handle, mayUse, aside, clicks, now } = parts;
  const secret = await readSecret(store, "areas");
  /** As the ledger keeps them. */
  const noted = store.table("event", z.unknown());
  /** The roles of who opened a page: there may be hundreds, and an address is short. */
  const rolesOf = store.table("area:roles", z.array(key).readonly());
  const unfinished = createUnfinished(store, aside, now);
  const inOrder = createQueue();

  const sign = (body: string) => createHmac("sha256", secret).update(body).digest();

  /** Throws BotError `expired`. */
  async function read(token: string): Promise<{ ticket: Ticket; adapter: Adapter }> {
    const [body = "", signature = ""] = token.split(".");
    const given = Buffer.from(signature, "base64url");
    const right = sign(body);
    if (given.byteLength !== right.byteLength || !timingSafeEqual(given, right)) throw expired();
    const opened = ticket.parse(JSON.parse(Buffer.from(body, "base64url").toString("utf8")));
    const adapter = adapterOf(opened.adapter);
    if (!adapter || opened.until <= now() || (await noted.get(toEvent(opened)))) throw expired();
    return { ticket: opened, adapter };
  }

  /** Rejects with BotError `unknown_message`. */
  async function recallPainted(adapter: Adapter, { message, place }: Ticket): Promise<Attachment> {
    const found = (await adapter.recall(message))[place];
    if (found) return found;
    throw new BotError("unknown_message", "That picture is no longer there.");
  }

  /** The mask where another process can read it, too. Rejects with BotError `bad_attachment` for one that is none. */
  async function keepMask(mask: Attachment, { id }: Ticket["user"]): Promise<Attachment> {
    const { files, lost } = await unfinished.hold([mask], id, new AbortController().signal);
    if (files[0]) return unfinished.toAttachment(files[0]);
    throw new BotError("bad_attachment", lost[0] ?? "Paint over the part that should change first.");
  }

  /**
   * The turn goes by a name of the page's own, so that it is spent in the moment in which the turn is noted: killed before
   * that, the painting can be sent again; after that, it is drawn.
   */
  async function go(token: string, input: FormInput): Promise<void> {
    const { ticket, adapter } = await read(token);
    const { message } = ticket;
    const roles = await rolesOf.get(ticket.nonce);
    const user = { ...ticket.user, ...(roles && { roles }) };
    // The mask lies on the picture that was painted on, whatever has been picked or deleted since.
    const painted = await recallPainted(adapter, ticket);
    const masks = await Promise.all(input.attachments.map((mask) => keepMask(mask, user)));
    const { thread, place, reply } = await adapter.below(message, user);
    if (!mayUse(adapter.name, place)) throw barred();
    const begun = watchBeginning(reply, [painted, ...masks]);
    const { attachments } = begun;
    const turn = {
      kind: "press",
      event: toEvent(ticket),
      thread,
      user,
      place,
      action: "edit",
      message,
    } as const;
    const over = handle(adapter)({ ...turn, input: { ...input, attachments } }, begun.reply).then(
      async () => {
        if (!(await noted.get(turn.event)))
          throw new BotError("stopped", "I am being restarted. Send it again.");
      },
    );
    over.then(begun.resolve, begun.reject);
    await begun.promise;
  }

  return {
    async open(adapter, message, user) {
      const { id, name, moderator, roles } = user;
      const { picked = 0 } = (await history.find(message)) ?? {};
      const opened: Ticket = {
        adapter: adapter.name,
        message,
        place: picked,
        user: { id, name, ...(moderator && { moderator }) },
        until: now() + areaMs,
        nonce: randomUUID(),
      };
      if (roles) await rolesOf.set(opened.nonce, roles, areaMs);
      const body = Buffer.from(JSON.stringify(opened)).toString("base64url");
      return `${publicUrl}/area/${body}.${sign(body).toString("base64url")}`;
    },

    async check(token) {
      await read(token);
    },

    async look(token, signal) {
      const { ticket, adapter } = await read(token);
      const painted = await recallPainted(adapter, ticket);
      const { pictures } = await aside(ticket.user.id, () => readInputs([painted], signal));
      const [picture] = pictures;
      if (!picture) throw expired();
      const { bytes, mediaType, width, height } = picture;
      return { name: "picture", alt: "The picture to be changed", bytes, mediaType, width, height };
    },

    async send(token, input) {
      if (input.text.trim() === "") {
        throw new BotError("bad_prompt", "Say what should change in the part you painted.");
      }
      const mask = input.attachments.filter(({ role }) => role === "mask");
      if (mask.length !== 1 || (mask[0]?.size ?? 0) > inputLimits.bytes) {
        throw new BotError("bad_attachment", "Paint over the part that should change first.");
      }
      // Two sendings of one page, by a double tap: the second finds it spent.
      const { ticket } = await read(token);
      const click = { of: toEvent(ticket), at: now() };
      const tap: EventKey = `${click.of}:${randomUUID()}`;
      if (await clicks?.isSecond(click, tap, secondMs)) {
        throw new BotError("busy", "It is on its way already. Look into the chat in a moment.");
      }
      try {
        await inOrder(ticket.nonce, () => go(token, input));
      } catch (error) {
        void clicks?.forget(click, tap); // who is told what was wrong may mend it, and send it again
        throw error;
      }
    },
  };
}

function expired(): BotError {
  return new BotError(
    "expired",
    "This page has run out or was used already. Press Edit area… again in the chat.",
  );
}

function toEvent({ nonce }: Ticket): EventKey {
  return toAreaEvent(nonce);
}

/**
 * A reply that tells when the turn is on disk: its first view is shown a moment before, and what comes next after it,
 * another view or the reading of its files. A refusal is told on the page, where it can be put right.
 */
function watchBeginning(reply: Reply, files: readonly Attachment[]) {
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  let isShown = false;
  const watched: Reply = {
    ...reply,
    async show(view) {
      if (isShown) resolve();
      else if (view.phase === "failed") {
        const refused = new BotError("bad_prompt", view.text);
        reject(refused);
        throw refused;
      }
      try {
        const message = await reply.show(view);
        isShown = true;
        return message;
      } catch (error) {
        reject(error);
        throw error;
      }
    },
  };
  const attachments = files.map((file): Attachment => {
    const read: Attachment["read"] = (signal) => {
      if (isShown) resolve();
      return file.read(signal);
    };
    return { ...file, read };
  });
  return { promise, resolve, reject, reply: watched, attachments };
}
