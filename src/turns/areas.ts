import { createHmac, randomUUID, timingSafeEqual } from "node:crypto";
import { z } from "zod";
import { readInputs } from "../pictures/inputs.ts";
import { inputLimits } from "../pictures/picture.ts";
import type { Adapter } from "../seam/adapter.ts";
import type { Areas, Handle } from "../seam/core.ts";
import { BotError } from "../seam/errors.ts";
import type { Attachment, FormInput, MessageKey, User } from "../seam/turn.ts";
import type { Reply } from "../seam/view.ts";
import type { History } from "../store/history.ts";
import { createQueue } from "../store/queue.ts";
import { readSecret } from "../store/secret.ts";
import type { Store } from "../store/store.ts";
import { key } from "../store/stored.ts";

/** The pages on which a part of a picture is painted, and the core's own way to open one. */
export interface AreaBook extends Areas {
  /** The address of a page for that person and that picture. */
  open(adapter: Adapter, message: MessageKey, user: User): Promise<string>;
}

/** How long a page can be painted on, in ms: as long as Discord lets a press be answered. */
export const areaMs = 15 * 60 * 1000;

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
  readonly now: () => number;
}): Promise<AreaBook> {
  const { store, history, publicUrl, adapterOf, handle, now } = parts;
  const secret = await readSecret(store, "areas");
  const spent = store.table("spent", z.literal(true));
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
    if (!adapter || opened.until <= now() || (await spent.get(opened.nonce))) throw expired();
    return { ticket: opened, adapter };
  }

  /** Rejects with BotError `unknown_message`. */
  async function recallPainted(adapter: Adapter, { message, place }: Ticket): Promise<Attachment> {
    const found = (await adapter.recall(message))[place];
    if (found) return found;
    throw new BotError("unknown_message", "That picture is no longer there.");
  }

  async function go(token: string, input: FormInput): Promise<void> {
    const { ticket, adapter } = await read(token);
    const { message, user, nonce } = ticket;
    // The mask lies on the picture that was painted on, whatever has been picked or deleted since.
    const painted = await recallPainted(adapter, ticket);
    const { thread, place, reply } = await adapter.below(message, user);
    await spent.set(nonce, true, areaMs);
    const begun = watchBeginning(reply);
    const attachments = [painted, ...input.attachments];
    const over = handle(adapter)(
      { kind: "press", thread, user, place, action: "edit", message, input: { ...input, attachments } },
      begun.reply,
    );
    over.then(begun.resolve, begun.reject);
    try {
      await begun.promise;
    } catch (error) {
      await spent.delete(nonce); // nothing has come of it: the painting is still on the page, to be sent again
      throw error;
    }
  }

  return {
    async open(adapter, message, user) {
      const { id, name, moderator } = user;
      const { picked = 0 } = (await history.find(message)) ?? {};
      const opened: Ticket = {
        adapter: adapter.name,
        message,
        place: picked,
        user: { id, name, ...(moderator && { moderator }) },
        until: now() + areaMs,
        nonce: randomUUID(),
      };
      const body = Buffer.from(JSON.stringify(opened)).toString("base64url");
      return `${publicUrl}/area/${body}.${sign(body).toString("base64url")}`;
    },

    async check(token) {
      await read(token);
    },

    async look(token, signal) {
      const { ticket, adapter } = await read(token);
      const { pictures } = await readInputs([await recallPainted(adapter, ticket)], signal);
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
      await inOrder(ticket.nonce, () => go(token, input));
    },
  };
}

function expired(): BotError {
  return new BotError(
    "expired",
    "This page has run out or was used already. Press Edit area… again in the chat.",
  );
}

/** A reply that tells when its first view is there. A refusal is told on the page, where it can be put right. */
function watchBeginning(reply: Reply) {
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  let begun = false;
  const watched: Reply = {
    ...reply,
    async show(view) {
      try {
        if (!begun && view.phase === "failed") throw new BotError("bad_prompt", view.text);
        begun = true;
        const message = await reply.show(view);
        resolve();
        return message;
      } catch (error) {
        reject(error);
        throw error;
      }
    },
  };
  return { promise, resolve, reject, reply: watched };
}
