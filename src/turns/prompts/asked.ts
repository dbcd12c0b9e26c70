import type { ImageOptions } from "../../seam/options.ts";
import type { Attachment, MessageKey } from "../../seam/turn.ts";
import { readFlags } from "../../seam/words/flags.ts";

/** What a person asks for in words, put together from all that they said of it. */
export interface Asked {
  /** May hold flags. */
  readonly text: string;
  /** Words in which flags are words. */
  readonly more: readonly string[];
  /** Fields, raw. They win over flags, and both over `earlier`. */
  readonly options: Readonly<Record<string, unknown>>;
  readonly earlier?: Partial<ImageOptions>;
  readonly files: readonly Attachment[];
  /** The message whose picture is answered. */
  readonly from?: MessageKey;
  /** Where the conversation stood in which it was asked first. */
  readonly head?: MessageKey;
  readonly mustDraw: boolean;
  /** Something of it is hidden until it is clicked. */
  readonly spoiler: boolean;
  /** What was taken from before, a plain sentence each. */
  readonly notes: readonly string[];
  /** What was sent before, could not be used and has not been sent anew, a plain sentence each. */
  readonly lost?: readonly string[];
  /** The words are for a picture among those: they complete what had none, or say the same again. */
  readonly isLacking?: boolean;
}

/** A request that nothing could be drawn of yet. */
export interface Unfinished {
  /** Without flags. */
  readonly text: string;
  /** Those that were right. */
  readonly options: Partial<ImageOptions>;
  /** Those that could be read. */
  readonly files: readonly Attachment[];
  /** What is wrong with the others, a plain sentence each. */
  readonly lost?: readonly string[];
  /** Where the pictures among those others stood, counted from 0. */
  readonly places?: readonly number[];
  readonly from?: MessageKey;
  /** Where the conversation stood in which it was asked. */
  readonly head?: MessageKey;
  readonly mustDraw: boolean;
  readonly spoiler: boolean;
}

/** Whether there is nothing in it that could complete another. */
export function isEmpty({ text, options, files }: Asked): boolean {
  const isSet = (value: unknown) => value !== undefined && value !== null && value !== "";
  return text.trim() === "" && files.length === 0 && !Object.values(options).some(isSet);
}

/**
 * What is asked now, completed by the request of that person that came to nothing before.
 *
 * - Flags or files alone go with the words, options and pictures from before: its files come first, but as many as could
 *   not be read take their places; new options win.
 * - Words without a picture take over the pictures from before: those sent, and the one that was answered. They replace
 *   the words, and with them what was set there, unless there were none.
 * - Words with a picture of their own are whole, and so are words where there was no picture: what was before is dropped.
 *
 * Pure.
 */
export function complete(now: Asked, before: Unfinished | undefined): Asked {
  if (!before) return now;
  const said = readFlags(now.text).text;
  const hasWords = said !== "";
  const takesPictures = !hasWords || !hasPicture(now);
  const takesOptions = !hasWords || (before.text === "" && (takesPictures || !hasPicture(before)));
  const files = takesPictures ? before.files : [];
  const from = now.from ?? (takesPictures ? before.from : undefined);
  const words = hasWords ? "" : before.text;
  const lost = hasPicture(now) ? [] : (before.lost ?? []);
  return {
    ...now,
    text: words ? `${words} ${now.text}`.trim() : now.text,
    ...(takesOptions && { earlier: before.options }),
    files: putBack(files, now.files, before.places),
    ...(from && { from }),
    ...(before.head && { head: before.head }),
    mustDraw: now.mustDraw || (words !== "" && before.mustDraw),
    spoiler: now.spoiler || (before.spoiler && (words !== "" || takesPictures)),
    notes: [...now.notes, ...sayTaken(words, files.length, !now.from && from !== undefined)],
    lost,
    isLacking: lost.length > 0 && (!hasWords || before.text === "" || before.text === said),
  };
}

/** Whether what is asked now needs nothing of what was said before: that can still be completed, where it has words. */
export function isWhole(now: Asked, before: Unfinished): boolean {
  const isNew = readFlags(now.text).text !== "" && before.text !== "" && !before.lost?.length;
  return isNew && (hasPicture(now) || !hasPicture(before));
}

/** Those that are sent anew stand where those stood that were lost, where there are as many. */
function putBack(
  kept: readonly Attachment[],
  sent: readonly Attachment[],
  places: readonly number[] = [],
): readonly Attachment[] {
  if (sent.length !== places.length || sent.some(({ role }) => role === "mask")) return [...kept, ...sent];
  const files = [...kept];
  for (const [index, file] of sent.entries()) files.splice(places[index] ?? files.length, 0, file);
  return files;
}

function hasPicture({ files, from }: Pick<Asked, "files" | "from">): boolean {
  return files.length > 0 || from !== undefined;
}

function sayTaken(words: string, files: number, isAnswer: boolean): readonly string[] {
  const letters = [...words.replace(/\s+/g, " ")];
  const said = letters.length > 100 ? `${letters.slice(0, 99).join("")}…` : letters.join("");
  return [
    ...(said ? [`I went on with your words from before: “${said}”.`] : []),
    ...(files > 0
      ? [`I took along the ${files === 1 ? "picture" : `${files} pictures`} you sent before.`]
      : []),
    ...(isAnswer ? ["I went on from the message you answered before."] : []),
  ];
}
