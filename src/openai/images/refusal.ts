import { APIError } from "openai/error";
import { toPaintError } from "../failure.ts";
import { optionOf, RefusedOption } from "../refused-option.ts";
import type { Fields } from "./request.ts";

/** What we send of our own accord: a server that does not take it is asked without, and nobody misses it. */
const ours: readonly string[] = ["stream", "partial_images", "safety_identifier", "n"];

/** Words by which servers say that they do not take something. */
const unwelcome =
  /unknown|unsupported|not (?:support|permit|allow|recogni[sz]|accept|valid|a valid|available)|unrecogni[sz]ed|unexpected|extra|invalid|must be|should be|only|does(?:n't| not) (?:support|take|accept)|cannot/i;

/** These say that the field is not known at all, whatever stands in it. */
const unheardOf = /unknown.param|unrecogni[sz]ed|unexpected|extra (?:input|field)|unsupported.?param/i;

/** Codes of what is wrong with the words, a picture or the model, and speaks of sizes and lengths. */
const elsewhere = /image|prompt|model|context|string|policy/;

/** The server has refused one field of a request. */
export interface RefusedField {
  readonly name: string;
  /** It was ours, and the request can go without. */
  readonly isOurs: boolean;
}

/**
 * The field that a server's answer refuses: the one it names, or the first that its words speak of, for not all servers
 * name one. Undefined where it is about something else.
 */
export function refusedField(cause: unknown, sent: Fields): RefusedField | undefined {
  if (!(cause instanceof APIError) || (cause.status !== 400 && cause.status !== 422)) return undefined;
  if (toPaintError(cause).code !== "rejected" || elsewhere.test(cause.code ?? "")) return undefined;
  const isOf = (name: string) => Object.hasOwn(sent, name) && name !== "prompt" && name !== "model";
  // OpenAI blames `input` where a stream is asked for more than one picture.
  const named = cause.param && isOf(cause.param) ? cause.param : undefined;
  const name = named ?? (cause.param && cause.param !== "input" ? undefined : spokenOf(cause.message, sent));
  return name !== undefined && isOf(name) ? { name, isOurs: ours.includes(name) } : undefined;
}

/** A refused field as what the core makes of it: an option that this model does not take. */
export function toRefusedOption(
  { name }: RefusedField,
  cause: unknown,
  sent: Fields,
): RefusedOption | undefined {
  const option = optionOf(name);
  if (!option || !(cause instanceof APIError)) return undefined;
  const words = cause.message.slice(0, 4000);
  return new RefusedOption(option, toPaintError(cause).message, cause, {
    isWhole: unheardOf.test(`${cause.code} ${words}`),
    ...(option === "size" && { sizes: sizesIn(words, sent.size) }),
  });
}

/** Words around sizes that are no list of what can be had, but a bound or an example. */
const noList = /max|min|exceed|up to|between|at (?:least|most)|multiple|divisible|format|example|e\.g\./i;

/** The sizes that words offer in place of one. */
function sizesIn(words: string, refused: string | null | undefined): readonly string[] {
  if (noList.test(words)) return [];
  const named = [...words.matchAll(/(?<![\w.])\d{2,5}x\d{2,5}(?![\w.]*\d)/g)].map(([size]) => size);
  return [...new Set(named)].filter((size) => size !== refused).slice(0, mostSizes);
}

/** A list of sizes that is believed. */
const mostSizes = 20;

function spokenOf(message: string, sent: Fields): string | undefined {
  const words = message.slice(0, 4000);
  if (!unwelcome.test(words)) return undefined;
  const found = Object.keys(sent).flatMap((name) => {
    const spoken = name === "stream" ? "stream(?:ing)?" : name === "n" ? "[`'\"]n[`'\"]|\\bn ?[=<>]" : name;
    const at = words.search(new RegExp(name === "n" ? spoken : `(?<![\\w-])${spoken}(?![\\w-])`, "i"));
    return at < 0 ? [] : { name, at };
  });
  return found.sort((a, b) => a.at - b.at)[0]?.name;
}
