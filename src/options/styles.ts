import { z } from "zod";
import type { Aside } from "../pictures/aside.ts";
import { readInputs } from "../pictures/inputs.ts";
import type { PictureStore } from "../pictures/picture-store.ts";
import type { Style, Styles } from "../seam/core.ts";
import { BotError } from "../seam/errors.ts";
import { createQueue } from "../seam/queue.ts";
import type { Attachment, Place, Scope, StyleDraft, User } from "../seam/turn.ts";
import type { Image } from "../seam/view.ts";
import {
  badOptions,
  checkOptions,
  noStyle,
  parseStyleName,
  readFlags,
  sayUnknown,
} from "../seam/words/flags.ts";
import type { Store } from "../store/store.ts";
import { storedOptions } from "../store/stored.ts";
import type { Change } from "../store/table.ts";

const kept = z.object({
  name: z.string(),
  instruction: z.string(),
  options: storedOptions,
  /** Ids in the PictureStore. */
  pictures: z.array(z.string()).readonly(),
  /** It was saved from something hidden. */
  spoiler: z.literal(true).exactOptional(),
});

/** A style as it is kept. */
export type KeptStyle = Readonly<z.output<typeof kept>>;

/** The styles, and the core's own way to use one. */
export interface StyleBook extends Styles {
  /** One's own of that name, else the community's. Rejects with BotError `bad_option` when there is neither. */
  find(user: User, place: Place, name: string): Promise<KeptStyle>;
  countOf(owner: string): Promise<number>;
  /** Deletes all of a person's own, with their pictures; what `along` gives for so many is written with it, as one. */
  forget(owner: string, along: (count: number) => readonly Change[]): Promise<void>;
  /** Whether the community has one of that name. */
  isShared(place: Place, name: string): Promise<boolean>;
}

const most = { styles: 50, pictures: 4, instruction: 2000 } as const;

/** All calls reject with BotError `storage` when the store fails. */
export function createStyles(store: Store, pictureStore: PictureStore, aside: Aside): StyleBook {
  const owners = store.table("styles", z.array(kept).readonly());
  const inOrder = createQueue();

  const read = async (owner: string | undefined) => (owner && (await owners.get(owner))) || [];

  async function find(user: User, place: Place, name: string): Promise<KeptStyle> {
    const all = [...(await read(user.id)), ...(await read(place.community))];
    const found = all.find((style) => style.name === name);
    if (found) return found;
    const names = [...new Set(all.map((style) => style.name))];
    const there = names.length > 0 ? `There are: ${names.join(", ")}.` : "None has been saved yet.";
    throw new BotError("bad_option", `There is no style “${name}”. ${there}`);
  }

  /** Replaces an owner's styles; the pictures of those that are gone are let go of. */
  function change(owner: string, to: (before: readonly KeptStyle[]) => readonly KeptStyle[]): Promise<void> {
    return inOrder(owner, async () => {
      const [before, after] = await store.transact(async (within) => {
        const table = within.table("styles", z.array(kept).readonly());
        const was = (await table.get(owner)) ?? [];
        const is = to(was);
        await table.set(owner, is);
        return [was, is];
      });
      const used = new Set(after.flatMap(({ pictures }) => pictures));
      const gone = before.flatMap(({ pictures }) => pictures).filter((id) => !used.has(id));
      await letGo(gone);
    });
  }

  /** What cannot be deleted now takes up room, and nothing else. */
  async function letGo(pictures: readonly string[]): Promise<void> {
    await Promise.allSettled(pictures.map((id) => pictureStore.delete(id)));
  }

  return {
    find,
    countOf: async (owner) => (await read(owner)).length,
    forget: (owner, along) =>
      inOrder(owner, async () => {
        const before = await read(owner);
        if (before.length === 0) return;
        const pictures = before.flatMap((style) => style.pictures).map(pictureStore.toGone);
        await store.write([
          { table: "styles", key: owner, delete: true },
          ...pictures,
          ...along(before.length),
        ]);
      }),
    isShared: async ({ community }, name) => (await read(community)).some((style) => style.name === name),
    async list(user, place) {
      const mine = (await read(user.id)).map((style) => toStyle(style, "mine"));
      const names = new Set(mine.map(({ name }) => name));
      const shared = (await read(place.community)).filter(({ name }) => !names.has(name));
      const byName = (a: Style, b: Style) => a.name.localeCompare(b.name);
      return [...mine.sort(byName), ...shared.map((style) => toStyle(style, "shared")).sort(byName)];
    },
    async save(user, place, scope, draft, signal) {
      const owner = ownerOf(user, place, scope);
      const { name, instruction, options } = check(draft);
      const read = await aside(user.id, () => readPictures(draft.attachments, signal));
      const pictures: string[] = [];
      const hidden = draft.spoiler && { spoiler: true as const };
      const style: KeptStyle = { name, instruction, options, pictures, ...hidden };
      try {
        for (const picture of read) pictures.push(await pictureStore.put(picture));
        await change(owner, (before) => {
          const others = before.filter((one) => one.name !== name);
          if (others.length < most.styles) return [...others, style];
          throw new BotError(
            "bad_option",
            `${most.styles} styles is the most that can be kept. Remove one first.`,
          );
        });
      } catch (error) {
        await letGo(pictures);
        throw error;
      }
      return toStyle(style, scope);
    },
    async pictures(user, place, name) {
      const style = await find(user, place, parseStyleName(name));
      const found = await Promise.all(style.pictures.map((id) => pictureStore.get(id)));
      return found.flatMap((picture, index): Image[] =>
        picture
          ? [
              {
                ...picture,
                name: `${style.name}-${index + 1}`,
                alt: `Picture ${index + 1} of ${style.name}`,
              },
            ]
          : [],
      );
    },
    async remove(user, place, scope, name) {
      const wanted = parseStyleName(name);
      await change(ownerOf(user, place, scope), (before) => {
        if (before.some((style) => style.name === wanted)) return before.filter((one) => one.name !== wanted);
        throw new BotError(
          "bad_option",
          scope === "mine"
            ? `You have no style “${wanted}” of your own. \`styles\` shows what there is.`
            : `There is no shared style “${wanted}” here. \`styles\` shows what there is.`,
        );
      });
    },
  };
}

function toStyle({ name, instruction, options, pictures }: KeptStyle, scope: Scope): Style {
  return { name, scope, instruction, options, pictures: pictures.length };
}

/** Throws BotError `forbidden`. */
function ownerOf(user: User, { community }: Place, scope: Scope): string {
  if (scope === "mine") return user.id;
  if (!user.moderator) throw new BotError("forbidden", "Only a moderator can change what everyone shares.");
  if (community) return community;
  throw new BotError("bad_option", "There is nobody here to share it with. Save it as your own.");
}

function check(draft: StyleDraft): Pick<KeptStyle, "name" | "instruction" | "options"> {
  const name = parseStyleName(draft.style);
  if (name === noStyle) {
    throw new BotError("bad_option", "“none” stands for no style at all. Give yours another name.");
  }
  const flags = readFlags(draft.instruction);
  const fields = checkOptions(draft.options);
  const { unknown } = flags;
  const lost =
    unknown.length > 0 ? [sayUnknown(unknown, (several) => `${several ? "they" : "it"} cannot be kept`)] : [];
  const problems = [...flags.problems, ...fields.problems, ...lost];
  if (problems.length > 0) throw badOptions(problems);
  const { style: _, ...options } = { ...flags.options, ...fields.options };
  if (flags.text.length > most.instruction) {
    throw new BotError(
      "bad_option",
      `A style's words may have ${most.instruction} characters. Shorten them.`,
    );
  }
  if (flags.text === "" && draft.attachments.length === 0 && Object.keys(options).length === 0) {
    throw new BotError(
      "bad_option",
      "A style needs words, options or pictures, for example “style save cosy: soft light, warm colours --size wide”.",
    );
  }
  return { name, instruction: flags.text, options };
}

async function readPictures(attachments: readonly Attachment[], signal: AbortSignal) {
  if (attachments.length > most.pictures) {
    throw new BotError("bad_attachment", `A style holds ${most.pictures} pictures at most.`);
  }
  // Also one that was sent as a mask is a picture to take a style from.
  const references = attachments.map((one) => ({ ...one, role: "reference" as const }));
  return (await readInputs(references, signal)).pictures;
}
