import { setTimeout as sleep } from "node:timers/promises";
import type { Moment, Platform, Recorder } from "../history.ts";
import { type OpenAI, toHash } from "../openai.ts";
import type { PlatformFault, Wish } from "../schedule.ts";

/** One thing that somebody is about to ask. */
export interface Request {
  readonly wish: Wish;
  /** Its mark, which is in the words. */
  readonly turn: string;
  readonly words: string;
  readonly picture?: Uint8Array;
}

/** A platform with people on it, who ask, press and see, and somebody who writes down what they see. */
export interface Town {
  /** What the bot is started with to be there. */
  readonly env: Readonly<Record<string, string>>;
  /** Somebody asks. Resolves when they know whether the bot has it. Never rejects. */
  ask(request: Request): Promise<void>;
  /** Whoever asked presses Cancel, where there is such a button; false: there is none. */
  cancel(turn: string, person: number): boolean;
  /** Somebody takes the bot's message away; false: there is none. */
  remove(turn: string): boolean;
  /** Whoever asked changes the words of their message a little. */
  edit(turn: string): void;
  /** Lets the next requests of the bot fail. Resolves when that is over, with how many did. */
  strike(fault: PlatformFault, times: number): Promise<number>;
  /** What is asked now, or was within so many ms, may be answered with what bars the bot. Returns how that ends. */
  bar(sinceMs: number): () => void;
  /** Looks at everything once more, also at what nobody was told of. */
  look(): Promise<void>;
  /** What is there and shown by nothing, a line each. */
  litter(): readonly string[];
  close(): Promise<void>;
}

/** What the towns have in common. */
export interface TownParts {
  readonly record: Recorder;
  readonly openai: OpenAI;
  readonly people: number;
}

/** Where faults strike that only slow things down, in ms. */
export const slowMs = 1500;
/** A platform is well again after so long, whatever was left of its fault, in ms. */
const strikeMs = 4000;
/** How long a platform asks to be left alone, in ms. */
export const limitMs = 1000;

/** Lets an order stand until it is used up, at most for as long as faults last; how many requests it struck. */
export async function strikeFor(
  order: { readonly struck: number; cancel(): void },
  times = Infinity,
): Promise<number> {
  const stepMs = 50;
  for (let ms = 0; ms < strikeMs && order.struck < times; ms += stepMs) await sleep(stepMs);
  order.cancel();
  return order.struck;
}

/** What was asked so shortly before, the bot has perhaps not begun: another fault may have struck first. In ms. */
export const freshMs = 6000;

/**
 * Spares what is asked on a platform while something bars the bot, and for so long before. What a process was brought
 * while it was stopped it has not begun before it wakes.
 */
export function createBar(record: Recorder, platform: Platform): Town["bar"] {
  let bars = 0;
  record.listen((moment) => {
    if (bars > 0 && moment.kind === "asked" && moment.platform === platform)
      record.add({ kind: "spared", turn: moment.turn, why: "barred" });
  });
  return (sinceMs) => {
    bars += 1;
    const since = unheardSince(record.moments, (record.moments.at(-1)?.at ?? 0) - sinceMs);
    for (const one of record.moments)
      if (one.kind === "asked" && one.platform === platform && one.at > since)
        record.add({ kind: "spared", turn: one.turn, why: "barred" });
    return () => {
      bars -= 1;
    };
  };
}

/** The first moment in which something may have been asked that was not heard by then: a process was stopped. */
function unheardSince(moments: readonly Moment[], since: number): number {
  const stopped = new Map<number, number>();
  for (const one of moments) {
    if (one.kind !== "process") continue;
    if (one.what === "paused") stopped.set(one.process, stopped.get(one.process) ?? one.at);
    // Who is ended hears nothing more.
    else if (one.what !== "woken" || one.at <= since) stopped.delete(one.process);
  }
  return Math.min(since, ...stopped.values());
}

/** A second press of the same button by the same person within so long is half of a double click, in ms. */
const hastyMs = 3000;

/** Whether somebody presses again what they have just pressed: people who mean it take their time. */
export function createHaste(now: () => number = () => performance.now()): (press: string) => boolean {
  const pressed = new Map<string, number>();
  return (press) => {
    const before = pressed.get(press);
    pressed.set(press, now());
    return before !== undefined && now() - before < hastyMs;
  };
}

const statuses =
  /Getting ready|Looking at your pictures|^(-# |_)?Drawing\b|\bFinishing\b|^Answering\b|Next in line|ahead of yours|goes on by itself|OpenAI is busy|thinking/m;

/** Whether a message says that more will come. */
export function isWaiting(text: string, buttons: readonly string[]): boolean {
  return buttons.includes("Cancel") || statuses.test(text);
}

const hashes = new WeakMap<Uint8Array, string>();

/** The hash of a picture, found once. */
export function hashOf(bytes: Uint8Array): string {
  const known = hashes.get(bytes);
  if (known) return known;
  const made = toHash(bytes);
  hashes.set(bytes, made);
  return made;
}

export function nameOf(person: number): string {
  return `person-${person}`;
}

/** A message that shows a finished picture to that person, the one that the wish's numbers fall on. */
export function pickPicture(
  { record, openai }: TownParts,
  of: { readonly platform: string; readonly person: number; readonly among?: (place: string) => boolean },
) {
  const { platform, person, among = () => true } = of;
  const found = [...record.faces.values()].filter(
    ({ message, to, place, face }) =>
      message.startsWith(`${platform}:`) &&
      (to === undefined || to === nameOf(person)) &&
      among(place) &&
      face.state === "ended" &&
      face.pictures.some((hash) => openai.drawerOf(hash) !== undefined),
  );
  const picked = found[(person * 7 + found.length) % Math.max(1, found.length)];
  const drawer = picked?.face.pictures.map((hash) => openai.drawerOf(hash)).find((one) => one !== undefined);
  return picked && drawer && { seen: picked, ...drawer };
}
