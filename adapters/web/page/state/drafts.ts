import type { ActionName } from "../../../../src/seam/actions.ts";
import type { ImageOptions, OptionName } from "../../../../src/seam/options.ts";
import type { About, WirePicture } from "../../wire/messages.ts";
import type { Mask } from "../mask/history.ts";
import { count } from "../text/format.ts";

/** What a person is about to send. */
export interface Draft {
  readonly text: string;
  /** References, in the order in which they are numbered. */
  readonly pictures: readonly DraftPicture[];
  readonly options: Partial<ImageOptions>;
  readonly target?: Target | undefined;
  readonly mask?: Mask | undefined;
  /** Painted on pictures that are not the ones to be changed just now: back with them. */
  readonly aside?: readonly Mask[];
  /** It was sent just like this, and the server has not said that it is taken. */
  readonly sent?: Sent | undefined;
}

/** A sending whose end nobody knows: sent again, it goes by the same id. */
export interface Sent {
  readonly id: string;
  /** When it began, Unix time in ms. */
  readonly at: number;
  /** False: it was given up, or refused. */
  readonly goesOn: boolean;
}

/** A picture in the composer: a file of the person's own, or one that is here already. */
export type DraftPicture =
  | {
      readonly kind: "file";
      readonly key: string;
      readonly name: string;
      readonly src: string;
      readonly file: Blob;
    }
  | { readonly kind: "reuse"; readonly key: string; readonly name: string; readonly src: string };

/** The answer whose picture is to be changed, and the button that asks for it, if one does. */
export interface Target {
  readonly answer: string;
  readonly action?: ActionName;
  /** What was in the composer before the action filled it. */
  readonly before?: string;
}

export const emptyDraft: Draft = { text: "", pictures: [], options: {} };

/** What stays in the composer after sending: the options, which hold until they are reset, and masks that were not sent. */
export function sentDraft({ options, aside }: Draft): Draft {
  return { ...emptyDraft, options, ...(aside && { aside }) };
}

/** How many masks are kept aside. */
const mostAside = 12;

/** Puts on another mask, or none. The one before is kept aside, unless it was painted on the same picture. */
export function changeMask(draft: Draft, mask: Mask | undefined): Draft {
  const { mask: before, aside: held = [], ...rest } = draft;
  const others = held.filter(({ src }) => src !== mask?.src);
  const aside = before && before.src !== mask?.src ? [...others, before].slice(-mostAside) : others;
  return { ...rest, mask, ...(aside.length > 0 && { aside }) };
}

/** What has been painted on a picture. */
export function strokesOn({ mask, aside = [] }: Draft, src: string): Mask["strokes"] {
  return [...aside, ...(mask ? [mask] : [])].findLast((each) => each.src === src)?.strokes ?? [];
}

/** Puts a mask on that was painted on what is to be changed now. */
function findMask(draft: Draft): Draft {
  if (draft.mask) return draft;
  const first = draft.pictures[0]?.src;
  const isOn = ({ src, answer }: Mask) =>
    answer ? draft.target?.answer === answer && first === undefined : src === first;
  const found = draft.aside?.find(isOn);
  return found ? changeMask(draft, found) : draft;
}

/** Adds pictures; one that is already there, or more than the limit, is left out with a sentence. */
export function addPictures(
  draft: Draft,
  pictures: readonly DraftPicture[],
  limits: About["limits"] | undefined,
): { draft: Draft; problems: readonly string[] } {
  const problems: string[] = [];
  const kept = [...draft.pictures];
  const over: string[] = [];
  for (const picture of pictures) {
    if (picture.kind === "reuse" && kept.some(({ src }) => src === picture.src)) {
      problems.push("That picture is already attached.");
    } else if (picture.kind === "file" && limits && picture.file.size > limits.bytes) {
      problems.push(`“${picture.name}” is larger than ${megabytes(limits.bytes)}. Make it smaller first.`);
    } else if (limits && kept.length >= limits.attachments) {
      over.push(`“${picture.name}”`);
    } else kept.push(picture);
  }
  if (limits && over.length > 0) {
    // In one line: of many, only the last few would be seen.
    const named = over.length > 4 ? `${over.length} of yours` : over.join(", ");
    problems.push(
      `You can attach up to ${limits.attachments} pictures, so ${named} ${over.length > 1 ? "were" : "was"} left out.`,
    );
  }
  return { draft: anchorMask({ ...draft, pictures: kept }), problems };
}

/**
 * Puts the picture a mask was painted on first among the attached ones, if there are any: a mask lies on the first
 * picture that is sent.
 */
export function anchorMask(draft: Draft): Draft {
  const { mask, pictures } = draft;
  if (!mask || pictures.length === 0 || pictures[0]?.src === mask.src) return draft;
  const held = pictures.find(({ src }) => src === mask.src);
  const first: DraftPicture = held ?? {
    kind: "reuse",
    key: mask.src,
    name: "The painted picture",
    src: mask.src,
  };
  return { ...draft, pictures: [first, ...pictures.filter((picture) => picture !== held)] };
}

/** Takes a picture out, and with it the mask that was painted on it. */
export function removePicture(draft: Draft, key: string): Draft {
  const gone = draft.pictures.find((picture) => picture.key === key);
  const pictures = draft.pictures.filter((picture) => picture.key !== key);
  return { ...draft, pictures, mask: draft.mask?.src === gone?.src ? undefined : draft.mask };
}

/** Moves a picture to another place; the mask belongs to the first one, so it goes when that changes. */
export function movePicture(draft: Draft, key: string, to: number): Draft {
  const from = draft.pictures.findIndex((picture) => picture.key === key);
  const moved = draft.pictures[from];
  if (!moved || to < 0 || to >= draft.pictures.length || to === from) return draft;
  const pictures = draft.pictures.toSpliced(from, 1).toSpliced(to, 0, moved);
  const masked = draft.mask && draft.pictures.some(({ src }) => src === draft.mask?.src);
  const isLeft = masked && pictures[0]?.src !== draft.mask?.src;
  return findMask({ ...(isLeft ? changeMask(draft, undefined) : draft), pictures });
}

/** Sets an option, or takes it back with undefined. */
export function setOption(draft: Draft, name: OptionName, value: string | number | undefined): Draft {
  const { [name]: _, ...others } = draft.options;
  return { ...draft, options: value === undefined ? others : { ...others, [name]: value } };
}

/** Aims at an answer. Leaving an action that filled the composer brings back what was typed before. */
export function setTarget(draft: Draft, target: Target | undefined, prefill?: string): Draft {
  const text = draft.target?.before ?? draft.text;
  const isSame = draft.target?.answer === target?.answer;
  const isOfReference = draft.pictures.some(({ src }) => src === draft.mask?.src);
  const left = isSame || isOfReference || !draft.mask ? draft : changeMask(draft, undefined);
  if (!target) return findMask({ ...left, text, target: undefined });
  if (prefill === undefined) return findMask({ ...left, text, target });
  return findMask({ ...left, text: prefill, target: { ...target, before: text } });
}

/** Why this draft cannot be sent, as a sentence; undefined when it can. */
export function draftProblem(draft: Draft, limits: About["limits"] | undefined): string | undefined {
  const text = draft.text.trim();
  if (!text && draft.mask) return "Say what should happen in the painted area.";
  if (!text && (draft.pictures.length > 0 || draft.target)) {
    return "Say what to do with the picture, for example “make it night”.";
  }
  if (!text) return "Say what to draw first, for example “a lighthouse in a storm”.";
  if (limits && text.length > limits.text) {
    return `That is ${count(text.length)} characters; the most is ${count(limits.text)}. Shorten it a little.`;
  }
  if (limits && draft.pictures.length > limits.attachments) {
    return `You can attach up to ${limits.attachments} pictures.`;
  }
  return undefined;
}

/** A WirePicture to be used again. */
export function toReuse(picture: WirePicture): DraftPicture {
  return { kind: "reuse", key: picture.src, name: picture.alt || picture.name, src: picture.src };
}

/** A draft as text to be kept; files and masks are too large for that and are left out. */
export function formatDraft(draft: Draft): string {
  const { text, options, target, sent } = draft;
  return JSON.stringify({
    text,
    options,
    target,
    sent,
    pictures: draft.pictures.filter(({ kind }) => kind === "reuse"),
  });
}

/** What `formatDraft` leaves out: the files and the mask. Their addresses are good until the page is left. */
export interface DraftFiles {
  readonly pictures: readonly DraftPicture[];
  readonly mask: Mask | undefined;
  readonly aside?: readonly Mask[];
}

/** The files of a draft, with all its pictures, so that their order is known; undefined when there are none. */
export function draftFiles({ pictures, mask, aside }: Draft): DraftFiles | undefined {
  if (!mask && !aside && pictures.every(({ kind }) => kind !== "file")) return undefined;
  return { pictures, mask, ...(aside && { aside }) };
}

/** Puts kept files back into a draft, under new addresses. */
export function restoreFiles(draft: Draft, files: DraftFiles, toAddress: (file: Blob) => string): Draft {
  const addresses = new Map<string, string>();
  const pictures = files.pictures.map((picture): DraftPicture => {
    if (picture.kind === "reuse") return picture;
    const src = toAddress(picture.file);
    addresses.set(picture.src, src);
    return { ...picture, key: src, src };
  });
  const toNew = (mask: Mask): Mask => ({ ...mask, src: addresses.get(mask.src) ?? mask.src });
  const { mask, aside } = files;
  return { ...draft, pictures, mask: mask && toNew(mask), ...(aside && { aside: aside.map(toNew) }) };
}

/** The draft that `formatDraft` wrote; the empty one when the text is not one of its own. */
export function parseDraft(text: string | null): Draft {
  try {
    const raw: unknown = JSON.parse(text ?? "");
    if (typeof raw !== "object" || raw === null || !("text" in raw)) return emptyDraft;
    return { ...emptyDraft, ...(raw as Draft) }; // our own words, kept in this browser
  } catch {
    return emptyDraft;
  }
}

function megabytes(bytes: number): string {
  const size = bytes / 1e6;
  return `${size >= 10 ? Math.round(size) : Math.round(size * 10) / 10} MB`;
}
