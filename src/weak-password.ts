import { createRequire } from "node:module";
import type { dictionary } from "@zxcvbn-ts/language-common";

/** Fewer different characters than this are found by trying them out. */
const fewestCharacters = 4;

/** As much as people put around a word to make a password of it: a year and a mark. */
const trimmings = 5;

/** What people who have read our page try first. */
const ours = ["drawbridge", "playground", "imagestudio", "admin", "changeme"];

/**
 * Whether a password is among those that are tried first: the tens of thousands that most often were in leaks, in small
 * letters or large, also with a year or a mark around them; our own name; a few characters again and again.
 */
export function isWeakPassword(password: string): boolean {
  const word = password.normalize("NFKC").toLowerCase();
  if (new Set(word).size < fewestCharacters) return true;
  const core = word.replace(/^[^\p{L}]+|[^\p{L}]+$/gu, "");
  const isTrimmed = core !== "" && word.length - core.length <= trimmings;
  const known = new Set([...readDictionary()["passwords-common"], ...ours]);
  return known.has(word) || (isTrimmed && known.has(core));
}

/** Tens of megabytes, which most never need: it is loaded when somebody sets a password. */
function readDictionary(): typeof dictionary {
  const common: unknown = createRequire(import.meta.url)("@zxcvbn-ts/language-common");
  return (common as { readonly dictionary: typeof dictionary }).dictionary; // as its types say
}
